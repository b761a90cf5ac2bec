"""``rdjson``: the Reviewdog Diagnostic Format, with fixes as suggestions.

Its columns count UTF-8 bytes. A suggestion is one range in the finding's own file, so a
fix with several edits becomes one that spans them; fixes that touch other files are
left out. Source: ``proto/rdf`` of reviewdog/reviewdog.
"""

from __future__ import annotations

from ..base.escape import visible
from ..base.patterns import on_demand
from ..rule import Create, Edit, Severity
from . import rule_url
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
    """A ``DiagnosticResult``."""
    units = UnitsOfFiles("utf-8")
    data = {
        "source": {"name": "composelint", "url": "https://github.com/composelint/composelint"},
        "diagnostics": [],
    }
    rows = (_diagnostic(item, units, options.masks) for item in result.reported)
    return to_json_rows(data, "diagnostics", rows) + "\n"


def _diagnostic(item: Diagnostic, units: UnitsOfFiles, masks: Masks | None) -> dict[str, Any]:
    data: dict[str, Any] = {
        "message": _inert(item.message),
        "location": _location(item.span.origin, units),
        "severity": _SEVERITIES[item.severity],
        "code": {"value": item.code, "url": rule_url(item)},
    }
    if item.help:
        data["message"] += "\n" + "\n".join(map(_inert, item.help.split("\n")))
    if item.related:
        data["related_locations"] = [
            {"message": _inert(place.message), "location": _location(place.span.origin, units)}
            for place in item.related
        ]
    if item.fix:
        whole = _one_edit(item.fix, item.span.origin.file, masks)
        if whole:
            data["suggestions"] = [{"range": _range(whole.span, units), "text": whole.replacement}]
    return data


def _location(span: Span, units: UnitsOfFiles) -> dict[str, Any]:
    return {"path": span.file.path, "range": _range(span, units)}


def _range(span: Span, units: UnitsOfFiles) -> dict[str, Any]:
    start, end = units[span.file].region(span)
    return {
        "start": {"line": start.line, "column": start.column},
        "end": {"line": end.line, "column": end.column},
    }


def _one_edit(fix: Fix, file: SourceFile, masks: Masks | None) -> Edit | None:
    """The edits of a fix as one; None where they go beyond this file, overlap, or hold a secret."""
    edits = []
    for edit in fix.edits:
        if isinstance(edit, Create) or edit.span.origin.file.path != file.path:
            return None
        edits.append(Edit(edit.span.origin, edit.replacement))
    edits.sort(key=lambda edit: (edit.span.start, edit.span.end))
    if not edits:
        return None
    whole = edits[0]
    for edit in edits[1:]:
        if edit.span.start < whole.span.end:
            return None
        gap = edit.span._replace(start=whole.span.end, end=edit.span.start)
        if masks is not None and masks.hides(gap):
            return None
        between = edit.span.file.text[whole.span.end : edit.span.start]
        whole = Edit(
            whole.span._replace(end=edit.span.end), whole.replacement + between + edit.replacement
        )
    return whole


_MENTION = on_demand(r"(?<![\w@])@(?=\w)")
_ACTIVE = on_demand(r"<(?=[A-Za-z/!?])|(?<=\])\(|(?<=!)\[")


def _inert(text: str) -> str:
    """A message as reviewdog may post it: as Markdown without HTML, links and mentions."""
    return _MENTION.sub("@\u200b", _ACTIVE.sub(r"\\\g<0>", visible(text)))
