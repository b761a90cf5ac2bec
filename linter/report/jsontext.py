"""JSON that is safe to print in CI logs."""

from __future__ import annotations

import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def to_json(data: Any) -> str:
    """The data as one line of ASCII JSON, from which every text can be read back exactly."""
    return _quiet(json.dumps(data, separators=(",", ":")))


def to_json_rows(data: dict[str, Any], key: str, rows: Iterable[Any]) -> str:
    """An indented JSON document whose empty list ``key`` is filled, one row per line."""
    text = _quiet(json.dumps(data, indent=2))
    filled = ",\n".join(map(to_json, rows))
    # Quotes inside strings are escaped: the key cannot be found inside a string.
    return text.replace(f'"{key}": []', f'"{key}": [\n{filled}\n]') if filled else text


def _quiet(text: str) -> str:
    """The JSON without ``##``, which begins logging commands (see ``base/escape.py``)."""
    return re.sub("#(?=#)", r"\\u0023", text) if "##" in text else text
