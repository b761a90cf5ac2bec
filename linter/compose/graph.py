"""The dependencies between services, their cycles, and the profiles with which each runs."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..source.yaml.nodes import Mapping, Node, Scalar
from .nodes import entries_of, items_of, text_value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator


class Edge(NamedTuple):
    """One service needs another one.

    ``node`` is where it says so, ``by`` with which attribute; ``required`` whether the
    other must run.
    """

    name: str
    node: Node
    by: str
    condition: str = "service_started"
    required: bool = True


NAMESPACES = ("network_mode", "ipc", "pid", "uts")
"""Attributes that may share a namespace with another service: ``service:NAME``."""


def dependencies(service: Mapping) -> dict[str, Edge]:
    """The services that a service needs, those that other attributes imply included."""
    edges: dict[str, Edge] = {}
    for entry in entries_of(service.get("depends_on")):
        condition, required = "service_started", True
        if isinstance(entry.value, Mapping):
            condition = text_value(entry.value.get("condition")) or condition
            node = entry.value.get("required")
            required = not (isinstance(node, Scalar) and node.value is False)
        edges[entry.name] = Edge(entry.name, entry.key, "depends_on", condition, required)
    for item in items_of(service.get("links")):
        text = text_value(item)
        if text is not None:
            name, _, alias = text.partition(":")
            name = text if ":" in alias else name
            edges.setdefault(name, Edge(name, item, "links"))
    for attribute in NAMESPACES:
        node = service.get(attribute)
        text = text_value(node)
        if node is not None and text is not None and text.startswith("service:"):
            name = text.removeprefix("service:")
            edges.setdefault(name, Edge(name, node, attribute))
    for item in items_of(service.get("volumes_from")):
        text = text_value(item)
        if text is not None and not text.startswith("container:"):
            name = text.partition(":")[0]
            edges.setdefault(name, Edge(name, item, "volumes_from"))
    return edges


def profiles_of(service: Node) -> tuple[str, ...]:
    """The profiles that a service belongs to; none if it always runs."""
    node = service.get("profiles") if isinstance(service, Mapping) else None
    return tuple(text for item in items_of(node) if (text := text_value(item)) is not None)


def runs_with(own: tuple[str, ...], profiles: Collection[str]) -> bool:
    """Whether a service that belongs to ``own`` runs with profiles (``*`` is all of them)."""
    return not own or any(name == "*" or name in own for name in profiles)


def cycles_of(graph: dict[str, list[str]]) -> Iterator[list[str]]:
    """One cycle of each group of services that need each other.

    It begins with the group's first service in the order of the file.
    """
    order = {name: index for index, name in enumerate(graph)}
    for group in _groups(graph):
        start = min(group, key=order.__getitem__)
        if len(group) > 1 or start in graph[start]:
            yield _shortest_cycle(graph, start, set(group))


def _shortest_cycle(graph: dict[str, list[str]], start: str, members: set[str]) -> list[str]:
    """The shortest way from a member of a group back to itself."""
    previous: dict[str, str] = {}
    queue = [start]
    for name in queue:
        for following in graph[name]:
            if following == start:
                cycle = [name]
                while cycle[-1] != start:
                    cycle.append(previous[cycle[-1]])
                return cycle[::-1]
            if following in members and following not in previous:
                previous[following] = name
                queue.append(following)
    return [start]


def _groups(graph: dict[str, list[str]]) -> list[list[str]]:
    """The strongly connected components (Tarjan), without recursion."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    work: list[tuple[str, Iterator[str]]] = []
    groups: list[list[str]] = []

    def enter(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        on_stack.add(name)
        work.append((name, iter(graph[name])))

    for root in graph:
        if root in index:
            continue
        enter(root)
        while work:
            name, rest = work[-1]
            for following in rest:
                if following in graph and following not in index:
                    enter(following)
                    break
                if following in on_stack:
                    low[name] = min(low[name], index[following])
            else:
                work.pop()
                if work:
                    parent = work[-1][0]
                    low[parent] = min(low[parent], low[name])
                if low[name] == index[name]:
                    group = [stack.pop()]
                    while group[-1] != name:
                        group.append(stack.pop())
                    on_stack.difference_update(group)
                    groups.append(group)
    return groups
