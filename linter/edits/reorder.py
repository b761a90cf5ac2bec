"""Moves the entries of a mapping or the items of a list, with the comments that belong to them.

A comment directly above an entry, one at the end of its lines, and those below it that are
indented deeper move with it; blank lines stay where they are. If it is not clear which
comments belong to which entry, nothing is moved.
"""

from __future__ import annotations

from ..base.text import Span
from ..rule import Edit
from ..source.yaml.nodes import Alias, Mapping, Node, Sequence
from .comments import after_comments, belongs_above, comments_end, line_end, line_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence as Seq


def reordered(parent: Mapping | Sequence, order: Seq[int]) -> Edit | None:
    """The edit that puts the entries or items into this order (their present indices).

    None for flow style, for several on one line, if an anchor would move behind its alias, if
    a comment above the first entry may belong to it or to all of them, if a comment looks like
    an item of the list above it, and if it is one of the keys with another value.
    """
    if parent.flow or len(order) < 2 or list(order) == sorted(order):
        return None
    if isinstance(parent, Mapping):
        starts = [entry.key.start for entry in parent.entries]
        ends = [max(entry.key.end, entry.value.end) for entry in parent.entries]
        children = [entry.value for entry in parent.entries]
    else:
        starts = [_item_start(parent, item) for item in parent.items]
        ends = [item.end for item in parent.items]
        children = parent.items
    text = parent.file.text
    if any(start < 0 for start in starts) or not _anchors_lead(children, order):
        return None
    begin = line_start(text, starts[0])
    above = text[line_start(text, max(0, begin - 1)) : begin].strip()
    if (begin and above.startswith("#")) or text[begin : starts[0]].strip(" "):
        return None
    names = {entry.name for entry in parent.entries} if isinstance(parent, Mapping) else set()
    separators: list[str] = []
    chunks: list[str] = []
    at = begin
    for start, end in zip(starts, ends, strict=True):
        head = line_start(text, start)
        if head < at:
            return None
        gap = at
        while gap < head and not text[gap : line_end(text, gap)].strip():
            gap = line_end(text, gap)
        if gap < head and any(not line.strip() for line in text[gap:head].splitlines()):
            # A blank line between comments: it is not clear which of them belong here.
            return None
        if at > begin and (_is_item(text[gap:head]) or _names_one(names, text[gap:head])):
            return None
        if at > begin and belongs_above(text, at, head, start - head):
            # Commented-out lines that continue the entry above, at the margin of the file.
            return None
        separators.append(text[at:gap])
        stop = after_comments(text, line_end(text, max(start, end - 1)), start - head)
        chunks.append(text[gap:stop])
        at = stop
    below = text[at : comments_end(text, at)]
    if _is_item(below) or _names_one(names, below):
        return None
    newline = parent.file.newline
    if not chunks[-1].endswith("\n"):
        chunks[-1] += newline
    moved = "".join(separators[place] + chunks[index] for place, index in enumerate(order))
    if not text[begin:at].endswith("\n"):
        moved = moved.removesuffix(newline)
    return Edit(Span(parent.file, begin, at), moved)


def _is_item(comments: str) -> bool:
    """Whether comments begin with a list item, which may belong to a list above."""
    return comments.lstrip(" ").startswith("#") and comments.lstrip(" #").startswith("- ")


def _names_one(names: set[str], comments: str) -> bool:
    """Whether comments contain one of the keys, commented out: another choice for its value."""
    lines = (line.strip(" #").partition(":") for line in comments.splitlines() if "#" in line)
    return any(colon and name in names for name, colon, _ in lines)


def _item_start(parent: Sequence, item: Node) -> int:
    """The offset of the dash of an item; -1 if it is not on the item's line."""
    text = parent.file.text
    dash = text.rfind("-", line_start(text, item.start), item.start)
    return dash if dash >= 0 and not text[line_start(text, item.start) : dash].strip() else -1


def _anchors_lead(children: list[Node], order: Seq[int]) -> bool:
    """Whether every anchor is still before its aliases."""
    defined: dict[int, int] = {}
    used: list[tuple[int, int]] = []
    for index, child in enumerate(children):
        stack: list[Node] = [child]
        while stack:
            node = stack.pop()
            if node.anchor:
                defined[id(node)] = index
            if isinstance(node, Alias):
                used.append((index, id(node.target)))
            elif isinstance(node, Mapping):
                stack += [part for entry in node.entries for part in entry]
            elif isinstance(node, Sequence):
                stack += node.items
    positions = {index: position for position, index in enumerate(order)}
    return all(
        positions[defined[target]] < positions[index]
        for index, target in used
        if target in defined and defined[target] != index
    )
