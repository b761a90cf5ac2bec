"""``github``: annotations by workflow commands of GitHub Actions.

A step shows only its first ten errors, ten warnings and ten notices as annotations: the
most severe findings come first, and a notice says how many are in the log only.
"""

from __future__ import annotations

from ..base.escape import percent
from ..base.wording import and_list, plural
from ..rule import Severity
from . import message_of
from .places import anchored, region, repository_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions

_SHOWN = 10
_LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "notice"}
_DATA = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ":": "%3A", ",": "%2C"}


def render(result: Result, options: RenderOptions) -> str:
    """One command per finding, by severity."""
    lines: dict[Severity, list[str]] = {severity: [] for severity in sorted(Severity, reverse=True)}
    for finding in result.reported:
        lines[finding.severity].append(_command(finding, options))
    hidden = {severity: len(group) - _SHOWN for severity, group in lines.items()}
    if any(count > 0 for count in hidden.values()):
        # The notice itself takes one of the ten places.
        hidden[Severity.INFO] += 1
        words = [
            plural(count, f"more {_LEVELS[severity]}")
            for severity, count in hidden.items()
            if count > 0
        ]
        lines[Severity.INFO].insert(
            0,
            f"::notice title=composelint::GitHub annotates {_SHOWN} findings of each level in a "
            f"step; see its log for {and_list(words, '')}.",
        )
    return "".join(f"{line}\n" for group in lines.values() for line in group)


def _command(finding: Diagnostic, options: RenderOptions) -> str:
    span = anchored(finding.span.origin)
    start, end = region(span)
    properties = [
        ("file", repository_path(span.file.path, options.base)),
        ("line", str(start.line)),
        ("endLine", str(end.line)),
    ]
    if start.line == end.line:
        # GitHub ignores columns of a range of several lines.
        properties += [("col", str(start.column)), ("endColumn", str(end.column))]
    properties.append(("title", f"{finding.code} {finding.name}"))
    properties_text = ",".join(f"{key}={percent(value, _PROPERTY)}" for key, value in properties)
    lines = (message_of(finding), *finding.help.split("\n"))
    text = "%0A".join(percent(line, _DATA) for line in lines if line)
    return f"::{_LEVELS[finding.severity]} {properties_text}::{text}"
