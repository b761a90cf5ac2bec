"""Shows the settings of a configuration, each with its place: ``composelint config``."""

from __future__ import annotations

import json

from ..base.escape import visible
from ..base.suggest import choice_hint
from .schema import CONFIG
from .settings import Setting

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .document import Origin
    from .settings import Config

_WIDEST = 60
"""The places are aligned behind settings of up to this width."""


def render_config(config: Config, key: str | None = None, format: str = "text") -> str:
    """The settings as TOML lines with their places as comments, or as JSON.

    Args:
        config: the configuration.
        key: a dotted key or the beginning of one (``host``); without it everything that is set
            or has a default is shown.
        format: ``text`` or ``json``.

    Raises:
        ValueError: for a key that does not exist.
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
        origin = ", ".join(_place(each) for each in item.origins)
        if not origin:
            is_set = item.key == "preset" and item in config.settings
            origin = "by the file's name" if is_set else "default"
        lines.append(f"{visible(text).ljust(width)}  # {origin}")
    if key is not None and not listed:
        lines.append(f"# {visible(key)} is not set")
    return "\n".join(lines) + "\n"


def _settings(config: Config) -> list[Setting]:
    """The settings that are set or have a default, in the order of the schema."""
    settings: list[Setting] = []
    for name, schema in CONFIG["properties"].items():
        own = [setting for setting in config.settings if _head(setting.key) == name]
        if not own and "default" in schema:
            own = [Setting(name, json.dumps(schema["default"]))]
        settings += own
    return settings


def _under(listed: list[Setting], key: str) -> list[Setting]:
    """The settings of a key and those below it."""
    chosen = [
        item for item in listed if item.key == key or item.key.startswith((f"{key}.", f"{key}["))
    ]
    properties: dict[str, Any] = CONFIG["properties"]
    if not chosen and _head(key) not in properties:
        raise ValueError(f'no setting is called "{key}"{choice_hint(_head(key), properties)}')
    return chosen


def _head(key: str) -> str:
    """The first part of a dotted key."""
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
