"""Addresses of the pages on rules."""

from __future__ import annotations

DOCS = "https://github.com/composelint/composelint/blob/main/docs/rules/"
"""Where the rules' pages are published."""

WIKI = "https://www.shellcheck.net/wiki/"
"""Where ShellCheck's codes have their pages."""


def page_url(code: str, name: str) -> str:
    """The address of a rule's page."""
    if name == "shellcheck" and code.startswith("SC"):
        return f"{WIKI}{code}"
    return f"{DOCS}{quoted(name)}.md"


_PLAIN = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/")


def quoted(text: str) -> str:
    """Text as part of a URI's path: percent-encoded UTF-8, or the bytes that a path on disk has."""
    try:
        data = text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    return "".join(chr(byte) if byte in _PLAIN else f"%{byte:02X}" for byte in data)
