"""Secrets in text that was not parsed: broken files, parts of commands.

Precision matters less here than in ``values.py``: these secrets are only masked in reports
and left out of fingerprints, never reported.
"""

from __future__ import annotations

import re
from functools import lru_cache

from ..base.text import SourceFile, Span
from .commands import secrets_in_command
from .dummies import is_dummy
from .hints import may_hold_secret
from .names import secret_kind
from .values import MAX_LENGTH, credentials_in_urls, holds_secret, token_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import SecretInText

_NAMED = r"[ \t]*(?:-[ \t]+)?(?:(?i:export|env|arg)[ \t]+)?[\"']?([A-Za-z][\w.-]{1,60})[\"']?(?:[ \t]*[:=]|(?<![:=])[ \t])[ \t]*"
_PAIR = r"(?<![\w.${-])([A-Za-z][\w.-]{1,60})[\"']?[ \t]*[:=][ \t]*([^,{}\[\] \t][^,{}\[\]]*)"
_ASSIGNED = r"(?<![\w.${-])([A-Za-z][\w.-]{1,60})[\"']?[ \t]{0,9}[:=][ \t]{0,9}(\"[^\"\n]{1,256}\"|'[^'\n]{1,256}'|[^\s\"',;{}\[\]&|)]{1,256})"
_MAX_PLACES = 50
"""How many secrets are distinguished in a line; the rest of the line counts as one."""
_MAX_LINES = 4
"""How many lines of a place a report shows."""


def secrets_in_text(text: str) -> list[tuple[int, int]]:
    """The ranges of what looks like a secret: sorted, without overlaps.

    The value of a name for secrets counts to the end of its line, unless it begins with a
    variable.
    """
    places: list[tuple[int, int]] = []
    begin = 0
    for line in text[:MAX_LENGTH].split("\n"):
        places += [(begin + start, begin + end) for start, end in _in_line(line)]
        begin += len(line) + 1
    merged: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _in_line(line: str) -> list[tuple[int, int]]:
    """The ranges in one line, in any order; they may overlap."""
    text = line.rstrip()
    secrets = [*secrets_in_command(text), *credentials_in_urls(text, dummies=True)]
    if token := token_in(text):
        secrets.append(token)
    places = [(secret.start, secret.end) for secret in secrets]
    named = re.match(_NAMED, text)
    if named and _is_value(text[named.end() :]) and secret_kind(named[1]):
        places.append((named.end(), len(text)))
    places += [
        pair.span(2)
        for pair in re.finditer(_PAIR, text)
        if secret_kind(pair[1]) and _is_value(pair[2])
    ]
    return places


def _is_value(text: str) -> bool:
    """Whether a text is a value that does not begin with a variable."""
    return text.strip("\"'")[:1] not in ("", "$")


def secrets_in_line(text: str) -> list[tuple[int, int]]:
    """The ranges of the secrets in a line that was parsed: only those that surely are."""
    text = text[:MAX_LENGTH].rstrip()
    if not may_hold_secret(text):
        return []
    places = [(secret.start, secret.end) for secret in _certain(text)]
    for pair in re.finditer(_ASSIGNED, text):
        value = pair[2].strip("\"'")
        if holds_secret(pair[1], value) and not is_dummy(value):
            places.append(pair.span(2))
    return places


def _certain(text: str) -> Iterator[SecretInText]:
    yield from secrets_in_command(text)
    yield from credentials_in_urls(text)
    if token := token_in(text):
        yield token


def unread_secrets(span: Span) -> list[Span]:
    """The places of what looks like a secret in the lines of a span that reports show."""
    file = span.file
    first, last = file.line_of(span.start), file.line_of(span.end)
    lines = range(first, last + 1) if last - first < _MAX_LINES else (first, first + 1, last)
    return [Span(file, *place) for line in lines for place in _of_line(file, line)]


@lru_cache(maxsize=64)
def _of_line(file: SourceFile, line: int) -> list[tuple[int, int]]:
    """The ranges in a line of a file; cached, as many findings may be about one very long line."""
    begin, end = file.offset(line), file.offset(line + 1)
    ranges = secrets_in_text(file.text[begin : min(end, begin + MAX_LENGTH)])
    places = [(begin + start, begin + stop) for start, stop in ranges]
    if len(places) > _MAX_PLACES:
        places[_MAX_PLACES:] = [(places[_MAX_PLACES][0], end)]
    elif end - begin > MAX_LENGTH:
        places.append((begin + MAX_LENGTH, end))
    return places
