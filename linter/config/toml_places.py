"""The places of keys and values in a TOML document.

``tomllib`` reads the values but keeps no positions. This scanner walks a document that
``tomllib`` has accepted, so it decides nothing about validity: it only follows headers, keys,
strings and brackets. (Grammar: https://toml.io/en/v1.0.0.)
"""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.records import NamedTuple

_SPACE = on_demand(r"(?:[ \t\r\n]|#[^\n]*)*")
_BLANK = on_demand(r"[ \t]*")
_BARE_KEY = on_demand(r"[A-Za-z0-9_-]+")
_BARE_VALUE = on_demand(r"[^,\]}#\n]*")
_BASIC = on_demand(r'"(?:[^"\\\n]|\\.)*"')
_LITERAL = on_demand(r"'[^'\n]*'")
_LONG_BASIC = on_demand(r'"""(?:[^"\\]|\\.|"(?!""))*"{3,5}', re.DOTALL)
_LONG_LITERAL = on_demand(r"'''(?:[^']|'(?!''))*'{3,5}")


Path = tuple["str | int", ...]
"""The way to a value from the top: keys and the numbers of items."""


class Place(NamedTuple):
    """The offsets at which a key and its value begin (both are the value's for an item)."""

    key: int
    value: int


def find_places(text: str) -> dict[Path, Place]:
    """The place of every table, key and item of a valid document by its path.

    Raises:
        RecursionError: if values nest too deeply, as ``tomllib`` does.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.places


class _Scanner:
    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.places: dict[Path, Place] = {}
        self.counts: dict[Path, int] = {}  # the number of tables in each array of tables so far

    def skip(self, pattern: re.Pattern[str] = _SPACE) -> None:
        """Move behind what a pattern matches."""
        match = pattern.match(self.text, self.at)
        if match:
            self.at = match.end()

    def document(self) -> None:
        """Read everything."""
        table: Path = ()
        self.skip()
        while self.at < len(self.text):
            if self.text[self.at] == "[":
                table = self.header()
            else:
                self.pair(table)
            self.skip()

    def header(self) -> Path:
        """Read ``[a.b]`` or ``[[a.b]]``; returns the path of the table that it opens."""
        is_array = self.text.startswith("[[", self.at)
        brackets = 2 if is_array else 1
        self.at += brackets
        path: Path = ()
        parts = self.key()
        for index, (name, start) in enumerate(parts):
            path = (*path, name)
            is_last = index == len(parts) - 1
            self.places.setdefault(path, Place(start, start))
            if is_last and is_array:
                count = self.counts[path] = self.counts.get(path, 0) + 1
                path = (*path, count - 1)
                self.places[path] = Place(start, start)
            elif path in self.counts:
                path = (*path, self.counts[path] - 1)
        self.at += brackets
        return path

    def key(self) -> list[tuple[str, int]]:
        """Read a dotted key; returns its parts with the offset of each."""
        parts = []
        while True:
            self.skip(_BLANK)
            start = self.at
            first = self.text[start]
            if first == '"':
                parts.append((self.quoted(_BASIC), start))
            elif first == "'":
                parts.append((self.quoted(_LITERAL), start))
            else:
                self.skip(_BARE_KEY)
                parts.append((self.text[start : self.at], start))
            self.skip(_BLANK)
            if self.text[self.at] != ".":
                return parts
            self.at += 1

    def quoted(self, pattern: re.Pattern[str]) -> str:
        """Read a quoted key; returns it without quotes and escapes."""
        start = self.at
        self.skip(pattern)
        raw = self.text[start : self.at]
        if "\\" not in raw or raw[0] == "'":
            return raw[1:-1]
        import tomllib

        return str(tomllib.loads(f"key = {raw}")["key"])

    def pair(self, table: Path) -> None:
        """Read a key and its value."""
        path = table
        parts = self.key()
        for name, start in parts:
            path = (*path, name)
            self.places.setdefault(path, Place(start, start))
        self.at += 1  # the equals sign
        self.skip(_BLANK)
        self.places[path] = Place(parts[-1][1], self.at)
        self.value(path)

    def value(self, path: Path) -> None:
        """Skip a value; records the places of everything in it."""
        text = self.text
        first = text[self.at]
        if first == "[":
            self.at += 1
            index = 0
            while self.more("]"):
                item = (*path, index)
                self.places[item] = Place(self.at, self.at)
                self.value(item)
                index += 1
        elif first == "{":
            self.at += 1
            while self.more("}"):
                self.pair(path)
        elif first == '"':
            self.skip(_LONG_BASIC if text.startswith('"""', self.at) else _BASIC)
        elif first == "'":
            self.skip(_LONG_LITERAL if text.startswith("'''", self.at) else _LITERAL)
        else:
            self.skip(_BARE_VALUE)

    def more(self, close: str) -> bool:
        """Move to the next item, or behind the closing bracket; returns whether there is one."""
        self.skip()
        if self.text[self.at] == ",":
            self.at += 1
            self.skip()
        if self.text[self.at] == close:
            self.at += 1
            return False
        return True
