"""Findings as diagnostics of the protocol: plain data, because there may be thousands."""

from __future__ import annotations

from copy import copy

from ..report import masks_of, rule_url
from ..result import Result
from ..rule import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from ..base.text import Span
    from ..config.errors import Fault
    from ..rule import Diagnostic
    from .positions import Places

    Row = dict[str, Any]

_SEVERITIES = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3}

_UNNECESSARY, _DEPRECATED = 1, 2
_TAGS = {
    "CF004": _DEPRECATED,
    "CF006": _UNNECESSARY,
    "CF142": _UNNECESSARY,
    "CF146": _DEPRECATED,
    "CF147": _UNNECESSARY,
    "CF270": _DEPRECATED,
    "CF404": _DEPRECATED,
    "CF405": _DEPRECATED,
    "DF118": _UNNECESSARY,
    "DF119": _UNNECESSARY,
    "DF124": _UNNECESSARY,
    "DF213": _DEPRECATED,
    "DF403": _DEPRECATED,
    "DF416": _DEPRECATED,
    "DF904": _DEPRECATED,
    "DI007": _UNNECESSARY,
    "DI009": _UNNECESSARY,
    "EV005": _UNNECESSARY,
    "LN010": _UNNECESSARY,
}
"""The rules whose findings are about what is deprecated, which editors strike through, and about
what has no effect, which they show faded."""


def rows_of(result: Result, places: Places, paths: Iterable[str] = ()) -> dict[str, list[Row]]:
    """The diagnostics of each file with findings, and of these files in any case."""
    by_path: dict[str, list[Row]] = {path: [] for path in paths}
    for finding in masked(result):
        by_path.setdefault(finding.path, []).append(row(finding, places))
    return by_path


def masked(result: Result, wanted: Sequence[Diagnostic] = ()) -> list[Diagnostic]:
    """Some findings of a result as they may be shown; without any, those that are reported.

    Only those that are wanted keep their fixes, which take long to make.
    """
    kept = {id(finding) for finding in wanted}
    plain = {
        id(finding): finding if id(finding) in kept else _without_fix(finding)
        for finding in result.diagnostics
    }
    bare = Result()
    bare.diagnostics = list(plain.values())
    masks = masks_of([bare])
    chosen = [plain[id(finding)] for finding in wanted or result.reported]
    return chosen if masks is None else masks.findings(chosen)


def _without_fix(finding: Diagnostic) -> Diagnostic:
    bare = copy(finding)
    bare._fix = None
    return bare


def row(finding: Diagnostic, places: Places) -> Row:
    """A finding, whose texts must be masked already."""
    help = finding.help
    data: Row = {
        "range": range_of(finding.span, places),
        "severity": _SEVERITIES[finding.severity],
        "code": finding.code,
        "source": "composelint",
        "message": f"{finding.message}\n{help}" if help else finding.message,
        "data": {"name": finding.name},
    }
    url = rule_url(finding)
    if url:
        data["codeDescription"] = {"href": url}
    tag = _TAGS.get(finding.code)
    if tag is not None:
        data["tags"] = [tag]
    if finding.related:
        data["relatedInformation"] = [
            {
                "location": {
                    "uri": places.uri(related.span.origin.file.path),
                    "range": range_of(related.span, places),
                },
                "message": related.message,
            }
            for related in finding.related
        ]
    return data


def range_of(span: Span, places: Places) -> Row:
    """The range of a span as plain data."""
    span = span.origin
    start, end = places.positions(span.file, span.start, span.end)
    return {
        "start": {"line": start[0], "character": start[1]},
        "end": {"line": end[0], "character": end[1]},
    }


def row_of_fault(fault: Fault) -> Row:
    """An error in a configuration."""
    line, column = max(fault.line - 1, 0), max(fault.column - 1, 0)
    place = {"line": line, "character": column}
    end = {"line": line, "character": column + 1}
    return {
        "range": {"start": place, "end": end},
        "severity": 1,
        "code": "configuration",
        "source": "composelint",
        "message": fault.message,
    }
