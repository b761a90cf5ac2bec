"""Interpolation of a Compose file's values and the casts that follow it.

Docker Compose replaces variables in every string value, never in keys, and then turns
the strings at certain places into booleans and numbers, whether or not they held a
variable: ``tty: "yes"`` and ``tty: ${TTY}`` alike. All other places keep their strings:
durations (``10s``), sizes (``512m``), published ports. Source: the type casts of
compose-go 2.9, each asked of Docker Compose 2.40.
"""

from __future__ import annotations

import re
import struct
from math import isinf

from ..base.records import NamedTuple
from ..source.template import (
    MAX_DEPTH,
    Failure,
    Literal,
    Lookup,
    Opaque,
    Piece,
    Reference,
    Result,
    Template,
    TemplateError,
    interpolate,
    parse_template,
    substitute,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "BOOLEANS",
    "CASTS",
    "MAX_DEPTH",
    "YAML_1_1_BOOLEANS",
    "CastError",
    "Failure",
    "Literal",
    "Lookup",
    "Opaque",
    "Piece",
    "Reference",
    "Result",
    "Template",
    "TemplateError",
    "cast_kind",
    "cast_scalar",
    "interpolate",
    "parse_template",
    "substitute",
]

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
    "true": True,
    "false": False,
    "y": True,
    "yes": True,
    "on": True,
    "n": False,
    "no": False,
    "off": False,
}
"""The words that stand for booleans, whatever their case."""

YAML_1_1_BOOLEANS = frozenset({"y", "yes", "on", "n", "no", "off"})
"""Those of them that Compose accepts with a warning, since YAML 1.2 has them no more."""

_SHOWN = 40  # how much of a value a message quotes

# The last name of a path tells most values apart at once.
_Patterns = list[tuple[tuple[str, ...], str]]
_ANY_NAME: _Patterns = []
_BY_NAME: dict[str | int, _Patterns] = {}
for _path, _kind in CASTS.items():
    _pattern = tuple(_path.split("."))
    if _pattern[-1] == "*":
        _ANY_NAME.append((_pattern, _kind))
    else:
        _BY_NAME.setdefault(_pattern[-1], []).append((_pattern, _kind))
for _patterns in _BY_NAME.values():
    _patterns += _ANY_NAME

# Compiled on first use: few files hold such numbers as strings.
_DIGITS = "[0-9]+(?:_[0-9]+)*"
_HEX_DIGITS = "[0-9a-fA-F]+(?:_[0-9a-fA-F]+)*"
_DECIMAL = rf"[+-]?(?:{_DIGITS}(?:\.(?:{_DIGITS})?)?|\.{_DIGITS})(?:[eE][+-]?{_DIGITS})?"
_HEXADECIMAL = (
    rf"[+-]?0[xX](?:_?{_HEX_DIGITS}(?:\.(?:{_HEX_DIGITS})?)?|\.{_HEX_DIGITS})[pP][+-]?{_DIGITS}"
)
_SPECIAL = r"(?ai:[+-]?inf(?:inity)?|nan)"


class CastError(NamedTuple):
    """Why a string cannot be cast to ``kind``."""

    kind: str
    message: str


def cast_kind(path: Sequence[str | int]) -> str | None:
    """What Compose casts the string at ``path`` to: a kind for `cast_scalar`, or None.

    ``path`` goes from the top of the file to the value; an item of a list is its index
    or ``[]``.
    """
    for pattern, kind in _BY_NAME.get(path[-1], _ANY_NAME) if path else ():
        if len(pattern) == len(path) and all(map(_fits, pattern, path)):
            return kind
    return None


def cast_scalar(kind: str, text: str) -> bool | int | float | CastError:
    """Cast as Compose does: ``bool``, ``int`` (of 64 bits), ``float`` or ``float32``.

    Nothing is trimmed. Integers are decimal with an optional sign; floats may be
    written as in Go: ``1_000.5``, ``1e3``, ``0x1p-2``, ``inf``, ``nan``.
    """
    if kind == "bool":
        value = BOOLEANS.get(text.lower())
        return _error(kind, text, "is not a boolean") if value is None else value
    if kind == "int":
        return _integer(text)
    return _float(kind, text)


def _fits(pattern: str, part: str | int) -> bool:
    return pattern == "*" or pattern == part or (pattern == "[]" and isinstance(part, int))


def _integer(text: str) -> int | CastError:
    match = re.fullmatch(r"([+-]?)0*([0-9]+)", text)
    if match is None:
        return _error("int", text, "is not an integer")
    sign, digits = match.groups()
    # 2**63 has 19 digits; longer texts are not even converted.
    value = int(sign + digits) if len(digits) < 20 else 2**64
    if not -(2**63) <= value < 2**63:
        return _error("int", text, "is out of range")
    return value


def _float(kind: str, text: str) -> float | CastError:
    if re.fullmatch(_SPECIAL, text):
        return float(text)
    try:
        if re.fullmatch(_DECIMAL, text):
            value = float(text)
            if isinf(value):
                raise OverflowError
        elif re.fullmatch(_HEXADECIMAL, text):
            value = float.fromhex(text.replace("_", ""))
        else:
            return _error(kind, text, "is not a number")
        return (
            float(struct.unpack("<f", struct.pack("<f", value))[0]) if kind == "float32" else value
        )
    except OverflowError:
        return _error(kind, text, "is out of range")


def _error(kind: str, text: str, what: str) -> CastError:
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "…"
    return CastError(kind, f'"{shown}" {what}')
