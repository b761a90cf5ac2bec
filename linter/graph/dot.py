"""The picture as DOT, the language of Graphviz, and the colours that all formats share.

Every text of a linted file is inside an HTML-like label, with the characters escaped that mean
something there; names of nodes are ours.
"""

from __future__ import annotations

from ..base.escape import xml
from .words import SIGNS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .shapes import Area, Box, Drawing, Line

COLORS = {
    "back": ("#fefefe", "#0d1117"),
    "text": ("#1f2328", "#e6edf3"),
    "muted": ("#57606a", "#9198a1"),
    "box": ("#ffffff", "#161b22"),
    "border": ("#6e7781", "#8b949e"),
    "area": ("#f3f6f9", "#10161e"),
    "area-border": ("#8c959f", "#59636e"),
    "thing": ("#eef4ee", "#16211a"),
    "outside": ("#fff4e5", "#2b1f0e"),
    "line": ("#57606b", "#9198a2"),
    "publishes": ("#a04100", "#f0883e"),
    "error": ("#b3131f", "#ff7b72"),
    "warning": ("#8a5a00", "#e3b341"),
    "info": ("#0a5cc2", "#79c0ff"),
}
"""Each colour in the light and the dark form. The light ones all differ: ``svg`` tells them apart."""

FONT = "Helvetica"
SIZE = 14

SHOWN = 12 / 14
"""The part of its size in which ``svg`` shows text: where neither Helvetica nor a font as wide as it is
installed, another one takes its place, and most of these are wider."""

BOLD = 1.1
"""How much larger bold text is laid out besides: other fonts differ more in it."""

_SHAPES = {
    "service": "box",
    "group": "box",
    "volume": "cylinder",
    "bind": "folder",
    "secret": "note",
    "config": "note",
    "world": "ellipse",
    "machine": "ellipse",
    "address": "ellipse",
    "host": "octagon",
}

_STYLES = {
    "publishes": 'arrowhead="normal"',
    "talks": 'style="solid"',
    "shares": 'style="bold" penwidth="3"',
    "depends": 'style="dashed"',
    "mounts": 'style="dotted" arrowhead="none" penwidth="1.6"',
    "reads": 'style="dotted" arrowhead="none" penwidth="1.6"',
}


_HEADS = {"healthy": "odot", "completed_successfully": "obox"}
"""What the end of a line has besides an arrow, by the condition of ``depends_on``."""


def to_dot(drawing: Drawing) -> str:
    """A drawing as one graph in DOT."""
    return "\n".join(_lines(drawing)) + "\n"


def _color(name: str) -> str:
    return COLORS[name][0]


def _lines(drawing: Drawing) -> Iterator[str]:
    yield "digraph stack {"
    yield (
        f'  graph [rankdir="LR" bgcolor="{_color("back")}" fontname="{FONT}" fontsize="{SIZE}"'
        f' fontcolor="{_color("text")}" nodesep="0.28" ranksep="0.75" pad="0.2" nslimit="4"'
        f' nslimit1="4" mclimit="0.5" searchsize="20" labelloc="b" labeljust="l"'
        f" label=<{_legend(drawing.legend)}>]"
    )
    yield (
        f'  node [fontname="{FONT}" fontsize="{SIZE}" fontcolor="{_color("text")}"'
        f' color="{_color("border")}" fillcolor="{_color("box")}" style="filled" margin="0.1,0.06"]'
    )
    yield (
        f'  edge [fontname="{FONT}" fontsize="{SIZE - 1}" fontcolor="{_color("text")}"'
        f' color="{_color("line")}" arrowsize="0.8"]'
    )
    # A cluster around everything has the title, since a graph has one label only.
    yield "  subgraph cluster_all {"
    rows = [
        _row(drawing.title, bold=True, size=SIZE + 4),
        *(_row(text, color="muted") for text in drawing.rows),
        *_findings(drawing.sign, drawing.told),
    ]
    yield f'    id="head" peripheries="0" margin="10" labelloc="t" labeljust="l" label=<{_table(rows)}>'
    inside: dict[str, list[Box]] = {}
    for box in drawing.boxes:
        inside.setdefault(box.area, []).append(box)
    for area in drawing.areas:
        yield from _area(area, inside.pop(area.key, []))
    for boxes in inside.values():
        for box in boxes:
            yield f"    {_box(box)}"
    yield "  }"
    for row in _rows_of_alone(drawing):
        yield f'  {" -> ".join(row)} [style="invis"]'
    for number, line in enumerate(drawing.lines):
        yield f"  {_line(line, number)}"
    yield "}"


