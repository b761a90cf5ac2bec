"""The values of secrets: how they may be spelled in text, where they occur, how they are masked."""

from __future__ import annotations

import re
from functools import lru_cache

from ..base.text import SourceFile, Span
from ..secrets.shown import MASK as MASK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

MIN_LENGTH = 4
"""Shorter values are masked only in the places that a finding names."""

_ALWAYS_LENGTH = 12
"""Values of this length are masked even where a letter or digit precedes or follows."""

_DOTS = ("...", "…")
_LONGEST_OVERLAPPING = 1000
"""A longer value that repeats itself takes too long to find wherever it overlaps itself."""
_LONGEST_CUT = 200
"""How many characters before dots are compared with the beginning of a value."""

_REFERENCE = r"\$(?:\w+|\{\w+(?::?\?[^{}]*)?\})"
_DEFAULT = r"(\$\{\w+:?[-+])(.*)\}\Z"
_HEADER = r"[|>][-+0-9]{0,2}[ \t]*(?:#[^\n]*)?\r?(?:\n|\Z)"
_SPELLED_DIFFERENTLY = frozenset("\\$'\"")


def secret_ranges(span: Span) -> Iterator[tuple[int, int]]:
    """The ranges of a secret to mask: each line without indentation, quotes and variable names."""
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
        stripped = line[0].strip()
        if stripped:
            start = at + line.start() + line[0].index(stripped[0])
            yield start, start + len(stripped)


def spellings(span: Span, ranges: Iterable[tuple[int, int]]) -> set[str]:
    """The texts that a secret may have elsewhere: as written, unescaped, and escaped anew."""
    lines = {span.file.text[start:end] for start, end in ranges}
    if all(_SPELLED_DIFFERENTLY.isdisjoint(line) for line in lines):
        return lines
    unescaped = lines | _as_yaml(span.text)
    for line in lines:
        unescaped |= {
            line.replace("$$", "$"),
            line.replace("''", "'"),
            re.sub(r"\\(.)", r"\1", line),
        }
    escaped = set()
    for line in unescaped:
        double = line.replace("\\", "\\\\").replace('"', '\\"')
        escaped |= {
            line.replace("$", "$$"),
            line.replace("'", "''"),
            double,
            double.replace("$", "\\$"),
            double.replace("$", "$$"),
        }
    return (unescaped | escaped) - {""}


def _as_yaml(text: str) -> set[str]:
    """The lines of a quoted scalar with its escapes resolved."""
    if "\\" not in text:
        return set()
    from ..source.yaml.nodes import Scalar
    from ..source.yaml.parser import parse_yaml

    quoted = text if text[0] in "\"'" else f'"{text}"'
    documents = parse_yaml(SourceFile("", quoted)).documents
    value = documents[0].value if documents and isinstance(documents[0], Scalar) else None
    return set(value.split("\n")) if isinstance(value, str) else set()


@lru_cache(maxsize=4096)
def is_distinctive(value: str) -> bool:
    """Whether a value has characters of at least two kinds, unlike a plain word or number."""
    if len(value) < MIN_LENGTH:
        return False
    symbols = any(not char.isalnum() and char not in "-_. " for char in value)
    kinds = (
        any(map(str.isdigit, value)),
        any(map(str.islower, value)) or value[0].isupper(),
        any(map(str.isupper, value[1:])),
        symbols,
    )
    return sum(kinds) > 1


def occurrences(text: str, value: str, is_word: bool = False) -> Iterator[tuple[int, int]]:
    """The ranges of a value in a text.

    A short value counts only where no letter or digit precedes or follows, a word only where
    it is not a part of a name (``shop`` in ``shop-db``). Those of a long value do not overlap.
    """
    size = len(value)
    step = 1 if size <= _LONGEST_OVERLAPPING else size
    at = -step
    while (at := text.find(value, at + step)) >= 0:
        end = at + size
        before, after = text[at - 1 : at], text[end : end + 1]
        if is_word and ((before and before in "-_.") or (after and after in "-_")):
            continue
        if size >= _ALWAYS_LENGTH or not (
            (value[0].isalnum() and before.isalnum()) or (value[-1].isalnum() and after.isalnum())
        ):
            yield at, end


def mask_values(text: str, values: Iterable[str]) -> str:
    """The text with ``MASK`` in the place of each value."""
    for value in values:
        text = mask_value(text, value, not is_distinctive(value))
    return text


def text_before_dots(text: str) -> str:
    """The pieces of a text before dots, in which values may be cut short."""
    pieces = []
    for dots in _DOTS:
        at = -1
        while (at := text.find(dots, at + 1)) >= 0:
            pieces.append(text[max(0, at - _LONGEST_CUT) : at])
    return "\0".join(pieces)


def mask_value(text: str, value: str, is_word: bool = False) -> str:
    """The text with ``MASK`` in the place of a value, also where dots cut the value short."""
    beginning = value[:MIN_LENGTH]
    if not value or beginning not in text:
        return text
    for start, end in reversed(list(occurrences(text, value, is_word))):
        text = text[:start] + MASK + text[end:]
    for dots in _DOTS:
        at = -1
        while (at := text.find(dots, at + 1)) >= 0:
            start = text.rfind(beginning, max(0, at - min(len(value), _LONGEST_CUT)), at)
            if start >= 0 and value.startswith(text[start:at]):
                text = text[:start] + MASK + text[at:]
                at = start + len(MASK)
    return text
