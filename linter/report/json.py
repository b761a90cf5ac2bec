"""``json``: the stable report that ``schemas/report.schema.json`` describes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from ..rule import Create

if TYPE_CHECKING:
    from ..rule import Diagnostic, Fix
    from ..run import Result
    from ..source.text import Span
    from . import RenderOptions

DOCS = "https://github.com/composelint/composelint/blob/main/docs/rules/"
"""Where the rules' pages are published."""


def render(result: Result, options: RenderOptions) -> str:
    """The whole report as one JSON object."""
    return json.dumps(report(result), ensure_ascii=False, indent=2) + "\n"


def report(result: Result) -> dict[str, Any]:
    """The report as plain data."""
    from ..rule import Severity
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
        },
    }


def diagnostic(item: Diagnostic) -> dict[str, Any]:
    """One finding as plain data."""
    data: dict[str, Any] = {
        "code": item.code,
        "name": item.name,
        "severity": item.severity.label,
        "message": item.message,
        "help": item.help,
        "url": f"{DOCS}{item.name}.md",
        "fingerprint": fingerprint(item),
        "logical_path": item.subject,
        "stack": item.stack,
        **_place(item.span),
    }
    if item.owner:
        data[item.owner[0]] = item.owner[1]
    data["fix"] = _fix(item.fix) if item.fix else None
    data["related"] = [{**_place(place.span), "message": place.message} for place in item.related]
    data["suppressed"] = item.suppressed
    return data


def fingerprint(item: Diagnostic) -> str:
    """What identifies a finding while lines move: rule, file, logical path and evidence."""
    from hashlib import sha256

    parts = (item.code, item.span.file.path, item.subject, item.evidence)
    return sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _place(span: Span) -> dict[str, Any]:
    span = span.origin
    start = span.file.position(span.start)
    end = span.file.position(span.end)
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
