"""``--statistics``: how often each rule was met."""

from __future__ import annotations

from ..base.escape import visible
from ..report.style import Paint
from ..report.summary import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..report import RenderOptions
    from ..result import Result
    from ..rule import Diagnostic


def statistics(result: Result, output_format: str, style: RenderOptions) -> str:
    """A line for each rule, the one met most often first; a list of objects as JSON."""
    groups: dict[str, list[Diagnostic]] = {}
    for item in result.diagnostics if style.show_suppressed else result.reported:
        groups.setdefault(item.code, []).append(item)
    ranked = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    if output_format in ("json", "json-lines"):
        import json

        rows = [
            {
                "code": code,
                "name": items[0].name,
                "count": len(items),
                "fixable": sum(1 for item in items if item.fix),
            }
            for code, items in ranked
        ]
        if output_format == "json":
            return json.dumps(rows, indent=2) + "\n"
        return "".join(json.dumps(row) + "\n" for row in rows)
    paint = Paint(style)
    width = max((len(str(len(items))) for _, items in ranked), default=1)
    lines = []
    for _, items in ranked:
        gravest = max(items, key=lambda item: item.severity)
        mark = "[*]" if any(item.fix for item in items) else "   "
        lines.append(f"{len(items):>{width}}  {paint.code(gravest)} {mark} {visible(gravest.name)}")
    return "\n".join([*lines, summary(result, style)]) + "\n"
