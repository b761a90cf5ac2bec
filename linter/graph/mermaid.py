"""The picture as a flowchart of Mermaid.

In texts everything but letters, digits, spaces and single ``-./:,_`` between letters is written as an
entity (``#35;``), so that no text is read as syntax, a directive, a comment, Markdown or HTML.
"""

from __future__ import annotations

import re

from ..base.escape import visible
from .dot import COLORS
from .words import SIGNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from .shapes import Box, Drawing, Line

_SHAPES = {
    "volume": ("[(", ")]"),
    "bind": ("[/", "/]"),
    "secret": (">", "]"),
    "config": (">", "]"),
    "world": ("([", "])"),
    "machine": ("([", "])"),
    "address": ("([", "])"),
    "host": ("{{", "}}"),
    "group": ("[[", "]]"),
}
_ARROWS = {
    "publishes": "==>",
    "talks": "-->",
    "shares": "==>",
    "depends": "-.->",
    "mounts": "-.-",
    "reads": "-.-",
}


def to_mermaid(drawings: Sequence[Drawing]) -> str:
    """Drawings as one flowchart; several are an area each."""
    lines = ["flowchart LR"]
    for number, drawing in enumerate(drawings):
        before = f"p{number}" if len(drawings) > 1 else ""
        if before:
            lines.append(f'  subgraph {before}["{escaped(drawing.title)}"]')
        lines += (f"  {line}" for line in _drawing(drawing, before))
        if before:
            lines.append("  end")
    for severity, width in (("error", 3), ("warning", 3), ("info", 2)):
        lines.append(f"  classDef {severity} stroke:{COLORS[severity][0]},stroke-width:{width}px")
    return "\n".join(lines) + "\n"


def escaped(text: str) -> str:
    """A text inside quotes, in which nothing but what it shows means anything."""
    return _SPECIAL.sub(lambda match: f"#{ord(match[0])};", visible(text))


_SPECIAL = re.compile(r"[^\w ./:,-]|(?<![^\W_])[-./:,_]|[-./:,_](?![^\W_])")


def _drawing(drawing: Drawing, before: str) -> Iterator[str]:
    inside: dict[str, list[Box]] = {}
    for box in drawing.boxes:
        inside.setdefault(box.area, []).append(box)
    for area in drawing.areas:
        label = _label((area.title, *area.rows), area.sign, area.told)
        yield f'subgraph {before}{area.key}["{label}"]'
        for box in inside.pop(area.key, []):
            yield f"  {_box(box, before)}"
        yield "end"
    for boxes in inside.values():
        for box in boxes:
            yield _box(box, before)
    for line in drawing.lines:
        yield _line(line, before)


def _box(box: Box, before: str) -> str:
    opening, closing = _SHAPES.get(box.kind, ("[", "]"))
    label = _label((box.title, *(row.text for row in box.rows)), box.sign, box.told)
    style = f":::{box.sign}" if box.sign else ""
    return f'{before}{box.key}{opening}"{label}"{closing}{style}'


def _label(rows: Iterable[str], sign: str, told: str) -> str:
    shown = [*rows, f"{SIGNS[sign]} {told}"] if sign else rows
    return "<br/>".join(map(escaped, shown))


def _line(line: Line, before: str) -> str:
    label = f'|"{escaped(line.label)}"|' if line.label else ""
    return f"{before}{line.source} {_ARROWS[line.kind]}{label} {before}{line.target}"
