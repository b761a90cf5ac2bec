"""Relative paths of a model as seen from the working directory.

Follows compose-go's ``paths`` package. A path that leaves the machine (a Git context, a
Windows drive) or the user's home (``~``) is left as it is written.
"""

from __future__ import annotations

from collections.abc import Callable

from ..files.paths import join_path
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, UnknownScalar
from .nodes import text_value, with_entries, with_items
from .values import UNKNOWN, is_windows_path

REMOTE = ("https://", "http://", "git://", "ssh://", "github.com/", "git@")
"""What a build context that is no folder begins with."""


class Folder:
    """The folder that a model's paths start from.

    ``moved`` holds the ids of paths that already start from the working directory, since
    a model may take in others, whose folders are different; ``kept`` keeps them alive.
    """

    __slots__ = ("kept", "moved", "path")

    def __init__(self, path: str, outer: Folder | None = None) -> None:
        self.path = path
        self.moved: set[int] = outer.moved if outer else set()
        self.kept: list[Node] = outer.kept if outer else []


def rebase_path(node: Node, folder: Folder) -> Node:
    """A path as seen from the working directory."""
    text = text_value(node)
    if not text or not isinstance(node, Scalar) or id(node) in folder.moved:
        return node
    if text[0] in "~/" or is_windows_path(text):
        return node
    if isinstance(node, UnknownScalar) and node.pattern[:1] in (UNKNOWN, "~", "/"):
        return node
    twin = node.derive(join_path(folder.path, text))
    if isinstance(twin, UnknownScalar):
        twin.pattern = join_path(folder.path, twin.pattern)
    folder.moved.add(id(twin))
    folder.kept.append(twin)
    return twin


def _mount_source(node: Node, folder: Folder) -> Node:
    if text_value(node) == "" and isinstance(node, Scalar) and not node.unknown:
        node = node.derive(".")
    return rebase_path(node, folder)


def is_remote(context: str) -> bool:
    """Whether a build context is no folder of this machine."""
    return "://" in context or context.startswith(REMOTE)


def _context(node: Node, folder: Folder) -> Node:
    text = text_value(node)
    if text is None or text.startswith("service:") or is_remote(text):
        return node
    return rebase_path(node, folder)


def _mount(node: Node, folder: Folder) -> Node:
    if not isinstance(node, Mapping) or text_value(node.get("type")) != "bind":
        return node
    return _in_mapping(node, {"source": _mount_source}, folder)


Rebase = Callable[[Node, Folder], Node]


def _in_mapping(node: Node, changes: dict[str, Rebase], folder: Folder) -> Node:
    if not isinstance(node, Mapping):
        return node
    entries: list[Entry] | None = None
    for index, entry in enumerate(node.entries):
        change = changes.get(entry.name) or changes.get("*")
        if change is None:
            continue
        value = change(entry.value, folder)
        if value is not entry.value:
            if entries is None:
                entries = list(node.entries)
            entries[index] = Entry(entry.key, value)
    return node if entries is None else with_entries(node, entries)


def _inside(changes: dict[str, Rebase]) -> Rebase:
    return lambda node, folder: _in_mapping(node, changes, folder)


def _each(change: Rebase) -> Rebase:
    def change_all(node: Node, folder: Folder) -> Node:
        if not isinstance(node, Sequence):
            return node
        items = [change(item, folder) for item in node.items]
        if all(new is old for new, old in zip(items, node.items, strict=True)):
            return node
        return with_items(node, items)

    return change_all


_SERVICE: dict[str, Rebase] = {
    "build": _inside(
        {
            "context": _context,
            "additional_contexts": _inside({"*": _context}),
            "ssh": _inside({"*": rebase_path}),
        }
    ),
    "env_file": _each(_inside({"path": rebase_path})),
    "label_file": _each(rebase_path),
    "extends": _inside({"file": rebase_path}),
    "develop": _inside({"watch": _each(_inside({"path": rebase_path}))}),
    "volumes": _each(_mount),
}


def rebase_service(service: Mapping, folder: Folder) -> Mapping:
    """A service whose relative paths start from the working directory."""
    result = _in_mapping(service, _SERVICE, folder)
    return result if isinstance(result, Mapping) else service


def rebase_resource(resource: Node, kind: str, folder: Folder) -> Node:
    """A top-level volume, secret or config whose paths start from the working directory."""
    if not isinstance(resource, Mapping):
        return resource
    if kind in ("secrets", "configs"):
        return _in_mapping(resource, {"file": rebase_path}, folder)
    if kind == "volumes" and text_value(resource.get("driver")) == "local":
        options = resource.get("driver_opts")
        if isinstance(options, Mapping) and text_value(options.get("o")) == "bind":
            return _in_mapping(resource, {"driver_opts": _inside({"device": rebase_path})}, folder)
    return resource
