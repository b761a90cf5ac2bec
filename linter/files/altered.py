"""A tree of which some files have another content, or none that can be read."""

from __future__ import annotations

from ..base.text import SourceFile
from .paths import clean_path, seen_from
from .reader import Reader, ReadProblem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..source.yaml.nodes import YamlFile


class AlteredReader(Reader):
    """Reads what another reader reads, but for some files: they have these texts, or are unreadable.

    What it is asked is known to the other reader, too: a result that both served depends on it. The
    paths are the shortest ones from the working folder.
    """

    def __init__(self, reader: Reader, texts: Mapping[str, str | None]) -> None:
        self.__dict__.update(reader.__dict__)
        self._altered = texts

    def read(self, path: str) -> YamlFile | ReadProblem:
        """A YAML file, parsed."""
        text = self._instead_of(path)
        if not isinstance(text, SourceFile):
            return text or super().read(path)
        from ..source.yaml.parser import parse_yaml

        return parse_yaml(text)

    def read_text(self, path: str) -> SourceFile | ReadProblem:
        """The text of a file."""
        return self._instead_of(path) or super().read_text(path)

    def search_text(self, path: str) -> SourceFile | ReadProblem:
        """The text of a file that is only searched."""
        return self._instead_of(path) or super().search_text(path)

    def _instead_of(self, path: str) -> SourceFile | ReadProblem | None:
        """The other content of a file; None if it has its own."""
        path = clean_path(path)
        name = seen_from(".", path) if path.startswith("../") else path
        if name not in self._altered:
            return None
        text = self._altered[name]
        if text is None:
            # Of the reasons for which a file is not read, one that Docker Compose does not mind.
            return ReadProblem("file-too-large", f"{path} is not read", path)
        return SourceFile(path, text)
