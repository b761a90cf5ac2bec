"""Text inside a Compose file as a source of its own, every character still in its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..source.text import EmbeddedSource

if TYPE_CHECKING:
    from ..source.yaml import Scalar


def embedded(node: Scalar) -> EmbeddedSource:
    """A scalar's value with the place of each of its characters in the YAML file.

    The text as it stands in the file is followed beside the value: indentation and folded
    line breaks are passed over, ``$$`` stands for one ``$``. Where the two part for good
    (escapes, substituted variables), the rest has the place where they parted.
    """
    host = node.file
    text = host.text
    value = node.value if isinstance(node.value, str) else node.raw
    at, end = node.start, node.end
    indent = end
    if node.style in ("|", ">"):
        at = text.find("\n", node.start, node.end) + 1 or node.end
        indent = _indentation(text, at, end)
        at = _skip_blanks(text, at, end, indent)
    elif node.style:
        at, end = at + 1, end - 1
    origins: list[int] = []
    for char in value:
        if char == "\n" and text.startswith("\\n", at) and node.style == '"':
            origins.append(at)
            at += 2
            continue
        if char not in " \n" and at < end and text[at] in "\r\n":
            # Folding dropped the first of several line breaks.
            at = _skip_blanks(text, text.find("\n", at, end) + 1 or end, end, indent)
        if char == "\n":
            # A line break of the value: the end of the line in the file, folded or not.
            found = text.find("\n", at, end)
            if found < 0:
                origins.append(min(at, end))
                continue
            origins.append(found)
            at = _skip_blanks(text, found + 1, end, indent)
            continue
        if char == " " and at < end and text[at] in "\r\n":
            # Folding made a blank of a line break.
            origins.append(at)
            at = _skip_blanks(text, text.find("\n", at, end) + 1 or end, end, indent)
            continue
        origins.append(min(at, end))
        if at < end and text[at] == char:
            at += 2 if char == "$" and text[at + 1 : at + 2] == "$" else 1
        elif text.startswith("\\", at):
            at += 2
    origins.append(min(at, end))
    return EmbeddedSource(host, value, origins)


def _indentation(text: str, at: int, end: int) -> int:
    """How far the first line of a block that is not blank is indented."""
    while at < end:
        stop = text.find("\n", at, end)
        line = text[at : end if stop < 0 else stop]
        if line.strip():
            return len(line) - len(line.lstrip(" "))
        at = end if stop < 0 else stop + 1
    return 0


def _skip_blanks(text: str, at: int, end: int, most: int) -> int:
    """Past the indentation of a line, but not past blanks that belong to the value."""
    last = min(end, at + most)
    while at < last and text[at] == " ":
        at += 1
    return at
