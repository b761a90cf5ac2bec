"""Which entries of a list replace each other when files are merged.

Follows compose-go's ``override/uncity.go``.
"""

from __future__ import annotations

from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .nodes import ShortForm, go_node_text, map_values, text_value, with_items
from .path_table import below, path_table
from .problem import Problem
from .values import BadValue, parse_mount

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..source.yaml.nodes import Entry
    from .merge import Report
    from .path_table import PathTable


class _NoTarget(Exception):
    """An entry lacks what distinguishes it from others; ``args`` are a kind and a message."""


def _by_name(item: Node) -> str | None:
    text = text_value(item)
    return None if text is None else text.partition("=")[0]


def _by_mount_target(item: Node) -> str | None:
    if isinstance(item, Mapping):
        target = item.get("target")
        if text_value(target) is None and not isinstance(target, Mapping | Sequence):
            raise _NoTarget("volume-without-target", "this volume has no target in the container")
        return text_value(target)
    text = text_value(item)
    try:
        return None if text is None else parse_mount(text).target
    except BadValue:
        return None  # reported when its long form is made


def _by_device_target(item: Node) -> str | None:
    if isinstance(item, Mapping):
        target = text_value(item.get("target"))
        if target is None:
            raise _NoTarget("device-without-target", "this device has no target in the container")
        return target
    text = text_value(item)
    if text is None:
        return None
    source, colon, rest = text.partition(":")
    return rest.partition(":")[0] if colon else source


def _by_file(folder: str) -> Callable[[Node], str | None]:
    def identity(item: Node) -> str | None:
        if isinstance(item, Mapping):
            target = item.get("target")
            if target is not None:
                return text_value(target)
            return f"{folder}/{text_value(item.get('source')) or ''}"
        text = text_value(item)
        return None if text is None else f"{folder}/{text}"

    return identity


def _by_value(item: Node) -> str | None:
    text = _text_or_number(item)
    if text is None and isinstance(item, Scalar):
        raise _NoTarget("expose-value", f"{item.raw} is not a port to expose")
    return text


def _text_or_number(node: Node) -> str | None:
    value = node.value if isinstance(node, Scalar) else None
    return str(value) if isinstance(value, str) or type(value) is int else None


def _by_port(item: Node) -> str | None:
    if not isinstance(item, Mapping):
        return _text_or_number(item)
    if not isinstance(item, ShortForm):
        return _port_identity(item)
    if item.identity is None:
        item.identity = _port_identity(item)
    return item.identity


def _port_identity(port: Mapping) -> str:
    target = port.get("target")
    if target is None:
        raise _NoTarget("port-without-target", "this port has no target in the container")
    host, protocol = port.get("host_ip"), port.get("protocol")
    # Of a range the text counts, since its value is the first port only.
    ports = go_node_text(target)
    if isinstance(target, Scalar) and "-" in target.raw:
        ports = target.raw
    return (
        f"{'0.0.0.0' if host is None else go_node_text(host)}:{_published(port.get('published'))}:"
        f"{ports}/"
        f"{'tcp' if protocol is None else go_node_text(protocol)}"
    )


def _published(node: Node | None) -> str:
    if node is None:
        return "<nil>"
    # A number and a text are not the same to Compose here.
    is_number = isinstance(node, Scalar) and isinstance(node.value, int)
    return f"number {go_node_text(node)}" if is_number else go_node_text(node)


def _by_env_file(item: Node) -> str | None:
    return text_value(item.get("path") if isinstance(item, Mapping) else item)


UNIQUE = path_table(
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
        "services.*.label_file": _by_name,
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
"""Lists in which the last of several entries for one thing replaces the others."""

SERVICE_UNIQUE = below(below(UNIQUE, "services"), "*")
NETWORK_UNIQUE = below(below(UNIQUE, "networks"), "*")

CANONICAL_UNIQUE = {name: SERVICE_UNIQUE[name] for name in ("ports", "volumes")}
"""Lists in which only the long forms show that two entries are for one thing."""


def unique(node: Mapping, table: PathTable, report: Report) -> Mapping:
    """The mapping with such lists reduced to one entry for each thing."""

    def reduced(entry: Entry) -> Node:
        value = entry.value
        inner: PathTable | None = table.get(entry.name) or table.get("*")
        if inner is not None:
            if isinstance(value, Mapping):
                return unique(value, inner, report)
            if isinstance(value, Sequence) and "" in inner:
                return _unique_items(value, inner[""], report)
        return value

    return map_values(node, reduced)


def _unique_items(
    node: Sequence, identity_of: Callable[[Node], str | None], report: Report
) -> Sequence:
    if len(node.items) == 1 and identity_of is _by_name:
        return node
    items: list[Node] = []
    indexes: dict[str, int] = {}
    for item in node.items:
        try:
            identity = identity_of(item)
        except _NoTarget as error:
            kind, message = error.args
            report(Problem(kind, message, item.span))
            continue
        index = len(items) if identity is None else indexes.setdefault(identity, len(items))
        if index == len(items):
            items.append(item)
        else:
            items[index] = item
    return node if len(items) == len(node.items) else with_items(node, items)
