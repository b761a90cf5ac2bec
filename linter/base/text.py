"""Source files, and spans of their text.

Offsets count Unicode code points from 0 in the decoded text *without* a leading
byte order mark; lines and columns count from 1, ends are exclusive. Lines end at
``\\n`` only (``\\r\\n`` included), as in YAML, Dockerfiles and env files alike.
"""

from __future__ import annotations

from bisect import bisect_right
from functools import lru_cache

from .records import NamedTuple

BOM = "\ufeff"


def line_end(text: str, at: int, limit: int | None = None) -> int:
    """Where the line ends that ``at`` is on: the offset of its ``\\n``, or ``limit``.

    ``limit`` is the end of the text unless it is given.
    """
    end = text.find("\n", at, limit)
    if end >= 0:
        return end
    return len(text) if limit is None else limit


def may_be_template(text: str) -> bool:
    """Whether a text has marks as templates have from which files are rendered.

    That is a quick look, for deciding what is worth a closer one: ``{{``, ``{%``, ``<%``, ``%%`` or
    ``@NAME@``.
    """
    return any(mark in text for mark in ("{{", "{%", "<%", "%%")) or any(
        map(str.isupper, text.split("@")[1:-1])
    )


def may_have_property(text: str) -> bool:
    """Whether a text may have a property of a build tool, such as ``${project.version}``."""
    names = (part.partition("}")[0] for part in text.split("${")[1:])
    return any("." in name and name.partition(".")[0].isidentifier() for name in names)


class DecodeError(ValueError):
    """Bytes that are not UTF-8 text. ``offset`` counts bytes from 0."""

    def __init__(self, message: str, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


def undecoded(path: str, data: bytes, error: DecodeError) -> Span:
    """The place in a file that cannot be decoded, in the part of the text that can be shown."""
    file = SourceFile(path, data.decode("utf-8", "replace"))
    at = len(data[: error.offset].decode("utf-8", "replace")) - file.bom
    return Span(file, at, min(len(file.text), at + 1))


class Position(NamedTuple):
    """A place in a file; both numbers count from 1, columns in code points."""

    line: int
    column: int


class SourceFile:
    """The text of one file and an index of its lines.

    ``path`` is how the file is shown to people (relative to the working directory,
    with ``/``). ``bom`` tells whether the bytes began with a byte order mark, which
    ``text`` never contains.
    """

    __slots__ = ("_starts", "bom", "path", "text")

    def __init__(self, path: str, text: str) -> None:
        self.path = path
        self.bom = text.startswith(BOM)
        self.text = text[1:] if self.bom else text
        self._starts: list[int] | None = None

    @classmethod
    def from_bytes(cls, path: str, data: bytes) -> SourceFile:
        """Decode ``data`` as UTF-8.

        Raises:
            DecodeError: for any other encoding, naming the likely one.
        """
        if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
            raise DecodeError("the file is UTF-16; save it as UTF-8", 0)
        try:
            return cls(path, data.decode("utf-8"))
        except UnicodeDecodeError as error:
            byte = data[error.start]
            raise DecodeError(
                f"byte 0x{byte:02x} at offset {error.start} is not UTF-8", error.start
            ) from None

    @property
    def line_starts(self) -> list[int]:
        """The offset at which each line begins."""
        if self._starts is None:
            starts = [0]
            find, at = self.text.find, 0
            while (at := find("\n", at) + 1) > 0:
                starts.append(at)
            self._starts = starts
        return self._starts

    @property
    def newline(self) -> str:
        """The line ending of the file: that of its first line."""
        at = self.text.find("\n")
        return "\r\n" if at > 0 and self.text[at - 1] == "\r" else "\n"

    def position(self, offset: int) -> Position:
        """Line and column of an offset."""
        starts = self.line_starts
        line = bisect_right(starts, offset)
        return Position(line, offset - starts[line - 1] + 1)

    def line_of(self, offset: int) -> int:
        """The line of an offset."""
        return bisect_right(self.line_starts, offset)

    def offset(self, line: int, column: int = 1) -> int:
        """The offset of a line and column; past the end of a line, its end."""
        starts = self.line_starts
        if line > len(starts):
            return len(self.text)
        end = starts[line] if line < len(starts) else len(self.text)
        return min(starts[line - 1] + column - 1, end)

    def line_text(self, line: int) -> str:
        """One line without its line ending; empty past the end."""
        starts = self.line_starts
        if not 1 <= line <= len(starts):
            return ""
        end = starts[line] if line < len(starts) else len(self.text)
        return self.text[starts[line - 1] : end].rstrip("\r\n")

    def locate(self, start: int, end: int) -> Span:
        """The span in the file on disk for ``start`` to ``end`` of this text."""
        return Span(self, start, end)

    def __repr__(self) -> str:
        return f"SourceFile({self.path!r})"


@lru_cache(maxsize=64)
def contains(file: SourceFile, part: str) -> bool:
    """Whether a file contains a text, looked for once: many places of a file ask for the same."""
    return part in file.text


class EmbeddedSource(SourceFile):
    """Text inside another file, such as a ``dockerfile_inline`` block.

    ``origins`` maps every offset of ``text`` (its end included) to an offset in
    ``host``; positions and spans are those of the host.
    """

    __slots__ = ("host", "origins")

    def __init__(self, host: SourceFile, text: str, origins: list[int]) -> None:
        super().__init__(host.path, text)
        self.host = host
        self.origins = origins

    def locate(self, start: int, end: int) -> Span:
        begin = self.origins[start]
        last = self.origins[end] if end <= start else self.origins[end - 1] + 1
        return self.host.locate(begin, max(begin, last))

    def __repr__(self) -> str:
        return f"EmbeddedSource({self.host.path!r})"


class Span(NamedTuple):
    """A range of a file's text: ``start`` inclusive, ``end`` exclusive, in code points."""

    file: SourceFile
    start: int
    end: int

    @property
    def text(self) -> str:
        return self.file.text[self.start : self.end]

    @property
    def origin(self) -> Span:
        """The same place in the file on disk (differs for embedded text only)."""
        return self if type(self.file) is SourceFile else self.file.locate(self.start, self.end)

    def __repr__(self) -> str:
        at = self.file.position(self.start)
        return f"Span({self.file.path}:{at.line}:{at.column}, {self.text!r})"
