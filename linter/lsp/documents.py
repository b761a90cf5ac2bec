"""The open documents of the client: their texts, versions, and positions in them.

A position of the protocol is a line and a number of code units of the encoding that client and
server agreed on. Its lines also end at a lone ``\\r``, those of ``SourceFile`` do not, so each
document has an index of its own.
"""

from __future__ import annotations

from bisect import bisect_right

from ..base.patterns import on_demand
from ..base.text import BOM, SourceFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

UTF8, UTF16, UTF32 = "utf-8", "utf-16", "utf-32"
ENCODINGS = (UTF8, UTF16, UTF32)

_LINE = on_demand(r"\r\n|\n|\r")


class Lines:
    """The lines of a text as the protocol counts them."""

    __slots__ = ("_encoding", "_is_plain", "starts", "text")

    def __init__(self, text: str, encoding: str = UTF16) -> None:
        self.text = text
        self._encoding = encoding
        self._is_plain = encoding == UTF32 or text.isascii()
        if "\r" in text:
            self.starts = [0, *(match.end() for match in _LINE.finditer(text))]
        else:
            starts = [0]
            find, at = text.find, 0
            while (at := find("\n", at) + 1) > 0:
                starts.append(at)
            self.starts = starts

    def offset(self, line: int, character: int) -> int:
        """The offset of a position; the nearest one for a position that does not exist."""
        if line < 0:
            return 0
        if line >= len(self.starts):
            return len(self.text)
        start, end = self.starts[line], self._end(line)
        if character <= 0:
            return start
        if self._is_plain:
            return min(start + character, end)
        units = 0
        for at in range(start, end):
            if units >= character:
                return at
            units += self._units(self.text[at])
            if units > character:
                return at  # inside of a character
        return end

    def _end(self, line: int) -> int:
        """Where a line ends, without its line ending."""
        if line + 1 >= len(self.starts):
            return len(self.text)
        end = self.starts[line + 1]
        while end > self.starts[line] and self.text[end - 1] in "\r\n":
            end -= 1
        return end

    def position(self, offset: int) -> tuple[int, int]:
        """The line and the character of an offset, both from 0."""
        offset = max(0, min(offset, len(self.text)))
        line = bisect_right(self.starts, offset) - 1
        start = self.starts[line]
        if self._is_plain:
            return line, offset - start
        return line, sum(map(self._units, self.text[start:offset]))

    def _units(self, character: str) -> int:
        if self._encoding == UTF16:
            return 2 if character > "\uffff" else 1
        return len(character.encode("utf-8", "surrogatepass"))


class Document:
    """The text of an open document at one version; it never changes.

    Attributes:
        uri: as the client writes it.
        path: the path of the file as the linter writes it; empty for what is not a file.
        language: how the client calls what is written in it.
        lines: its lines, for positions.
    """

    __slots__ = ("_data", "_source", "encoding", "language", "lines", "path", "uri", "version")

    def __init__(
        self, uri: str, path: str, text: str, version: int, language: str, encoding: str
    ) -> None:
        self.uri = uri
        self.path = path
        self.version = version
        self.language = language
        self.encoding = encoding
        self.lines = Lines(text, encoding)
        self._source: SourceFile | None = None
        self._data: bytes | None = None

    @property
    def text(self) -> str:
        return self.lines.text

    @property
    def data(self) -> bytes:
        """The bytes that the file would have."""
        if self._data is None:
            self._data = self.text.encode("utf-8", "replace")
        return self._data

    @property
    def source(self) -> SourceFile:
        """The text as the linter sees it, without a byte order mark."""
        if self._source is None:
            self._source = SourceFile(self.path, self.text)
        return self._source

    def offset(self, line: int, character: int) -> int:
        """The offset in ``source`` of a position."""
        return max(0, self.lines.offset(line, character) - self.text.startswith(BOM))

    def changed(self, changes: Sequence[Change], version: int) -> Document:
        """The document after some changes, one after the other."""
        text, lines = self.text, self.lines
        for span, new in changes:
            if span is None:
                text = new
            else:
                start = lines.offset(*span[0])
                end = max(start, lines.offset(*span[1]))
                text = text[:start] + new + text[end:]
            if len(changes) > 1:
                lines = Lines(text, self.encoding)
        return Document(self.uri, self.path, text, version, self.language, self.encoding)


if TYPE_CHECKING:
    Change = tuple[tuple[tuple[int, int], tuple[int, int]] | None, str]
    """A range of lines and characters (None for the whole text), and the text instead of it."""


class Documents:
    """The documents that the client has open, by URI."""

    def __init__(self, encoding: str = UTF16) -> None:
        self.encoding = encoding
        self.by_uri: dict[str, Document] = {}

    def open(self, uri: str, path: str, text: str, version: int, language: str) -> Document:
        """Take in a document that the client opened."""
        document = Document(uri, path, text, version, language, self.encoding)
        self.by_uri[uri] = document
        return document

    def change(self, uri: str, changes: Sequence[Change], version: int) -> Document | None:
        """Change a document; None if it is not open."""
        document = self.by_uri.get(uri)
        if document is None:
            return None
        self.by_uri[uri] = changed = document.changed(changes, version)
        return changed

    def close(self, uri: str) -> Document | None:
        """Forget a document; returns what it was."""
        return self.by_uri.pop(uri, None)

    def by_path(self) -> dict[str, Document]:
        """The documents that are files, by path."""
        return {each.path: each for each in self.by_uri.values() if each.path}
