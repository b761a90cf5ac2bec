"""Where a key belongs that is on the wrong level, or misspelt."""

from __future__ import annotations

from ...base.suggest import distance, nearest
from ...source.yaml.nodes import Mapping, Node, Scalar
from ..nodes import entries_of
from .fits import fits
from .table import ROOT
from .wording import mapping_label

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ...source.yaml.nodes import Entry
    from .fits import MappingSpec, Spec
    from .wording import Path


SYNONYMS = {
    "arguments": ("args", "command"),
    "cmd": ("command", "test"),
    "command": ("test",),
    "cpu": ("cpus",),
    "cpu_limit": ("cpus",),
    "depends": ("depends_on",),
    "env": ("environment",),
    "file": ("dockerfile",),
    "health": ("healthcheck",),
    "hosts": ("extra_hosts",),
    "mem": ("mem_limit",),
    "memory": ("mem_limit",),
    "memory_limit": ("mem_limit",),
    "mounts": ("volumes",),
    "net": ("network_mode",),
    "network": ("networks",),
    "retry": ("retries",),
    "variables": ("environment",),
    "vars": ("environment",),
    "workdir": ("working_dir",),
}
"""Names that people use for others; ``net`` is that of the first file format."""


class Level:
    """A mapping on the way to a value: its node, what it may contain, and its path."""

    __slots__ = ("node", "path", "spec")

    def __init__(self, node: Mapping, spec: MappingSpec, path: Path) -> None:
        self.node = node
        self.spec = spec
        self.path = path


def right_place(entry: Entry, levels: tuple[Level, ...]) -> tuple[str, str] | None:
    """Where an unknown key belongs: the kind of move, and its target in words.

    None if it belongs nowhere else, or looks like a misspelt key of its own level.
    """
    level = levels[-1]
    properties = level.spec[0]
    name = entry.name
    if not level.path and _looks_like_service(entry.value):
        return "service", ""
    routes = _routes(name, level.spec)
    near = misspelt(name, properties)
    if near and (not routes or _same(name, near) or fits(entry.value, properties[near])):
        return None
    if not level.path and name in service_properties():
        return "any-service", ""
    if routes:
        child = routes[0][0]
        if len(routes[0]) == 1 and is_null(level.node.get(child)):
            return "below", child
        if len(routes) <= 2:
            return "inside", " or ".join(f'"{".".join(route)}"' for route in routes)
    for outer in reversed(levels[:-1]):
        if outer.path and name in outer.spec[0]:
            return "outer", mapping_label(outer.path)
    if nearest(name, properties) is None and isinstance(entry.value, Scalar):
        free = [key for key, spec in properties.items() if _takes_any_key(spec)]
        if len(free) == 1:
            return "inside", f'"{free[0]}"'
    return None


def misspelt(name: str, names: Iterable[str]) -> str | None:
    """The one of some names that an unknown one misspells, or is a synonym of."""
    if len(name) > 64:
        return None
    close = None
    for candidate in names:
        if _same(name, candidate):
            return candidate
        if close is None and len(name) > 2 and distance(name.casefold(), candidate, 1) <= 1:
            close = candidate
    return close


def _same(name: str, other: str) -> bool:
    """Whether a name is another spelling or a synonym of another one."""
    folded = name.replace("-", "_").casefold()
    return folded.replace("_", "") == other.replace("_", "") or other in SYNONYMS.get(folded, ())


def _routes(name: str, spec: MappingSpec, depth: int = 3) -> list[tuple[str, ...]]:
    """The paths to mappings with a property of this name; only the shortest."""
    level: list[tuple[tuple[str, ...], MappingSpec]] = [((), spec)]
    for _ in range(depth):
        level = [
            ((*route, key), value[1])
            for route, inside in level
            for key, value in inside[0].items()
            if value is not None and value[1] is not None
        ]
        routes = [route for route, inside in level if name in inside[0]]
        if routes:
            return routes
    return []


def _takes_any_key(spec: Spec | None) -> bool:
    return spec is not None and spec[1] is not None and spec[1][1] == "line"


def service_properties() -> dict[str, Spec | None]:
    services: Spec = ROOT[1][0]["services"]
    assert services[1] is not None
    service = services[1][2]
    assert service is not None
    assert service[1] is not None
    return service[1][0]


def _looks_like_service(node: Node) -> bool:
    keys = keys_of(node)
    properties = service_properties()
    return any(key in ("image", "build", "extends", "container_name") for key in keys) and (
        2 * sum(key in properties for key in keys) >= len(keys)
    )


def keys_of(node: Node) -> list[str]:
    """The keys of a mapping; an empty list for anything else."""
    return [entry.name for entry in entries_of(node)]


def is_null(node: Node | None) -> bool:
    """Whether a node is YAML's null; not if there is none."""
    return isinstance(node, Scalar) and node.value is None
