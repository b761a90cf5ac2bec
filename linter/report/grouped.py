"""``grouped``: the entries of each file under its name (see ``fold.py``)."""

from __future__ import annotations

from itertools import groupby

from ..base.escape import visible, visible_path
from . import message_of, shown
from .concise import remarks
from .fold import entries, folded
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
    shared = []
    for path, group in groupby(shown(result, options), key=lambda finding: finding.path):
        of_file = entries(group)
        shared += of_file
        places = ["{}:{}".format(*entry.first.start) for entry in of_file]
        place_width = max(map(len, places))
        label_width = max(len(entry.first.severity.label) for entry in of_file)
        code_width = max(len(entry.first.code) for entry in of_file)
        indent = " " * (place_width + label_width + code_width + 7)
        lines = [f"{paint('bold', visible_path(path))}:"]
        for place, entry in zip(places, of_file, strict=True):
            finding = entry.first
            label = finding.severity.label
            also = entry.further()
            inline = f" (also {', '.join(also)})" if also and entry.alike else ""
            lines.append(
                f"  {place:<{place_width}}  {paint(label, label)}{' ' * (label_width - len(label))}  "
                f"{paint.code(finding)}{' ' * (code_width - len(finding.code))}"
                f"{remarks(finding, paint, options, entry.is_applied(options))} {visible(message_of(finding))}{inline}"
            )
            if not entry.alike:
                lines += [f"{indent}also {text}" for text in also]
        blocks.append("\n".join(lines) + "\n")
    return "\n".join([*blocks, summary(result, options, folded(shared))]) + "\n"
