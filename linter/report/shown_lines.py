"""The secrets in the lines of files that a report shows."""

from __future__ import annotations

from ..base.text import Span
from ..rule import Edit
from ..secrets.hints import may_hold_secret
from .enclosing import enclosing_lines, is_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..base.text import SourceFile
    from ..rule import Diagnostic

_MOST_LINES = 4
"""How many lines of a place a report shows."""


def secrets_in_shown_lines(findings: Iterable[Diagnostic]) -> list[Span]:
    """The places of the secrets in the lines that these findings are about."""
    lines: dict[tuple[str, int], tuple[SourceFile, int]] = {}
    for finding in findings:
        for span in _places(finding):
            file = span.file
            first, last = file.line_of(span.start), file.line_of(max(span.start, span.end - 1))
            shown = few_lines(first, last)
            # The keys above a line of YAML have no value.
            above = () if is_yaml(file.path) else enclosing_lines(file, first)
            for line in (*shown, *above):
                lines.setdefault((file.path, line), (file, line))
        for edit in finding.fix.edits if finding.fix is not None else ():
            if isinstance(edit, Edit):
                file, start, end = edit.span.origin
                # An added line is shown with the one above it.
                for line in range(max(1, file.line_of(start) - 1), file.line_of(end) + 1):
                    lines.setdefault((file.path, line), (file, line))
    places: list[Span] = []
    for file, line in lines.values():
        begin = file.offset(line)
        text = file.text[begin : file.offset(line + 1)]
        if not may_hold_secret(text):
            continue
        from ..secrets.unparsed import secrets_in_line

        places += [Span(file, begin + start, begin + end) for start, end in secrets_in_line(text)]
    return places


def few_lines(first: int, last: int) -> Iterable[int]:
    """The lines that a report may show of a place from one line to another one."""
    if last - first < _MOST_LINES:
        return range(first, last + 1)
    return (first, first + 1, last - 1, last)


def _places(finding: Diagnostic) -> Iterator[Span]:
    """The places that a report may show of a finding."""
    yield finding.span.origin
    for related in finding.related:
        yield related.span.origin
