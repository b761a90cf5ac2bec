"""Texts of the linted files as parts of Markdown."""

from __future__ import annotations

from ..base.escape import visible
from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span

_MOST_LINES = 30
"""How much of a value is shown."""


class Hover(NamedTuple):
    """What is shown, as Markdown, and the place that it is about."""

    text: str
    span: Span


def code(text: str) -> str:
    """A text as code in a line of Markdown."""
    text = visible(text)
    fence = "``" if "`" in text else "`"
    pad = " " if text.startswith("`") or text.endswith("`") or not text.strip() else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def block(text: str, language: str) -> str:
    """A text as a block of code in Markdown, cut to some lines."""
    lines = text.split("\n")
    if len(lines) > _MOST_LINES:
        lines = [*lines[:_MOST_LINES], f"# {len(lines) - _MOST_LINES} more lines"]
    fence = "```"
    while any(line.lstrip().startswith(fence) for line in lines):
        fence += "`"
    return "\n".join((f"{fence}{language}", *lines, fence))


def place(span: Span) -> str:
    """A place as people write it."""
    origin = span.origin
    return f"{origin.file.path}:{origin.file.line_of(origin.start)}"
