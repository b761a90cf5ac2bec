"""The picture of a stack as it may be part of a page: shapes, texts, and links inside of the page.

Whoever drew it, only what is listed here gets through.
"""

from __future__ import annotations

from ...base.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

_ELEMENTS = frozenset((
    "svg", "g", "title", "desc", "defs", "marker", "path", "polygon", "polyline", "ellipse", "circle",
    "rect", "line", "text", "tspan", "a",
))  # fmt: skip
_ATTRIBUTES = frozenset((
    "aria-hidden", "aria-label", "aria-labelledby", "aria-describedby", "class", "cx", "cy", "d",
    "dominant-baseline", "dx", "dy", "fill", "fill-opacity", "font-family", "font-size", "font-style",
    "font-weight", "height", "id", "lengthAdjust", "marker-end", "marker-start", "markerHeight",
    "markerUnits", "markerWidth", "opacity", "orient", "points", "preserveAspectRatio", "r", "refX",
    "refY", "role", "rx", "ry", "stroke", "stroke-dasharray", "stroke-linecap", "stroke-linejoin",
    "stroke-opacity", "stroke-width", "tabindex", "text-anchor", "text-decoration", "textLength",
    "transform", "viewBox", "width", "x", "x1", "x2", "y", "y1", "y2",
))  # fmt: skip


def checked(picture: str) -> str:
    """An SVG picture without anything but what a page allows; empty if it is not one."""
    from xml.etree.ElementTree import ParseError, fromstring

    try:
        root = fromstring(picture)
    except ParseError:
        return ""
    return "".join(_written(root)) if _name(root.tag) == "svg" else ""


def _name(tag: str) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _written(element: Element) -> Iterator[str]:
    name = _name(element.tag)
    if name not in _ELEMENTS:
        return
    yield f"<{name}"
    for key, value in element.attrib.items():
        key = _name(key)
        is_link = key == "href" and name == "a" and value.startswith("#")
        if is_link or (key in _ATTRIBUTES and not _leads_away(value)):
            yield f' {key}="{_text(value)}"'
    yield ">"
    yield _text(element.text)
    for child in element:
        yield from _written(child)
        yield _text(child.tail)
    yield f"</{name}>"


def _leads_away(value: str) -> bool:
    """Whether the value of an attribute names something outside of the picture."""
    return "url(" in value.lower().replace("url(#", "")


def _text(text: str | None) -> str:
    """A text for markup. A line break is written such that no line of the page begins with data."""
    if not text or not text.strip():
        return ""
    lines = text.split("\n")
    return "&#10;".join("&#160;".join(map(xml, line.split("\xa0"))) for line in lines)
