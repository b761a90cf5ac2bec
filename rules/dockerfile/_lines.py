"""Edits of whole lines of a Dockerfile, also of one inside a Compose file."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ...linter.rule import Edit
from ...linter.source.text import EmbeddedSource, Span

if TYPE_CHECKING:
    from ...linter.source.instruction import Instruction
    from ...linter.source.text import SourceFile

_PRAGMAS = ("hadolint", "check=", "composelint:", "tally", "escape", "syntax")


def line_break(file: SourceFile, at: int) -> str:
    """What separates the line that begins at ``at`` from one that is put in front of it."""
    if not isinstance(file, EmbeddedSource):
        return file.newline
    origin = file.locate(at, at)
    return "\n" + " " * (origin.file.position(origin.start).column - 1)


def insert_above(instruction: Instruction, text: str) -> Edit:
    """Put a line above an instruction of a stage, and above the comments that belong to it."""
    file = instruction.file
    line = instruction.start_line
    while line > 1 and file.line_text(line - 1).lstrip().startswith("#"):
        line -= 1
    at = file.offset(line)
    return Edit(Span(file, at, at), text + line_break(file, at))


def delete_lines(file: SourceFile, first: int, last: int) -> Edit | None:
    """Delete the lines from ``first`` to ``last`` (from 1), and a blank line that would double."""
    start, end = file.offset(first), file.offset(last + 1)
    if isinstance(file, EmbeddedSource):
        # The indentation in the host belongs to no line of the text: take it from the break above.
        return Edit(Span(file, start - 1, end - 1), "") if start else None
    above = file.line_text(first - 1).strip() if first > 1 else ""
    below = file.line_text(last + 1)
    if not above and end < len(file.text) and not below.strip():
        end = file.offset(last + 2)
    return Edit(Span(file, start, end), "")


def delete_instruction(instruction: Instruction) -> Edit | None:
    """Delete an instruction with all its lines; None where a comment would go or lose its sense."""
    if instruction.inner_comments or instruction.outer is not None:
        return None
    if any(has_pragma(comment.text) for comment in instruction.comments):
        return None
    return delete_lines(instruction.file, instruction.start_line, instruction.end_line)


def has_pragma(comment: str) -> bool:
    """Whether a comment speaks to a tool."""
    return comment.lstrip("# ").lower().startswith(_PRAGMAS)


def on_one_line(span: Span) -> bool:
    return "\n" not in span.text
