"""``checkstyle``: the XML of Checkstyle, which many review tools read."""

from __future__ import annotations

from itertools import groupby

from ..base.escape import xml
from . import message_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """One ``file`` element per file, with one ``error`` element per finding."""
    lines = ['<?xml version="1.0" encoding="utf-8"?>', '<checkstyle version="4.3">']
    for path, group in groupby(result.reported, key=lambda finding: finding.path):
        lines.append(f'  <file name="{xml(path)}">')
        for finding in group:
            start = finding.start
            lines.append(
                f'    <error line="{start.line}" column="{start.column}" severity="{finding.severity.label}" '
                f'message="{xml(message_of(finding))}" source="composelint.{xml(finding.code)}"/>'
            )
        lines.append("  </file>")
    lines.append("</checkstyle>")
    return "\n".join(lines) + "\n"
