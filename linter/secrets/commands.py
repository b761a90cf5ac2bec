"""Secrets in command lines and scripts."""

from __future__ import annotations

import re

from .values import _LONGEST, Found, _counts, holds_secret, literal_value, unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


_VALUE = (
    r"(\"[^\"\n]{1,256}\"|'[^'\n]{1,256}'|(?!-)(?:\$\{[^{}\n]{1,200}\}|[^\s\"';|&)<>\\]){1,256})"
)


_OPTION = (
    r"(?<![\w./:-])(?:--?([A-Za-z][\w.-]{2,60})(?:=|[ \t]+)|([A-Za-z][\w.-]{2,60})=|(requirepass|masterauth)[ \t]+)"
    + _VALUE
)


_HINTS = ("pass", "pwd", "secret", "token", "key", "masterauth")


_LINE = r"(?m)^[ \t]*(?:-[ \t]+)?[\"']?([A-Za-z][\w.-]{1,60})[\"']?[ \t]*[:=][ \t]*" + _VALUE


_MYSQL = (
    r"\b(?:mysql|mysqladmin|mysqldump|mysqlcheck|mysqlshow|mariadb|mariadb-admin|mariadb-dump|mariadb-check)\b"
    r"[^;|&\n]{0,300}?\s-p" + _VALUE
)


_REDIS = r"\b(?:redis|valkey|keydb)-cli\b[^;|&\n]{0,300}?\s(?:-a|--pass)\s+" + _VALUE


_CURL = (
    r"\b(?:curl|wget)\b[^;|&\n]{0,300}?\s(?:-u|--user)[ =]?[\"']?((?:\$\{[^{}\n]{1,80}\}|[\w.@-]){1,64}):"
    + _VALUE
)


def secrets_in_command(text: str) -> Iterator[Found]:
    """Literal secrets among the words of a command line.

    Options and assignments whose names end in a word for a secret (``--requirepass x``,
    ``-Ddb.password=x``, ``PGPASSWORD=x psql``), ``mysql -px``, ``redis-cli -a x``, ``curl -u u:x``.
    The text is as the file has it: variables count by their defaults.
    """
    text = text[:_LONGEST]
    low = text.casefold()
    if any(word in low for word in _HINTS):
        for found in re.finditer(_OPTION, text):
            name = found[1] or found[2] or found[3]
            if _holds(name, found[4]):
                yield _inside(found, 4, name)
    if "-p" in text and ("mysql" in text or "mariadb" in text):
        for found in re.finditer(_MYSQL, text):
            if "=" not in found[1] and _counts(found[1]):
                yield _inside(found, 1, "-p")
    if "-cli" in text:
        for found in re.finditer(_REDIS, text):
            if _counts(found[1]):
                yield _inside(found, 1, "-a")
    if "-u" in text:
        for found in re.finditer(_CURL, text):
            if _counts(found[2]):
                yield _inside(found, 2, "-u")


def _holds(name: str, written: str) -> bool:
    value = literal_value(unquoted(written))
    return value is not None and holds_secret(name, value)


def secrets_in_lines(text: str) -> Iterator[Found]:
    """Literal secrets in the lines of a configuration file (``password = x``, ``token: x``)."""
    text = text[:_LONGEST]
    low = text.casefold()
    if any(word in low for word in _HINTS):
        for found in re.finditer(_LINE, text):
            if _holds(found[1], found[2]):
                yield _inside(found, 2, found[1])


def _inside(found: re.Match[str], group: int, name: str) -> Found:
    start, end = found.span(group)
    shift = 1 if found[group][0] in "\"'" else 0
    return Found(start + shift, end - shift, name)