def _rows_of_alone(drawing: Drawing) -> Iterator[list[str]]:
    """The boxes that no line touches, in rows: Graphviz would put them all below each other."""
    touched = {key for line in drawing.lines for key in (line.source, line.target)}
    by_area: dict[str, list[str]] = {}
    for box in drawing.boxes:
        if box.key not in touched:
            by_area.setdefault(box.area, []).append(box.key)
    for keys in by_area.values():
        # Boxes are about twice as wide as they are high.
        width = max(2, round((len(keys) * 0.9) ** 0.5))
        rows = [keys[start : start + width] for start in range(0, len(keys), width)]
        yield from (row for row in rows if len(row) > 1)


def _area(area: Area, boxes: Iterable[Box]) -> Iterator[str]:
    style = "rounded,filled" if area.kind == "network" else "rounded,filled,dashed"
    rows = [
        _row(area.title, bold=True),
        *(_row(text, color="muted") for text in area.rows),
        *_findings(area.sign, area.told),
    ]
    border = area.sign or "area-border"
    yield f"    subgraph cluster_{area.key} {{"
    yield (
        f'      id="{area.key}" style="{style}" color="{_color(border)}" fillcolor="{_color("area")}"'
        f' penwidth="1.5" margin="14" labeljust="l" label=<{_table(rows)}>'
    )
    for box in boxes:
        yield f"      {_box(box)}"
    yield "    }"


def _box(box: Box) -> str:
    rows = [
        _row(box.title, bold=True, size=SIZE + 1),
        *(_row(row.text, color=_ROWS[row.style]) for row in box.rows),
        *_findings(box.sign, box.told),
    ]
    fill = {"service": "box", "group": "box", "world": "outside", "machine": "outside",
            "address": "outside", "host": "back"}.get(box.kind, "thing")  # fmt: skip
    style = {"service": "rounded,filled", "host": "filled,dashed"}.get(box.kind, "filled")
    border = box.sign or "border"
    width = 2.5 if box.sign else 1.2
    double = ' peripheries="2"' if box.kind == "group" else ""
    return (
        f'{box.key} [id="{box.key}" shape="{_SHAPES[box.kind]}" style="{style}" color="{_color(border)}"'
        f' fillcolor="{_color(fill)}" penwidth="{width}"{double} label=<{_table(rows)}>]'
    )


def _line(line: Line, number: int) -> str:
    attributes = [f'id="l{number}"', _STYLES[line.kind]]
    if line.kind == "publishes":
        color = _color("publishes")
        attributes.append(f'color="{color}:{color}"')
    if line.kind in ("talks", "shares", "depends"):
        head = "vee" if line.kind == "depends" else "normal"
        attributes.append(f'arrowhead="{head}{_HEADS.get(line.condition, "")}"')
    if line.label:
        # The table keeps the text away from its line.
        row = f'<TR><TD CELLPADDING="3">{_text(line.label)}</TD></TR>'
        attributes.append(f"label=<{_table([row])}>")
    return f"{line.source} -> {line.target} [{' '.join(attributes)}]"


def _text(text: str) -> str:
    """Text inside an HTML-like label."""
    return xml(text) or " "


_ROWS = {"plain": "text", "muted": "muted", "world": "publishes"}
"""The colours of rows by their style."""


def _row(text: str, *, bold: bool = False, color: str = "text", size: int = SIZE) -> str:
    """A row of a label's table."""
    shown = _text(text)
    if bold:
        shown = (
            f'<FONT POINT-SIZE="{size * BOLD:.1f}" COLOR="{_color(color)}"><B>{shown}</B></FONT>'
        )
    elif size != SIZE or color != "text":
        shown = f'<FONT POINT-SIZE="{size}" COLOR="{_color(color)}">{shown}</FONT>'
    return f'<TR><TD ALIGN="LEFT">{shown}</TD></TR>'


def _findings(sign: str, told: str) -> Iterator[str]:
    """The row that says what the findings are: a sign, their numbers, and colour."""
    if sign:
        yield _row(f"{SIGNS[sign]} {told}", bold=True, color=sign)


def _table(rows: Iterable[str]) -> str:
    return (
        f'<TABLE BORDER="0" CELLBORDER="0" CELLSPACING="0" CELLPADDING="1">{"".join(rows)}</TABLE>'
    )


def _legend(lines: Iterable[str]) -> str:
    rows = [_row(line, color="muted", size=SIZE - 1) for line in lines]
    return _table(rows) if rows else " "
