"""A service of a stack as rules see it."""

from __future__ import annotations

from ..base.lazy import cached_property
from ..base.units import parse_size, whole_number
from ..compose.nodes import entries_of, items_of
from ..source.yaml.nodes import Mapping, Node, Scalar
from .fields import Build, Dependency, Healthcheck, means_unlimited, mount_of, port_of
from .values import Field, is_unknown, key_values, text_list, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..compose.envfiles import ServiceEnvFile
    from ..images import ImageFacts, ImageReference
    from .fields import Mount, Port
    from .stack import Stack
    from .values import EnvVar

_LIMITS = {
    "memory": (("mem_limit",), ("deploy", "resources", "limits", "memory")),
    "cpus": (("cpus",), ("deploy", "resources", "limits", "cpus"), ("cpu_quota",)),
    "pids": (("pids_limit",), ("deploy", "resources", "limits", "pids")),
}
"""The paths of keys that limit a resource; the first one that does wins."""

_CPU_PERIOD = 100_000
"""The period in microseconds that ``cpu_quota`` is a part of, where none is set."""


class Service:
    """One service of a stack, as Docker Compose would run it."""

    def __init__(self, stack: Stack, name: str, key: Node, node: Mapping) -> None:
        self.stack = stack
        self.name = name
        self.key = key
        self.node = node
        self._keys = frozenset(entry.name for entry in node.entries)
        self.conclusions: dict[type, Any] = {}
        """The conclusions of ``analysis/`` about the service, each drawn once."""

    def __repr__(self) -> str:
        return f"Service({self.name!r})"

    @property
    def path(self) -> str:
        """The logical path, such as ``services.web``."""
        return f"services.{self.name}"

    def get(self, *names: str) -> Node | None:
        """The value under a path of keys, such as ``("deploy", "resources")``."""
        # As value_at does: this is asked most often of all, mostly for keys that are not there.
        if names[0] not in self._keys:
            return None
        node: Node | None = self.node
        for name in names:
            entry = node.entry(name) if isinstance(node, Mapping) else None
            if entry is None:
                return None
            node = entry.value
        return node

    def field(self, *names: str) -> Field | None:
        """The key and the value under a path of keys."""
        node: Node | None = self.node
        entry = None
        for name in names:
            entry = node.entry(name) if isinstance(node, Mapping) else None
            if entry is None:
                return None
            node = entry.value
        return Field(entry.key, entry.value) if entry is not None else None

    def text(self, *names: str) -> str | None:
        """The text under a path of keys; None if it is not set, unknown or not a scalar."""
        return text_of(self.get(*names))

    def _block(self, name: str) -> tuple[Node, Mapping] | None:
        """The key and the mapping of an entry; None for any other value."""
        field = self.field(name)
        if field is None or not isinstance(field.value, Mapping):
            return None
        return field.key, field.value

    def _items(self, name: str) -> list[Mapping]:
        """The mappings in a list, such as the long forms of ``ports``."""
        return [item for item in items_of(self.get(name)) if isinstance(item, Mapping)]

    @cached_property
    def image(self) -> str | None:
        """The image reference as text; None if it is not set or unknown."""
        return self.text("image") or None

    @cached_property
    def reference(self) -> ImageReference | None:
        """The image reference in parts; None if it is not set, unknown or invalid."""
        if not self.image:
            return None
        from ..images import parse_reference

        return parse_reference(self.image)

    @cached_property
    def facts(self) -> ImageFacts | None:
        """The facts about the image; None if it is built here or unknown."""
        if self.build or not self.reference:
            return None
        from ..images import facts_for

        return facts_for(self.reference)

    @cached_property
    def build(self) -> Build | None:
        """The ``build`` section; None if it is not set."""
        block = self._block("build")
        return Build(*block) if block else None

    @cached_property
    def is_container(self) -> bool:
        """Whether Compose runs a container for the service (not for one with a ``provider``)."""
        return self.get("provider") is None

    @cached_property
    def runs_here(self) -> bool:
        """Whether this stack runs containers of the service.

        A service with neither image nor build is part of an overlay, or Compose refuses it.
        """
        return self.is_container and self.is_complete and self.replicas != 0

    @property
    def is_complete(self) -> bool:
        """Whether it has something to run, at least an image, a build or a provider."""
        return any(self.get(name) is not None for name in ("image", "build", "provider"))

    @property
    def on_windows(self) -> bool:
        """Whether its ``platform`` is Windows."""
        return (self.text("platform") or "").startswith("windows")

    @cached_property
    def replicas(self) -> int:
        """The number of its containers: ``scale`` or ``deploy.replicas``, else 1."""
        for path in (("scale",), ("deploy", "replicas")):
            node = self.get(*path)
            if isinstance(node, Scalar) and not is_unknown(node):
                if isinstance(node.value, int) and not isinstance(node.value, bool):
                    return node.value
                if isinstance(node.value, str) and (number := whole_number(node.value)) is not None:
                    return number
        return 1

    @cached_property
    def profiles(self) -> list[str]:
        """The profiles that it belongs to; an empty list if it always runs."""
        return text_list(self.get("profiles")) or []

    @cached_property
    def environment(self) -> dict[str, EnvVar]:
        """The variables of ``environment`` by name (not those of ``env_file``)."""
        return {variable.name: variable for variable in key_values(self.get("environment"))}

    @cached_property
    def env_files(self) -> list[ServiceEnvFile]:
        """The files of ``env_file``; the ``syntax`` of one that cannot be read is None."""
        return [
            file
            for file in self.stack.loaded.env_files
            if file.service == self.name and file.role == "env_file"
        ]

    @cached_property
    def ports(self) -> list[Port]:
        """The entries of ``ports``."""
        return [port_of(item) for item in self._items("ports")]

    @cached_property
    def mounts(self) -> list[Mount]:
        """The entries of ``volumes`` (not those of ``tmpfs``)."""
        return [mount_of(item) for item in self._items("volumes")]

    @cached_property
    def tmpfs(self) -> list[str]:
        """The targets of ``tmpfs``."""
        return [item.split(":")[0] for item in text_list(self.get("tmpfs")) or []]

    @cached_property
    def healthcheck(self) -> Healthcheck | None:
        """The ``healthcheck`` section; None if it is not set."""
        block = self._block("healthcheck")
        return Healthcheck(*block) if block else None

    @cached_property
    def depends_on(self) -> dict[str, Dependency]:
        """The entries of ``depends_on`` by the name of the other service."""
        dependencies: dict[str, Dependency] = {}
        for entry in entries_of(self.get("depends_on")):
            condition, required = "service_started", True
            if isinstance(entry.value, Mapping):
                condition = text_of(entry.value.get("condition")) or condition
                need = entry.value.get("required")
                required = not (isinstance(need, Scalar) and need.value is False)
            dependencies[entry.name] = Dependency(entry.name, entry.key, condition, required)
        return dependencies

    @cached_property
    def networks(self) -> list[str]:
        """The names of its networks, as far as ``networks`` lists them."""
        return [entry.name for entry in entries_of(self.get("networks"))]

    @cached_property
    def is_cut_off(self) -> bool:
        """Whether all of its networks are ``internal``: then Docker publishes none of its ports."""
        if self.get("network_mode") is not None or not self.networks:
            return False
        for name in self.networks:
            network = self.stack.networks.get(name)
            node = network.node if network is not None else None
            internal = node.get("internal") if node is not None else None
            if not isinstance(internal, Scalar) or internal.value is not True:
                return False
        return True

    def limit(self, kind: str) -> Field | None:
        """The field that limits ``memory``, ``cpus`` or ``pids``, in either form; None if none does."""
        for path in _LIMITS[kind]:
            field = self.field(*path)
            if field is not None and not means_unlimited(field.value):
                return field
        return None

    @cached_property
    def memory_limit(self) -> int | None:
        """The memory limit of one container in bytes; None if there is none or it is unknown."""
        field = self.limit("memory")
        text = text_of(field.value) if field else None
        return parse_size(text) if text else None

    @cached_property
    def memory_reservation(self) -> int | None:
        """The reserved memory of one container in bytes; None if there is none or it is unknown."""
        for path in (("mem_reservation",), ("deploy", "resources", "reservations", "memory")):
            text = self.text(*path)
            if text and (size := parse_size(text)):
                return size
        return None

    @cached_property
    def cpu_limit(self) -> float | None:
        """The CPU limit of one container in CPUs; None if there is none or it is unknown."""
        field = self.limit("cpus")
        text = text_of(field.value) if field else None
        try:
            number = float(text) if text else None
        except ValueError:
            return None
        if number is not None and field == self.field("cpu_quota"):
            number /= whole_number(self.text("cpu_period") or "") or _CPU_PERIOD
        return number
