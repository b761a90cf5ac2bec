"""Hashes of passwords, whose ``$`` other programs take for variables."""

from __future__ import annotations

from ..base.patterns import on_demand

_D = r"\$\$?"
_TEXT = r"[\w./+=,$-]"
_HASH = on_demand(
    rf"(?<![\w$])(?:"
    rf"{_D}(?:2[abxy]|apr1|argon2(?:id|i|d)|scrypt|pbkdf2(?:-\w+)?){_D}{_TEXT}+"
    rf"|{_D}(?:1|5|6|7|y|gy|sha1){_D}(?:rounds=\d+{_D})?[\w./-]{{1,32}}{_D}[\w./]{{20,}}"
    rf"|{_D}[PH]{_D}[\w./]{{31}}(?![\w./])"
    rf"|pbkdf2_\w+{_D}\d+{_D}{_TEXT}+"
    rf")"
)


def hashes_in(text: str) -> list[tuple[int, int]]:
    """The ranges of the hashes in a text, with a ``$`` that is written once or twice."""
    if "$" not in text:
        return []
    return [match.span() for match in _HASH.finditer(text)]
