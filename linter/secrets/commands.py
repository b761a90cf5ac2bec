"""Secrets in command lines and scripts."""

from __future__ import annotations

import re

from .dummies import is_dummy, is_placeholder, unquoted
from .values import (
    MAX_LENGTH,
    SecretInText,
    holds_secret,
    is_literal_password,
    literal_value,
    looks_random,
    secret_in_match,
)

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
    r"(?<![\w./-])(?:[\w./-]{0,80}/s?bin/)?"
    r"(?:mysql|mysqladmin|mysqldump|mysqlcheck|mysqlshow|mariadb|mariadb-admin|mariadb-dump|mariadb-check)"
    r"(?=[\s\"'])[^;|&\n]{0,300}?\s-p" + _VALUE
)

_REDIS = r"\b(?:redis|valkey|keydb)-cli\b[^;|&\n]{0,300}?\s(?:-a|--pass)\s+" + _VALUE

_CURL = (
    r"\b(?:curl|wget)\b[^;|&\n]{0,300}?(?<![\w-])(?:-[A-Za-z]{0,8}[uU]|--user|--proxy-user)[\"',\s=]{0,8}"
    r"((?:\$\{[^{}\n]{1,80}\}|[\w.@-]){1,64}):" + _VALUE
)

_HEADER_OPTION = r"-[A-Za-z]*H|-header"
_HEADER_NAME = (
    r"(?i:(?:proxy-)?authorization|cookie|[\w-]{0,40}(?:token|secret|password|passwd|credential"
    r"|(?:api|auth|access|subscription|private|license|master|admin|app|account|client)[-_]?key)s?)"
)
_HEADER = (
    r"[ \t]*:[ \t]*(?i:(?:bearer|basic|token|digest|apikey|key|negotiate)[ \t]+)?"
    r"([^\"'\\\n]{1,512})"
)
_HEADERS = rf"(?<![\w-])(?:-[A-Za-z]{{0,8}}H|--header|--proxy-header)[\"',\s=\\]{{0,8}}({_HEADER_NAME}){_HEADER}"
_COOKIES = r"(?<![\w-])(?:-b|--cookie)[\"',\s=\\]{0,8}([\w.-]{1,60}=[^\"'\\\n]{1,512})"
_COOKIE = r"([\w.-]{1,60})=([^;\s\"'\\]{1,512})"
_COOKIE_NAMES = r"(?i:.*(?:sess|sid\b|token|auth|jwt|secret|passw|api_?key))"
_LEAST_IN_HEADER = 6
"""Shorter values of headers are not secrets, such as the anonymous token ``QQ==`` of registries."""


_PROGRAMS = (
    (("mysql", "mariadb"), "-p", _MYSQL, "-p"),
    (("redis", "valkey", "keydb"), "-cli", _REDIS, "-a"),
    (("curl", "wget"), "-", _CURL, "-u"),
)
"""Of what a command must contain one, what besides, the pattern whose last group is the secret, and
the option."""


def secrets_in_command(text: str) -> Iterator[SecretInText]:
    """The literal secrets among the words of a command line.

    These are the values of options and assignments whose names end in a word for a secret
    (``--requirepass x``, ``-Ddb.password=x``, ``PGPASSWORD=x psql``), and those of
    ``mysql -px``, ``redis-cli -a x``, ``curl -u u:x`` and of headers (``curl -H "Authorization: x"``).
    The text is as in the file: variables count by their defaults.
    """
    text = text[:MAX_LENGTH]
    is_request = "curl" in text or "wget" in text
    if is_request or "-header" in text:
        in_requests = dict.fromkeys(_in_request(text))
        yield from in_requests
    else:
        in_requests = {}
    taken = {(secret.start, secret.end) for secret in in_requests}
    for secret in _in_options(text):
        if (secret.start, secret.end) not in taken:
            yield secret


