"""``checkstyle``: the XML of Checkstyle, which many review tools read."""

from __future__ import annotations

from itertools import groupby

from ..base.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """A ``file`` element a file with an ``error`` element a finding."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<checkstyle version="4.3">']
    for path, group in groupby(result.reported, key=lambda item: item.span.file.path):
        lines.append(f'  <file name="{xml(path)}">')
        for item in group:
            span = item.span.origin
            at = span.file.position(span.start)
            lines.append(
                f'    <error line="{at.line}" column="{at.column}" severity="{item.severity.label}" '
                f'message="{xml(item.message)}" source="composelint.{xml(item.code)}"/>'
            )
        lines.append("  </file>")
    lines.append("</checkstyle>")
    return "\n".join(lines) + "\n"
