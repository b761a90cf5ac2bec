"""Helpers that read nodes of a stack, shared by several rules."""

from __future__ import annotations

from ...linter.base.text import Span
from ...linter.compose.nodes import value_at
from ...linter.edits.comments import line_end, line_start
from ...linter.edits.yaml import add_entry
from ...linter.model.values import text_of
from ...linter.rule import Edit
from ...linter.source.yaml.nodes import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

    from ...linter.model.fields import Mount
    from ...linter.model.service import Service
    from ...linter.model.stack import ComposeFile
    from ...linter.source.yaml.nodes import Node


def is_true(node: Node | None) -> TypeGuard[Scalar]:
    """Whether a switch is on, whatever variables are set to."""
    return isinstance(node, Scalar) and node.value is True and not node.unknown


def nodes_of(node: Node | None) -> list[Node]:
    """The items of a list; a single value is a list of one."""
    if isinstance(node, Sequence):
        return node.items
    return [] if node is None else [node]


def written_services(file: ComposeFile) -> Iterator[Mapping]:
    """The mappings under ``services`` of a file's documents."""
    sections = (value_at(document, "services") for document in file.documents)
    return (section for section in sections if isinstance(section, Mapping))


def each_service(file: ComposeFile) -> Iterator[tuple[str, Mapping]]:
    """The name and the body of each service of a file."""
    for services in written_services(file):
        for entry in services.entries:
            if isinstance(entry.value, Mapping):
                yield entry.name, entry.value


def lists_in(file: ComposeFile, key: str) -> Iterator[tuple[str, Sequence]]:
    """The name of each service whose ``key`` is a list, and this list."""
    for name, service in each_service(file):
        node = service.get(key)
        if isinstance(node, Sequence):
            yield name, node


def source_of(mount: Mount) -> Node:
    """The source of a mount, else the whole mount."""
    return value_at(mount.node, "source") or mount.node


def shown_image(service: Service) -> str:
    """A service's image for a message: without its digest."""
    return (service.image or "").partition("@")[0]


def host_path(service: Service, mount: Mount) -> str | None:
    """The path of the host that is mounted, without extra slashes; None where none is known.

    A volume counts if its driver options bind a folder.
    """
    source = mount.source
    if mount.type == "volume":
        resource = service.stack.volumes.get(source)
        options = value_at(resource and resource.node, "driver_opts")
        if "bind" not in (text_of(value_at(options, "o")) or ""):
            return None
        source = text_of(value_at(options, "device")) or ""
    elif mount.type not in ("bind", "npipe"):
        return None
    if not source.startswith(("/", "~", "\\\\")):
        return None
    while "//" in source:
        source = source.replace("//", "/")
    return source.rstrip("/") or "/"


def append_to_mapping(node: Mapping, name: str, value: str) -> Edit | None:
    """The edit that adds a key to a mapping of the resolved stack, in the file it comes from.

    None where the mapping's keys are not all in one place.
    """
    written = [entry for entry in node.entries if entry.key.span.text.strip("\"'") == entry.name]
    if not written or any(
        entry.key.file is not node.file or not node.start <= entry.key.start < node.end
        for entry in written
    ):
        return None
    own = Mapping(node.file, node.start, node.end, node.file.text.startswith("{", node.start))
    own.entries = sorted(written, key=lambda entry: entry.key.start)
    if own.flow:
        return add_entry(own, [name], value)
    # The first key of a list's item is behind the dash: count its column from the key itself.
    text = node.file.text
    first, last = own.entries[0].key, own.entries[-1]
    at = line_end(text, max(last.key.end, last.value.end))
    line = " " * (first.start - line_start(text, first.start)) + f"{name}: {value}"
    new = f"{line}\n" if text.endswith("\n", 0, at) else f"\n{line}"
    return Edit(Span(node.file, at, at), new)


_AGENTS = ("node-exporter", "node_exporter", "cadvisor", "netdata", "telegraf", "glances", "datadog", "agent", "beszel",
           "promtail", "alloy", "fluent-bit", "filebeat", "metricbeat", "collector", "vector", "dozzle")  # fmt: skip


def is_monitoring_agent(service: Service) -> bool:
    """Whether a service watches its host, by what is known of its image or by its name."""
    facts = service.facts
    if facts is not None and facts.kind == "monitoring":
        return True
    name = service.reference.name.lower() if service.reference else service.name.lower()
    return any(word in name for word in _AGENTS)


def mounts_a_socket(service: Service) -> bool:
    """Whether a socket of the host is mounted, by its name."""
    return any((mount.source or mount.target).endswith(".sock") for mount in service.mounts)


_PRESCRIBED = {"datadog/agent": ("apparmor",), "netdata/netdata": ("apparmor",)}
"""The profiles that the makers of images ask to switch off in their own Compose files."""


def is_prescribed(service: Service, profiles: list[str]) -> bool:
    """Whether the image's makers ask to switch these profiles off."""
    name = service.reference.name if service.reference is not None else ""
    return set(profiles).issubset(_PRESCRIBED.get(name, ()))
