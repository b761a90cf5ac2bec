"""Output formats, one module each.

A format is a function ``render(result, options) -> str``. Everything that a linted file
contains passes through ``visible`` or the format's own escaping, so that no file can
forge output.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from ..run import Result

FORMATS: dict[str, tuple[str, str]] = {
    "full": ("text", "render_full"),
    "concise": ("text", "render_concise"),
    "json": ("json", "render"),
}
"""Format name to module of this package and function in it."""


class RenderOptions(NamedTuple):
    """What a format may ask about where its output goes."""

    color: bool = False
    show_suppressed: bool = False


def render(name: str, result: Result, options: RenderOptions) -> str:
    """The result in one of ``FORMATS``."""
    module, function = FORMATS[name]
    text: str = getattr(import_module(f"{__name__}.{module}"), function)(result, options)
    return text


_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def visible(text: str) -> str:
    """The text with every control and direction-changing character written out."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        char if char.isprintable() or char == " " else _NAMED.get(char) or _escape(char)
        for char in text
    )


def _escape(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"
