"""From places in files to those of the protocol: in the text that the client has, if it is open."""

from __future__ import annotations

from .documents import Lines
from .uris import to_uri

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..base.text import SourceFile
    from .documents import Document


class Places:
    """The places of files at one moment.

    Attributes:
        documents: the open documents by path.
    """

    __slots__ = ("_encoding", "_lines", "documents")

    def __init__(self, documents: Mapping[str, Document], encoding: str) -> None:
        self.documents = documents
        self._encoding = encoding
        self._lines: dict[SourceFile, tuple[Lines, int]] = {}

    def uri(self, path: str) -> str:
        """The URI of a file: as the client writes it if it is open."""
        document = self.documents.get(path)
        return document.uri if document is not None else to_uri(path)

    def positions(
        self, source: SourceFile, start: int, end: int
    ) -> tuple[tuple[int, int], tuple[int, int]]:
        """The lines and characters of two offsets in a file."""
        lines, shift = self.lines(source)
        return lines.position(start + shift), lines.position(end + shift)

    def lines(self, source: SourceFile) -> tuple[Lines, int]:
        """The lines of a file, and by how much their offsets are larger: a byte order mark counts."""
        known = self._lines.get(source)
        if known is None:
            document = self.documents.get(source.path)
            if document is not None and document.source.text == source.text:
                known = document.lines, int(document.source.bom)
            else:
                known = Lines(source.text, self._encoding), 0
            self._lines[source] = known
        return known
