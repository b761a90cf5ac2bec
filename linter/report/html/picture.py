"""The picture of a stack as it may be part of a page: shapes, texts, and links inside of the page.

Whoever drew it, only what is listed here gets through.
"""

from __future__ import annotations

from ...base.escape import xml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from xml.etree.ElementTree import Element

    from ..masking import Masks

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
_REFERRING = ("aria-labelledby", "aria-describedby")


def checked(picture: str, prefix: str, masks: Masks | None) -> str:
    """An SVG picture without anything but what a page allows; empty if it is not one.

    ``prefix`` begins the ids, so that several pictures of a page have different ones.
    """
    from xml.etree.ElementTree import ParseError, fromstring

    try:
        root = fromstring(picture)
    except ParseError:
        return ""
    return "".join(_written(root, prefix, masks)) if _name(root.tag) == "svg" else ""


def _name(tag: str) -> str:
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def _written(element: Element, prefix: str, masks: Masks | None) -> Iterator[str]:
    name = _name(element.tag)
    if name not in _ELEMENTS:
        return
    yield f"<{name}"
    for key, value in element.attrib.items():
        key = _name(key)
        if key == "href" and name == "a" and value.startswith("#"):
            yield f' href="{_text(value, masks)}"'
        elif key == "id":
            yield f' id="{xml(prefix + value)}"'
        elif key in _REFERRING:
            ids = (prefix + each for each in value.split())
            yield f' {key}="{xml(" ".join(ids))}"'
        elif key in _ATTRIBUTES:
            if "url(" in value:
                value = value.replace("url(#", f"url(#{prefix}")
                if "url(" in value.replace("url(#", ""):
                    continue
            yield f' {key}="{_text(value, masks)}"'
    yield ">"
    yield _text(element.text, masks)
    for child in element:
        yield from _written(child, prefix, masks)
        yield _text(child.tail, masks)
    yield f"</{name}>"


def _text(text: str | None, masks: Masks | None) -> str:
    """A text for markup. Line breaks are written such that none of its lines begins one of the page."""
    if not text or not text.strip():
        return ""
    if masks is not None:
        text = masks.text(text)
    return "&#10;".join(map(xml, text.split("\n")))
