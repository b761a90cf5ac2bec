"""Where the lines of a text were before fixes changed it."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.fixing.engine import apply_edits
from composelint.linter.fixing.lines import moved_lines
from composelint.linter.rule import Edit

TEXT = "one\ntwo\n\nfour\n"


@pytest.mark.parametrize(
    ("edits", "text", "origins"),
    [
        ([], TEXT, [1, 2, 3, 4, 5]),
        ([(0, 4, "")], "two\n\nfour\n", [2, 3, 4, 5]),
        ([(4, 4, "a\nb\n")], "one\na\nb\ntwo\n\nfour\n", [1, 2, 2, 2, 3, 4, 5]),
        ([(4, 7, "a\nb")], "one\na\nb\n\nfour\n", [1, 2, 2, 3, 4, 5]),
        ([(14, 14, "five\n")], "one\ntwo\n\nfour\nfive\n", [1, 2, 3, 4, 5, 5]),
        ([(0, 1, "O"), (8, 9, ""), (9, 9, "F")], "One\ntwo\nFfour\n", [1, 2, 4, 5]),
    ],
)
def test_each_line_comes_from_a_line(
    edits: list[tuple[int, int, str]], text: str, origins: list[int]
) -> None:
    file = SourceFile("a", TEXT)
    changes = [Edit(Span(file, start, end), new) for start, end, new in edits]
    assert apply_edits(TEXT, changes) == text
    assert moved_lines(file, changes, range(1, 6)) == origins


def test_lines_are_followed_through_several_passes() -> None:
    first = moved_lines(
        SourceFile("a", TEXT), [Edit(Span(SourceFile("a", TEXT), 0, 4), "")], range(1, 6)
    )
    second = SourceFile("a", "two\n\nfour\n")
    assert moved_lines(second, [Edit(Span(second, 4, 5), "x\ny\n")], first) == [2, 3, 3, 4, 5]
