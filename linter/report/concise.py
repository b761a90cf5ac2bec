"""``concise``: one line per finding, ``path:line:column: severity: CODE [*] message``.

Compilers write so, and editors and CI systems read it.
"""

from __future__ import annotations

from ..base.escape import visible
from . import message_of, shown
from .fixes import is_applied
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
    lines = [_line(finding, paint, options) for finding in shown(result, options)]
    return "\n".join([*lines, summary(result, options)]) + "\n"


def _line(finding: Diagnostic, paint: Paint, options: RenderOptions) -> str:
    label = finding.severity.label
    what = f"{paint.code(finding)}{remarks(finding, paint, options)} {visible(message_of(finding))}"
    return f"{paint.place(finding)}: {paint(label, label)}: {what}"


def remarks(
    finding: Diagnostic, paint: Paint, options: RenderOptions, is_fixed: bool = False
) -> str:
    """What follows a code: ``[*]`` where ``--fix`` helps, and whether the finding is suppressed.

    ``is_fixed`` says that it helps one of the findings that this one stands for.
    """
    mark = paint("good", " [*]") if is_fixed or is_applied(finding, options) else ""
    return mark if finding.suppressed is None else mark + paint("dim", " (suppressed)")
