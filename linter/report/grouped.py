"""``grouped``: the findings of each file under its name."""

from __future__ import annotations

from itertools import groupby

from ..base.escape import visible, visible_path
from . import shown
from .concise import remarks
from .style import Paint
from .summary import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """One block per file with aligned columns, then the summary."""
    paint = Paint(options)
    blocks = []
    for path, group in groupby(shown(result, options), key=lambda finding: finding.path):
        findings = list(group)
        places = ["{}:{}".format(*finding.start) for finding in findings]
        place_width = max(map(len, places))
        label_width = max(len(finding.severity.label) for finding in findings)
        code_width = max(len(finding.code) for finding in findings)
        lines = [f"{paint('bold', visible_path(path))}:"]
        for place, finding in zip(places, findings, strict=True):
            label = finding.severity.label
            lines.append(
                f"  {place:<{place_width}}  {paint(label, label)}{' ' * (label_width - len(label))}  "
                f"{paint.code(finding)}{' ' * (code_width - len(finding.code))}{remarks(finding, paint, options)} {visible(finding.message)}"
            )
        blocks.append("\n".join(lines) + "\n")
    return "\n".join([*blocks, summary(result, options)]) + "\n"
