"""Which entries of a list replace each other when files are merged."""

from __future__ import annotations

from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence
from .merge import _go
from .nodes import ShortForm, text_value, with_entries, with_items
from .path_table import below, path_table
from .problem import Problem
from .values import BadValue, parse_mount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .merge import Report
    from .path_table import Rule


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
