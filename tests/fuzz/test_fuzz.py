"""A short, repeatable run of every target, and every input that once caused a failure."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .seeds import seeds
from .targets import CUT, TARGETS, Target

CRASHERS = Path(__file__).with_name("crashers")

_SLOW = ("compose", "build", "fix-compose", "fix-build", "know-compose", "know-build", "graph")


@pytest.fixture(autouse=True)
def _empty_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("path", sorted(CRASHERS.glob("*/*")), ids=lambda path: path.name)
def test_inputs_that_once_failed_pass(path: Path) -> None:
    TARGETS[path.parent.name].check(path.read_bytes())


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_seeds_pass(target: Target) -> None:
    cases = list(seeds(target.name))[: 40 if target.name in _SLOW else 200]
    assert cases
    for data in cases:
        target.check(data)


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_any_input_passes(target: Target) -> None:
    @settings(
        max_examples=100 if target.name in _SLOW else 400,
        deadline=None,
        database=None,
        derandomize=True,
        suppress_health_check=list(HealthCheck),
    )
    @given(texts(target))
    def check(data: bytes) -> None:
        target.check(data)

    check()


def texts(target: Target) -> st.SearchStrategy[bytes]:
    """Seeds with replaced pieces, and texts made of the target's words."""
    words = st.sampled_from(target.words).map(str.encode)
    inserted = st.one_of(words, st.text(max_size=8).map(lambda text: text.encode("utf-8")))
    word_texts = st.lists(inserted, max_size=25).map(b"".join)
    target_seeds = list(seeds(target.name))
    if not target_seeds:
        return st.one_of(word_texts, st.binary(max_size=60))
    place = st.integers(0, 2000)
    changes = st.lists(st.tuples(place, st.integers(0, 40), inserted), min_size=1, max_size=5)
    return st.one_of(
        word_texts,
        st.binary(max_size=60),
        st.builds(_changed, st.sampled_from(target_seeds), changes),
    )


def _changed(data: bytes, changes: list[tuple[int, int, bytes]]) -> bytes:
    """A text with pieces replaced, each ``(place, length, new)``."""
    for place, length, new in changes:
        at = place % (len(data) + 1)
        data = data[:at] + new + data[at + length :]
    return data[: 6000 + len(CUT)]
