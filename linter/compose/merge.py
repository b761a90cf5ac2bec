"""One model laid over another: how Docker Compose combines each attribute.

The tables follow compose-go's ``override`` package: most mappings merge key by key, most
lists are joined, a few attributes have ways of their own. Which lists then keep only the
last entry of those that mean the same thing is the subject of ``unique.py``.
"""

from __future__ import annotations

from collections.abc import Callable

from ..base.records import NamedTuple
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence
from .nodes import (
    as_pair,
    go_node_text,
    implied,
    implied_list,
    implied_mapping,
    is_null,
    long_form,
    place_of,
    text_value,
    value_key,
    with_entries,
    with_items,
)
from .path_table import EMPTY, below, path_table
from .problem import Problem, Related
from .release import CURRENT, OLDER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..source.yaml.nodes import ScalarValue
    from .path_table import PathTable
    from .resolve import Path

    Merger = Callable[[Node, Node, PathTable, Path, "Merging"], Node]
    """Combines a base and an override, given the table for what is in them."""

Report = Callable[[Problem], None]


class Merging(NamedTuple):
    """How layers are merged: where problems go, and as which release of Docker Compose."""

    report: Report
    release: str = CURRENT


def merge(base: Node, override: Node, table: PathTable, path: Path, merging: Merging) -> Node:
    """``override`` laid over ``base``. Neither is changed; a clash keeps the base."""
    merger: Merger | None = table.get("")
    if merger is not None:
        return merger(base, override, table, path, merging)
    if is_null(override):
        return base
    if isinstance(base, Mapping):
        if not isinstance(override, Mapping):
            raise _Clash
        return merge_mappings(base, override, table, path, merging)
    if isinstance(base, Sequence):
        if not isinstance(override, Sequence):
            raise _Clash
        return _appended(base, override, path, merging)
    return override


_CHECKED_FOR_REPEATS = frozenset(
    ("security_opt", "group_add", "external_links", "volumes_from", "device_cgroup_rules")
)
"""Lists in which the schema takes no repeated items, and that nothing else makes unique."""


def _appended(base: Sequence, override: Sequence, path: Path, merging: Merging) -> Sequence:
    """The items of both lists; since release 5 without those of the second that exist already."""
    if merging.release == OLDER:
        return with_items(base, base.items + override.items)
    known = {value_key(item) for item in base.items}
    items = list(base.items)
    for item in override.items:
        key = value_key(item)
        if key not in known:
            known.add(key)
            items.append(item)
        elif path[-1] in _CHECKED_FOR_REPEATS and isinstance(item, Scalar) and not item.unknown:
            message = f"{'.'.join(path)} repeats an item of the base file"
            merging.report(Problem("schema-duplicate-item", message, item.span, only=OLDER))
    return with_items(base, items)


def merge_mappings(
    base: Mapping, override: Mapping, table: PathTable, path: Path, merging: Merging
) -> Mapping:
    """The entries of both, those with the same key merged."""
    if not override.entries:
        return base
    entries = list(base.entries)
    indexes = {entry.name: index for index, entry in enumerate(entries)}
    for entry in override.entries:
        name = entry.name
        index = indexes.get(name)
        if index is None:
            indexes[name] = len(entries)
            entries.append(entry)
            continue
        entries[index] = merge_entry(entries[index], entry, table, path, merging)
    return with_entries(base, entries)


def merge_entry(
    base: Entry, override: Entry, table: PathTable, path: Path, merging: Merging
) -> Entry:
    """An entry of a mapping laid over that of the same name; ``base`` after a report of a clash."""
    name = override.name
    try:
        value = merge(base.value, override.value, below(table, name), (*path, name), merging)
    except _Clash:
        merging.report(_clash(base, override, (*path, name)))
        return base
    # A value that was replaced is explained by the key beside it.
    return Entry(override.key if value is override.value else base.key, value)


class _Clash(Exception):
    """A value cannot be laid over the one that it should replace."""


def _clash(base: Entry, override: Entry, path: Path) -> Problem:
    name = ".".join(path)
    first, second = describe(base.value), describe(override.value)
    return Problem(
        "cannot-override",
        f"{name} is {second} here and {first} in the base file",
        place_of(override).span,
        "write both in the same form, or replace the other with `!override`",
        (Related(f"{name} is {first}", place_of(base).span),),
    )


def describe(node: Node) -> str:
    """The type of a value, in words."""
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


# --- attributes that merge in ways of their own ---


def _replace(base: Node, override: Node, table: PathTable, path: Path, merging: Merging) -> Node:
    return override


def _as_mappings(convert: Callable[[Node], Mapping | None], *, clashes: bool = True) -> Merger:
    """Merges attributes as the mappings that ``convert`` makes of their shorter forms.

    A base that is not convertible is replaced; an override that is not clashes, or is ignored.
    """

    def merge_converted(
        base: Node, override: Node, table: PathTable, path: Path, merging: Merging
    ) -> Node:
        first, second = convert(base), convert(override)
        if second is None:
            if clashes and not is_null(override):
                raise _Clash
            return base
        return override if first is None else merge_mappings(first, second, table, path, merging)

    return merge_converted


def _build_mapping(node: Node) -> Mapping | None:
    node = long_form(node, "context")
    return node if isinstance(node, Mapping) else None


