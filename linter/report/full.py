"""``full``: each finding with its source lines, related places, and what to do."""

from __future__ import annotations

from ..rule import Applicability
from . import rule_url, shown
from .concise import remarks
from .escape import visible, visible_path
from .excerpt import Mark, excerpt, last_line
from .style import Paint
from .summary import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..engine.result import Result
    from ..rule import Diagnostic
    from ..source.text import SourceFile
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """A block a finding and the closing summary."""
    paint = Paint(options)
    told: set[str] = set()
    blocks = []
    for item in shown(result, options):
        blocks.append(_block(item, paint, options, item.code not in told))
        told.add(item.code)
    return "\n".join([*blocks, summary(result, options)]) + "\n"


def _block(item: Diagnostic, paint: Paint, options: RenderOptions, is_first: bool) -> str:
    span = item.span.origin
    at = span.file.position(span.start)
    label = item.severity.label
    place = f"{paint('bold', visible_path(span.file.path))}:{at.line}:{at.column}"
    code = paint.code(item, f"{label}[", "]")
    name = paint("dim", f"({visible(item.name)})")
    lines = [f"{place}: {code}{remarks(item, paint)} {visible(item.message)} {name}"]

    marks = [Mark(span, label, "^")]
    marks += [Mark(place.span.origin, "gutter", "-", place.message) for place in item.related]
    gutter = max(len(str(last_line(mark.span))) for mark in marks)
    by_file: dict[SourceFile, list[Mark]] = {}
    for mark in marks:
        by_file.setdefault(mark.span.file, []).append(mark)
    pad = " " * gutter
    masks = options.masks
    for file, group in by_file.items():
        if file is not span.file:
            start = file.position(group[0].span.start)
            where = f"{visible(file.path)}:{start.line}:{start.column}"
            lines.append(f"{pad} {paint('gutter', '-->')} {where}")
        if masks is not None:
            group = [mark._replace(span=masks.shown(mark.span)) for mark in group]
        lines += excerpt(group, gutter, options.width, paint)

    def note(title: str, text: str) -> None:
        first, *rest = text.split("\n")
        lines.append(f"{pad} {paint('gutter', '=')} {paint('good', f'{title}:')} {visible(first)}")
        indent = " " * (len(title) + 1)
        # The sign keeps a line from beginning with what a CI system would obey.
        lines.extend(f"{pad} {paint('gutter', '=')} {indent} {visible(line)}" for line in rest)

    if item.help:
        note("help", item.help)
    if item.fix:
        safe = item.fix.applicability is Applicability.SAFE
        note("fix" if safe else "unsafe fix", item.fix.title)
    if item.suppressed is not None:
        note("suppressed", item.suppressed)
    if is_first and not options.links:
        note("see", rule_url(item))
    return "\n".join(lines) + "\n"
