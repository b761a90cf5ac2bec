"""Tables of values by the path of a key, with wildcards."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    PathTable = dict[str, Any]
    """One level of a table: the next one by key (``*`` is any key), ``""`` holds the value."""


EMPTY: PathTable = {}


def path_table(paths: dict[str, Any]) -> PathTable:
    """The table of dotted path patterns, as nested dictionaries."""
    table: PathTable = {}
    for pattern, value in paths.items():
        level = table
        for part in pattern.split("."):
            level = level.setdefault(part, {})
        level[""] = value
    return table


def below(table: PathTable, name: str) -> PathTable:
    """The part of a table that applies under a key."""
    named: PathTable | None = table.get(name) if name else None
    others: PathTable = table.get("*", EMPTY)
    return others if named is None else named
