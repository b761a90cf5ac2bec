"""Byte sizes (docker/go-units, size.go) and durations (xhit/go-str2duration)."""

from __future__ import annotations

from math import isfinite

from ..base.patterns import on_demand
from ..base.units import NANOSECONDS
from .casts import CastError, cast_scalar
from .values import BadValue

_UNITS = "kmgtp"


def parse_byte_size(text: str) -> int:
    """The bytes of ``512m``, ``1.5 GiB`` or ``1024``; units are powers of 1024.

    Raises:
        BadValue: if Docker Compose refuses the text.
    """
    whole = cast_scalar("int", text)
    if isinstance(whole, int):
        return whole
    end = max(map(text.rfind, "0123456789. ")) + 1
    if not end:
        raise BadValue(f'"{text}" is not a size: it has no number' if text else "is empty")
    number, unit = text[:end].removesuffix(" "), text[end:].lower()
    size = cast_scalar("float", number)
    if isinstance(size, CastError):
        raise BadValue(f'"{text}" is not a size: "{number}" is not a number')
    if size < 0:
        raise BadValue(f'"{text}" is not a size: it is negative')
    if unit and unit != "b":
        if unit[0] not in _UNITS or unit[1:] not in ("", "b", "ib"):
            raise BadValue(
                f'"{text}" is not a size: "{text[end:]}" is not a unit; b, k, m, g, t and p are',
                end,
                len(text),
            )
        size *= 1024.0 ** (_UNITS.index(unit[0]) + 1)
    return int(size) if isfinite(size) else 0


_DURATION_PART = on_demand(r"([0-9]*)(\.[0-9]*)?([^0-9.]*)")


def parse_go_duration(text: str) -> int:
    """The nanoseconds of ``1m30s``, ``500ms`` or ``1d``.

    Raises:
        BadValue: if Docker Compose refuses the text.
    """
    at = 1 if text[:1] in ("+", "-") else 0
    if text[at:] == "0":
        return 0
    if at == len(text):
        raise BadValue(f'"{text}" is not a duration' if text else "is empty")
    total = 0
    while at < len(text):
        match = _DURATION_PART.match(text, at)
        if match is None or not (match[1] or len(match[2] or "") > 1):
            raise BadValue(f'"{text}" is not a duration')
        if not match[3]:
            raise BadValue(
                f'"{text}" is not a duration: {match[0]} has no unit, as in {match[0]}s',
                at,
                match.end(),
            )
        unit = NANOSECONDS.get(match[3])
        if unit is None:
            raise BadValue(
                f'"{text}" is not a duration: "{match[3]}" is not a unit; ms, s, m, h, d and w are',
                *match.span(3),
            )
        if len(match[1]) > 20:
            raise BadValue(f'"{text}" is too long a duration')
        fraction = (match[2] or ".")[1:19]
        total += int(match[1] or 0) * unit + int(fraction or 0) * unit // 10 ** len(fraction)
        at = match.end()
    if total >= 1 << 63:
        raise BadValue(f'"{text}" is too long a duration')
    return -total if text[0] == "-" else total
