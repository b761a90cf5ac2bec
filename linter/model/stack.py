"""The typed views that rules see.

A view wraps nodes of the resolved stack (or of one file's syntax) and never holds text
of its own: every part knows the node that it came from, and each node knows its file and
offsets. What a variable without a value decides is *unknown* (``None`` and
``is_unknown``), and policy stays silent on it. Malformed parts are left out here; the
rules of CF0 and CF1 report them.
"""

from __future__ import annotations

import re
from functools import cached_property

from ..base.patterns import on_demand
from ..base.units import parse_size, whole_number
from ..files.paths import join_path
from ..rule import Diagnostic, Related, Severity
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, YamlFile
from .fields import (
    Build,
    Dependency,
    Healthcheck,
    Resource,
    Written,
    base_of,
    means_unlimited,
    mount_of,
    port_of,
)
from .values import Field, is_unknown, key_values, text_list, text_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ..base.text import SourceFile
    from ..compose.context import Source
    from ..compose.discover import StackFiles
    from ..compose.stack import LoadedStack
    from ..images import ImageFacts, ImageReference
    from ..source.dotenv import EnvSyntax
    from .fields import Mount, Port
    from .project import Project
    from .values import EnvVar


_LIMITS = {
    "memory": (("mem_limit",), ("deploy", "resources", "limits", "memory")),
    "cpus": (("cpus",), ("deploy", "resources", "limits", "cpus"), ("cpu_quota",)),
    "pids": (("pids_limit",), ("deploy", "resources", "limits", "pids")),
}
"""The paths of keys that limit a resource, the first one that does wins."""


def _entries(node: Node | None) -> list[Entry]:
    """The entries of a mapping; none for anything else."""
    return node.entries if isinstance(node, Mapping) else []


