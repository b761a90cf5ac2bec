"""Small readings of nodes that several rules share."""

from __future__ import annotations

from ...linter.base.text import Span
from ...linter.edits.yaml import add_entry, line_end, line_start
from ...linter.model.values import text_of
from ...linter.rule import Edit
from ...linter.source.yaml.nodes import Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.fields import Mount
    from ...linter.model.stack import Service
    from ...linter.source.yaml.nodes import Entry, Node


def is_true(node: Node | None) -> bool:
    """Whether a switch is on for certain."""
    return isinstance(node, Scalar) and node.value is True and not node.unknown


def items_of(node: Node | None) -> list[Node]:
    """The items of a list; none where it is no list."""
    return node.items if isinstance(node, Sequence) else []


def entries_of(node: Node | None) -> list[Entry]:
    """The entries of a mapping; none where it is no mapping."""
    return node.entries if isinstance(node, Mapping) else []


def nodes_of(node: Node | None) -> list[Node]:
    """The items of a list; a single value is a list of one."""
    if isinstance(node, Sequence):
        return node.items
    return [] if node is None else [node]


def source_of(mount: Mount) -> Node:
    """Where a mount's source stands, else the whole mount."""
    node = mount.node.get("source") if isinstance(mount.node, Mapping) else None
    return node or mount.node


def shown_image(service: Service) -> str:
    """A service's image for a message: without its digest."""
    return (service.image or "").partition("@")[0]


def host_path(service: Service, mount: Mount) -> str | None:
    """The path of the host that a mount shows, tidied; None where it is none or not known.

    Volumes count whose driver options bind a folder.
    """
    source = mount.source
    if mount.type == "volume":
        resource = service.stack.volumes.get(source)
        options = resource.node.get("driver_opts") if resource and resource.node else None
        if not isinstance(options, Mapping) or "bind" not in (text_of(options.get("o")) or ""):
            return None
        source = text_of(options.get("device")) or ""
    elif mount.type not in ("bind", "npipe"):
        return None
    if not source.startswith(("/", "~", "\\\\")):
        return None
    while "//" in source:
        source = source.replace("//", "/")
    return source.rstrip("/") or "/"


def append_to_mapping(node: Mapping, name: str, value: str) -> Edit | None:
    """The edit that writes one more key into a mapping of the resolved stack, as its file has it.

    None where the mapping's keys do not stand together in one place.
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
    # The first key of a list's item stands behind the dash.
    text = node.file.text
    first = own.entries[0].key
    column = first.start - line_start(text, first.start)
    last = own.entries[-1]
    end = max(last.key.end, last.value.end)
    at = line_end(text, end)
    line = " " * column + f"{name}: {value}"
    if at and text[at - 1] != "\n":
        return Edit(Span(node.file, at, at), "\n" + line)
    return Edit(Span(node.file, at, at), line + "\n")
