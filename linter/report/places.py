"""Where findings stand, counted as the readers of the formats count."""

from __future__ import annotations

from ..base.links import quoted
from ..base.records import NamedTuple
from ..base.text import Position
from ..files.paths import join_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile, Span


class Region(NamedTuple):
    """The first place of a span and the one behind its last."""

    start: Position
    end: Position


def region(span: Span) -> Region:
    """A span's places, exactly."""
    file = span.file
    return Region(file.position(span.start), file.position(span.end))


def anchored(span: Span) -> Span:
    """The span as viewers can show it: on lines that have text.

    A line ending at its end is left out, and the end of a file is the end of its last
    line, not the line that would follow.
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
    """Positions in one file whose columns count UTF-8 bytes or UTF-16 units, from 1.

    The counts of whole blocks are kept, so that many positions in one endless line cost
    no more than as many in short ones.
    """

    __slots__ = ("_blocks", "_encoding", "_file", "_size")

    def __init__(self, file: SourceFile, encoding: str) -> None:
        self._file = file
        self._encoding = encoding
        self._size = 2 if encoding.startswith("utf-16") else 1
        self._blocks: list[int] | None = None

    def position(self, offset: int) -> Position:
        at = self._file.position(offset)
        if self._file.text.isascii():
            return at
        start = offset - (at.column - 1)
        return Position(at.line, self._before(offset) - self._before(start) + 1)

    def region(self, span: Span) -> Region:
        return Region(self.position(span.start), self.position(span.end))

    def _count(self, start: int, end: int) -> int:
        part = self._file.text[start:end]
        return len(part.encode(self._encoding, "surrogatepass")) // self._size

    def _before(self, offset: int) -> int:
        """How many units stand before an offset."""
        if self._blocks is None:
            self._blocks = [0]
            for start in range(0, len(self._file.text), _STEP):
                self._blocks.append(self._blocks[-1] + self._count(start, start + _STEP))
        block = offset // _STEP
        return self._blocks[block] + self._count(block * _STEP, offset)


class UnitsOfFiles:
    """The ``Units`` of every file of a report."""

    __slots__ = ("_encoding", "_known")

    def __init__(self, encoding: str) -> None:
        self._encoding = encoding
        self._known: dict[SourceFile, Units] = {}

    def __getitem__(self, file: SourceFile) -> Units:
        known = self._known.get(file)
        if known is None:
            known = self._known[file] = Units(file, self._encoding)
        return known


def repository_path(path: str, base: str) -> str:
    """A path from the repository's root, given the working directory as seen from there."""
    if not base or path.startswith("/"):
        return path
    return join_path(base, path)


def uri(path: str) -> str:
    """A path as a URI reference (RFC 3986): absolute ones as ``file:`` URIs."""
    return f"file://{quoted(path)}" if path.startswith("/") else quoted(path)
