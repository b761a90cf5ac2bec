"""Makes ``Options`` of the values on the command line."""

from __future__ import annotations

from ..config.options import LIST, OPTIONS, Options
from ..files.disk import DISK
from .console import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any


def options_of(given: Mapping[str, Any]) -> Options:
    """The options for the values on the command line; an empty list counts as not given.

    Raises:
        Failure: if there are two configuration files, or a list of rules is empty.
    """
    values: dict[str, Any] = {
        name: items(value) if OPTIONS[name].commas else value
        for name, value in given.items()
        if value or OPTIONS[name].kind != LIST
    }
    for name in ("select", "fixable"):
        # An empty variable of a script must not select nothing in silence.
        if values.get(name) == ():
            raise Failure(f"{OPTIONS[name].names[0]}: the value is empty; it takes rules, or ALL")
    if "config" in values:
        values["config"], values["overrides"] = _split(values["config"])
    return Options(**values)


def items(values: Sequence[str]) -> tuple[str, ...]:
    """The items of a repeatable option that takes lists with commas."""
    return tuple(item.strip() for value in values for item in value.split(",") if item.strip())


def _split(values: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """The file and the single settings among the values of ``--config``."""
    overrides = tuple(value for value in values if "=" in value and DISK.kind(value) == "missing")
    files = [value for value in values if value not in overrides]
    if len(files) > 1:
        raise Failure(f"--config takes one file, and {files[0]} is it; {files[1]} is another")
    return (files[0] if files else None), overrides
