"""``full``: source lines, related places, help and fix.

The findings of one rule in one file share an entry: see ``fold.py``.
"""

from __future__ import annotations

from ..base.escape import visible
from ..rule import Applicability
from . import rule_url, shown
from .concise import remarks
from .excerpt import Mark, excerpt, last_line
from .fixes import is_suggestion, pastes
from .fold import entries, folded
from .style import Paint
from .summary import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..base.text import SourceFile
    from ..result import Result
    from ..rule import Fix
    from . import RenderOptions
    from .fold import Entry


def render(result: Result, options: RenderOptions) -> str:
    """One block per entry, then the summary."""
    paint = Paint(options)
    explained: set[str] = set()
    blocks = []
    shared = entries(shown(result, options))
    for entry in shared:
        code = entry.first.code
        blocks.append(_block(entry, paint, options, code not in explained))
        explained.add(code)
    return "\n".join([*blocks, summary(result, options, folded(shared))]) + "\n"


def _block(entry: Entry, paint: Paint, options: RenderOptions, is_first: bool) -> str:
    finding = entry.first
    span = finding.span.origin
    label = finding.severity.label
    code = paint.code(finding, f"{label}[", "]")
    name = paint("dim", f"({visible(finding.name)})")
    lines = [
        f"{paint.place(finding)}: {code}{remarks(finding, paint, options, entry.is_applied(options))} {visible(finding.message)} {name}"
    ]

    marks = [Mark(span, label, "^")]
    marks += [
        Mark(related.span.origin, "gutter", "-", related.message) for related in finding.related
    ]
    gutter = max(len(str(last_line(mark.span))) for mark in marks)
    pad = " " * gutter
    for file, group in _by_file(marks):
        if file is not span.file:
            start = file.position(group[0].span.start)
            where = f"{visible(file.path)}:{start.line}:{start.column}"
            lines.append(f"{pad} {paint('gutter', '-->')} {where}")
        if options.masks and options.masks.view(file) is not None:
            group = [mark._replace(span=options.masks.shown(mark.span)) for mark in group]
        lines += excerpt(group, gutter, options.width, paint)

    notes = []
    if also := entry.further():
        notes.append(("also", ", ".join(also) if entry.alike else "\n".join(also)))
    if finding.help:
        notes.append(("help", finding.help))
    fixed = next((item for item in entry.findings if item.fix), finding)
    if fixed.fix and not is_suggestion(fixed):
        fixable = sum(bool(item.fix) and not is_suggestion(item) for item in entry.findings)
        title = fixed.fix.title + (f" (and {fixable - 1:,} more)" if fixable > 1 else "")
        safe = fixed.fix.applicability is Applicability.SAFE
        notes.append(("fix" if safe else "unsafe fix", title))
    if finding.suppressed is not None:
        notes.append(("suppressed", finding.suppressed))
    if is_first and not options.links:
        notes.append(("see", rule_url(finding)))
    sign = f"{pad} {paint('gutter', '=')}"
    for title, text in notes:
        first, *rest = text.split("\n")
        lines.append(f"{sign} {paint('good', f'{title}:')} {visible(first)}")
        # The sign prevents a line from beginning with a command of a CI system.
        lines += [f"{sign} {' ' * (len(title) + 1)} {visible(line)}" for line in rest]
    if fixed.fix and is_suggestion(fixed):
        lines += _suggestion(fixed.fix, span.file.path, pad, paint, options)
    return "\n".join(lines) + "\n"


def _suggestion(
    fix: Fix, path: str, pad: str, paint: Paint, options: RenderOptions
) -> Iterator[str]:
    """The lines that show a suggestion with the text to paste."""
    title = f"{pad} {paint('gutter', '=')} {paint('good', 'suggestion:')} {visible(fix.title)}"
    parts = pastes(fix, options.masks)
    if not parts:
        yield title
    for part in parts:
        file = "" if part.path == path else f" in {visible(part.path)}"
        yield f"{title}, {part.where}{file}:"
        for line in part.text.removesuffix("\n").split("\n"):
            yield f"{pad} {paint('gutter', '|')} {visible(line)}"


def _by_file(marks: list[Mark]) -> Iterable[tuple[SourceFile, list[Mark]]]:
    by_file: dict[SourceFile, list[Mark]] = {}
    for mark in marks:
        by_file.setdefault(mark.span.file, []).append(mark)
    return by_file.items()
