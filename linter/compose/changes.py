"""The kinds of changes that normalization makes, as small functions over nodes."""

from __future__ import annotations

from collections.abc import Callable

from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, ScalarValue, Sequence
from .merge import keys_to_mapping
from .nodes import ShortForm, go_text, implied, with_entries, with_items, with_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .merge import Report


Change = Callable[[Node, "Report"], Node]


def _apply(mapping: Mapping, changes: dict[str, Change], report: Report) -> Mapping:
    """A mapping with some of its values changed; the same one where none is."""
    entries: list[Entry] | None = None
    for index, entry in enumerate(mapping.entries):
        change = changes.get(entry.name)
        if change is None:
            continue
        value = change(entry.value, report)
        if value is not entry.value:
            if entries is None:
                entries = list(mapping.entries)
            entries[index] = Entry(entry.key, value)
    return mapping if entries is None else with_entries(mapping, entries)


def _inside(changes: dict[str, Change]) -> Change:
    """A change of a mapping's attributes."""

    def change(node: Node, report: Report) -> Node:
        return _apply(node, changes, report) if isinstance(node, Mapping) else node

    return change


def _each(change: Callable[[Node, Report], Node | None]) -> Change:
    """A change of each item of a list; None drops the item."""

    def change_all(node: Node, report: Report) -> Node:
        if not isinstance(node, Sequence):
            return node
        items: list[Node] = []
        same = True
        for item in node.items:
            result = change(item, report)
            if result is not item:
                same = False
            if result is not None:
                items.append(result)
        return node if same else with_items(node, items)

    return change_all


def _chain(*changes: Change) -> Change:
    def change(node: Node, report: Report) -> Node:
        for one in changes:
            node = one(node, report)
        return node

    return change


def _default(name: str, value: ScalarValue) -> Change:
    """Adds an attribute that a mapping lacks."""

    def change(node: Node, report: Report) -> Node:
        if isinstance(node, Mapping) and node.entry(name) is None:
            return with_value(node, name, implied(node, value))
        return node

    return change


def _list_of_one(node: Node, report: Report) -> Node:
    """A string as a list of it."""
    if isinstance(node, Scalar) and isinstance(node.value, str):
        sequence = Sequence(node.file, node.start, node.end)
        sequence.items = [node]
        return sequence
    return node


def _short(name: str) -> Change:
    """A string as a mapping that holds it under one name."""

    def change(node: Node, report: Report) -> Node:
        if isinstance(node, Scalar) and isinstance(node.value, str):
            return ShortForm(node, [Entry(implied(node, name), node)])
        return node

    return change


def _as_text(node: Node, report: Report) -> Node:
    """A boolean or number as a string."""
    if isinstance(node, Scalar) and not isinstance(node.value, str) and node.value is not None:
        return node.derive(go_text(node.value))
    return node


def _names(node: Node, report: Report) -> Node:
    """A list of names as a mapping from them to nothing."""
    if isinstance(node, Sequence):
        return keys_to_mapping(node) or node
    return node
