"""Tables of rules by the path of a key, with wildcards."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .resolve import Path

    Rule = dict[str, Any]
    """A node of a table of paths: ``*`` stands for any key, ``""`` holds what applies here."""


_NONE: Rule = {}


def path_table(paths: dict[str, Any]) -> Rule:
    """A table of dotted path patterns as nested dictionaries."""
    table: Rule = {}
    for pattern, value in paths.items():
        rule = table
        for part in pattern.split("."):
            rule = rule.setdefault(part, {})
        rule[""] = value
    return table


def below(rule: Rule, name: str) -> Rule:
    """The part of a table that applies under a key."""
    found: Rule | None = rule.get(name) if name else None
    other: Rule = rule.get("*", _NONE)
    return other if found is None else found


def dotted(path: Path) -> str:
    """A path as people write it."""
    return ".".join(path)