def _key_mapping(node: Node) -> Mapping | None:
    if isinstance(node, Mapping):
        return node
    return keys_to_mapping(node) if isinstance(node, Sequence) else None


def keys_to_mapping(node: Sequence) -> Mapping | None:
    """A list of names as a mapping from them to null; None if an item is not a name."""
    entries = []
    for item in node.items:
        if not isinstance(item, Scalar) or not isinstance(item.value, str):
            return None
        key = item if item.raw == item.value else item.derive(item.value)
        entries.append(Entry(key, implied(item, None)))
    mapping = Mapping(node.file, node.start, node.end, node.flow)
    mapping.entries = entries
    return mapping


_STARTED: dict[str, ScalarValue] = {"condition": "service_started", "required": True}


def dependency_mapping(node: Node) -> Mapping | None:
    """``depends_on`` in its long form, with ``service_started`` for each name of a list."""
    mapping = _key_mapping(node)
    if mapping is None or mapping is node:
        return mapping
    mapping.entries = [Entry(key, implied_mapping(key, _STARTED)) for key, _ in mapping.entries]
    return mapping


def _joined(base: Node, override: Node, items: list[Node]) -> Sequence:
    place = base if isinstance(base, Sequence) else override
    return with_items(place, items) if isinstance(place, Sequence) else implied_list(base, items)


def _pairs(base: Node, override: Node, table: PathTable, path: Path, merging: Merging) -> Node:
    """Attributes that become a list of ``KEY=value`` texts, whatever form they have."""
    return _joined(base, override, pair_items(base) + pair_items(override))


def _extra_hosts(
    base: Node, override: Node, table: PathTable, path: Path, merging: Merging
) -> Node:
    """A list of pairs as well, in which none is repeated."""
    items = pair_items(base)
    values = {item.value for item in items if isinstance(item, Scalar)}
    fresh = [
        item
        for item in pair_items(override)
        if not isinstance(item, Scalar) or item.value not in values
    ]
    return _joined(base, override, items + fresh)


def pair_items(node: Node) -> list[Node]:
    """The items of a list, or of a mapping as ``KEY=value``."""
    if isinstance(node, Sequence):
        return node.items
    if isinstance(node, Scalar) and isinstance(node.value, str):
        return [node]
    items: list[Node] = []
    if isinstance(node, Mapping):
        for entry in sorted(node.entries, key=lambda entry: entry.name):
            key, value = entry
            if is_null(value):
                items.append(as_pair(entry, entry.name))
                continue
            parts = value.items if isinstance(value, Sequence) else (value,)
            items += [
                as_pair(Entry(key, part), f"{entry.name}={go_node_text(part)}") for part in parts
            ]
    return items


def _logging(base: Node, override: Node, table: PathTable, path: Path, merging: Merging) -> Node:
    if not isinstance(base, Mapping) or not isinstance(override, Mapping):
        raise _Clash  # Compose itself crashes on this, on an empty value too
    before, after = base.get("driver"), override.get("driver")
    if before is None or after is None or text_value(before) == text_value(after):
        return merge_mappings(base, override, table, path, merging)
    return override


def _ipam_config(
    base: Node, override: Node, table: PathTable, path: Path, merging: Merging
) -> Node:
    """Address pools: those with the same subnet are merged, the others kept side by side."""
    if not isinstance(base, Sequence) or not isinstance(override, Sequence):
        raise _Clash
    pools: dict[str | None, Node] = {}
    for first in base.items:
        if not isinstance(first, Mapping):
            continue
        for second in override.items:
            if not isinstance(second, Mapping):
                continue
            subnet = text_value(second.get("subnet"))
            if subnet != text_value(first.get("subnet")) and subnet not in pools:
                pools[subnet] = second
            else:
                first = merge_mappings(first, second, EMPTY, path, merging)
                pools[text_value(first.get("subnet"))] = first
    return with_items(base, list(pools.values()))


def _ulimit(base: Node, override: Node, table: PathTable, path: Path, merging: Merging) -> Node:
    """A limit: since release 5 a part of it replaces that part only."""
    if not isinstance(base, Mapping) or not isinstance(override, Mapping):
        return override
    if merging.release == OLDER:
        return override
    for name in ("soft", "hard"):
        if override.entry(name) is None and base.entry(name) is not None and override.entries:
            message = f"{'.'.join(path)} has no {name} limit of its own"
            problem = Problem("schema-missing-property", message, override.span, only=OLDER)
            merging.report(problem)
    return merge_mappings(base, override, table, path, merging)


_keyed = _as_mappings(_key_mapping)

MERGES = path_table(
    {
        "networks.*.ipam.config": _ipam_config,
        "networks.*.labels": _pairs,
        "volumes.*.labels": _pairs,
        "services.*.annotations": _pairs,
        "services.*.build": _as_mappings(_build_mapping, clashes=False),
        "services.*.build.args": _pairs,
        "services.*.build.additional_contexts": _pairs,
        "services.*.build.extra_hosts": _extra_hosts,
        "services.*.build.labels": _pairs,
        "services.*.command": _replace,
        "services.*.depends_on": _as_mappings(dependency_mapping),
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

SERVICE_MERGES = below(below(MERGES, "services"), "*")
"""The part of ``MERGES`` for one service, which ``extends`` uses."""
