"""Secrets in command lines and scripts."""

from __future__ import annotations

import re

from .dummies import is_dummy, unquoted
from .values import (
    MAX_LENGTH,
    holds_secret,
    is_literal_password,
    literal_value,
    secret_in_match,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .values import SecretInText

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
    r"(?<![\w./-])(?:[\w./-]{0,80}/s?bin/)?"
    r"(?:mysql|mysqladmin|mysqldump|mysqlcheck|mysqlshow|mariadb|mariadb-admin|mariadb-dump|mariadb-check)"
    r"(?=[\s\"'])[^;|&\n]{0,300}?\s-p" + _VALUE
)

_REDIS = r"\b(?:redis|valkey|keydb)-cli\b[^;|&\n]{0,300}?\s(?:-a|--pass)\s+" + _VALUE

_CURL = (
    r"\b(?:curl|wget)\b[^;|&\n]{0,300}?\s(?:-u|--user)[ =]?[\"']?((?:\$\{[^{}\n]{1,80}\}|[\w.@-]){1,64}):"
    + _VALUE
)


_PROGRAMS = (
    (("mysql", "mariadb"), _MYSQL, "-p"),
    (("-cli",), _REDIS, "-a"),
    (("-u",), _CURL, "-u"),
)
"""What must be in a command, the pattern whose last group is the secret, and the option."""


def secrets_in_command(text: str) -> Iterator[SecretInText]:
    """The literal secrets among the words of a command line.

    These are the values of options and assignments whose names end in a word for a secret
    (``--requirepass x``, ``-Ddb.password=x``, ``PGPASSWORD=x psql``), and those of
    ``mysql -px``, ``redis-cli -a x`` and ``curl -u u:x``. The text is as in the file: variables
    count by their defaults.
    """
    text = text[:MAX_LENGTH]
    if _may_contain_secret(text):
        for match in re.finditer(_OPTION, text):
            name = match[1] or match[2] or match[3]
            if _is_secret(name, match[4]):
                yield secret_in_match(match, 4, name)
    for hints, pattern, option in _PROGRAMS:
        if any(hint in text for hint in hints):
            for match in re.finditer(pattern, text):
                group = match.lastindex or 0
                if (
                    is_literal_password(match[group])
                    and not is_dummy(match[group])
                    and (option != "-p" or "=" not in match[1])
                ):
                    yield secret_in_match(match, group, option)


def secrets_in_lines(text: str) -> Iterator[SecretInText]:
    """The literal secrets in the lines of a configuration file (``password = x``, ``token: x``)."""
    text = text[:MAX_LENGTH]
    if _may_contain_secret(text):
        for match in re.finditer(_LINE, text):
            if _is_secret(match[1], match[2]):
                yield secret_in_match(match, 2, match[1])


def _may_contain_secret(text: str) -> bool:
    """Whether a text contains a word for a secret: a fast check."""
    low = text.casefold()
    return any(word in low for word in _HINTS)


def _is_secret(name: str, text: str) -> bool:
    """Whether a name has a literal secret as its value."""
    value = literal_value(unquoted(text))
    return value is not None and not is_dummy(value) and holds_secret(name, value)
