"""What the handler of a request gets: a file, what was loaded with it, and its positions."""

from __future__ import annotations

from lsprotocol import types

from ..base.text import SourceFile
from ..files.paths import tidy
from .documents import Lines
from .uris import to_path, to_uri

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..base.text import Span
    from ..model.project import Project
    from .documents import Document
    from .session import Part, Session


class View:
    """A file at one moment, together with the part of the workspace that it belongs to.

    Attributes:
        session: all that is linted.
        part: the part with the file; its result is up to date.
        path: the path of the file, as ``SourceFile.path``.
        client: what the client can do.
        documents: the open documents by path.
    """

    def __init__(
        self,
        session: Session,
        part: Part,
        path: str,
        documents: Mapping[str, Document],
        client: types.ClientCapabilities,
        encoding: str,
    ) -> None:
        self.session = session
        self.part = part
        self.path = path
        self.client = client
        self.documents = documents
        self._encoding = encoding
        self._lines: dict[str, Lines] = {}

    @property
    def project(self) -> Project:
        """What was loaded: stacks, Dockerfiles, the reader."""
        project = self.part.project
        assert project is not None
        return project

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
        """The offset in ``source`` of a position; the nearest one if there is no such position."""
        document, source = self.document, self.source
        if document is not None:
            return document.offset(position.line, position.character)
        if source is None:
            return 0
        return self._lines_of(source)[0].offset(position.line, position.character)

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
        lines, shift = self._lines_of(source)
        return types.Range(
            types.Position(*lines.position(start + shift)),
            types.Position(*lines.position(end + shift)),
        )

    def location(self, span: Span) -> types.Location:
        """The place of a span, in whatever file it is."""
        return types.Location(self.uri(span.origin.file.path), self.range(span))

    def uri(self, path: str) -> str:
        """The URI of a file: as the client writes it if it is open."""
        document = self.documents.get(path)
        return document.uri if document is not None else to_uri(path)

    def _lines_of(self, source: SourceFile) -> tuple[Lines, int]:
        """The lines of a file, and by how much their offsets are larger: a byte order mark counts."""
        document = self.documents.get(source.path)
        if document is not None and document.source.text == source.text:
            return document.lines, int(document.source.bom)
        known = self._lines.get(source.path)
        if known is None or known.text is not source.text:
            known = self._lines[source.path] = Lines(source.text, self._encoding)
        return known, 0


def path_of(uri: str) -> str:
    """The path of a URI as the linter writes it; empty for what is not a file of this machine."""
    path = to_path(uri)
    return tidy(path) if path is not None else ""
