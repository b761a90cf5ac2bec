"""One model laid over another: how Docker Compose combines each attribute.

The tables follow compose-go's ``override`` package: most mappings merge key by key, most
lists are joined, a few attributes have ways of their own, and some lists then keep only
the last entry of those that mean the same thing.
"""

from __future__ import annotations

from collections.abc import Callable

from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence
from .nodes import (
    Pair,
    ShortForm,
    go_text,
    implied,
    is_null,
    place_of,
    text_value,
    with_entries,
    with_items,
)
from .path_table import _NONE, below, dotted, path_table
from .problem import Problem, Related

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .path_table import Rule
    from .resolve import Path

Report = Callable[[Problem], None]


# --- combining ---


def merge(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    """``over`` laid over ``base``. Neither is changed; what clashes keeps the base."""
    special = rule.get("")
    if special is not None:
        made: Node = special(base, over, rule, path, report)
        return made
    if is_null(over):
        return base
    if isinstance(base, Mapping):
        if not isinstance(over, Mapping):
            raise _Clash
        return merge_mappings(base, over, rule, path, report)
    if isinstance(base, Sequence):
        if not isinstance(over, Sequence):
            raise _Clash
        return with_items(base, base.items + over.items)
    return over


def merge_mappings(base: Mapping, over: Mapping, rule: Rule, path: Path, report: Report) -> Mapping:
    """The entries of both, those with the same key merged."""
    if not over.entries:
        return base
    entries = list(base.entries)
    place = {entry.name: index for index, entry in enumerate(entries)}
    for entry in over.entries:
        name = entry.name
        index = place.get(name)
        if index is None:
            place[name] = len(entries)
            entries.append(entry)
        else:
            old = entries[index]
            try:
                value = merge(old.value, entry.value, below(rule, name), (*path, name), report)
            except _Clash:
                report(_clash(old, entry, (*path, name)))
                continue
            # A value that was replaced is explained by the key beside it.
            entries[index] = Entry(entry.key if value is entry.value else old.key, value)
    return with_entries(base, entries)


class _Clash(Exception):
    """That a value cannot be laid over what it should replace."""


def _clash(base: Entry, over: Entry, path: Path) -> Problem:
    first, second = describe(base.value), describe(over.value)
    return Problem(
        "cannot-override",
        f"{dotted(path)} is {second} here and {first} in what it is laid over",
        place_of(over).span,
        "Write both alike, or replace the other with `!override`.",
        (Related(f"{dotted(path)} is {first}", place_of(base).span),),
    )


def describe(node: Node) -> str:
    """What a value is, in words."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence):
        return "a list"
    value = node.value if isinstance(node, Scalar) else ""
    if value is None:
        return "empty"
    if isinstance(value, str):
        return "a string"
    if isinstance(value, bool):
        return "a boolean"
    return "a fraction" if isinstance(value, float) else "a number or date"


def _replace(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    return over


def _build(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    first, second = _build_mapping(base), _build_mapping(over)
    if first is None or second is None:
        return over if first is None and second is not None else base
    return merge_mappings(first, second, rule, path, report)


def _build_mapping(node: Node) -> Mapping | None:
    if isinstance(node, Mapping):
        return node
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return ShortForm(node, [Entry(implied(node, "context"), node)])
    return None


def _keyed(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    """Attributes that are a mapping, or a list of the mapping's keys."""
    first, second = _key_mapping(base), _key_mapping(over)
    if first is None or second is None:
        if second is None:
            if is_null(over):
                return base
            raise _Clash
        return over
    return merge_mappings(first, second, rule, path, report)


def _key_mapping(node: Node) -> Mapping | None:
    if isinstance(node, Mapping):
        return node
    return keys_to_mapping(node) if isinstance(node, Sequence) else None


def keys_to_mapping(node: Sequence) -> Mapping | None:
    """A list of names as a mapping from them to nothing; None where an item is no name."""
    entries = []
    for item in node.items:
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            return None
        key = item if item.raw == item.value else item.derive(item.value)
        entries.append(Entry(key, implied(item, None)))
    twin = Mapping(node.file, node.start, node.end, node.flow)
    twin.entries = entries
    return twin


def _depends_on(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    first, second = dependency_mapping(base), dependency_mapping(over)
    if first is None or second is None:
        if second is None:
            if is_null(over):
                return base
            raise _Clash
        return over
    return merge_mappings(first, second, rule, path, report)


def dependency_mapping(node: Node) -> Mapping | None:
    """``depends_on`` in its long form, which says ``service_started`` for each name of a list."""
    if isinstance(node, Mapping):
        return node
    mapping = keys_to_mapping(node) if isinstance(node, Sequence) else None
    if mapping is None:
        return None
    mapping.entries = [
        Entry(
            key,
            _implied_mapping(key, {"condition": "service_started", "required": True}),
        )
        for key, _ in mapping.entries
    ]
    return mapping


def _implied_mapping(place: Node, values: dict[str, str | bool]) -> Mapping:
    mapping = Mapping(place.file, place.start, place.end)
    mapping.entries = [
        Entry(implied(place, name), implied(place, value)) for name, value in values.items()
    ]
    return mapping


def _pairs(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    """Attributes that become a list of ``KEY=value`` texts, whatever form they have."""
    first, second = pair_items(base), pair_items(over)
    place = base if isinstance(base, Sequence) else over
    if isinstance(place, Sequence):
        return with_items(place, first + second)
    sequence = Sequence(base.file, base.start, base.end)
    sequence.items = first + second
    return sequence


def pair_items(node: Node) -> list[Node]:
    """The items of a list, or of a mapping as ``KEY=value``."""
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Mapping):
        items: list[Node] = []
        for entry in sorted(node.entries, key=lambda entry: entry.name):
            value = entry.value
            if isinstance(value, Sequence):
                items.extend(
                    Pair(Entry(entry.key, item), f"{entry.name}={_go(item)}")
                    for item in value.items
                )
            elif is_null(value):
                items.append(Pair(entry, entry.name))
            else:
                items.append(Pair(entry, f"{entry.name}={_go(value)}"))
        return items
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return [node]
    return []


def _go(node: Node) -> str:
    if isinstance(node, Scalar):
        return go_text(node.value)
    if isinstance(node, Mapping):
        inner = " ".join(
            f"{entry.name}:{_go(entry.value)}"
            for entry in sorted(node.entries, key=lambda entry: entry.name)
        )
        return f"map[{inner}]"
    if isinstance(node, Sequence):
        return "[" + " ".join(map(_go, node.items)) + "]"
    return ""


def _extra_hosts(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    first, second = pair_items(base), pair_items(over)
    known = {item.value for item in first if isinstance(item, Scalar)}
    fresh = [item for item in second if not isinstance(item, Scalar) or item.value not in known]
    place = base if isinstance(base, Sequence) else over
    if isinstance(place, Sequence):
        return with_items(place, first + fresh)
    sequence = Sequence(base.file, base.start, base.end)
    sequence.items = first + fresh
    return sequence


def _logging(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    if not isinstance(base, Mapping) or not isinstance(over, Mapping):
        raise _Clash  # Compose itself crashes here, on an empty value too
    before, after = base.get("driver"), over.get("driver")
    if before is None or after is None or text_value(before) == text_value(after):
        return merge_mappings(base, over, rule, path, report)
    return over


def _ulimit(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    return over


def _ipam_config(base: Node, over: Node, rule: Rule, path: Path, report: Report) -> Node:
    """Address pools: those with the same subnet are merged, the others kept side by side."""
    if not isinstance(base, Sequence) or not isinstance(over, Sequence):
        raise _Clash
    merged: list[Mapping] = []

    def place(subnet: str | None) -> int:
        for index, known in enumerate(merged):
            if text_value(known.get("subnet")) == subnet:
                return index
        return -1

    for first in base.items:
        if not isinstance(first, Mapping):
            continue
        for second in over.items:
            if not isinstance(second, Mapping):
                continue
            subnet = text_value(second.get("subnet"))
            if subnet != text_value(first.get("subnet")) and place(subnet) < 0:
                merged.append(second)
                continue
            first = merge_mappings(first, second, _NONE, path, report)
            index = place(text_value(first.get("subnet")))
            if index < 0:
                merged.append(first)
            else:
                merged[index] = first
    return with_items(base, list(merged))


MERGES: Rule = path_table(
    {
        "networks.*.ipam.config": _ipam_config,
        "networks.*.labels": _pairs,
        "volumes.*.labels": _pairs,
        "services.*.annotations": _pairs,
        "services.*.build": _build,
        "services.*.build.args": _pairs,
        "services.*.build.additional_contexts": _pairs,
        "services.*.build.extra_hosts": _extra_hosts,
        "services.*.build.labels": _pairs,
        "services.*.command": _replace,
        "services.*.depends_on": _depends_on,
        "services.*.deploy.labels": _pairs,
        "services.*.dns": _pairs,
        "services.*.dns_opt": _pairs,
        "services.*.dns_search": _pairs,
        "services.*.entrypoint": _replace,
        "services.*.env_file": _pairs,
        "services.*.label_file": _pairs,
        "services.*.environment": _pairs,
        "services.*.extra_hosts": _extra_hosts,
        "services.*.healthcheck.test": _replace,
        "services.*.labels": _pairs,
        "services.*.logging": _logging,
        "services.*.models": _keyed,
        "services.*.networks": _keyed,
        "services.*.sysctls": _pairs,
        "services.*.tmpfs": _pairs,
        "services.*.ulimits.*": _ulimit,
    }
)
"""How attributes are combined that do not simply merge as mappings or lists."""

SERVICE_MERGES: Rule = below(below(MERGES, "services"), "*")
"""The part of ``MERGES`` for one service, which ``extends`` uses."""


# --- one entry for each thing ---
