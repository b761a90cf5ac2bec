"""``full``: source lines, related places, help, and the lines that a fix changes.

The findings of one rule in one file share an entry: see ``fold.py``.
"""

from __future__ import annotations

from ..base.escape import visible
from ..base.wording import plural
from ..rule import Applicability
from . import rule_url, shown
from .concise import remarks
from .excerpt import Mark, excerpt, last_line
from .fixes import changes, is_suggestion
from .fold import entries, folded
from .style import Paint
from .summary import summary

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ..base.text import SourceFile
    from ..result import Result
    from ..rule import Diagnostic, Fix
    from . import RenderOptions
    from .fixes import Change
    from .fold import Entry

_MOST_RELATED = 8
"""How many places besides its own an entry shows."""


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
        Mark(related.span.origin, "gutter", "-", related.message)
        for related in finding.related[:_MOST_RELATED]
    ]
    fixed = next((item for item in entry.findings if item.fix), finding)
    changed = [*changes(fixed.fix, options.masks)] if fixed.fix else []
    numbers = [last_line(mark.span) for mark in marks]
    numbers += [number for change in changed for number, _, _ in change.rows]
    gutter = len(str(max(numbers)))
    pad = " " * gutter
    for file, group in _by_file(marks):
        if file is not span.file:
            start = file.position(group[0].span.start)
            where = f"{visible(file.path)}:{start.line}:{start.column}"
            lines.append(f"{pad} {paint('gutter', '-->')} {where}")
        if options.masks and options.masks.view(file) is not None:
            group = [mark._replace(span=options.masks.shown(mark.span)) for mark in group]
        lines += excerpt(group, gutter, options.width, paint)

    note = _Notes(f"{pad} {paint('gutter', '=')}", gutter + 3, paint, options)
    if (left := len(finding.related) - _MOST_RELATED) > 0:
        lines += note("and", plural(left, "more place"))
    if also := entry.further():
        lines += note("also", ", ".join(also) if entry.alike else "\n".join(also))
    if finding.help:
        lines += note("help", finding.help)
    if fixed.fix:
        lines += note(*_fix_title(fixed, fixed.fix, entry))
        lines += _rows(changed, span.file.path, gutter, paint)
    if finding.brought_by:
        lines += note("brought by", ", ".join(finding.brought_by))
    if finding.suppressed is not None:
        lines += note("suppressed", finding.suppressed)
    url = rule_url(finding)
    if url and is_first and not options.links:
        lines += note("see", url)
    return "\n".join(lines) + "\n"


class _Notes:
    """Makes the lines of notes, each under a title.

    A sign prevents a line from beginning with a command of a CI system. ``margin`` is the number of
    cells that it takes.
    """

    def __init__(self, sign: str, margin: int, paint: Paint, options: RenderOptions) -> None:
        self._sign = sign
        self._paint = paint
        self._width = options.width - margin if options.wrap else 0

    def __call__(self, title: str, text: str) -> Iterator[str]:
        """The lines of a note."""
        lines = [visible(line) for line in text.split("\n")]
        if self._width and any(len(line) + len(title) + 2 > self._width for line in lines):
            from textwrap import wrap

            width = max(20, self._width - len(title) - 2)
            pieces = (
                wrap(line, width, break_long_words=False, break_on_hyphens=False) for line in lines
            )
            lines = [piece for parts in pieces for piece in parts or [""]]
        yield f"{self._sign} {self._paint('good', f'{title}:')} {lines[0]}"
        yield from (f"{self._sign} {' ' * (len(title) + 1)} {line}" for line in lines[1:])


def _fix_title(finding: Diagnostic, fix: Fix, entry: Entry) -> tuple[str, str]:
    """The class of a fix, and its title with how many more findings of the entry have one."""
    if is_suggestion(finding):
        return "suggestion", fix.title
    more = sum(bool(item.fix) and not is_suggestion(item) for item in entry.findings) - 1
    kind = "fix" if fix.applicability is Applicability.SAFE else "unsafe fix"
    return kind, fix.title + (f" (and {more:,} more)" if more > 0 else "")


def _rows(changed: list[Change], path: str, gutter: int, paint: Paint) -> Iterator[str]:
    """The lines that a fix takes away and adds, by file."""
    shown_path = path
    for change in changed:
        if change.path != shown_path:
            shown_path = change.path
            new = " (a new file)" if change.is_new_file else ""
            yield f"{' ' * gutter} {paint('gutter', '-->')} {visible(change.path)}{new}"
        for number, kind, text in change.rows:
            shown = f"{kind} {visible(text)}".rstrip()
            yield f"{paint('gutter', f'{number:>{gutter}}')} {paint(_ROW_STYLES[kind], shown)}"
        if change.left:
            more = plural(change.left, "more line")
            yield f"{' ' * gutter} {paint('dim', f'... {more}')}"


_ROW_STYLES = {"-": "removed", "+": "good", " ": "plain"}


def _by_file(marks: list[Mark]) -> Iterable[tuple[SourceFile, list[Mark]]]:
    by_file: dict[SourceFile, list[Mark]] = {}
    for mark in marks:
        by_file.setdefault(mark.span.file, []).append(mark)
    return by_file.items()
