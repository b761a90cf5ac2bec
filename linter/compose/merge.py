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
from .problem import Problem, Related
from .values import BadValue, parse_mount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .resolve import Path

Report = Callable[[Problem], None]
if TYPE_CHECKING:
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


class _NoTarget(Exception):
    """An entry that lacks what tells it from others; ``args`` are a kind and its words."""


def _by_name(item: Node) -> str | None:
    text = text_value(item)
    return None if text is None else text.partition("=")[0]


def _by_mount_target(item: Node) -> str | None:
    if isinstance(item, Mapping):
        target = text_value(item.get("target"))
        if target is None and not isinstance(item.get("target"), Mapping | Sequence):
            raise _NoTarget("volume-without-target", "this volume has no target in the container")
        return target
    text = text_value(item)
    if text is None:
        return None
    try:
        return parse_mount(text).target
    except BadValue:
        return None  # the long form cannot be made of it either: said there


def _by_device_target(item: Node) -> str | None:
    if isinstance(item, Mapping):
        target = text_value(item.get("target"))
        if target is None:
            raise _NoTarget("device-without-target", "this device has no target in the container")
        return target
    text = text_value(item)
    if text is None:
        return None
    parts = text.split(":")
    return parts[0] if len(parts) == 1 else parts[1]


def _by_file(folder: str) -> Callable[[Node], str | None]:
    def index(item: Node) -> str | None:
        if isinstance(item, Mapping):
            target = item.get("target")
            if target is not None:
                return text_value(target)
            return f"{folder}/{text_value(item.get('source')) or ''}"
        text = text_value(item)
        return None if text is None else f"{folder}/{text}"

    return index


def _by_value(item: Node) -> str | None:
    if isinstance(item, Scalar):
        value = item.value
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value)
        raise _NoTarget("expose-value", f"{item.raw} is no port to expose")
    return None


def _by_port(item: Node) -> str | None:
    if isinstance(item, ShortForm):
        if item.identity is None:
            item.identity = _port_identity(item)
        return item.identity
    if isinstance(item, Mapping):
        return _port_identity(item)
    if isinstance(item, Scalar):
        value = item.value
        if isinstance(value, str) or (isinstance(value, int) and not isinstance(value, bool)):
            return str(value)
    return None


def _port_identity(item: Mapping) -> str:
    target = item.get("target")
    if target is None:
        raise _NoTarget("port-without-target", "this port has no target in the container")
    host, protocol = item.get("host_ip"), item.get("protocol")
    # Of a range the text counts, since its value is the first port only.
    known = _go(target)
    if isinstance(target, Scalar) and "-" in target.raw:
        known = target.raw
    return (
        f"{'0.0.0.0' if host is None else _go(host)}:{_published(item.get('published'))}:"
        f"{known}/{'tcp' if protocol is None else _go(protocol)}"
    )


def _published(node: Node | None) -> str:
    if node is None:
        return "<nil>"
    # A number and a text are not the same to Compose here.
    number = isinstance(node, Scalar) and isinstance(node.value, int)
    return f"number {_go(node)}" if number else _go(node)


def _by_env_file(item: Node) -> str | None:
    if isinstance(item, Mapping):
        return text_value(item.get("path"))
    return text_value(item)


UNIQUE: Rule = path_table(
    {
        "networks.*.labels": _by_name,
        "networks.*.ipam.options": _by_name,
        "services.*.annotations": _by_name,
        "services.*.build.args": _by_name,
        "services.*.build.additional_contexts": _by_name,
        "services.*.build.platform": _by_name,
        "services.*.build.tags": _by_name,
        "services.*.build.labels": _by_name,
        "services.*.cap_add": _by_name,
        "services.*.cap_drop": _by_name,
        "services.*.devices": _by_device_target,
        "services.*.configs": _by_file(""),
        "services.*.deploy.labels": _by_name,
        "services.*.dns": _by_name,
        "services.*.dns_opt": _by_name,
        "services.*.dns_search": _by_name,
        "services.*.environment": _by_name,
        "services.*.env_file": _by_env_file,
        "services.*.expose": _by_value,
        "services.*.labels": _by_name,
        "services.*.links": _by_name,
        "services.*.networks.*.aliases": _by_name,
        "services.*.networks.*.link_local_ips": _by_name,
        "services.*.ports": _by_port,
        "services.*.profiles": _by_name,
        "services.*.secrets": _by_file("/run/secrets"),
        "services.*.sysctls": _by_name,
        "services.*.tmpfs": _by_name,
        "services.*.volumes": _by_mount_target,
    }
)
"""Lists in which the last of several entries for one thing stands for them all."""

SERVICE_UNIQUE: Rule = below(below(UNIQUE, "services"), "*")
NETWORK_UNIQUE: Rule = below(below(UNIQUE, "networks"), "*")

CANONICAL_UNIQUE: Rule = {name: SERVICE_UNIQUE[name] for name in ("ports", "volumes")}
"""Lists in which only the long forms show that two entries are for one thing."""


def unique(node: Mapping, rule: Rule, report: Report) -> Mapping:
    """The mapping with such lists reduced to one entry for each thing."""
    entries: list[Entry] | None = None
    for index, entry in enumerate(node.entries):
        name = entry.name
        inner = rule.get(name)
        if inner is None:
            inner = rule.get("*")
            if inner is None:
                continue
        value = entry.value
        if isinstance(value, Mapping):
            result: Node = unique(value, inner, report)
        elif isinstance(value, Sequence) and "" in inner:
            result = _unique_items(value, inner[""], report)
        else:
            continue
        if result is not value:
            if entries is None:
                entries = list(node.entries)
            entries[index] = Entry(entry.key, result)
    return node if entries is None else with_entries(node, entries)


def _unique_items(
    node: Sequence, index_of: Callable[[Node], str | None], report: Report
) -> Sequence:
    items: list[Node] = []
    places: dict[str, int] = {}
    if len(node.items) == 1 and index_of is _by_name:
        return node
    for item in node.items:
        try:
            index = index_of(item)
        except _NoTarget as error:
            kind, message = error.args
            report(Problem(kind, message, item.span))
            continue
        if index is None:
            items.append(item)
            continue
        place = places.setdefault(index, len(items))
        if place == len(items):
            items.append(item)
        else:
            items[place] = item
    return node if len(items) == len(node.items) else with_items(node, items)
