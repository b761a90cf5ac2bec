"""The lines of a YAML file as people see them: dashes, keys, indentation; also where it is broken."""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import line_end

MAX_LINES = 20_000
"""How many lines around the cursor are read at most."""

_QUOTED_KEY = r"\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\n]|'')*'"
ELEMENT = on_demand(
    rf"(?P<key>{_QUOTED_KEY}|[^\s#\"'\[\]{{}}>|*&!%@`-][^#\n]*?|-[^\s#\n][^#\n]*?)[ \t]*:(?=[ \t]|\r?$)"
)


class Part(NamedTuple):
    """A key or a dash of a line, with its column; ``value_at`` is where what follows begins."""

    column: int
    name: str | None
    value_at: int


def parts_of(line: str) -> list[Part]:
    """The dashes and the key that a line begins with."""
    parts: list[Part] = []
    at = len(line) - len(line.lstrip(" "))
    while line.startswith("-", at) and line[at + 1 : at + 2] in ("", " ", "\t", "\r"):
        parts.append(Part(at, None, at + 1))
        at += 1
        while line[at : at + 1] in (" ", "\t"):
            at += 1
    match = ELEMENT.match(line, at)
    if match is not None:
        parts.append(Part(at, unquoted(match["key"].rstrip()), match.end()))
    return parts


def unquoted(text: str) -> str:
    """A key without its quotes."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        return text[1:-1]
    return text


def indent_of(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def outline(text: str) -> dict[str, dict[str, int]]:
    """The entries of each top-level section by name, with the offsets of their keys.

    Only sections in block style are read, whatever the rest of the file is.
    """
    sections: dict[str, dict[str, int]] = {}
    section: dict[str, int] | None = None
    column: int | None = None
    at = 0
    for _ in range(MAX_LINES):
        if at > len(text):
            break
        end = line_end(text, at)
        line = text[at:end].rstrip("\r")
        indent = indent_of(line)
        if line.strip() and line[indent] != "#":
            parts = parts_of(line)
            name = parts[0].name if parts else None
            if indent == 0:
                section, column = None, None
                if name is not None:
                    section = sections.setdefault(name, {})
            elif section is not None and name is not None:
                if column is None or indent < column:
                    column = indent
                if indent == column:
                    section.setdefault(name, at + indent)
        at = end + 1
    return sections
