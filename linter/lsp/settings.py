"""The settings of the client (``composelint.preset`` and others) as options."""

from __future__ import annotations

import os
import re

from ..base.names import PRESETS
from ..config.options import FLAG, LIST, OPTIONS, SWITCH, Options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ACCEPTED = (
    *("select", "extend_select", "ignore", "preset"),
    *("stacks", "profiles", "env_files", "use_environment", "compose_version"),
    *("exclude", "extend_exclude", "vendored", "respect_gitignore", "inline_ignores"),
    *("config", "isolated", "trust", "fixable", "unfixable", "baseline", "no_baseline"),
)
"""The options that a client can set, by their attribute: ``env_files`` is ``envFiles`` there."""

_PATHS = ("config", "baseline")


def options_of(data: Any, base: Options, folder: str) -> tuple[Options, list[str]]:
    """The options for a client's settings, and messages about those that cannot be used.

    Args:
        data: the object with the settings, as the client sent it.
        base: the options of the command line, which hold where the client has set nothing.
        folder: the folder from which paths start.
    """
    problems: list[str] = []
    given = dict(vars(base))
    for key, value in data.items() if isinstance(data, dict) else ():
        name = re.sub(r"(?<!^)([A-Z])", r"_\1", str(key)).replace("-", "_").lower()
        if name not in ACCEPTED or value is None or value in ("", []):
            continue
        option = OPTIONS[name]
        if option.kind in (FLAG, SWITCH):
            fits = isinstance(value, bool)
        elif option.kind == LIST and name != "config":
            if isinstance(value, str):
                value = value.split(",") if option.commas else [value]
            fits = isinstance(value, list) and all(isinstance(each, str) for each in value)
            value = tuple(each.strip() for each in value) if fits else ()
        else:
            choices = PRESETS if name == "preset" else option.choices
            fits = isinstance(value, str) and (not choices or value in choices)
        if not fits:
            problems.append(f'composelint: the setting "{key}" has a value that it cannot have')
            continue
        if name in _PATHS:
            value = _from(folder, value)
        elif name == "env_files":
            value = tuple(_from(folder, each) for each in value)
        elif name == "stacks":
            value = tuple(
                ":".join(_from(folder, path) for path in each.split(":")) for each in value
            )
        given[name] = value
    return Options(**given), problems


def _from(folder: str, path: str) -> str:
    return os.path.join(folder, os.path.expanduser(path))


def unwrapped(data: Any) -> Any:
    """The settings in what a client sent: some clients wrap them once or twice."""
    for key in ("settings", "composelint"):
        if isinstance(data, dict) and isinstance(data.get(key), dict):
            data = data[key]
    return data
