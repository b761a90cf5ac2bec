"""Rows as text: tables for people, JSON, CSV, Markdown and HTML, in which no value has an effect."""

from __future__ import annotations

import csv
import io

from ..base.escape import markdown, visible, xml
from ..base.records import NamedTuple
from ..report.jsontext import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    Rows = list[tuple[Any, ...]]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""What a text begins with that a spreadsheet would compute."""


class Section(NamedTuple):
    """A table with a title; ``note`` is what is said where it has no rows."""

    name: str
    title: str
    columns: tuple[str, ...]
    rows: Rows
    note: str = "none"


def as_table(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Rows with aligned columns; numbers are on the right."""
    names = [visible(str(name)) for name in columns]
    texts = [[_shown(value) for value in row] for row in rows]
    if not texts:
        return "  ".join(names) + "\n"
    widths = [max(map(len, column)) for column in zip(names, *texts, strict=True)]
    right = [
        all(
            not text or text.replace(",", "").lstrip("-").replace(".", "", 1).isdigit()
            for text in column
        )
        for column in zip(*texts, strict=True)
    ]
    lines = []
    for row in [names, *texts]:
        cells = [
            text.rjust(width) if is_number else text.ljust(width)
            for text, width, is_number in zip(row, widths, right, strict=True)
        ]
        lines.append("  ".join(cells).rstrip())
    return "\n".join(lines) + "\n"


def as_json(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """A JSON array with an object for each row, one in a line."""
    written = ",\n".join(to_json(dict(zip(columns, map(_plain, row), strict=True))) for row in rows)
    return f"[\n{written}\n]\n" if written else "[]\n"


def as_csv(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """CSV with a header; a text that a spreadsheet would compute has a ``'`` in front."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow([_cell(name) for name in columns])
    for row in rows:
        writer.writerow([_cell(value) for value in row])
    return buffer.getvalue()


def as_markdown(section: Section) -> str:
    """A section in Markdown."""
    lines = [f"## {section.title}", ""]
    if not section.rows:
        return "\n".join([*lines, section.note.capitalize() + ".", ""])
    lines.append(f"| {' | '.join(section.columns)} |")
    lines.append("|" + " --- |" * len(section.columns))
    for row in section.rows:
        cells = [markdown(_shown(value)).replace("|", "&#124;") for value in row]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join([*lines, ""])


def as_html(title: str, sections: Sequence[Section]) -> str:
    """A page that needs nothing else."""
    parts = [
        "<!doctype html>",
        '<html lang="en"><head><meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta http-equiv="Content-Security-Policy" '
        "content=\"default-src 'none'; style-src 'unsafe-inline'\">",
        f"<title>{xml(title)}</title>",
        f"<style>{_STYLE}</style></head><body>",
        f"<h1>{xml(title)}</h1>",
    ]
    for section in sections:
        parts.append(f'<section><h2 id="{section.name}">{xml(section.title)}</h2>')
        if section.rows:
            head = "".join(f'<th scope="col">{xml(name)}</th>' for name in section.columns)
            parts.append(f'<div tabindex="0"><table><thead><tr>{head}</tr></thead><tbody>')
            for row in section.rows:
                cells = "".join(f"<td{_right(value)}>{xml(_shown(value))}</td>" for value in row)
                parts.append(f"<tr>{cells}</tr>")
            parts.append("</tbody></table></div>")
        else:
            parts.append(f"<p>{xml(section.note.capitalize())}.</p>")
        parts.append("</section>")
    return "\n".join([*parts, "</body></html>", ""])


def as_text(sections: Sequence[Section]) -> str:
    """Sections for a terminal."""
    parts = []
    for section in sections:
        table = as_table(section.columns, section.rows) if section.rows else f"{section.note}\n"
        parts.append(f"{section.title}\n\n{table}")
    return "\n".join(parts)


_STYLE = (
    "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;padding:0 1rem;max-width:70rem;"
    "color:#1b1b1b;background:#fff}table{border-collapse:collapse}th,td{padding:.25rem .75rem;"
    "text-align:left;border-bottom:1px solid #ccc;vertical-align:top}td.n{text-align:right;"
    "font-variant-numeric:tabular-nums}div{overflow-x:auto}"
    "@media(prefers-color-scheme:dark){body{color:#e6e6e6;background:#16181c}th,td{border-color:#444}}"
)


def _right(value: Any) -> str:
    return ' class="n"' if isinstance(value, int | float) and not isinstance(value, bool) else ""


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    return f"{value:g}" if isinstance(value, float) else visible(str(value))


def _plain(value: Any) -> Any:
    """A value as JSON has it."""
    if isinstance(value, float):
        return value if value - value == 0 else None
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, list):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in value.items()}
    return str(value)


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool | int | float):
        return str(value).lower() if isinstance(value, bool) else str(value)
    text = visible(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
