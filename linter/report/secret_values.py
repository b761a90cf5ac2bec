"""Values of secrets as they occur in text, and how they are masked."""

from __future__ import annotations

import re

from ..base.text import SourceFile, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


MASK = "***"
"""What stands for a secret, whatever its length."""


_LEAST = 4
"""Shorter values are masked in their places only."""


_TELLING = 12
"""From this length on a value is what it is, even where letters go on beside it."""


_CUT = ("...", "…")


_LONGEST_CUT = 200


_REFERENCE = r"\$(?:\w+|\{\w+(?::?\?[^{}]*)?\})"


_DEFAULT = r"(\$\{\w+:?[-+])(.*)\}\Z"


_HEADER = r"[|>][-+0-9]{0,2}[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)"


def _pieces(span: Span) -> Iterator[tuple[int, int]]:
    """The ranges to mask: line by line, without indentation, quotes, and the name of a variable."""
    text, at = span.text, span.start
    header = re.match(_HEADER, text)
    if header:
        at += header.end()
        text = text[header.end() :]
    else:
        if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
            at, text = at + 1, text[1:-1]
        if re.fullmatch(_REFERENCE, text):
            return
        default = re.match(_DEFAULT, text)
        if default and default[2]:
            at, text = at + default.start(2), default[2]
    for line in re.finditer(r"[^\r\n]+", text):
        inner = line[0].strip()
        if inner:
            start = at + line.start() + line[0].index(inner[0])
            yield start, start + len(inner)


_ODD = frozenset("\\$'\"")


def _values(span: Span, pieces: Iterable[tuple[int, int]]) -> set[str]:
    """How the secret may be written elsewhere: as it stands, as it is read, and quoted anew."""
    text = span.file.text
    lines = {text[start:end] for start, end in pieces}
    if all(_ODD.isdisjoint(line) for line in lines):
        return lines
    read = set(lines)
    for line in lines:
        read |= {
            line.replace("$$", "$"),
            line.replace("''", "'"),
            re.sub(r"\\(.)", r"\1", line),
        }
    read |= _as_yaml(span.text)
    written = set(read)
    for line in read:
        double = line.replace("\\", "\\\\").replace('"', '\\"')
        written |= {
            line.replace("$", "$$"),
            line.replace("'", "''"),
            double,
            double.replace("$", "\\$"),
            double.replace("$", "$$"),
        }
    return {line for line in written if line}


def _as_yaml(text: str) -> set[str]:
    """The lines of a quoted scalar with its escapes undone."""
    if "\\" not in text:
        return set()
    from ..source.yaml.nodes import Scalar
    from ..source.yaml.parser import parse_yaml

    quoted = text if text[0] in "\"'" else f'"{text}"'
    documents = parse_yaml(SourceFile("", quoted)).documents
    value = documents[0].value if documents and isinstance(documents[0], Scalar) else None
    return set(value.split("\n")) if isinstance(value, str) else set()


def _stands_out(value: str) -> bool:
    """Whether a value has the look of one thing only: no word and no number."""
    if len(value) < _LEAST:
        return False
    symbols = any(not char.isalnum() and char not in "-_. " for char in value)
    kinds = (
        any(map(str.isdigit, value)),
        any(map(str.islower, value)) or value[0].isupper(),
        any(map(str.isupper, value[1:])),
        symbols,
    )
    return sum(kinds) > 1


def _occurrences(text: str, value: str, is_word: bool = False) -> Iterator[tuple[int, int]]:
    """Where a value stands in a text.

    A short one counts only where no letter or digit goes on beside it, and a word only where
    it is no part of a name (``shop`` in ``shop-db``).
    """
    at, size = -1, len(value)
    while (at := text.find(value, at + 1)) >= 0:
        end = at + size
        before, after = text[at - 1 : at], text[end : end + 1]
        if is_word and ((before and before in "-_.") or (after and after in "-_")):
            continue
        if size >= _TELLING or not (
            (value[0].isalnum() and before.isalnum()) or (value[-1].isalnum() and after.isalnum())
        ):
            yield at, end


def _masked(text: str, values: Iterable[str]) -> str:
    for value in values:
        text = _without(text, value, not _stands_out(value))
    return text


def _cut_short(text: str) -> str:
    """What stands before dots in a text."""
    found = []
    for dots in _CUT:
        at = text.find(dots)
        while at >= 0:
            found.append(text[max(0, at - _LONGEST_CUT) : at])
            at = text.find(dots, at + 1)
    return "\0".join(found)


def _without(text: str, value: str, is_word: bool = False) -> str:
    """The text with ``MASK`` for a value, also where the value is cut short by dots."""
    beginning = value[:_LEAST]
    if beginning not in text:
        return text
    for start, end in reversed(list(_occurrences(text, value, is_word))):
        text = text[:start] + MASK + text[end:]
    for dots in _CUT:
        at = text.find(dots)
        while at >= 0:
            start = text.rfind(beginning, max(0, at - min(len(value), _LONGEST_CUT)), at)
            if start >= 0 and value.startswith(text[start:at]):
                text = text[:start] + MASK + text[at:]
                at = start + len(MASK)
            at = text.find(dots, at + 1)
    return text
