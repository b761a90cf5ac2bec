"""``github``: annotations by workflow commands of GitHub Actions.

A step shows only its first ten errors, ten warnings and ten notices as annotations, so
the gravest come first, and a notice says how many are to be found in the log alone.
"""

from __future__ import annotations

from ..base.escape import percent
from ..rule import Severity
from .places import anchored, region, repository_path
from .summary import listed, plural

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
    """A command a finding, by severity."""
    lines: dict[Severity, list[str]] = {severity: [] for severity in sorted(Severity, reverse=True)}
    for item in result.reported:
        lines[item.severity].append(_command(item, options))
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
            f"step; see its log for {listed(words)}.",
        )
    return "".join(f"{line}\n" for group in lines.values() for line in group)


def _command(item: Diagnostic, options: RenderOptions) -> str:
    span = anchored(item.span.origin)
    start, end = region(span)
    properties = [
        ("file", repository_path(span.file.path, options.base)),
        ("line", str(start.line)),
        ("endLine", str(end.line)),
    ]
    if start.line == end.line:
        # Columns go with a single line only.
        properties += [("col", str(start.column)), ("endColumn", str(end.column))]
    properties.append(("title", f"{item.code} {item.name}"))
    written = ",".join(f"{key}={percent(value, _PROPERTY)}" for key, value in properties)
    text = "%0A".join(
        percent(line, _DATA) for line in (item.message, *item.help.split("\n")) if line
    )
    return f"::{_LEVELS[item.severity]} {written}::{text}"
