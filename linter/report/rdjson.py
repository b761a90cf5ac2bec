"""``rdjson``: the Reviewdog Diagnostic Format, with fixes as suggestions.

Its columns count UTF-8 bytes. A suggestion is one range in the finding's own file: a
fix with several edits becomes one edit that spans them; fixes that edit other files are
left out. Source: ``proto/rdf`` of reviewdog/reviewdog.
"""

from __future__ import annotations

from ..base.escape import visible
from ..base.patterns import on_demand
from ..rule import Edit, Severity
from . import message_of, rule_url
from .jsontext import to_json_rows
from .places import UnitsOfFiles

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..base.text import SourceFile, Span
    from ..result import Result
    from ..rule import Diagnostic, Fix
    from . import RenderOptions
    from .masking import Masks

_SEVERITIES = {Severity.ERROR: "ERROR", Severity.WARNING: "WARNING", Severity.INFO: "INFO"}


def render(result: Result, options: RenderOptions) -> str:
    """A ``DiagnosticResult`` as JSON."""
    units = UnitsOfFiles("utf-8")
    data = {
        "source": {"name": "composelint", "url": "https://github.com/composelint/composelint"},
        "diagnostics": [],
    }
    rows = (_diagnostic(finding, units, options.masks) for finding in result.reported)
    return to_json_rows(data, "diagnostics", rows) + "\n"


def _diagnostic(finding: Diagnostic, units: UnitsOfFiles, masks: Masks | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "message": _inert(message_of(finding)),
        "location": _location(finding.span.origin, units),
        "severity": _SEVERITIES[finding.severity],
        "code": {"value": finding.code},
    }
    url = rule_url(finding)
    if url:
        data["code"]["url"] = url
    if finding.help:
        data["message"] += "\n" + "\n".join(map(_inert, finding.help.split("\n")))
    if finding.related:
        data["related_locations"] = [
            {"message": _inert(related.message), "location": _location(related.span.origin, units)}
            for related in finding.related
        ]
    edit = _one_edit(finding.fix, finding.span.origin.file, masks) if finding.fix else None
    if edit:
        range_data = units[edit.span.file].region(edit.span).as_data()
        data["suggestions"] = [{"range": range_data, "text": edit.replacement}]
    return data


def _location(span: Span, units: UnitsOfFiles) -> dict[str, Any]:
    return {"path": span.file.path, "range": units[span.file].region(span).as_data()}


def _one_edit(fix: Fix, file: SourceFile, masks: Masks | None) -> Edit | None:
    """The edits of a fix as one; None if they edit other files, overlap, or enclose a secret."""
    edits = []
    for edit in fix.edits:
        if not isinstance(edit, Edit) or edit.span.origin.file.path != file.path:
            return None
        edits.append(Edit(edit.span.origin, edit.replacement))
    edits.sort(key=lambda edit: (edit.span.start, edit.span.end))
    if not edits:
        return None
    joined = edits[0]
    for edit in edits[1:]:
        if edit.span.start < joined.span.end:
            return None
        gap = edit.span._replace(start=joined.span.end, end=edit.span.start)
        if masks is not None and masks.hides(gap):
            return None
        joined = Edit(
            joined.span._replace(end=edit.span.end),
            joined.replacement + gap.text + edit.replacement,
        )
    return joined


_MENTION = on_demand(r"(?<![\w@])@(?=\w)")
_ACTIVE = on_demand(r"<(?=[A-Za-z/!?])|(?<=\])\(|(?<=!)\[")


def _inert(text: str) -> str:
    """The message with HTML, links and mentions escaped: reviewdog posts it as Markdown."""
    return _MENTION.sub("@\u200b", _ACTIVE.sub(r"\\\g<0>", visible(text)))
