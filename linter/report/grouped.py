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
    """A block a file, its columns aligned, and the closing summary."""
    paint = Paint(options)
    blocks = []
    for path, group in groupby(shown(result, options), key=lambda item: item.span.file.path):
        items = list(group)
        spans = [item.span.origin for item in items]
        starts = [span.file.position(span.start) for span in spans]
        places = [f"{at.line}:{at.column}" for at in starts]
        wide = max(map(len, places))
        tall = max(len(item.severity.label) for item in items)
        long = max(len(item.code) for item in items)
        lines = [f"{paint('bold', visible_path(path))}:"]
        for place, item in zip(places, items, strict=True):
            label = item.severity.label
            lines.append(
                f"  {place:<{wide}}  {paint(label, label)}{' ' * (tall - len(label))}  "
                f"{paint.code(item)}{' ' * (long - len(item.code))}{remarks(item, paint)} {visible(item.message)}"
            )
        blocks.append("\n".join(lines) + "\n")
    return "\n".join([*blocks, summary(result, options)]) + "\n"