class Service:
    """One service of a stack, as Docker Compose would run it."""

    def __init__(self, stack: Stack, name: str, key: Node, node: Mapping) -> None:
        self.stack = stack
        self.name = name
        self.key = key
        self.node = node
        self.conclusions: dict[type, Any] = {}
        """What ``analysis/`` has concluded about the service, so that it does so once."""

    def __repr__(self) -> str:
        return f"Service({self.name!r})"

    @property
    def path(self) -> str:
        """The logical path, such as ``services.web``."""
        return f"services.{self.name}"

    def field(self, *names: str) -> Field | None:
        """The key and value under a path of keys, such as ``("deploy", "resources")``."""
        parent = self.get(*names[:-1])
        entry = parent.entry(names[-1]) if isinstance(parent, Mapping) else None
        return Field(entry.key, entry.value) if entry is not None else None

    def _block(self, name: str) -> tuple[Node, Mapping] | None:
        """The key and the mapping of an entry; None for any other value."""
        field = self.field(name)
        if field is None or not isinstance(field.value, Mapping):
            return None
        return field.key, field.value

    def _items(self, name: str) -> list[Mapping]:
        """The mappings in a list, such as the long forms of ``ports``."""
        node = self.get(name)
        items = node.items if isinstance(node, Sequence) else ()
        return [item for item in items if isinstance(item, Mapping)]

    def get(self, *names: str) -> Node | None:
        """The value under a path of keys."""
        node: Node | None = self.node
        for name in names:
            entry = node.entry(name) if isinstance(node, Mapping) else None
            if entry is None:
                return None
            node = entry.value
        return node

    def text(self, *names: str) -> str | None:
        """The text under a path of keys; None where absent, unknown or no scalar."""
        return text_of(self.get(*names))

    @cached_property
    def image(self) -> str | None:
        """The image reference as text; None where absent or unknown."""
        return self.text("image") or None

    @cached_property
    def reference(self) -> ImageReference | None:
        """The image reference in parts; None where absent, unknown or invalid."""
        if not self.image:
            return None
        from ..images import parse_reference

        return parse_reference(self.image)

    @cached_property
    def facts(self) -> ImageFacts | None:
        """What is known about the image; None for one that is built here or unknown."""
        if self.build or not self.reference:
            return None
        from ..images import facts_for

        return facts_for(self.reference)

    @cached_property
    def build(self) -> Build | None:
        block = self._block("build")
        return Build(*block) if block else None

    @cached_property
    def is_container(self) -> bool:
        """Whether Compose runs a container for it (a ``provider`` service has none)."""
        return self.get("provider") is None

    @cached_property
    def runs_here(self) -> bool:
        """Whether this stack runs a container of it at all.

        What has neither image nor build belongs on top of another file, or is refused.
        """
        from_something = self.get("image") is not None or self.build is not None
        return self.is_container and from_something and self.replicas != 0

    @property
    def on_windows(self) -> bool:
        return (self.text("platform") or "").startswith("windows")

    @cached_property
    def replicas(self) -> int:
        """How many containers run: ``scale`` or ``deploy.replicas``, else 1."""
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
        return text_list(self.get("profiles")) or []

    @cached_property
    def environment(self) -> dict[str, EnvVar]:
        """The variables of ``environment`` by name (not those of ``env_file``)."""
        return {variable.name: variable for variable in key_values(self.get("environment"))}

    @cached_property
    def ports(self) -> list[Port]:
        return [port_of(item) for item in self._items("ports")]

    @cached_property
    def mounts(self) -> list[Mount]:
        return [mount_of(item) for item in self._items("volumes")]

    @cached_property
    def tmpfs(self) -> list[str]:
        return [item.split(":")[0] for item in text_list(self.get("tmpfs")) or []]

    @cached_property
    def healthcheck(self) -> Healthcheck | None:
        block = self._block("healthcheck")
        return Healthcheck(*block) if block else None

    @cached_property
    def depends_on(self) -> dict[str, Dependency]:
        dependencies: dict[str, Dependency] = {}
        for entry in _entries(self.get("depends_on")):
            condition, required = "service_started", True
            if isinstance(entry.value, Mapping):
                condition = text_of(entry.value.get("condition")) or condition
                need = entry.value.get("required")
                required = not (isinstance(need, Scalar) and need.value is False)
            dependencies[entry.name] = Dependency(entry.name, entry.key, condition, required)
        return dependencies

    @cached_property
    def networks(self) -> list[str]:
        return [entry.name for entry in _entries(self.get("networks"))]

    def limit(self, kind: str) -> Field | None:
        """The field that limits ``memory``, ``cpus`` or ``pids``, in either form, if any does."""
        for path in _LIMITS[kind]:
            field = self.field(*path)
            if field is not None and not means_unlimited(field.value):
                return field
        return None

    @cached_property
    def memory_limit(self) -> int | None:
        """The memory limit of one container in bytes; None where there is none or unknown."""
        field = self.limit("memory")
        text = text_of(field.value) if field else None
        return parse_size(text) if text else None

    @cached_property
    def memory_reservation(self) -> int | None:
        """The reserved memory of one container in bytes."""
        for path in (("mem_reservation",), ("deploy", "resources", "reservations", "memory")):
            text = self.text(*path)
            if text and (size := parse_size(text)):
                return size
        return None

    @cached_property
    def cpu_limit(self) -> float | None:
        """The CPU limit of one container in CPUs; None where there is none or unknown."""
        field = self.limit("cpus")
        text = text_of(field.value) if field else None
        try:
            number = float(text) if text else None
        except ValueError:
            return None
        if number is not None and field == self.field("cpu_quota"):
            number /= whole_number(self.text("cpu_period") or "") or 100_000
        return number


