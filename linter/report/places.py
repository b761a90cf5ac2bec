"""Positions of findings, counted as the readers of the formats count."""

from __future__ import annotations

from ..base.links import quoted
from ..base.records import NamedTuple
from ..base.text import Position
from ..files.paths import join_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile, Span


class Region(NamedTuple):
    """The position of a span's first character and the one behind its last."""

    start: Position
    end: Position

    def as_data(self) -> dict[str, dict[str, int]]:
        """The region as JSON data."""
        return {"start": self.start._asdict(), "end": self.end._asdict()}


def region(span: Span) -> Region:
    """The exact region of a span."""
    file = span.file
    return Region(file.position(span.start), file.position(span.end))


def anchored(span: Span) -> Span:
    """The span on lines that have text, as viewers can show it.

    A line ending at the end of the span is left out; a span at the end of a file moves to the
    end of the last line, because the line that would follow does not exist.
    """
    text, start, end = span.file.text, span.start, span.end
    if end > start and text[end - 1] == "\n":
        end -= 1
        if end > start and text[end - 1] == "\r":
            end -= 1
    if start == len(text) and text.endswith("\n"):
        start = end = start - (2 if text.endswith("\r\n") else 1)
    return span._replace(start=start, end=max(start, end))


_STEP = 4096


class Units:
    """Converts positions in one file to columns in UTF-8 bytes or UTF-16 units, from 1.

    The counts of complete blocks are kept, so that many positions in one very long line cost
    no more than many in short lines.
    """

    __slots__ = ("_blocks", "_encoding", "_file", "_size")

    def __init__(self, file: SourceFile, encoding: str) -> None:
        self._file = file
        self._encoding = encoding
        self._size = 2 if encoding.startswith("utf-16") else 1
        self._blocks: list[int] | None = None

    def position(self, offset: int) -> Position:
        """The position of an offset."""
        position = self._file.position(offset)
        if self._file.text.isascii():
            return position
        start = offset - (position.column - 1)
        return Position(position.line, self._before(offset) - self._before(start) + 1)

    def region(self, span: Span) -> Region:
        """The region of a span."""
        return Region(self.position(span.start), self.position(span.end))

    def _count(self, start: int, end: int) -> int:
        part = self._file.text[start:end]
        return len(part.encode(self._encoding, "surrogatepass")) // self._size

    def _before(self, offset: int) -> int:
        """The number of units before an offset."""
        if self._blocks is None:
            self._blocks = [0]
            for start in range(0, len(self._file.text), _STEP):
                self._blocks.append(self._blocks[-1] + self._count(start, start + _STEP))
        block = offset // _STEP
        return self._blocks[block] + self._count(block * _STEP, offset)


class UnitsOfFiles:
    """The ``Units`` of every file of a report."""

    __slots__ = ("_by_file", "_encoding")

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._by_file: dict[SourceFile, Units] = {}

    def __getitem__(self, file: SourceFile) -> Units:
        units = self._by_file.get(file)
        if units is None:
            units = self._by_file[file] = Units(file, self._encoding)
        return units


def repository_path(path: str, base: str) -> str:
    """A path from the repository's root; ``base`` is the working directory's path from there."""
    if not base or path.startswith("/"):
        return path
    return join_path(base, path)


def uri(path: str) -> str:
    """A path as a URI reference (RFC 3986): absolute ones as ``file:`` URIs."""
    return f"file://{quoted(path)}" if path.startswith("/") else quoted(path)
