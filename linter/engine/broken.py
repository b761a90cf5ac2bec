"""What may not be said about text that is not read as it was meant.

No fix touches an instruction of a Dockerfile that has an error of syntax, nor a value of a Compose
file that has one, whatever the rule: its edits would build on a wrong reading. Where a path that
ends in a backslash joins two instructions, or a comment behind an instruction is read as its
arguments, only that cause is reported.
"""

from __future__ import annotations

from bisect import bisect_right

from ..base.text import EmbeddedSource, SourceFile, Span
from ..rule import Edit, Fix, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..model.project import Project
    from ..rule import Diagnostic
    from ..source.dockerfile.broken import LineComment
    from ..source.dockerfile.syntax import DockerfileSyntax

_REPAIRS = frozenset(("DF001", "DF005"))
"""The rules whose fixes correct an error of syntax itself."""


class BrokenPlaces:
    """The places of a project's Dockerfiles that are not read as they were meant."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._broken: dict[SourceFile, list[tuple[int, int]]] = {}
        self._cut: dict[SourceFile, list[tuple[int, int]]] = {}
        self._comments: dict[SourceFile, list[LineComment]] = {}

    def _syntax(self, file: SourceFile) -> DockerfileSyntax | None:
        """The Dockerfile that a file is; None if it is another kind of file."""
        dockerfiles = self.project.dockerfiles
        if isinstance(file, EmbeddedSource):
            items = [item for item in dockerfiles.values() if item.source is file]
            return items[0].syntax if items else None
        dockerfile = dockerfiles.get(file.path)
        return dockerfile.syntax if dockerfile is not None else None

    def hides(self, item: Diagnostic) -> bool:
        """Whether a finding follows from a cause that DF001 or DF005 reports."""
        file = item.span.file
        if item.code in _REPAIRS or not item.code.startswith(("DF", "XF")):
            return False
        places = self._cut.get(file)
        if places is None:
            places = self._cut[file] = []
            comments = self._comments[file] = []
            syntax = self._syntax(file)
            if syntax is not None and ("\\" in file.text or "#" in file.text):
                from ..source.dockerfile.broken import cut_paths, line_comments

                places += [(one.start, one.end) for one, _ in cut_paths(syntax)]
                comments += line_comments(syntax)
        comments = self._comments[file]
        if not places and not comments:
            return False
        from ..source.dockerfile.broken import is_about_comment, place_of

        return is_about_comment(comments, item.span) or place_of(places, item.span.start) >= 0

    def check_fix(self, item: Diagnostic, is_late: bool) -> None:
        """Take the fix of a finding away if it edits an instruction with an error of syntax."""
        if item.code not in _REPAIRS:
            keep_fix_if(item, self._allows, is_late)

    def _allows(self, fix: Fix) -> bool:
        for edit in fix.edits:
            if not isinstance(edit, Edit):
                continue
            file = edit.span.file
            places = self._broken.get(file)
            if places is None:
                places = self._broken[file] = []
                syntax = self._syntax(file)
                if syntax is not None:
                    from ..source.dockerfile.broken import broken_places

                    places += broken_places(syntax)
            if places and _touches(places, edit.span):
                return False
        return True


def keep_fix_if(item: Diagnostic, allows: Callable[[Fix], bool], is_late: bool) -> None:
    """Let a fix count only if it is allowed.

    With ``is_late`` it is still made when it is first asked for, and an error then means none.
    """
    made = item._fix
    if is_late and made is not None and not isinstance(made, Fix):

        def checked() -> Fix | None:
            try:
                fix = made()
            except Exception:
                return None
            return fix if fix is not None and allows(fix) else None

        item._fix = checked
    elif item.fix is not None and not allows(item.fix):
        item.fix = None


def drop_fixes_of_broken_values(findings: Iterable[Diagnostic], is_late: bool = False) -> None:
    """Take the fixes away that edit a value which Docker Compose cannot read."""
    findings = list(findings)
    places: dict[str, list[tuple[int, int]]] = {}
    for item in findings:
        if _is_refused(item):
            places.setdefault(item.span.file.path, []).append((item.span.start, item.span.end))
    if not places:
        return
    for path, ranges in places.items():
        places[path] = _merged(ranges)

    def allows(fix: Fix) -> bool:
        for edit in fix.edits:
            if not isinstance(edit, Edit):
                continue
            span = edit.span.origin
            values = places.get(span.file.path)
            if values and _touches(values, Span(span.file, span.start + 1, span.end - 1)):
                return False
        return True

    for item in findings:
        if not _is_refused(item):
            keep_fix_if(item, allows, is_late)


def _is_refused(item: Diagnostic) -> bool:
    """Whether a finding says that Docker Compose cannot read a value."""
    return (
        item.category == "reading"
        and item.severity is Severity.ERROR
        and item.code.startswith("CF")
    )


def _merged(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The ranges in their order, those that overlap as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if merged and start <= merged[-1][1]:
            start, end = merged[-1][0], max(end, merged.pop()[1])
        merged.append((start, end))
    return merged


def _touches(places: Sequence[tuple[int, int]], span: Span) -> bool:
    """Whether a span is inside one of these ordered ranges, contains one, or ends in one."""
    start, end = span.start, span.end
    at = bisect_right(places, (end, start))
    return any(first <= end and start <= last for first, last in places[max(at - 1, 0) : at + 1])
