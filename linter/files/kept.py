"""What is kept of files from one run to the next, where one follows another at once.

An editor has a stack linted after each key, and nearly all of its files are as they were. Only what
is a function of a text is kept, and found again by the text itself.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..base.text import SourceFile
    from ..source.yaml.nodes import YamlFile

_MOST = 2000
"""The most files of which something is kept."""


class Kept:
    """Sources and parsed files by path, each for its newest text.

    ``documents`` is for what ``compose/`` concludes from a parsed file: by path, with the file
    itself in it to tell whether it still is the one.
    """

    __slots__ = ("_parsed", "_sources", "documents")

    def __init__(self) -> None:
        self._sources: dict[str, SourceFile] = {}
        self._parsed: dict[str, YamlFile] = {}
        self.documents: dict[str, Any] = {}

    def source(self, source: SourceFile) -> SourceFile:
        """The source of the last run, if its text is this one."""
        path = source.path
        known = self._sources.get(path)
        if known is not None and known.text == source.text and known.bom == source.bom:
            return known
        if len(self._sources) >= _MOST:
            self.clear()
        self._sources[path] = source
        return source

    def parsed(self, source: SourceFile) -> YamlFile:
        """A source as YAML."""
        known = self._parsed.get(source.path)
        if known is None or known.source is not source:
            from ..source.yaml.parser import parse_yaml

            known = self._parsed[source.path] = parse_yaml(source)
        return known

    def clear(self) -> None:
        """Forget everything."""
        self._sources.clear()
        self._parsed.clear()
        self.documents.clear()
