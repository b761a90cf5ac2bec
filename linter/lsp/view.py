"""What the handler of a request gets: a file, what was loaded with it, and its positions."""

from __future__ import annotations

from lsprotocol import types

from ..base.text import SourceFile
from ..files.paths import tidy
from .uris import to_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..base.text import Span
    from ..model.project import Project
    from .documents import Document
    from .positions import Places
    from .session import Part, Session


class View:
    """A file at one moment, together with the part of the workspace that it belongs to.

    Attributes:
        session: all that is linted.
        part: the part with the file; its result is up to date.
        path: the path of the file, as ``SourceFile.path``.
        client: what the client can do.
        places: turns offsets in files into positions.
    """

    __slots__ = ("client", "part", "path", "places", "session")

    def __init__(
        self,
        session: Session,
        part: Part,
        path: str,
        client: types.ClientCapabilities,
        places: Places,
    ) -> None:
        self.session = session
        self.part = part
        self.path = path
        self.client = client
        self.places = places

    @property
    def project(self) -> Project:
        """What was loaded: stacks, Dockerfiles, the reader."""
        return self.part.project

    @property
    def documents(self) -> Mapping[str, Document]:
        """The open documents by path."""
        return self.places.documents

    @property
    def document(self) -> Document | None:
        """The file as an open document."""
        return self.documents.get(self.path)

    @property
    def source(self) -> SourceFile | None:
        """The text of the file; None if it cannot be read."""
        document = self.document
        if document is not None:
            return document.source
        answer = self.project.reader.search_text(self.path)
        return answer if isinstance(answer, SourceFile) else None

    # --- from the client

    def offset(self, position: types.Position) -> int:
        """The offset in ``source`` of a position; the nearest one if the position does not exist."""
        source = self.source
        if source is None:
            return 0
        lines, shift = self.places.lines(source)
        return max(0, lines.offset(position.line, position.character) - shift)

    def span(self, range: types.Range) -> tuple[int, int]:
        """The offsets of a range."""
        start = self.offset(range.start)
        return start, max(start, self.offset(range.end))

    # --- to the client

    def range(self, span: Span) -> types.Range:
        """The range of a span, in whatever file it is."""
        span = span.origin
        return self.range_of(span.file, span.start, span.end)

    def range_of(self, source: SourceFile, start: int, end: int) -> types.Range:
        """The range of two offsets in a file."""
        first, last = self.places.positions(source, start, end)
        return types.Range(types.Position(*first), types.Position(*last))

    def location(self, span: Span) -> types.Location:
        """The place of a span, in whatever file it is."""
        return types.Location(self.uri(span.origin.file.path), self.range(span))

    def uri(self, path: str) -> str:
        """The URI of a file: as the client writes it if it is open."""
        return self.places.uri(path)


def path_of(uri: str) -> str:
    """The path of a URI as the linter writes it; empty for what is not a file of this machine."""
    path = to_path(uri)
    return tidy(path) if path is not None else ""
