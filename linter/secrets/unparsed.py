"""Secrets in text that was not read by its grammar: broken files, pieces of commands.

Precision matters less here than in ``secrets``: what is found is only kept from being
printed or hashed, never reported.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..base.text import SourceFile, Span
from .commands import secrets_in_command
from .names import secret_kind
from .values import credentials_in_urls, token_in

_NAMED = r"[ \t]*(?:-[ \t]+)?(?:(?i:export|env|arg)[ \t]+)?[\"']?([A-Za-z][\w.-]{1,60})[\"']?(?:[ \t]*[:=]|(?<![:=])[ \t])[ \t]*"
_PAIR = r"(?<![\w.${-])([A-Za-z][\w.-]{1,60})[\"']?[ \t]*[:=][ \t]*([^,{}\[\] \t][^,{}\[\]]*)"
_LONGEST = 20_000
_MOST = 50
"""How many are told apart in a line; from there on the whole line counts."""
_SHOWN = 4
"""How many lines a report shows at most."""


def secrets_in_text(text: str) -> list[tuple[int, int]]:
    """The offsets of what looks like a secret: sorted, without overlaps.

    A line that gives a value to a name for secrets counts up to its end, unless the value
    begins with a variable.
    """
    found: list[tuple[int, int]] = []
    begin = 0
    for line in text[:_LONGEST].split("\n"):
        found += [(begin + start, begin + end) for start, end in _in_line(line)]
        begin += len(line) + 1
    merged: list[tuple[int, int]] = []
    for start, end in sorted(found):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _in_line(line: str) -> list[tuple[int, int]]:
    text = line.rstrip()
    found = [(item.start, item.end) for item in secrets_in_command(text)]
    named = re.match(_NAMED, text)
    if named and text[named.end() :].strip("\"'")[:1] not in ("", "$") and secret_kind(named[1]):
        found.append((named.end(), len(text)))
    found += [
        pair.span(2)
        for pair in re.finditer(_PAIR, text)
        if secret_kind(pair[1]) and pair[2].strip("\"'")[:1] not in ("", "$")
    ]
    found += [(item.start, item.end) for item in credentials_in_urls(text)]
    token = token_in(text)
    return [*found, (token.start, token.end)] if token is not None else found


def unread_secrets(span: Span) -> list[Span]:
    """What looks like a secret in the lines of a place, as far as reports show them."""
    file = span.file
    first, last = file.line_of(span.start), file.line_of(span.end)
    lines = range(first, last + 1) if last - first < _SHOWN else (first, first + 1, last)
    return [Span(file, *place) for line in lines for place in _of_line(file, line)]


@lru_cache(maxsize=64)
def _of_line(file: SourceFile, line: int) -> list[tuple[int, int]]:
    """What is found in a line, as many findings may be about one that does not end."""
    begin, end = file.offset(line), file.offset(line + 1)
    found = secrets_in_text(file.text[begin : min(end, begin + _LONGEST)])
    places = [(begin + start, begin + stop) for start, stop in found]
    if len(places) > _MOST:
        places[_MOST:] = [(places[_MOST][0], end)]
    elif end - begin > _LONGEST:
        places.append((begin + _LONGEST, end))
    return places
