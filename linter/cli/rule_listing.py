"""How ``composelint rule`` and ``composelint rules`` show rules at a terminal of any width.

A table needs room for seven columns. Where there is less, each rule takes some lines; where the
output is not a terminal, each rule is one line, so that ``grep`` finds all of it.
"""

from __future__ import annotations

from textwrap import wrap

from ..base.escape import visible
from ..report import RenderOptions
from ..report.style import Paint
from ..rulebook.pages import TITLES, page, row_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from ..rule import Rule

_TABLE_FROM = 160
"""The columns from which on a table is readable: its summaries are then at least 50 wide."""

_LINE_MOST = 100
"""The most columns of running text: longer lines are hard to read."""


def listed(rules: Sequence[Rule], width: int | None, color: bool) -> str:
    """The rules for people; ``width`` is that of the terminal, None where there is none."""
    paint = Paint(RenderOptions(color=color))
    is_table = width is None or width >= _TABLE_FROM
    lines = _table(rules, width, paint) if is_table else _blocks(rules, width or 0, paint)
    return "".join(f"{line.rstrip()}\n" for line in lines)


def _table(rules: Sequence[Rule], width: int | None, paint: Paint) -> Iterator[str]:
    rows = [tuple(visible(cell) for cell in row_of(rule)) for rule in rules]
    widths = [max(map(len, column)) for column in zip(TITLES, *rows, strict=True)][:-1]
    before = sum(widths) + 2 * len(widths)

    def line(cells: Sequence[str], last: str) -> str:
        padded = [f"{cell:{size}}" for cell, size in zip(cells, widths, strict=False)]
        return "  ".join((*padded, last))

    yield paint("bold", line(TITLES, TITLES[-1]))
    for rule, (*cells, summary) in zip(rules, rows, strict=True):
        summary = summary.replace("`", "")
        parts = [summary] if width is None else _wrapped(summary, max(30, width - before)) or [""]
        first, *more = parts
        severity = rule.severity.label
        head = line(cells, first)
        if paint.on:
            code = visible(rule.code)
            head = paint(severity, code) + head[len(code) :]
        yield head
        yield from (" " * before + part for part in more)


def _blocks(rules: Sequence[Rule], width: int, paint: Paint) -> Iterator[str]:
    indent = max((len(visible(rule.code)) for rule in rules), default=0) + 2
    for rule in rules:
        code, name, category, severity, fix, presets, summary = map(visible, row_of(rule))
        yield f"{paint(severity, code)}{' ' * (indent - len(code))}{paint('bold', name)}"
        facts = [severity, category, f"{fix} fix" if fix not in ("", "suggestion") else fix]
        if rule.presets[:1] != ("recommended",):
            facts.append(f"preset {presets}" if len(rule.presets) < 2 else f"presets {presets}")
        room = min(width, _LINE_MOST) - indent
        texts = (", ".join(filter(None, facts)), "dim"), (summary.replace("`", ""), "")
        for text, style in texts:
            for part in _wrapped(text, room):
                yield " " * indent + (paint(style, part) if style else part)


def _wrapped(text: str, width: int) -> list[str]:
    """The lines of a text; names with hyphens stay whole."""
    return wrap(text, width, break_on_hyphens=False)


def explained(rules: Sequence[Rule], width: int) -> str:
    """The pages of rules for a terminal of this width."""
    from rich.console import Console
    from rich.markdown import Markdown

    console = Console(force_terminal=True, width=min(width, _LINE_MOST))
    with console.capture() as captured:
        for rule in rules:
            console.print(Markdown(page(rule, facts_as_list=True)))
            console.print()
    return "\n".join(line.rstrip() for line in captured.get().splitlines()) + "\n"
