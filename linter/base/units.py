"""Numbers, byte sizes and durations as Docker reads them."""

from __future__ import annotations

from math import isfinite

from .patterns import on_demand

_MOST_DIGITS = 300
"""Numbers with more digits are not read: a float cannot hold them, nor ``int`` convert any length."""

_SIZE = on_demand(r"([0-9]+(?:\.[0-9]+)?)[ ]?([kKmMgGtTpP]?)[iI]?[bB]?\Z")
_POWERS = {"": 0, "k": 1, "m": 2, "g": 3, "t": 4, "p": 5}
_DURATION = on_demand(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w)")

NANOSECONDS = {
    "ns": 1,
    **dict.fromkeys(("us", "µs", "μs"), 1_000),
    "ms": 1_000_000,
    "s": 1_000_000_000,
    "m": 60_000_000_000,
    "h": 3_600_000_000_000,
    "d": 86_400_000_000_000,
    "w": 604_800_000_000_000,
}
"""The units of durations. Go has none above the hour, Docker adds days and weeks."""


def whole_number(text: str) -> int | None:
    """The number that a text of the digits 0 to 9 means; None for any other text.

    ``str.isdigit`` is not enough to call ``int``: it accepts ``²``.
    """
    is_number = text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS
    return int(text) if is_number else None


def parse_size(text: str) -> int | None:
    """The bytes of ``512M``, ``1.5gb`` or ``1024``; None if the text is not a size.

    Units are powers of 1024, as in docker/go-units' ``RAMInBytes``.
    """
    match = _SIZE.match(text.strip())
    if not match:
        return None
    size = float(match[1]) * 1024 ** _POWERS[match[2].lower()]
    return int(size) if isfinite(size) else None


def format_size(size: int) -> str:
    """The bytes as people write them: ``512M``, ``1.5G``."""
    for power, unit in ((4, "T"), (3, "G"), (2, "M"), (1, "K")):
        amount = size / 1024**power
        if amount >= 1:
            return f"{amount:.2f}".rstrip("0").rstrip(".") + unit
    return f"{size}B"


def parse_duration(text: str) -> float | None:
    """The seconds of ``1m30s``, ``500ms`` or ``1d``; None if the text is not a duration."""
    text = text.strip()
    if text in ("0", "+0", "-0"):
        return 0.0
    negative = text.startswith("-")
    rest = text[1:] if text[:1] in ("+", "-") else text
    if not rest:
        return None
    total, at = 0.0, 0
    while at < len(rest):
        match = _DURATION.match(rest, at)
        if not match:
            return None
        total += float(match[1]) * NANOSECONDS[match[2]] / 1e9
        at = match.end()
    return -total if negative else total
