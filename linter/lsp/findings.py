"""Findings as diagnostics of the protocol: plain data, because there may be thousands."""

from __future__ import annotations

from ..report import masks_of, rule_url
from ..rule import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from lsprotocol import types

    from ..base.text import Span
    from ..rule import Diagnostic
    from .session import Part
    from .view import View

_SEVERITIES = {Severity.ERROR: 1, Severity.WARNING: 2, Severity.INFO: 3}


def diagnostics_of(view: View, part: Part) -> dict[str, list[dict[str, Any]]]:
    """The diagnostics of each file of a part, also of those that have none."""
    by_path: dict[str, list[dict[str, Any]]] = {path: [] for path in part.paths}
    result = part.result
    findings = result.reported
    masks = masks_of([result])
    if masks is not None:
        findings = masks.findings(findings)
    for finding in findings:
        by_path.setdefault(finding.path, []).append(diagnostic(view, finding))
    return by_path


def diagnostic(view: View, finding: Diagnostic) -> dict[str, Any]:
    """A finding."""
    help = finding.help
    data: dict[str, Any] = {
        "range": range_of(view, finding.span),
        "severity": _SEVERITIES[finding.severity],
        "code": finding.name or finding.code,
        "source": "composelint",
        "message": f"{finding.message}\n{help}" if help else finding.message,
        "data": {"code": finding.code},
    }
    url = rule_url(finding)
    if url:
        data["codeDescription"] = {"href": url}
    if finding.related:
        data["relatedInformation"] = [
            {
                "location": {
                    "uri": view.uri(related.span.origin.file.path),
                    "range": range_of(view, related.span),
                },
                "message": related.message,
            }
            for related in finding.related
        ]
    return data


def range_of(view: View, span: Span) -> dict[str, Any]:
    """The range of a span as plain data."""
    range = view.range(span)
    return {"start": _position(range.start), "end": _position(range.end)}


def _position(position: types.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}
