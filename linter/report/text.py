"""``full`` and ``concise``: what people read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from ..rule import Applicability, Severity
from . import visible

if TYPE_CHECKING:
    from ..rule import Diagnostic
    from ..run import Result
    from ..source.text import Span
    from . import RenderOptions

_SGR = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "bold": "1",
    "dim": "2",
    "help": "32",
    "gutter": "34",
}
_TAB = "    "
_MAX_WIDTH = 160


class _Paint:
    """Wraps text in colour escapes, or leaves it alone."""

    __slots__ = ("on",)

    def __init__(self, on: bool) -> None:
        self.on = on

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m" if self.on and text else text


def render_concise(result: Result, options: RenderOptions) -> str:
    """One line a finding: ``path:line:column: CODE message``."""
    paint = _Paint(options.color)
    lines = []
    for item in result.reported:
        span = item.span.origin
        at = span.file.position(span.start)
        star = " [*]" if item.fix else ""
        place = paint("bold", visible(span.file.path)) + f":{at.line}:{at.column}"
        code = paint(item.severity.label, item.code)
        lines.append(f"{place}: {code}{paint('help', star)} {visible(item.message)}")
    lines.append(summary(result, paint))
    return "\n".join(lines) + "\n"


def render_full(result: Result, options: RenderOptions) -> str:
    """Each finding with its source line, a marker under the span, and what to do."""
    paint = _Paint(options.color)
    blocks = [_block(item, paint) for item in result.reported]
    return "\n".join([*blocks, summary(result, paint)]) + "\n"


def _block(item: Diagnostic, paint: _Paint) -> str:
    span = item.span.origin
    at = span.file.position(span.start)
    label = item.severity.label
    star = paint("help", " [*]") if item.fix else ""
    head = (
        f"{paint('bold', visible(span.file.path))}:{at.line}:{at.column}: "
        f"{paint(label, f'{label}[{item.code}]')}{star} {visible(item.message)} "
        f"{paint('dim', f'({item.name})')}"
    )
    lines = [head]
    places = [(span, item.severity.label, "^", "")]
    places += [(place.span.origin, "gutter", "-", place.message) for place in item.related]
    width = max(len(str(place.file.position(place.start).line)) for place, _, _, _ in places)
    path = span.file.path
    for index, (place, style, mark, note) in enumerate(places):
        if index:
            where = place.file.position(place.start)
            shown = f"{where.line}:{where.column}"
            if place.file.path != path:
                shown = f"{visible(place.file.path)}:{shown}"
            lines.append(f"{' ' * width} {paint('gutter', '::')} {shown}: {visible(note)}")
        lines += _excerpt(place, width, style, mark, paint)
    pad = " " * width
    if item.help:
        first, *rest = item.help.split("\n")
        lines.append(f"{pad} {paint('gutter', '=')} {paint('help', 'help:')} {visible(first)}")
        lines += [f"{pad}         {visible(line)}" for line in rest]
    if item.fix:
        kind = "" if item.fix.applicability is Applicability.SAFE else " (unsafe)"
        lines.append(
            f"{pad} {paint('gutter', '=')} {paint('help', f'fix{kind}:')} {visible(item.fix.title)}"
        )
    return "\n".join(lines) + "\n"


def _excerpt(span: Span, width: int, style: str, mark: str, paint: _Paint) -> list[str]:
    file = span.file
    start = file.position(span.start)
    text = file.line_text(start.line)
    if not file.text:
        return []
    first = start.column - 1
    last_line = (
        file.position(max(span.start, span.end - 1)).line if span.end > span.start else start.line
    )
    last = span.end - span.start + first if last_line == start.line else len(text)
    last = min(max(last, first), len(text))
    before, marked, after = text[:first], text[first:last], text[last:]
    if len(before) > _MAX_WIDTH // 2:
        before = "…" + before[-_MAX_WIDTH // 2 :]
    marked = marked[:_MAX_WIDTH]
    after = after[: max(0, _MAX_WIDTH - len(before) - len(marked))]
    before, marked, after = (_shown(part) for part in (before, marked, after))
    bar = paint("gutter", "|")
    number = paint("gutter", str(start.line).rjust(width))
    marker = mark * max(1, _cells(marked))
    if last_line > start.line:
        marker += " …" if paint.on else "..."
    return [
        f"{number} {bar} {before}{marked}{after}".rstrip(),
        f"{' ' * width} {bar} {' ' * _cells(before)}{paint(style, marker)}",
    ]


def _shown(text: str) -> str:
    return visible(text.replace("\t", _TAB))


def _cells(text: str) -> int:
    """How many terminal cells a text takes."""
    if text.isascii():
        return len(text)
    from unicodedata import combining, east_asian_width

    return sum(
        0 if combining(char) else 2 if east_asian_width(char) in "WF" else 1 for char in text
    )


def summary(result: Result, paint: _Paint) -> str:
    """The closing line: how many findings of which severity, and how many can be fixed."""
    files = f"{result.files:,} file{'s' * (result.files != 1)}"
    counts = result.counts
    if not result.reported:
        line = paint("help", "No problems found") + f" in {files}."
    else:
        parts = [
            paint(
                severity.label,
                f"{counts[severity]:,} {severity.label}{'s' * (counts[severity] != 1)}",
            )
            for severity in sorted(Severity, reverse=True)
            if counts[severity]
        ]
        line = f"Found {', '.join(parts)} in {files}."
    safe = sum(
        1 for item in result.reported if item.fix and item.fix.applicability is Applicability.SAFE
    )
    unsafe = sum(1 for item in result.reported if item.fix) - safe
    if safe:
        line += f"\n{safe:,} fixable with --fix"
        line += f" ({unsafe:,} more with --unsafe-fixes)." if unsafe else "."
    elif unsafe:
        line += f"\n{unsafe:,} fixable with --fix --unsafe-fixes."
    return line
