"""Keys on the wrong level: where a misplaced key belongs."""

from __future__ import annotations

from ...base.suggest import distance, nearest
from ...source.yaml.nodes import Mapping, Node, Scalar
from .fits import fits
from .table import ROOT
from .wording import _place

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
"""Names that people use for others; net is that of the first file format."""


class _Level:
    """A mapping on the way to a value: its node, what it may hold, and where it stands."""

    __slots__ = ("node", "path", "spec")

    def __init__(self, node: Mapping, spec: MappingSpec, path: Path) -> None:
        self.node = node
        self.spec = spec
        self.path = path


def _move(entry: Entry, levels: tuple[_Level, ...]) -> tuple[str, str] | None:
    """Where an unknown key belongs, unless it looks like a slip for one of its place."""
    level = levels[-1]
    properties = level.spec[0]
    name = entry.name
    if not level.path and _looks_like_service(entry.value):
        return "service", ""
    below = _below(name, level.spec)
    near = _slip(name, properties)
    if near and (not below or _same(name, near) or fits(entry.value, properties[near])):
        return None
    if not level.path and name in _service_properties():
        return "any-service", ""
    if below:
        child = below[0][0]
        if len(below[0]) == 1 and _is_null(level.node.get(child)):
            return "below", child
        if len(below) <= 2:
            return "inside", " or ".join(f'"{".".join(steps)}"' for steps in below)
    for above in reversed(levels[:-1]):
        if above.path and name in above.spec[0]:
            return "outer", _place(above.path)
    if nearest(name, properties) is None and isinstance(entry.value, Scalar):
        free = [key for key, spec in properties.items() if _takes_any_key(spec)]
        if len(free) == 1:
            return "inside", f'"{free[0]}"'
    return None


def _same(name: str, known: str) -> bool:
    """Whether a name is another spelling of a known one, or what people call it."""
    folded = name.replace("-", "_").casefold()
    return folded.replace("_", "") == known.replace("_", "") or known in SYNONYMS.get(folded, ())


def _slip(name: str, known: Iterable[str]) -> str | None:
    """The known name that an unknown one all but spells."""
    if len(name) > 64:
        return None
    close = None
    for candidate in known:
        if _same(name, candidate):
            return candidate
        if close is None and len(name) > 2 and distance(name.casefold(), candidate, 1) <= 1:
            close = candidate
    return close


def _below(name: str, spec: MappingSpec, depth: int = 3) -> list[tuple[str, ...]]:
    """The ways to properties of this name, down through mappings; only the shortest."""
    level: list[tuple[tuple[str, ...], MappingSpec]] = [((), spec)]
    for _ in range(depth):
        deeper: list[tuple[tuple[str, ...], MappingSpec]] = []
        for steps, inside in level:
            for key, inner in inside[0].items():
                if inner is not None and inner[1] is not None:
                    deeper.append(((*steps, key), inner[1]))
        found = [steps for steps, inside in deeper if name in inside[0]]
        if found:
            return found
        level = deeper
    return []


def _takes_any_key(spec: Spec | None) -> bool:
    return spec is not None and spec[1] is not None and spec[1][1] == "line"


def _service_properties() -> dict[str, Spec | None]:
    services: Spec = ROOT[1][0]["services"]
    assert services[1] is not None
    service = services[1][2]
    assert service is not None
    assert service[1] is not None
    return service[1][0]


def _looks_like_service(node: Node) -> bool:
    keys = _keys(node)
    known = _service_properties()
    return any(key in ("image", "build", "extends", "container_name") for key in keys) and (
        2 * sum(key in known for key in keys) >= len(keys)
    )


def _keys(node: Node) -> list[str]:
    return [entry.name for entry in node.entries] if isinstance(node, Mapping) else []


def _is_null(node: Node | None) -> bool:
    return isinstance(node, Scalar) and node.value is None