def _in_request(text: str) -> Iterator[SecretInText]:
    """The secrets in the headers and cookies of HTTP requests."""
    for match in re.finditer(_HEADERS, text) if re.search(_HEADER_OPTION, text) else ():
        option = text[match.start() : match.start(1)]
        yield from _in_header(match, is_quoted="'" in option or '"' in option)
    for match in re.finditer(_COOKIES, text) if "-b" in text or "-cookie" in text else ():
        yield from _in_cookies(match[1], match.start(1))


def _in_options(text: str) -> Iterator[SecretInText]:
    """The secrets in options and assignments."""
    if _may_contain_secret(text):
        for match in re.finditer(_OPTION, text):
            name = match[1] or match[2] or match[3]
            if _is_secret(name, match[4]) and not _is_expression(match[4], text, match.end(4)):
                yield secret_in_match(match, 4, name)
    for hints, mark, pattern, option in _PROGRAMS:
        if mark in text and any(hint in text for hint in hints):
            for match in re.finditer(pattern, text):
                group = match.lastindex or 0
                if (
                    is_literal_password(match[group])
                    and not is_dummy(match[group])
                    and (option != "-p" or "=" not in match[1])
                ):
                    yield secret_in_match(match, group, option)


_EXPRESSION = r"\(?(?:await[ ])?[A-Za-z_][\w.:]*(?:\[|\()"
_READS = (
    r"\(?(?:await[ ])?(?:os\.|sys\.|System\.|Deno\.|Bun\.|std::)?(?:environ|getenv|get_env|argv|stdin|process\.env|"
    r"import\.meta\.env|env[.:(\[]|ENV\[|open\(|input\()"
)


def _is_expression(value: str, text: str, end: int) -> bool:
    """Whether a value is code that reads the secret: ``token=os.environ['TOKEN']``, ``token=read(f)``.

    ``end`` is where it ends in the text: a value ends at a quote, so that of ``os.environ['X']``
    ends with the bracket.
    """
    if re.match(_READS, value):
        return True
    call = re.match(_EXPRESSION, value)
    if call is None:
        return False
    inner = value[call.end() :]
    return (not inner and text[end : end + 1] in "\"'\\)]") or text[end : end + 1] in (")", "]")


def secrets_in_argument(option: str, text: str) -> Iterator[SecretInText]:
    """The secrets in the value of an option that is an argument of its own (``["-H", "Cookie: …"]``)."""
    if option in ("-H", "--header", "--proxy-header"):
        if match := re.match(f"[\"']?({_HEADER_NAME}){_HEADER}", text):
            yield from _in_header(match, is_quoted=True)
    elif option in ("-b", "--cookie"):
        yield from _in_cookies(text, 0)
    elif option in ("-u", "--user", "-U", "--proxy-user"):
        match = re.match(r"[\"']?([\w.@-]{1,64}):([^\s\"']{1,256})", text)
        if match and is_literal_password(match[2]) and not is_dummy(match[2]):
            yield secret_in_match(match, 2, "-u")


def _in_header(match: re.Match[str], is_quoted: bool) -> Iterator[SecretInText]:
    """The secrets in a header, whose name and value are the groups of a match."""
    name, value = match[1], match[2].rstrip()
    if not is_quoted:
        value = value.partition(" ")[0]
    if name.casefold() == "cookie":
        yield from _in_cookies(match[2], match.start(2))
    elif len(value) >= _LEAST_IN_HEADER and _is_issued(value):
        yield SecretInText(match.start(2), match.start(2) + len(value), "-H")


def _in_cookies(text: str, start: int) -> Iterator[SecretInText]:
    """The cookies that let somebody in, by their names or because they look generated."""
    for match in re.finditer(_COOKIE, text):
        value = match[2]
        lets_in = re.match(_COOKIE_NAMES, match[1]) or looks_random(value)
        if len(value) < _LEAST_IN_HEADER or not lets_in:
            continue
        if _is_issued(value):
            yield SecretInText(start + match.start(2), start + match.end(2), "-b")


def _is_issued(value: str) -> bool:
    """Whether a value may be one that a server has issued: placeholders open nothing."""
    return is_literal_password(value) and not is_dummy(value) and not is_placeholder(value)


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
