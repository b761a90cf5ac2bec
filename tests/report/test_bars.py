"""Bars of text."""

from __future__ import annotations

import io
import sys

import pytest
from composelint.linter.report.bars import BAR, bar, length_in, style_of, used_text
from hypothesis import given
from hypothesis import strategies as st


@given(st.floats(0, 100), st.integers(1, 60))
def test_a_bar_has_its_length_whatever_the_share(share: float, length: int) -> None:
    filled, rest = bar(share, length)
    assert len(filled) + len(rest) == length
    assert bool(filled) == (share > 0)
    assert share < 1 or not rest


@given(st.floats(0, 2), st.floats(0, 2))
def test_more_is_never_shown_as_less(one: float, other: float) -> None:
    less, more = sorted((one, other))
    assert len(bar(less)[0]) <= len(bar(more)[0])


@pytest.mark.parametrize(
    ("encoding", "shown"), [("utf-8", "█░"), ("UTF8", "█░"), ("ascii", "#-"), ("cp1252", "#-")]
)
def test_where_blocks_cannot_be_shown_others_are(
    monkeypatch: pytest.MonkeyPatch, encoding: str, shown: str
) -> None:
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding=encoding))
    assert "".join(bar(0.5, 2)) == shown


@pytest.mark.parametrize(("width", "length"), [(20, 10), (60, 20), (70, 30), (200, BAR)])
def test_narrow_terminals_have_short_bars(width: int, length: int) -> None:
    assert length_in(width) == length


@pytest.mark.parametrize(("share", "style"), [(0.8, "good"), (0.81, "warning"), (1.01, "error")])
def test_what_is_nearly_full_looks_so(share: float, style: str) -> None:
    assert style_of(share) == style


def test_the_numbers_are_beside_it() -> None:
    assert used_text("memory", 1.25 * 1024**3, 4 * 1024**3) == "1.25G of 4G (31%)"
    assert used_text("CPUs", 3, 2) == "3 of 2 (150%)"
