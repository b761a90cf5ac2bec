"""``json``: the stable report that ``schemas/report.schema.json`` describes."""

from __future__ import annotations

from ..rule import Append, Create, Severity, as_edit
from ..suppression.fingerprints import fingerprint
from . import rule_url
from .fixes import is_suggestion, pastes
from .jsontext import to_json_rows
from .places import region

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..base.text import Span
    from ..result import Result, StackRecord
    from ..rule import Diagnostic, Fix
    from . import RenderOptions
    from .masking import Masks


def render(result: Result, options: RenderOptions) -> str:
    """The report as one JSON object."""
    data = report(result, options.masks, options.show_fixed)
    return to_json_rows({**data, "diagnostics": []}, "diagnostics", data["diagnostics"]) + "\n"


def report(result: Result, masks: Masks | None = None, show_fixed: bool = False) -> dict[str, Any]:
    """The report as plain data, suppressed findings included."""
    from ..version import VERSION

    counts, change = result.counts, result.change
    fixed = result.fixed if show_fixed else []
    return {
        "version": 2,
        "tool": {"name": "composelint", "version": VERSION},
        # Results of earlier versions have none.
        "stacks": [_stack(record) for record in sorted(getattr(result, "stacks", ()))],
        "diagnostics": [diagnostic(finding, masks) for finding in result.diagnostics],
        "change": None if change is None else change._asdict(),
        "fixed": [diagnostic(finding, masks) for finding in fixed],
        "summary": {
            "files": result.files,
            "errors": counts[Severity.ERROR],
            "warnings": counts[Severity.WARNING],
            "infos": counts[Severity.INFO],
            "fixable": sum(
                1 for finding in result.reported if finding.fix and not is_suggestion(finding)
            ),
            "suggestions": sum(1 for finding in result.reported if is_suggestion(finding)),
            "suppressed": sum(
                1 for finding in result.diagnostics if finding.suppressed is not None
            ),
        },
    }


def _stack(record: StackRecord) -> dict[str, Any]:
    """A stack as plain data."""
    place = {"path": record.path, "line": record.line} if record.path else None
    return {
        "files": list(record.files),
        "why": record.why,
        "evidence": place,
        "preset": record.preset,
        "fragment": record.is_fragment,
    }


def diagnostic(finding: Diagnostic, masks: Masks | None) -> dict[str, Any]:
    """One finding as plain data."""
    owner, name = finding.owner or ("", "")
    fix = finding.fix
    suggestion: dict[str, Any] | None = None
    if fix is not None and is_suggestion(finding):
        # Not as "fix": readers that apply what they find there know no suggestions.
        suggestion = _suggestion(fix, masks)
        fix = None
    return {
        "code": finding.code,
        "name": finding.name,
        "category": finding.category or None,
        "severity": finding.severity.label,
        "message": finding.message,
        "help": finding.help,
        "url": rule_url(finding) or None,
        "fingerprint": fingerprint(finding),
        "logical_path": finding.subject,
        "stack": finding.stack,
        **_place(finding.span),
        "service": name if owner == "service" else None,
        "stage": name if owner == "stage" else None,
        "fix": _fix(fix) if fix else None,
        "suggestion": suggestion,
        "related": [
            {**_place(related.span), "message": related.message} for related in finding.related
        ],
        "suppressed": finding.suppressed,
        "brought_by": list(finding.brought_by),
    }


def _place(span: Span) -> dict[str, Any]:
    span = span.origin
    return {"path": span.file.path, **region(span).as_data()}


def _fix(fix: Fix) -> dict[str, Any]:
    return {
        "title": fix.title,
        "applicability": fix.applicability.label,
        "edits": _edits(fix),
    }


def _suggestion(fix: Fix, masks: Masks | None) -> dict[str, Any]:
    text = "".join(part.text for part in pastes(fix, masks))
    return {"title": fix.title, "text": text, "edits": _edits(fix)}


def _edits(fix: Fix) -> list[dict[str, Any]]:
    edits: list[dict[str, Any]] = []
    for part in fix.edits:
        edit = as_edit(part) if isinstance(part, Append) else part
        if isinstance(edit, Create):
            edits.append({"path": edit.path, "create": edit.text})
        else:
            edits.append({**_place(edit.span), "replacement": edit.replacement})
    return edits
