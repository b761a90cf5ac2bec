"""PyYAML's parser in Python, made to read what libyaml reads.

It is used where the parser in C is missing, such as in a browser. PyYAML's own one takes tabs, byte
order marks and question marks otherwise.
"""

from __future__ import annotations

import re

import yaml

from .nodes import MAX_DEPTH

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_BREAKS = "\r\n\x85\u2028\u2029"
_AFTER = "\0 \t\r\n\x85\u2028\u2029"

_PLAIN = re.compile(r"(?:[^\0 \t\r\n\x85\u2028\u2029:]|:(?![\0 \t\r\n\x85\u2028\u2029]))+")
_PLAIN_IN_FLOW = re.compile(
    r"(?:[^\0 \t\r\n\x85\u2028\u2029:,\[\]{}]|:(?![\0 \t\r\n\x85\u2028\u2029,?\[\]{}]))+"
)
_BLANKS = re.compile(r"[ \t]*")
_INDICATORS = re.compile(r"[+-][1-9]?|[1-9][+-]?|")
_COMMENT = re.compile(r"#[^\0\r\n\x85\u2028\u2029]*")


class PureParser(yaml.SafeLoader):
    """Makes the events of a text as libyaml does."""

    # From a text, PyYAML's reader makes ``buffer``, in which ``pointer`` is the place.
    buffer: str
    pointer: int
    index: int
    line: int
    column: int
    flow_level: int
    indent: int
    allow_simple_key: bool
    possible_simple_keys: dict[int, Any]

    def _skip(self, pattern: re.Pattern[str]) -> str:
        """Go behind a match that contains no line breaks; returns its text."""
        match = pattern.match(self.buffer, self.pointer)
        if match is None:
            return ""
        text = match.group()
        self.pointer += len(text)
        self.index += len(text)
        self.column += len(text)
        return text

    def _line_break(self) -> str:
        """The line break that begins here, as it is read; empty if there is none."""
        scan: Any = self.scan_line_break
        text: str = scan()
        return text

    def scan_to_next_token(self) -> None:
        while True:
            if self.column == 0 and self.peek() == "\ufeff":
                self.forward()
            while (character := self.peek()) == " " or (
                character == "\t" and (self.flow_level or not self.allow_simple_key)
            ):
                self.forward()
            self._skip(_COMMENT)
            if not self._line_break():
                return
            if not self.flow_level:
                self.allow_simple_key = True

    def scan_plain(self) -> Any:
        pattern = _PLAIN_IN_FLOW if self.flow_level else _PLAIN
        start = end = self.get_mark()
        indent = self.indent + 1
        chunks: list[str] = []
        spaces: list[str] = []
        while self.peek() != "#":
            text = self._skip(pattern)
            if not text:
                break
            self.allow_simple_key = False
            chunks += spaces
            chunks.append(text)
            end = self.get_mark()
            if self.flow_level and self.peek() == ":" and self.peek(1) in ",?[]{}":
                raise yaml.scanner.ScannerError(
                    "while scanning a plain scalar", start, "found unexpected ':'", end
                )
            spaces = self.scan_plain_spaces(indent, start)
            if not spaces or (not self.flow_level and self.column < indent):
                break
        return yaml.ScalarToken("".join(chunks), True, start, end)

    def scan_plain_spaces(self, indent: int, start: Any) -> list[str]:
        """The white space in a plain scalar, as it is read; empty where the scalar ends."""
        blanks = self._skip(_BLANKS)
        if self.peek() not in _BREAKS:
            return [blanks] if blanks else []
        first = self._line_break()
        self.allow_simple_key = True
        breaks: list[str] = []
        while not self._at_marker():
            character = self.peek()
            if character in " \t":
                if character == "\t" and self.column < indent:
                    raise yaml.scanner.ScannerError(
                        "while scanning a plain scalar",
                        start,
                        "found a tab character that violates indentation",
                        self.get_mark(),
                    )
                self.forward()
            elif character in _BREAKS:
                breaks.append(self._line_break())
            else:
                folded = [first] if first != "\n" else [] if breaks else [" "]
                return folded + breaks
        return []

    def _at_marker(self) -> bool:
        """Whether a line begins here that separates documents."""
        return self.column == 0 and self.prefix(3) in ("---", "...") and self.peek(3) in _AFTER

    def scan_block_scalar_indicators(self, start: Any) -> tuple[bool | None, int | None]:
        text = self._skip(_INDICATORS)
        if self.peek() not in f"{_AFTER}#":
            raise yaml.scanner.ScannerError(
                "while scanning a block scalar",
                start,
                "expected chomping or indentation indicators",
                self.get_mark(),
            )
        width = text.strip("+-")
        return ("+" in text) if width != text else None, int(width) if width else None

    def scan_directive_name(self, start: Any) -> str:
        scan: Any = super().scan_directive_name
        name: str = scan(start)
        if name not in ("YAML", "TAG"):
            raise yaml.scanner.ScannerError(
                "while scanning a directive", start, "found unknown directive name", self.get_mark()
            )
        return name

    def scan_block_scalar_ignored_line(self, start: Any) -> None:
        self._skip(_BLANKS)
        super().scan_block_scalar_ignored_line(start)

    def fetch_stream_end(self) -> None:
        # libyaml ends the last line.
        if self.column:
            self.column = 0
            self.line += 1
        super().fetch_stream_end()


class TooDeep(RecursionError):
    """Collections nest deeper than they are read; ``place`` is where."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place


class LongKeys(PureParser):
    """The same, with keys of any length."""

    def stale_possible_simple_keys(self) -> None:
        # Each level is looked at for each token: deeper ones than are read at all would take long.
        if self.flow_level > MAX_DEPTH:
            raise TooDeep(self.index)
        for level, key in list(self.possible_simple_keys.items()):
            if key.line != self.line:
                if key.required:
                    raise yaml.scanner.ScannerError(
                        "while scanning a simple key",
                        key.mark,
                        "could not find expected ':'",
                        self.get_mark(),
                    )
                del self.possible_simple_keys[level]
