"""Escapes text of linted files, so that it has no effect in the output that shows it.

Besides control characters there are strings that a reader of the output obeys: Azure
Pipelines looks for ``##vso[`` anywhere in a line, GitHub's runner for ``##[`` anywhere
and for ``::`` at its beginning, terminals for escape sequences, web pages for HTML and
Markdown. Each function here leaves ordinary text as it is.
"""

from __future__ import annotations

import re

from .patterns import on_demand

_NAMED = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}

# Characters outside ASCII may count for nothing in the reader's string comparison.
_ANY = r"[^\x20-\x7e]*"
_COMMAND = on_demand(rf"#{_ANY}#{_ANY}(?:v{_ANY}s{_ANY}o{_ANY})?\[", re.IGNORECASE)


def json_string(text: str) -> str:
    """The text as a JSON string, which YAML reads as well."""
    try:
        # The package ``json`` takes longer to load than a small file to lint.
        from _json import encode_basestring
    except ImportError:
        from json.encoder import encode_basestring
    quoted: str = encode_basestring(text)
    return quoted


def visible(text: str) -> str:
    """The text on one line, with escapes for the characters that are not visible as themselves.

    These are control, direction-changing and other invisible characters, spaces other
    than the plain one, lone surrogates, and the bracket of what would be a command.
    """
    if text.isascii() and text.isprintable() and "##" not in text:
        return text
    return "".join(pieces(text))


def pieces(text: str) -> list[str]:
    """Each character as ``visible`` shows it."""
    shown = [char if char.isprintable() else _NAMED.get(char) or _number(char) for char in text]
    if "#" in text:
        for match in _COMMAND.finditer(text):
            shown[match.end() - 1] = "\\x5b"
    return shown


def _number(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def visible_path(path: str) -> str:
    """A path that can begin a line without being read as a command."""
    shown = visible(path)
    return f"./{shown}" if shown.lstrip().startswith("::") else shown


def xml(text: str) -> str:
    """Text for XML content and attribute values, without the characters that XML 1.0 forbids."""
    return (
        visible(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace('"', "&quot;")
    )


_MARKDOWN = on_demand(r"[^\w\s,;:.'\"()/=%-]|_", re.ASCII)
_UNSAFE_CODE = on_demand(r"[^\w\s,;.'\"(){}\[\]/:=%+*?!@#&$^~-]", re.ASCII)
# What web pages turn into links or mentions even where it was written as an entity.
_LINKED = on_demand(r"[@#]|(?<=www)\.|(?<=[A-Za-z]):(?=//)")


def markdown(text: str) -> str:
    """Text inside Markdown, such as in a table's cell, without any effect there."""
    text = visible(text)
    parts, marks = _LINKED.split(text), _LINKED.findall(text)
    # The comment ends the text node: what is left on either side links to nothing.
    return _entities(parts[0]) + "".join(
        f"&#{ord(mark)};<!-- -->{_entities(part)}"
        for mark, part in zip(marks, parts[1:], strict=True)
    )


def _entities(text: str) -> str:
    return _MARKDOWN.sub(
        lambda match: f"&#{ord(match[0])};" if match[0].isascii() else match[0], text
    )


def markdown_code(text: str) -> str:
    """Text in code type inside Markdown, such as in a table's cell."""
    text = visible(text)
    if text and text == text.strip() and not _UNSAFE_CODE.search(text):
        return f"`{text}`"
    return f"<code>{_entities(text)}</code>" if text else ""


_CODE = on_demand(r"(?<!`)`([^`]+)`(?!`)")


def markdown_prose(text: str) -> str:
    """A message inside Markdown: what it has in backticks is code, all else without any effect."""
    parts = _CODE.split(text)
    return "".join(
        markdown_code(part) if number % 2 else markdown(part) for number, part in enumerate(parts)
    )


def percent(text: str, escapes: dict[str, str]) -> str:
    """The text with these characters replaced, each once."""
    return "".join(escapes.get(char, char) for char in visible(text))
