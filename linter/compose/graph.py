"""Which services need which, and where they need each other in a circle."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .nodes import text_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Edge(NamedTuple):
    """That a service needs another one. ``node`` is where it says so, ``by`` with which
    attribute; ``required`` whether the other must run."""

    name: str
    node: Node
    by: str
    condition: str = "service_started"
    required: bool = True


NAMESPACES = ("network_mode", "ipc", "pid", "uts")
"""Attributes that may share a namespace with another service: ``service:NAME``."""


def dependencies(service: Mapping) -> dict[str, Edge]:
    """The services that a service needs, those that other attributes imply included."""
    found: dict[str, Edge] = {}
    node = service.get("depends_on")
    if isinstance(node, Mapping):
        for entry in node.entries:
            condition, required = "service_started", True
            if isinstance(entry.value, Mapping):
                condition = text_value(entry.value.get("condition")) or condition
                need = entry.value.get("required")
                required = not (isinstance(need, Scalar) and need.value is False)
            found[entry.name] = Edge(entry.name, entry.key, "depends_on", condition, required)
    for item in items_of(service.get("links")):
        text = text_value(item)
        if text is not None:
            parts = text.split(":")
            name = parts[0] if len(parts) == 2 else text
            found.setdefault(name, Edge(name, item, "links"))
    for attribute in NAMESPACES:
        node = service.get(attribute)
        text = text_value(node)
        if node is not None and text is not None and text.startswith("service:"):
            found.setdefault(text[8:], Edge(text[8:], node, attribute))
    for item in items_of(service.get("volumes_from")):
        text = text_value(item)
        if text is not None and not text.startswith("container:"):
            name = text.partition(":")[0]
            found.setdefault(name, Edge(name, item, "volumes_from"))
    return found


def items_of(node: Node | None) -> list[Node]:
    """The items of a list; none of anything else."""
    return node.items if isinstance(node, Sequence) else []


def cycles_of(graph: dict[str, list[str]]) -> Iterator[list[str]]:
    """One cycle of each group of services that need each other, beginning with the group's
    first service in the order of the file."""
    order = {name: index for index, name in enumerate(graph)}
    for group in _groups(graph):
        start = min(group, key=order.__getitem__)
        members = set(group)
        if len(group) == 1:
            if start in graph[start]:
                yield [start]
            continue
        # The shortest way round from the first service.
        before: dict[str, str] = {}
        queue = [start]
        while queue:
            nearer: list[str] = []
            for name in queue:
                for after in graph[name]:
                    if after == start:
                        cycle = [name]
                        while cycle[-1] != start:
                            cycle.append(before[cycle[-1]])
                        yield cycle[::-1]
                        queue = nearer = []
                        break
                    if after in members and after not in before:
                        before[after] = name
                        nearer.append(after)
                else:
                    continue
                break
            queue = nearer


def _groups(graph: dict[str, list[str]]) -> list[list[str]]:
    """The strongly connected components (Tarjan), without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    groups: list[list[str]] = []
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            name, rest = work[-1]
            for after in rest:
                if after not in graph:
                    continue
                if after not in index:
                    index[after] = low[after] = len(index)
                    stack.append(after)
                    on_stack.add(after)
                    work.append((after, iter(graph[after])))
                    break
                if after in on_stack:
                    low[name] = min(low[name], index[after])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[name])
                if low[name] == index[name]:
                    group = []
                    while True:
                        member = stack.pop()
                        on_stack.discard(member)
                        group.append(member)
                        if member == name:
                            break
                    groups.append(group)
    return groups
