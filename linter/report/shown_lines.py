"""The secrets in the lines of files that a report shows."""

from __future__ import annotations

from ..base.text import Span
from ..secrets.hints import may_hold_secret

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
            if last - first < _MOST_LINES:
                shown: Iterable[int] = range(first, last + 1)
            else:
                shown = (first, first + 1, last - 1, last)
            for line in shown:
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


def _places(finding: Diagnostic) -> Iterator[Span]:
    """The places that a report may show of a finding."""
    yield finding.span.origin
    for related in finding.related:
        yield related.span.origin
