"""``concise``: one line a finding, ``path:line:column: CODE [*] message``."""

from __future__ import annotations

from ..base.escape import visible, visible_path
from . import shown
from .style import Paint
from .summary import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from ..rule import Diagnostic
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """A line a finding and the closing summary."""
    paint = Paint(options)
    lines = []
    for item in shown(result, options):
        span = item.span.origin
        at = span.file.position(span.start)
        place = f"{paint('bold', visible_path(span.file.path))}:{at.line}:{at.column}"
        lines.append(f"{place}: {paint.code(item)}{remarks(item, paint)} {visible(item.message)}")
    return "\n".join([*lines, summary(result, options)]) + "\n"


def remarks(item: Diagnostic, paint: Paint) -> str:
    """``[*]`` where a fix exists, and the word that a finding is suppressed."""
    star = paint("good", " [*]") if item.fix else ""
    return star if item.suppressed is None else star + paint("dim", " (suppressed)")