class Stack:
    """What Docker Compose would run from one set of files."""

    def __init__(self, project: Project, loaded: LoadedStack, found: StackFiles) -> None:
        self.project = project
        self.loaded = loaded
        self.found = found

    def __repr__(self) -> str:
        return f"Stack({self.name!r})"

    @property
    def name(self) -> str:
        """The files it is made of, as they are given to Compose: ``compose.yaml:prod.yaml``."""
        return ":".join(self.loaded.files)

    @property
    def tree(self) -> Mapping:
        """The merged, interpolated and normalised model."""
        return self.loaded.tree

    @cached_property
    def services(self) -> dict[str, Service]:
        return {
            entry.name: Service(self, entry.name, entry.key, entry.value)
            for entry in _entries(self.tree.get("services"))
            if isinstance(entry.value, Mapping)
        }

    @cached_property
    def written(self) -> dict[tuple[str, int], Written]:
        """The services as the files have them, by file and place of their keys."""
        blocks: dict[tuple[str, int], Written] = {}
        for path, services in self._sections("services"):
            bases = {base_of(entry.value) for entry in services.entries}
            for entry in services.entries:
                block = entry.value if isinstance(entry.value, Mapping) else None
                shared = (
                    services.anchor is not None
                    or entry.value.anchor is not None
                    or entry.name in bases
                )
                blocks[path, entry.key.start] = Written(block, entry.value.end, shared)
        return blocks

    def _sections(self, name: str) -> Iterator[tuple[str, Mapping]]:
        """A top-level section as each document has it, with the path of the file."""
        for path, file in self.loaded.documents.items():
            for document in file.documents:
                section = document.get(name) if isinstance(document, Mapping) else None
                if isinstance(section, Mapping):
                    yield path, section

    def resources(self, kind: str) -> dict[str, Resource]:
        """The top-level entries of ``networks``, ``volumes``, ``secrets``, ``configs`` or ``models``."""
        return {
            entry.name: Resource(
                entry.name, entry.key, entry.value if isinstance(entry.value, Mapping) else None
            )
            for entry in _entries(self.tree.get(kind))
        }

    @cached_property
    def has_env_file(self) -> bool:
        """Whether an env file for interpolation is there: then what it lacks is really missing."""
        return any(source.file is not None for source in self._dotenv)

    @property
    def _dotenv(self) -> Iterator[Source]:
        """The env files for interpolation, those that do not exist included."""
        return (source for source in self.loaded.sources if source.role == "dotenv")

    def problems(self, *kinds: str) -> Iterator[Diagnostic]:
        """What the loader found wrong, of these kinds, as findings.

        What only an unset variable makes wrong is advice where there is no env file, as in a
        fresh clone; what Compose refuses only under some profile is a warning.
        """
        for problem in self.loaded.problems:
            if problem.kind not in kinds:
                continue
            from ..secrets.unparsed import unread_secrets

            severity = None
            if problem.unset and not self.has_env_file:
                severity = Severity.INFO
            elif not problem.rejects:
                severity = Severity.WARNING
            yield Diagnostic(
                problem.span,
                problem.message,
                help=problem.help,
                severity=severity,
                related=[Related(place.span, place.message) for place in problem.related],
                evidence=problem.span.text,
                sensitive=[
                    found
                    for span in (problem.span, *(place.span for place in problem.related))
                    for found in unread_secrets(span)
                ],
            )

    @cached_property
    def networks(self) -> dict[str, Resource]:
        return self.resources("networks")

    @cached_property
    def volumes(self) -> dict[str, Resource]:
        return self.resources("volumes")

    @cached_property
    def secrets(self) -> dict[str, Resource]:
        return self.resources("secrets")

    @cached_property
    def configs(self) -> dict[str, Resource]:
        return self.resources("configs")

    @cached_property
    def built_images(self) -> frozenset[tuple[str, str]]:
        """The registry and repository of every image that the stack builds and names."""
        return frozenset(
            (service.reference.registry, service.reference.repository)
            for service in self.services.values()
            if service.build is not None and service.reference is not None
        )

    @cached_property
    def is_swarm(self) -> bool:
        """Whether the stack is plainly meant for `docker stack deploy`."""
        if any("swarm" in file.lower() or "stack" in file.lower() for file in self.loaded.files):
            return True
        return any(
            network.node is not None and text_of(network.node.get("driver")) == "overlay"
            for network in self.networks.values()
        )

    def replaced_mounts(self, service: Service) -> Iterator[tuple[Node, Node]]:
        """Entries of ``volumes`` whose target a later entry of the same list has too."""
        for _, services in self._sections("services"):
            block = services.get(service.name)
            volumes = block.get("volumes") if isinstance(block, Mapping) else None
            by_target: dict[str, Node] = {}
            for item in volumes.items if isinstance(volumes, Sequence) else ():
                target = _mount_target(item)
                if target:
                    if target in by_target:
                        yield by_target[target], item
                    by_target[target] = item

    @cached_property
    def env_syntaxes(self) -> list[EnvSyntax]:
        """The env files that Compose reads for this stack: its own, then those of its services."""
        files: dict[str, EnvSyntax] = {}
        for source in self._dotenv:
            if source.file:
                from ..source.dotenv_parser import parse_env

                files[source.path] = parse_env(source.file)
        for service_file in self.loaded.env_files:
            if service_file.syntax is not None and service_file.role == "env_file":
                files.setdefault(service_file.syntax.file.path, service_file.syntax)
        return list(files.values())

    @cached_property
    def documented_variables(self) -> frozenset[str]:
        """The variables that an example env file beside the stack tells people to set."""
        names: set[str] = set()
        for name in EXAMPLE_ENV_FILES:
            path = join_path(self.loaded.folder, name)
            source = self.project.source(path) if self.project.exists(path) else None
            if source is not None:
                from ..source.dotenv_parser import parse_env

                names.update(entry.key for entry in parse_env(source).entries)
                # What is commented out is documented all the same.
                names.update(_COMMENTED.findall(source.text))
        return frozenset(names)

    @cached_property
    def is_test(self) -> bool:
        """Whether file or folder names say that the stack is for tests or development only."""
        return any(
            word.rstrip("0123456789") in _TRIAL_WORDS
            for file in self.loaded.files
            for word in file.lower().translate(_WORD_BREAKS).split()
        )


