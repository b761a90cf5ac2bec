"""What ``composelint config`` prints: the settings that hold, and where each came from."""

from __future__ import annotations

import json

from ..base.escape import visible
from .check import did_you_mean
from .schema import CONFIG

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .document import Origin
    from .settings import Config, Setting

_WIDEST = 60
"""Up to which width the origins stand below each other."""


def render_config(config: Config, key: str | None = None, format: str = "text") -> str:
    """The settings as TOML lines with their origins as comments, or as JSON.

    ``key`` is a dotted key or the beginning of one (``host``); without it everything that
    is set or has a default is shown.

    Raises:
        ValueError: for a key that is none.
    """
    listed = _settings(config)
    if key is not None:
        listed = _under(listed, key)
    if format == "json":
        return json.dumps(_as_data(config, listed), indent=2) + "\n"
    lines = [] if key is not None else [f"# {visible(config.path) or 'no configuration file'}"]
    texts = [f"{item.key} = {_toml(item.value)}" for item in listed]
    width = max((size for text in texts if (size := len(visible(text))) <= _WIDEST), default=0)
    for item, text in zip(listed, texts, strict=True):
        origin = ", ".join(_place(each) for each in item.origins) or "default"
        lines.append(f"{visible(text).ljust(width)}  # {origin}")
    if key is not None and not listed:
        lines.append(f"# {visible(key)} is not set")
    return "\n".join(lines) + "\n"


def _settings(config: Config) -> list[Setting]:
    """What is set and what has a default, in the order of the schema."""
    from .settings import Setting

    found: list[Setting] = []
    for name, schema in CONFIG["properties"].items():
        own = [item for item in config.settings if _head(item.key) == name]
        if own:
            found += own
        elif "default" in schema:
            found.append(Setting(name, json.dumps(schema["default"])))
    return found


def _under(listed: list[Setting], key: str) -> list[Setting]:
    found = [
        item
        for item in listed
        if item.key == key or (item.key.startswith(key) and item.key[len(key)] in ".[")
    ]
    properties: dict[str, Any] = CONFIG["properties"]
    if not found and _head(key) not in properties:
        raise ValueError(f'no setting is called "{key}"{did_you_mean(_head(key), properties)}')
    return found


def _head(key: str) -> str:
    return key.partition(".")[0].partition("[")[0]


def _place(origin: Origin) -> str:
    return f"{visible(origin.path)}:{origin.line}"


def _toml(value: Any) -> str:
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(name)} = {_toml(each)}" for name, each in value.items())
        return f"{{ {inside} }}" if inside else "{}"
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value, ensure_ascii=False)


def _key(name: str) -> str:
    return name if name.replace("-", "").replace("_", "").isalnum() else json.dumps(name)


def _as_data(config: Config, listed: list[Setting]) -> dict[str, Any]:
    return {
        "path": config.path or None,
        "settings": {
            item.key: {
                "value": item.value,
                "from": [origin._asdict() for origin in item.origins],
            }
            for item in listed
        },
    }
