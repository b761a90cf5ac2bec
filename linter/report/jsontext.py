"""JSON in which no text acts on whoever prints it."""

from __future__ import annotations

import json
import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any


def to_json(data: Any) -> str:
    """JSON in ASCII on one line; text in it comes back exactly."""
    return _quiet(json.dumps(data, separators=(",", ":")))


def to_json_rows(data: dict[str, Any], key: str, rows: Iterable[Any]) -> str:
    """An indented JSON document whose empty list ``key`` is filled, one row a line."""
    text = _quiet(json.dumps(data, indent=2))
    made = ",\n".join(map(to_json, rows))
    # Quotes inside strings are escaped, so the key cannot be found in one.
    return text.replace(f'"{key}": []', f'"{key}": [\n{made}\n]') if made else text


def _quiet(text: str) -> str:
    """The text without the ``##`` of logging commands (see ``escape``)."""
    return re.sub("#(?=#)", r"\\u0023", text) if "##" in text else text
