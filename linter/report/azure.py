"""``azure``: issues by logging commands of Azure Pipelines."""

from __future__ import annotations

from ..base.escape import percent
from ..rule import Severity
from . import message_of
from .places import anchored, region, repository_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions

_DATA = {"%": "%AZP25", "\r": "%0D", "\n": "%0A"}
_PROPERTY = {**_DATA, ";": "%3B", "]": "%5D"}


def render(result: Result, options: RenderOptions) -> str:
    """One command per finding; Azure has no level for an info: it is a warning that says so."""
    return "".join(f"{_command(finding, options)}\n" for finding in result.reported)


def _command(finding: Diagnostic, options: RenderOptions) -> str:
    span = anchored(finding.span.origin)
    start = region(span).start
    properties = [
        ("type", "error" if finding.severity is Severity.ERROR else "warning"),
        ("sourcepath", repository_path(span.file.path, options.base)),
        ("linenumber", str(start.line)),
        ("columnnumber", str(start.column)),
        ("code", finding.code),
    ]
    properties_text = "".join(f"{key}={percent(value, _PROPERTY)};" for key, value in properties)
    remark = "info: " if finding.severity is Severity.INFO else ""
    return f"##vso[task.logissue {properties_text}]{remark}{percent(message_of(finding), _DATA)}"
