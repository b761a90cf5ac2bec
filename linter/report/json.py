"""``json``: the stable report that ``schemas/report.schema.json`` describes."""

from __future__ import annotations

from ..rule import Create, Severity
from ..suppression.fingerprints import fingerprint
from . import rule_url
from .jsontext import to_json_rows
from .places import region

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..base.text import Span
    from ..result import Result
    from ..rule import Diagnostic, Fix
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """The whole report as one JSON object."""
    data = report(result)
    return to_json_rows({**data, "diagnostics": []}, "diagnostics", data["diagnostics"]) + "\n"


def report(result: Result) -> dict[str, Any]:
    """The report as plain data, suppressed findings included."""
    from ..version import VERSION

    counts = result.counts
    return {
        "version": 1,
        "tool": {"name": "composelint", "version": VERSION},
        "diagnostics": [diagnostic(item) for item in result.diagnostics],
        "summary": {
            "files": result.files,
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "infos": counts[Severity.INFO],
            "fixable": sum(1 for item in result.reported if item.fix),
            "suppressed": sum(1 for item in result.diagnostics if item.suppressed is not None),
        },
    }


def diagnostic(item: Diagnostic) -> dict[str, Any]:
    """One finding as plain data."""
    owner, name = item.owner or ("", "")
    return {
        "code": item.code,
        "name": item.name,
        "category": item.category or None,
        "severity": item.severity.label,
        "message": item.message,
        "help": item.help,
        "url": rule_url(item),
        "fingerprint": fingerprint(item),
        "logical_path": item.subject,
        "stack": item.stack,
        **_place(item.span),
        "service": name if owner == "service" else None,
        "stage": name if owner == "stage" else None,
        "fix": _fix(item.fix) if item.fix else None,
        "related": [{**_place(place.span), "message": place.message} for place in item.related],
        "suppressed": item.suppressed,
    }


def _place(span: Span) -> dict[str, Any]:
    span = span.origin
    start, end = region(span)
    return {
        "path": span.file.path,
        "start": {"line": start.line, "column": start.column},
        "end": {"line": end.line, "column": end.column},
    }


def _fix(fix: Fix) -> dict[str, Any]:
    edits: list[dict[str, Any]] = []
    for edit in fix.edits:
        if isinstance(edit, Create):
            edits.append({"path": edit.path, "create": edit.text})
        else:
            edits.append({**_place(edit.span), "replacement": edit.replacement})
    return {"title": fix.title, "applicability": fix.applicability.label, "edits": edits}
