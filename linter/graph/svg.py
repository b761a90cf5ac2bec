"""The picture as SVG: what Graphviz has laid out, with our titles, links, classes and colours.

The result has no script, no fonts of its own and nothing that is fetched. Colours are variables,
in a light and a dark form.
"""

from __future__ import annotations

from xml.etree import ElementTree

from ..base.escape import visible
from .dot import BOLD, COLORS, SHOWN
from .layout import LayoutError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from xml.etree.ElementTree import Element

    from .shapes import Drawing

_SVG = "http://www.w3.org/2000/svg"
_NAMES = {light: name for name, (light, _) in COLORS.items()}


def _style() -> str:
    light = "".join(f"--cg-{name}:{color};" for name, (color, _) in COLORS.items())
    dark = "".join(f"--cg-{name}:{color};" for name, (_, color) in COLORS.items())
    rules = "".join(
        f".cg-f-{name}{{fill:var(--cg-{name})}}.cg-s-{name}{{stroke:var(--cg-{name})}}"
        for name in COLORS
    )
    return (
        f".cg{{{light}font-family:Helvetica,Arial,sans-serif}}"
        f"@media(prefers-color-scheme:dark){{.cg{{{dark}}}}}"
        f"{rules}.cg a:hover text,.cg a:focus text{{text-decoration:underline}}"
    )


STYLE = _style()
"""The style sheet of all pictures: each has it in itself, unless the page that it is put into has."""


def dressed(laid_out: str, drawing: Drawing, *, prefix: str = "graph", style: bool = True) -> str:
    """An SVG element from what Graphviz has made of a drawing.

    ``prefix`` begins its ids, so that a page can have several; ``style`` puts the style sheet in.

    Raises:
        LayoutError: if it is not what Graphviz writes.
    """
    try:
        root = ElementTree.fromstring(laid_out)
    except ElementTree.ParseError as error:
        raise LayoutError(f"the layout is not XML: {error}") from None
    frame = root.find(f"{{{_SVG}}}g")
    if root.tag != f"{{{_SVG}}}svg" or frame is None:
        raise LayoutError("the layout is not a picture")
    _, _, width, height = map(float, root.get("viewBox", "0 0 0 0").split())
    tips = _tips(drawing)
    svg = ElementTree.Element(
        "svg",
        {
            "xmlns": _SVG,
            "class": "cg",
            "width": f"{width:g}",
            "height": f"{height:g}",
            "viewBox": root.get("viewBox", ""),
            "role": "group" if any(link for _, link in tips.values()) else "img",
            "aria-labelledby": f"{prefix}-title {prefix}-desc",
        },
    )
    _add(svg, "title", visible(drawing.title), f"{prefix}-title")
    _add(svg, "desc", visible(drawing.summary), f"{prefix}-desc")
    if style:
        _add(svg, "style", STYLE)
    inner = ElementTree.SubElement(svg, "g", {"transform": frame.get("transform", "")})
    for child in frame:
        name = child.tag.removeprefix(f"{{{_SVG}}}")
        if name == "g":
            inner.append(_part(child, prefix, tips))
        elif name != "title":
            inner.append(_copy(child))
    return ElementTree.tostring(svg, encoding="unicode") + "\n"


def stacked(pictures: Sequence[str]) -> str:
    """Several pictures as one, below each other."""
    if len(pictures) == 1:
        return pictures[0]
    parsed = [ElementTree.fromstring(picture) for picture in pictures]
    top, width, parts = 0.0, 0.0, []
    for root, picture in zip(parsed, pictures, strict=True):
        parts.append(picture.replace("<svg ", f'<svg y="{top:g}" ', 1))
        top += float(root.get("height", "0")) + _GAP
        width = max(width, float(root.get("width", "0")))
    height = top - _GAP
    return (
        f'<svg xmlns="{_SVG}" class="cg" width="{width:g}" height="{height:g}"'
        f' viewBox="0 0 {width:g} {height:g}"><style>{STYLE}</style>'
        f'<rect width="100%" height="100%" fill="{COLORS["back"][0]}" class="cg-f-back"/>\n'
        f"{''.join(parts)}</svg>\n"
    )


_GAP = 24.0


def _add(parent: Element, tag: str, text: str, name: str = "") -> None:
    element = ElementTree.SubElement(parent, tag, {"id": name} if name else {})
    element.text = text


def _tips(drawing: Drawing) -> dict[str, tuple[str, str]]:
    """The text and the link of each part, by its id."""
    tips = {area.key: (area.tip, area.link) for area in drawing.areas}
    tips.update((box.key, (box.tip, box.link)) for box in drawing.boxes)
    tips.update((f"l{number}", (line.tip, "")) for number, line in enumerate(drawing.lines))
    tips["head"] = drawing.tip, drawing.link
    return tips


def _part(group: Element, prefix: str, tips: dict[str, tuple[str, str]]) -> Element:
    """A box, an area or a line, with its title and its link."""
    key = group.get("id", "")
    tip, link = tips.get(key, ("", ""))
    kind = {"node": "box", "edge": "line", "cluster": "area"}.get(group.get("class", ""), "")
    part = ElementTree.Element("g", {"id": f"{prefix}-{key}", "class": f"cg-{kind}"})
    if tip:
        _add(part, "title", "\n".join(map(visible, tip.split("\n"))))
    inner = part
    if link:
        inner = ElementTree.SubElement(part, "a", {"href": link})
    inner.extend(_shapes(group))
    return part


def _shapes(group: Element) -> Iterator[Element]:
    for child in group:
        name = child.tag.removeprefix(f"{{{_SVG}}}")
        if name == "g":
            yield from _shapes(child)
        elif name != "title":
            yield _copy(child)


_KEPT = frozenset((
    "points", "d", "cx", "cy", "rx", "ry", "x", "y", "text-anchor", "font-size", "font-weight",
    "stroke-width", "stroke-dasharray", "fill", "stroke", "textLength", "width", "height",
))  # fmt: skip


def _copy(element: Element) -> Element:
    """A shape or a text with what it needs, and the classes of its colours."""
    copy = ElementTree.Element(element.tag.removeprefix(f"{{{_SVG}}}"))
    classes = []
    for name, value in element.attrib.items():
        if name not in _KEPT:
            continue
        if name == "font-size":
            bold = BOLD if element.get("font-weight") == "bold" else 1
            value = f"{float(value) * SHOWN / bold:.1f}".removesuffix(".0")
        copy.set(name, value)
        if name in ("fill", "stroke") and value in _NAMES:
            classes.append(f"cg-{name[0]}-{_NAMES[value]}")
    if copy.tag == "text" and element.text:
        if "fill" not in copy.attrib:
            copy.set("fill", COLORS["text"][0])
            classes.append("cg-f-text")
        copy.text = element.text
    if classes:
        copy.set("class", " ".join(classes))
    return copy
