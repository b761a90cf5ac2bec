"""``concise``: one line per finding, ``path:line:column: CODE [*] message``."""

from __future__ import annotations

from ..base.escape import visible
from . import shown
from .style import Paint
from .summary import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """One line per finding, then the summary."""
    paint = Paint(options)
    lines = [
        f"{paint.place(finding)}: {paint.code(finding)}{remarks(finding, paint)} {visible(finding.message)}"
        for finding in shown(result, options)
    ]
    return "\n".join([*lines, summary(result, options)]) + "\n"


def remarks(finding: Diagnostic, paint: Paint) -> str:
    """What follows a code: ``[*]`` where a fix exists, and whether the finding is suppressed."""
    mark = paint("good", " [*]") if finding.fix else ""
    return mark if finding.suppressed is None else mark + paint("dim", " (suppressed)")
