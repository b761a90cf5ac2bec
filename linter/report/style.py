"""Colours, links and cell widths of a terminal."""

from __future__ import annotations

from ..base.escape import visible, visible_path
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
    "removed": "31",
    "plain": "0",
    "gutter": "34",
}


class Paint:
    """Wraps text in colour escapes if the options ask for colour."""

    __slots__ = ("links", "on")

    def __init__(self, options: RenderOptions) -> None:
        self.on = options.color
        self.links = options.links

    def __call__(self, style: str, text: str) -> str:
        return f"\x1b[{_SGR[style]}m{text}\x1b[0m" if self.on and text else text

    def code(self, finding: Diagnostic, before: str = "", after: str = "") -> str:
        """A finding's code in the colour of its severity, a link to its page if links are on."""
        code = visible(finding.code)
        url = rule_url(finding) if self.links else ""
        if url:
            code = f"\x1b]8;;{url}\x1b\\{code}\x1b]8;;\x1b\\"
        return self(finding.severity.label, f"{before}{code}{after}")

    def place(self, finding: Diagnostic) -> str:
        """The ``path:line:column`` of a finding, with the path in bold."""
        start = finding.start
        return f"{self('bold', visible_path(finding.path))}:{start.line}:{start.column}"


def cells(text: str) -> int:
    """The number of terminal cells that a printable text takes."""
    return len(text) if text.isascii() else sum(map(char_cells, text))


def char_cells(char: str) -> int:
    """The number of terminal cells of a printable character: 0 if it combines with the one before."""
    if char < "\u0300":
        return 1
    from unicodedata import category, east_asian_width

    if category(char) in ("Mn", "Me") or "\u1160" <= char <= "\u11ff":
        return 0
    return 2 if east_asian_width(char) in "WF" else 1
