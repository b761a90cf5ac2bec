"""Text edits on YAML nodes that keep everything around them as it is.

Each function gives the edits for one change, or None where the change cannot be made
without touching what it should not (flow style, anchors that others use, shared lines).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .rule import Edit
from .source.text import Span

if TYPE_CHECKING:
    from .source.yaml import Entry, Mapping, Scalar


def line_start(text: str, at: int) -> int:
    """The offset of the first character of the line that ``at`` is in."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """The offset behind the line ending of the line that ``at`` is in."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def quote(node: Scalar) -> Edit | None:
    """Double-quote a plain scalar, so that every reader takes it for a string."""
    if node.style or node.tag:
        return None
    shown = node.file.text[node.start : node.end]
    if not shown or "\n" in shown or '"' in shown or "\\" in shown:
        return None
    return Edit(node.span, f'"{shown}"')


def remove_entry(parent: Mapping, entry: Entry) -> Edit | None:
    """Delete a key with its whole value and the lines they stand on.

    Comments above stay; one at the end of its line goes with it. A blank line is deleted
    too where it would otherwise open the file or double another.
    """
    if parent.flow or len(parent.entries) < 2 or entry.value.anchor:
        return None
    text = entry.key.file.text
    start = line_start(text, entry.key.start)
    if text[start : entry.key.start].strip(" "):
        return None
    end = line_end(text, max(entry.key.end, entry.value.end))
    before = text[:start].rstrip(" \t")
    if not before or before.endswith(("\n\n", "\n\r\n")):
        while end < len(text) and not text[end : line_end(text, end)].strip():
            end = line_end(text, end)
    return Edit(Span(entry.key.file, start, end), "")
