"""``azure``: issues by logging commands of Azure Pipelines."""

from __future__ import annotations

from ..base.escape import percent
from ..rule import Severity
from .places import anchored, region, repository_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions

_DATA = {"%": "%AZP25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ";": "%3B", "]": "%5D"}


def render(result: Result, options: RenderOptions) -> str:
    """A command a finding; what only advises is a warning too, and says so."""
    return "".join(f"{_command(item, options)}\n" for item in result.reported)


def _command(item: Diagnostic, options: RenderOptions) -> str:
    span = anchored(item.span.origin)
    start = region(span).start
    properties = [
        ("type", "error" if item.severity is Severity.ERROR else "warning"),
        ("sourcepath", repository_path(span.file.path, options.base)),
        ("linenumber", str(start.line)),
        ("columnnumber", str(start.column)),
        ("code", item.code),
    ]
    written = "".join(f"{key}={percent(value, _PROPERTY)};" for key, value in properties)
    remark = "info: " if item.severity is Severity.INFO else ""
    return f"##vso[task.logissue {written}]{remark}{percent(item.message, _DATA)}"
