"""Helpers that read nodes of a stack, shared by several rules."""

from __future__ import annotations

from ...linter.base.text import Span
from ...linter.edits.yaml import add_entry, line_end, line_start
from ...linter.model.values import text_of
from ...linter.rule import Edit
from ...linter.source.yaml.nodes import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeGuard

    from ...linter.model.fields import Mount
    from ...linter.model.service import Service
    from ...linter.source.yaml.nodes import Entry, Node


def is_true(node: Node | None) -> TypeGuard[Scalar]:
    """Whether a switch is on, whatever variables are set to."""
    return isinstance(node, Scalar) and node.value is True and not node.unknown


def items_of(node: Node | None) -> list[Node]:
    """The items of a list; empty for anything else."""
    return node.items if isinstance(node, Sequence) else []


def entries_of(node: Node | None) -> list[Entry]:
    """The entries of a mapping; empty for anything else."""
    return node.entries if isinstance(node, Mapping) else []


def nodes_of(node: Node | None) -> list[Node]:
    """The items of a list; a single value is a list of one."""
    if isinstance(node, Sequence):
        return node.items
    return [] if node is None else [node]


def value_at(node: Node | None, *names: str) -> Node | None:
    """The value under a path of keys; None where a key is missing."""
    for name in names:
        node = node.get(name) if isinstance(node, Mapping) else None
    return node


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
