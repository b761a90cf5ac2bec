"""Edits that insert or delete lines of a Dockerfile."""

from __future__ import annotations

from ..base.text import Span
from ..rule import Edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile
    from ..source.dockerfile.instruction import Instruction

_PRAGMAS = ("hadolint", "check=", "composelint:", "tally", "escape", "syntax")


def insert_above(instruction: Instruction, text: str) -> Edit:
    """The edit that inserts a line above an instruction and its comments."""
    file = instruction.file
    line = instruction.start_line
    while line > 1 and file.line_text(line - 1).lstrip().startswith("#"):
        line -= 1
    at = file.offset(line)
    return Edit(Span(file, at, at), text + file.newline)


def delete_lines(file: SourceFile, first: int, last: int) -> Edit:
    """The edit that deletes the lines ``first`` to ``last`` (from 1), and a superfluous blank line."""
    start, end = file.offset(first), file.offset(last + 1)
    above = file.line_text(first - 1).strip() if first > 1 else ""
    below = file.line_text(last + 1)
    if not above and end < len(file.text) and not below.strip():
        end = file.offset(last + 2)
    return Edit(Span(file, start, end), "")


def delete_instruction(instruction: Instruction) -> Edit | None:
    """The edit that deletes an instruction; None if a comment would go or lose its meaning."""
    if instruction.inner_comments or instruction.outer is not None:
        return None
    if any(has_pragma(comment.text) for comment in instruction.comments):
        return None
    return delete_lines(instruction.file, instruction.start_line, instruction.end_line)


def has_pragma(comment: str) -> bool:
    """Whether a comment is an instruction to a tool, such as ``# hadolint ignore=``."""
    return comment.lstrip("# ").lower().startswith(_PRAGMAS)


def on_one_line(span: Span) -> bool:
    """Whether a span contains no line break."""
    return "\n" not in span.text
