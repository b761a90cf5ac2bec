"""``--statistics``: the number of findings of each rule."""

from __future__ import annotations

from ..base.escape import visible
from ..report.bars import BAR, bar
from ..report.fixes import is_applied, is_fixable, is_suggestion
from ..report.style import Paint
from ..report.summary import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..report import RenderOptions
    from ..result import Result
    from ..rule import Diagnostic


def statistics(result: Result, output_format: str, style: RenderOptions) -> str:
    """A line or a JSON object for each rule, the one with the most findings first.

    Where there is room, each line has a bar, which is full for the first rule.
    """
    groups: dict[str, list[Diagnostic]] = {}
    for finding in result.diagnostics if style.show_suppressed else result.reported:
        groups.setdefault(finding.code, []).append(finding)
    ranked = sorted(groups.items(), key=lambda pair: (-len(pair[1]), pair[0]))
    if output_format in ("json", "json-lines"):
        import json

        rows = [
            {
                "code": code,
                "name": findings[0].name,
                "count": len(findings),
                "fixable": sum(is_fixable(finding, style) for finding in findings),
                "suggestions": sum(map(is_suggestion, findings)),
            }
            for code, findings in ranked
        ]
        if output_format == "json":
            return json.dumps(rows, indent=2) + "\n"
        return "".join(json.dumps(row) + "\n" for row in rows)
    paint = Paint(style)
    width = max((len(str(len(findings))) for _, findings in ranked), default=1)
    names = max((len(visible(findings[0].name)) for _, findings in ranked), default=0)
    codes = max((len(visible(code)) for code, _ in ranked), default=0)
    room = min(BAR, style.width - width - codes - names - 10)
    lines = []
    for code, findings in ranked:
        gravest = max(findings, key=lambda finding: finding.severity)
        mark = "[*]" if any(is_applied(finding, style) for finding in findings) else "   "
        name = visible(gravest.name)
        line = f"{len(findings):>{width}}  {paint.code(gravest)} {mark} {name}"
        if len(ranked) > 1 and room >= 8:
            filled, _ = bar(len(findings) / len(ranked[0][1]), room)
            pad = " " * (codes - len(visible(code)) + names - len(name) + 2)
            line += pad + paint(gravest.severity.label, filled)
        lines.append(line)
    return "\n".join([*lines, summary(result, style)]) + "\n"
