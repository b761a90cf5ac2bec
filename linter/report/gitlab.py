"""``gitlab``: a Code Quality report for GitLab."""

from __future__ import annotations

from ..base.escape import visible
from ..rule import Severity
from ..suppression.fingerprints import unique
from . import message_of
from .jsontext import to_json
from .places import anchored, region, repository_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(result: Result, options: RenderOptions) -> str:
    """A JSON array with one object per finding."""
    rows = [to_json(_issue(finding, mark, options)) for finding, mark in unique(result.reported)]
    return "[\n{}\n]\n".format(",\n".join(rows)) if rows else "[]\n"


def _issue(finding: Diagnostic, mark: str, options: RenderOptions) -> dict[str, Any]:
    span = anchored(finding.span.origin)
    start, end = region(span)
    return {
        # GitLab does not show check_name.
        "description": visible(f"{finding.code}: {message_of(finding)}"),
        "check_name": finding.name,
        "fingerprint": mark,
        "severity": _SEVERITIES[finding.severity],
        "location": {
            "path": repository_path(span.file.path, options.base),
            "lines": {"begin": start.line, "end": end.line},
        },
    }
