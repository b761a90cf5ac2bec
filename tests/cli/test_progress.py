"""The progress bar: one, on standard error of a terminal, gone at the end."""

from __future__ import annotations

import io

import pytest
from composelint.linter.cli import progress
from composelint.linter.cli.progress import Bar
from rich import console


def drawn(monkeypatch: pytest.MonkeyPatch, steps: int, width: int) -> str:
    """What a bar for ten steps writes to a terminal."""
    stream = io.StringIO()

    def terminal(*, stderr: bool) -> console.Console:
        assert stderr
        return real(file=stream, force_terminal=True, width=width, legacy_windows=False)

    real = console.Console
    monkeypatch.setattr(console, "Console", terminal)
    monkeypatch.setattr(progress, "_INTERVAL", 0.0)
    with Bar(10) as bar:
        for _ in range(steps):
            bar.step()
    return stream.getvalue()


def test_a_short_run_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    assert drawn(monkeypatch, 10, 80) == ""


@pytest.mark.parametrize("width", [20, 40, 200])
def test_it_fits_into_a_line_and_goes_away(monkeypatch: pytest.MonkeyPatch, width: int) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    text = drawn(monkeypatch, 10, width)
    assert "100%" in text
    lines = [piece for line in text.split("\n") for piece in line.split("\r")]
    assert all(len(_without_escapes(line)) <= width for line in lines)
    # The cursor is shown again, and the line that the bar was on is erased.
    assert text.rindex("\x1b[?25h") > text.rindex("\x1b[?25l")
    assert text.rindex("\x1b[2K") > text.rindex("100%")


def test_steps_that_are_done_twice_do_not_go_beyond_the_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(progress, "PATIENCE", 0.0)
    text = drawn(monkeypatch, 14, 80)
    assert "100%" in text
    assert "140%" not in text


def _without_escapes(text: str) -> str:
    from rich.text import Text

    return Text.from_ansi(text).plain
