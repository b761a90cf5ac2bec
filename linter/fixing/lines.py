"""Where the lines of a text were before fixes changed it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..base.text import SourceFile
    from ..rule import Edit


class _Lines:
    """Collects, for each line of a new text, the line that it comes from."""

    def __init__(self) -> None:
        self.origins: list[int] = []
        self._current = 0
        self._latest = 1

    def add(self, text: str, origins: Sequence[int]) -> None:
        """Add a part of the new text, with the lines that its lines come from."""
        for index, line in enumerate(text.split("\n")):
            if index:
                self.end()
            self._latest = origins[min(index, len(origins) - 1)]
            if line and not self._current:
                self._current = self._latest

    def end(self) -> None:
        """End the line."""
        self.origins.append(self._current or self._latest)
        self._current = 0


def moved_lines(file: SourceFile, edits: Sequence[Edit], before: Sequence[int]) -> list[int]:
    """For each line of a text after edits, the number of the line on disk that it comes from.

    ``before`` says the same of the text before these edits. Lines that an edit adds come from the
    line where it adds them.
    """
    lines = _Lines()
    at = 0
    for edit in sorted(edits, key=lambda edit: edit.span.origin.start):
        span = edit.span.origin
        lines.add(file.text[at : span.start], before[file.line_of(at) - 1 :])
        lines.add(edit.replacement, [before[file.line_of(span.start) - 1]])
        at = span.end
    lines.add(file.text[at:], before[file.line_of(at) - 1 :])
    lines.end()
    return lines.origins
