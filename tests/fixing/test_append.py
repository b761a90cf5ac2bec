"""Lines that several fixes add to one file."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import SourceFile, Span
from composelint.linter.fixing.engine import compatible
from composelint.linter.rule import Append, Applicability, Create, Diagnostic, Edit, Fix, as_edit

COMPOSE = SourceFile("compose.yaml", "0123456789")
ENV = SourceFile(".env", "A=1\n")
NEW = SourceFile("new", "")


def lines(*added: str, exists: bool = True) -> Append:
    return Append(ENV if exists else NEW, added, exists)


@pytest.mark.parametrize(
    ("fixes", "chosen"),
    [
        ([[lines("B=2")], [lines("C=3")]], [0, 1]),
        ([[lines("B=2")], [lines("B=2")]], [0, 1]),
        ([[lines("B=2")], [lines("B=3")]], [0]),
        ([[lines("B=2", "C=3")], [lines("D=4", "C=4")], [lines("E=5")]], [0, 2]),
        ([[lines("/.env", exists=False)], [lines("/.env", exists=False)]], [0, 1]),
        ([[lines("B=2", exists=False)], [lines("B=3", exists=False)]], [0]),
        ([[lines("B=2", exists=False)], [Create("new", "B=2\n")]], [0]),
        ([[Create("new", "B=2\n")], [lines("B=2", exists=False)]], [0]),
        # The end of the file is taken by an edit, or the edit would touch the new lines.
        ([[lines("B=2")], [Edit(Span(ENV, 4, 4), "C=3\n")]], [0]),
        ([[Edit(Span(ENV, 0, 4), "")], [lines("B=2")]], [0]),
        ([[Edit(Span(ENV, 0, 1), "Z")], [lines("B=2")]], [0, 1]),
        # One part that cannot be added keeps the whole fix out.
        ([[lines("B=2")], [lines("B=3"), Edit(Span(COMPOSE, 0, 1), "x")], [Edit(Span(COMPOSE, 0, 1), "y")]], [0, 2]),
    ],
)  # fmt: skip
def test_lines_are_added_together_unless_they_contradict(
    fixes: list[list[Append | Create | Edit]], chosen: list[int]
) -> None:
    items = []
    for edits in fixes:
        item = Diagnostic(Span(COMPOSE, 0, 1), "m", fix=Fix("t", tuple(edits), Applicability.SAFE))
        items.append(item)
    assert [items.index(item) for item in compatible(items)] == chosen


@pytest.mark.parametrize(
    ("text", "added"),
    [("", "B=2\n"), ("A=1\n", "B=2\n"), ("A=1", "\nB=2"), ("A=1\r\n", "B=2\n")],
)
def test_lines_begin_on_a_line_of_their_own(text: str, added: str) -> None:
    file = SourceFile(".env", text)
    assert as_edit(Append(file, ("B=2",), True)) == Edit(Span(file, len(text), len(text)), added)
    assert as_edit(Append(file, ("B=2",), False)) == Create(".env", "B=2\n")
