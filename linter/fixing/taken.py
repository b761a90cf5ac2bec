"""What the fixes that are applied together change, so that no two of them touch the same text."""

from __future__ import annotations

from bisect import bisect_left, insort

from ..rule import Append, Create, Edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..base.text import SourceFile


class Taken:
    """What the chosen fixes edit, create and add."""

    def __init__(self) -> None:
        self.spans: dict[str, list[tuple[int, int]]] = {}
        """In order; they do not overlap."""
        self.created: dict[str, str] = {}
        self.appended: dict[str, dict[str, str]] = {}

    def add(self, edits: Sequence[Edit | Create | Append]) -> bool:
        """Add the edits of a fix, unless something is taken; returns whether they were added."""
        spans = [edit.span.origin for edit in edits if isinstance(edit, Edit)]
        creates = {edit.path: edit.text for edit in edits if isinstance(edit, Create)}
        appends = [edit for edit in edits if isinstance(edit, Append)]
        if (
            any(self._overlaps(*span) for span in spans)
            or any(map(self._clashes, appends))
            or any(
                self.created.get(path, text) != text or path in self.appended
                for path, text in creates.items()
            )
        ):
            return False
        for file, start, end in spans:
            insort(self.spans.setdefault(file.path, []), (start, end))
        self.created.update(creates)
        for append in appends:
            lines = self.appended.setdefault(append.file.path, {})
            lines.update((name_of(line), line) for line in append.lines)
        return True

    def _overlaps(self, file: SourceFile, start: int, end: int) -> bool:
        if end == len(file.text) and file.path in self.appended:
            return True
        taken = self.spans.get(file.path, ())
        index = bisect_left(taken, (start,))
        return (index > 0 and taken[index - 1][1] >= start) or (
            index < len(taken) and taken[index][0] <= end
        )

    def _clashes(self, append: Append) -> bool:
        """Whether lines cannot be added beside what is taken."""
        path, size = append.file.path, len(append.file.text)
        lines = self.appended.get(path, {})
        return (
            path in self.created
            or any(end == size for _, end in self.spans.get(path, ()))
            or any(lines.get(name_of(line), line) != line for line in append.lines)
        )


def name_of(line: str) -> str:
    """What a line is about: the name that it sets, else all of it."""
    return line.partition("=")[0]
