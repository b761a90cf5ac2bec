"""Functions that change nodes, to be combined: for long forms and for relative paths.

Each change takes a node and one more thing that it needs (a ``Report``, a ``Folder``). It
returns the changed node, or the same one if nothing changes.
"""

from __future__ import annotations

from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence
from .nodes import go_text, implied, implied_list, long_form, with_entries, with_items, with_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from collections.abc import Mapping as Map
    from typing import TypeVar

    _T = TypeVar("_T")

    from ..source.yaml.nodes import ScalarValue


def apply(changes: Map[str, Callable[[Node, _T], Node]], mapping: Mapping, extra: _T) -> Mapping:
    """A mapping with its values changed by their keys; ``*`` is any other key."""
    others = changes.get("*")
    entries: list[Entry] | None = None
    for index, entry in enumerate(mapping.entries):
        change = changes.get(entry.name, others)
        if change is not None:
            value = change(entry.value, extra)
            if value is not entry.value:
                if entries is None:
                    entries = list(mapping.entries)
                entries[index] = Entry(entry.key, value)
    return mapping if entries is None else with_entries(mapping, entries)


def inside(changes: Map[str, Callable[[Node, _T], Node]]) -> Callable[[Node, _T], Node]:
    """A change of a mapping's values by their keys."""
    return lambda node, extra: apply(changes, node, extra) if isinstance(node, Mapping) else node


def each(change: Callable[[Node, _T], Node | None]) -> Callable[[Node, _T], Node]:
    """A change of each item of a list; None drops the item."""

    def change_all(node: Node, extra: _T) -> Node:
        if not isinstance(node, Sequence):
            return node
        items = [change(item, extra) for item in node.items]
        if items == node.items:  # nodes are equal only if they are the same
            return node
        return with_items(node, [item for item in items if item is not None])

    return change_all


def chain(*changes: Callable[[Node, _T], Node]) -> Callable[[Node, _T], Node]:
    """Several changes, one after the other."""

    def change_in_turn(node: Node, extra: _T) -> Node:
        for change in changes:
            node = change(node, extra)
        return node

    return change_in_turn


def default(name: str, value: ScalarValue) -> Callable[[Node, object], Node]:
    """Adds an attribute that a mapping lacks."""

    def add(node: Node, _: object) -> Node:
        if isinstance(node, Mapping) and node.entry(name) is None:
            return with_value(node, name, implied(node, value))
        return node

    return add


def short(name: str) -> Callable[[Node, object], Node]:
    """Turns a string into a mapping that holds it under one name."""
    return lambda node, _: long_form(node, name)


def list_of_one(node: Node, _: object) -> Node:
    """A string as a list of it."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return implied_list(node, [node])
    return node


def as_text(node: Node, _: object) -> Node:
    """A boolean or number as a string."""
    if isinstance(node, Scalar) and not isinstance(node.value, str) and node.value is not None:
        return node.derive(go_text(node.value))
    return node
