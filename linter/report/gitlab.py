"""``gitlab``: a Code Quality report for GitLab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rule import Severity
from .escape import to_json, visible
from .fingerprints import unique
from .places import anchored, region, repository_path

if TYPE_CHECKING:
    from ..run import Result
    from . import RenderOptions

_SEVERITIES = {Severity.ERROR: "critical", Severity.WARNING: "major", Severity.INFO: "info"}


def render(result: Result, options: RenderOptions) -> str:
    """A JSON array with one object a finding."""
    issues = []
    for item, mark in unique(result.reported):
        span = anchored(item.span.origin)
        start, end = region(span)
        issues.append(
            {
                # GitLab does not show check_name.
                "description": f"{item.code}: {visible(item.message)}",
                "check_name": item.name,
                "fingerprint": mark,
                "severity": _SEVERITIES[item.severity],
                "location": {
                    "path": repository_path(span.file.path, options.base),
                    "lines": {"begin": start.line, "end": end.line},
                },
            }
        )
    return to_json(issues, indent=2) + "\n"