_WORD_BREAKS = str.maketrans("-_./", "    ")
_TRIAL_WORDS = frozenset(
    (
        "ci",
        "debug",
        "dev",
        "devcontainer",
        "devel",
        "develop",
        "development",
        "e2e",
        "local",
        "test",
        "testing",
        "tests",
    )
)
"""Words in a stack's path that stand for tests and development."""

EXAMPLE_ENV_FILES = (
    ".env.example", ".env.sample", ".env.template", ".env.dist", ".env.default", ".env.defaults",
    "env.example", "example.env", "sample.env", ".example.env", ".env-example", ".env.prod.example",
)  # fmt: skip
"""Names under which repositories keep an env file to copy."""

_COMMENTED = on_demand(r"^#[ \t]*([A-Za-z_][A-Za-z0-9_]*)=", re.MULTILINE)


def _mount_target(item: Node) -> str | None:
    """The target of an entry of ``volumes`` as written, where it is plain to see."""
    if isinstance(item, Mapping):
        return text_of(item.get("target"))
    if not isinstance(item, Scalar) or "$" in item.raw:
        return None
    parts = item.raw.split(":")
    return parts[1].rstrip("/") if len(parts) > 1 and parts[1].startswith("/") else None


class ComposeFile:
    """One Compose file as it is written, before anything is resolved."""

    def __init__(self, project: Project, yaml: YamlFile, override: bool = False) -> None:
        self.project = project
        self.yaml = yaml
        self.source: SourceFile = yaml.source
        self.override = override

    @property
    def documents(self) -> list[Node]:
        return self.yaml.documents

    @property
    def is_foreign(self) -> bool:
        """Whether it is another tool's YAML under a name like a Compose file's.

        Workflows of CI services (`deploy-docker-compose.yml`) and Kubernetes manifests.
        """
        for document in self.documents:
            if isinstance(document, Mapping) and document.get("services") is None:
                names = {entry.name for entry in document.entries}
                if {"on", "jobs"} <= names or {"apiVersion", "kind"} <= names:
                    return True
        return False

    def __repr__(self) -> str:
        return f"ComposeFile({self.source.path!r})"
