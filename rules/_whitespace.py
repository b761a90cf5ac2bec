"""Findings on white space that means nothing, for Compose files and Dockerfiles."""

from __future__ import annotations

from ..linter.base.wording import plural
from ..linter.edits.whitespace import missing_newline, surplus_blank_lines, trailing_blanks
from ..linter.rule import Applicability, Diagnostic, Fix

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..linter.base.text import SourceFile
    from ..linter.rule import Edit


def loose_whitespace(
    file: SourceFile, kept: Sequence[tuple[int, int]], blank_lines: int
) -> Iterator[Diagnostic]:
    """One finding on all blanks at ends of lines, one on all blank lines, one on the end of the file."""
    if edits := trailing_blanks(file, kept):
        lines = "1 line ends" if len(edits) == 1 else f"{len(edits):,} lines end"
        yield _finding(
            edits,
            f"{lines} with blanks",
            "delete the blanks at the ends of the lines",
            "Delete the blanks at the ends of lines",
            "blanks",
        )
    if edits := surplus_blank_lines(file, kept, blank_lines):
        surplus = sum(edit.span.text.count("\n") for edit in edits)
        yield _finding(
            edits,
            f"{plural(surplus, 'blank line')} too many",
            f"leave {plural(blank_lines, 'blank line')} in a row at most, and none at the start and "
            "the end of the file",
            "Delete blank lines",
            "blank lines",
        )
    if edit := missing_newline(file, kept):
        yield _finding(
            [edit],
            "the last line has no line ending",
            "end it, so that programs that add lines begin a new one",
            "End the last line",
            "end",
        )


def _finding(edits: list[Edit], message: str, help: str, title: str, kind: str) -> Diagnostic:
    return Diagnostic(
        edits[0].span,
        message,
        help=help,
        evidence=kind,
        fix=Fix(title, tuple(edits), Applicability.SAFE),
    )
