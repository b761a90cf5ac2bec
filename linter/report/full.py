"""``full``: each finding with its source lines, related places, and what to do."""

from __future__ import annotations

from ..base.escape import visible, visible_path
from ..rule import Applicability
from . import rule_url, shown
from .concise import remarks
from .excerpt import Mark, excerpt, last_line
from .style import Paint
from .summary import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..base.text import SourceFile
    from ..result import Result
    from ..rule import Diagnostic
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
    gutter = max([len(str(last_line(mark.span))) for mark in marks])
    pad = " " * gutter
    for file, group in _by_file(marks):
        if file is not span.file:
            start = file.position(group[0].span.start)
            where = f"{visible(file.path)}:{start.line}:{start.column}"
            lines.append(f"{pad} {paint('gutter', '-->')} {where}")
        if options.masks is not None and options.masks.view(file) is not None:
            group = [mark._replace(span=options.masks.shown(mark.span)) for mark in group]
        lines += excerpt(group, gutter, options.width, paint)

    notes = []
    if item.help:
        notes.append(("help", item.help))
    if item.fix:
        safe = item.fix.applicability is Applicability.SAFE
        notes.append(("fix" if safe else "unsafe fix", item.fix.title))
    if item.suppressed is not None:
        notes.append(("suppressed", item.suppressed))
    if is_first and not options.links:
        notes.append(("see", rule_url(item)))
    sign = f"{pad} {paint('gutter', '=')}"
    for title, text in notes:
        first, *rest = text.split("\n")
        lines.append(f"{sign} {paint('good', f'{title}:')} {visible(first)}")
        # The sign keeps a line from beginning with what a CI system would obey.
        lines.extend([f"{sign} {' ' * (len(title) + 1)} {visible(line)}" for line in rest])
    return "\n".join(lines) + "\n"


def _by_file(marks: list[Mark]) -> Iterable[tuple[SourceFile, list[Mark]]]:
    if len(marks) == 1:
        return [(marks[0].span.file, marks)]
    found: dict[SourceFile, list[Mark]] = {}
    for mark in marks:
        found.setdefault(mark.span.file, []).append(mark)
    return found.items()
