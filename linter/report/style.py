"""Colours, links and cell widths of a terminal."""

from __future__ import annotations

from ..base.escape import visible
from . import rule_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rule import Diagnostic
    from . import RenderOptions

_SGR = {
    "error": "1;31",
    "warning": "1;33",
    "info": "1;36",
    "bold": "1",
    "dim": "2",
    "good": "32",
    "gutter": "34",
}


class Paint:
    """Wraps text in colour escapes, or leaves it alone."""

    __slots__ = ("links", "on")

    def __init__(self, options: RenderOptions) -> None:
        self.on = options.color
        self.links = options.links

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m" if self.on and text else text

    def code(self, item: Diagnostic, before: str = "", after: str = "") -> str:
        """A finding's code in the colour of its severity, on demand linked to its page."""
        code = visible(item.code)
        if self.links:
            code = f"\x1b]8;;{rule_url(item)}\x1b\\{code}\x1b]8;;\x1b\\"
        return self(item.severity.label, f"{before}{code}{after}")


def cells(text: str) -> int:
    """How many terminal cells a printable text takes."""
    return len(text) if text.isascii() else sum(map(char_cells, text))


def char_cells(char: str) -> int:
    """How many terminal cells a printable character takes: 0 if it joins the one before."""
    if char < "\u0300":
        return 1
    from unicodedata import category, east_asian_width

    if category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
