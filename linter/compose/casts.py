"""Which strings of a Compose file are numbers or booleans, and what they read as.

Docker Compose replaces variables in every string value, never in keys, and then turns
the strings at certain places into booleans and numbers, whether or not they held a
variable: ``tty: "yes"`` and ``tty: ${TTY}`` alike. All other places keep their strings:
durations (``10s``), sizes (``512m``), published ports. Source: the type casts of
compose-go 2.16, each confirmed with Docker Compose 5.6.
"""

from __future__ import annotations

import re
import struct
from math import isinf

from ..base.patterns import on_demand
from ..base.records import NamedTuple

CASTS = {
    "configs.*.external": "bool",
    "networks.*.attachable": "bool",
    "networks.*.enable_ipv4": "bool",
    "networks.*.enable_ipv6": "bool",
    "networks.*.external": "bool",
    "networks.*.internal": "bool",
    "secrets.*.external": "bool",
    "services.*.cpu_count": "int",
    "services.*.cpu_percent": "float",
    "services.*.cpu_period": "int",
    "services.*.cpu_quota": "int",
    "services.*.cpu_rt_period": "int",
    "services.*.cpu_rt_runtime": "int",
    "services.*.cpu_shares": "int",
    "services.*.cpus": "float32",
    "services.*.depends_on.*.required": "bool since 5",
    "services.*.deploy.placement.max_replicas_per_node": "int",
    "services.*.deploy.replicas": "int",
    "services.*.deploy.restart_policy.max_attempts": "int",
    "services.*.deploy.rollback_config.max_failure_ratio": "float",
    "services.*.deploy.rollback_config.parallelism": "int",
    "services.*.deploy.update_config.max_failure_ratio": "float",
    "services.*.deploy.update_config.parallelism": "int",
    "services.*.healthcheck.disable": "bool",
    "services.*.healthcheck.retries": "int",
    "services.*.init": "bool",
    "services.*.oom_kill_disable": "bool",
    "services.*.oom_score_adj": "int",
    "services.*.pids_limit": "int",
    "services.*.ports.[].target": "int",
    "services.*.privileged": "bool",
    "services.*.read_only": "bool",
    "services.*.scale": "int",
    "services.*.stdin_open": "bool",
    "services.*.tty": "bool",
    "services.*.ulimits.*": "int",
    "services.*.ulimits.*.hard": "int",
    "services.*.ulimits.*.soft": "int",
    "services.*.volumes.[].read_only": "bool",
    "services.*.volumes.[].volume.nocopy": "bool",
    "volumes.*.external": "bool",
}
"""Which strings Compose casts, and to what. In a path ``*`` is any key, ``[]`` any item."""

BOOLEANS = {
    **dict.fromkeys(("true", "y", "yes", "on"), True),
    **dict.fromkeys(("false", "n", "no", "off"), False),
}
"""The words that are booleans, in any case."""

YAML_1_1_BOOLEANS = frozenset(BOOLEANS) - {"true", "false"}
"""Those that Compose accepts with a warning, since they are not booleans in YAML 1.2."""

_SHOWN = 40  # how much of a value a message quotes

_DIGITS = "[0-9]+(?:_[0-9]+)*"
_HEX_DIGITS = "[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*"
_INTEGER = on_demand(r"([+-]?)0*([0-9]+)\Z")
_DECIMAL = on_demand(
    rf"[+-]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?\Z"
)
_HEXADECIMAL = on_demand(
    rf"[+-]?0[xX](?:_?{_HEX_DIGITS}(?:\.(?:{_HEX_DIGITS})?)?|\.{_HEX_DIGITS})[pP][+-]?{_DIGITS}\Z"
)
_SPECIAL = on_demand(r"(?:[+-]?inf(?:inity)?|nan)\Z", re.ASCII | re.IGNORECASE)


class CastError(NamedTuple):
    """Why a string cannot be cast to ``kind``."""

    kind: str
    message: str


def cast_scalar(kind: str, text: str) -> bool | int | float | CastError:
    """A string as Compose casts it to ``bool``, ``int`` (of 64 bits), ``float`` or ``float32``.

    Nothing is trimmed. Integers are decimal with an optional sign; floats may be
    written as in Go: ``1_000.5``, ``1e3``, ``0x1p-2``, ``inf``, ``nan``.
    """
    if kind == "bool":
        value = BOOLEANS.get(text.lower())
        return _error(kind, text, "is not a boolean") if value is None else value
    if kind == "int":
        return _integer(text)
    try:
        number = _float(text)
        if number is None:
            return _error(kind, text, "is not a number")
        return to_float32(number) if kind == "float32" else number
    except OverflowError:
        return _error(kind, text, "is out of range")


def to_float32(value: float) -> float:
    """A number rounded to 32 bits.

    Raises:
        OverflowError: if it is too large for them.
    """
    return float(struct.unpack("<f", struct.pack("<f", value))[0])


def _integer(text: str) -> int | CastError:
    match = _INTEGER.match(text)
    if match is None:
        return _error("int", text, "is not an integer")
    sign, digits = match.groups()
    # 2**63 has 19 digits; longer texts are not even converted.
    value = int(sign + digits) if len(digits) < 20 else 2**64
    return value if -(2**63) <= value < 2**63 else _error("int", text, "is out of range")


def _float(text: str) -> float | None:
    """What Go's ``strconv.ParseFloat`` reads; None if it refuses the text."""
    if _DECIMAL.match(text):
        value = float(text)
        if isinf(value):
            raise OverflowError
        return value
    if _HEXADECIMAL.match(text):
        return float.fromhex(text.replace("_", ""))
    return float(text) if _SPECIAL.match(text) else None


def _error(kind: str, text: str, problem: str) -> CastError:
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return CastError(kind, f'"{shown}" {problem}')
