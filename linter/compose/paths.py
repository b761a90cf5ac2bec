"""Relative paths of a model as seen from the working directory.

Follows compose-go's ``paths`` package. A path that leaves the machine (a Git context, a
Windows drive) or starts from the user's home (``~``) is left as it is written.
"""

from __future__ import annotations

from ..files.paths import join_path
from ..source.yaml.nodes import Mapping, Node, Scalar, UnknownScalar
from .changes import apply, each, inside
from .nodes import text_value
from .values import UNKNOWN, is_windows_path

_REMOTE = ("https://", "http://", "git://", "ssh://", "github.com/", "git@")
"""The beginnings of a build context that is not a folder."""


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


def _is_remote(context: str) -> bool:
    """Whether a build context is not a folder of this machine."""
    return "://" in context or context.startswith(_REMOTE)


def _context(node: Node, folder: Folder) -> Node:
    text = text_value(node)
    if text is None or text.startswith("service:") or _is_remote(text):
        return node
    return rebase_path(node, folder)


def _mount_source(node: Node, folder: Folder) -> Node:
    if text_value(node) == "" and isinstance(node, Scalar) and not node.unknown:
        node = node.derive(".")
    return rebase_path(node, folder)


_bind_mount = inside({"source": _mount_source})


def _mount(node: Node, folder: Folder) -> Node:
    is_bind = isinstance(node, Mapping) and text_value(node.get("type")) == "bind"
    return _bind_mount(node, folder) if is_bind else node


_PATH = inside({"path": rebase_path})
_FILE = {"file": rebase_path}
_DEVICE = {"driver_opts": inside({"device": rebase_path})}
_BUILD = {
    "context": _context,
    "additional_contexts": inside({"*": _context}),
    "ssh": inside({"*": rebase_path}),
}
_SERVICE = {
    "build": inside(_BUILD),
    "env_file": each(_PATH),
    "label_file": each(rebase_path),
    "extends": inside(_FILE),
    "develop": inside({"watch": each(_PATH)}),
    "volumes": each(_mount),
}


def rebase_service(service: Mapping, folder: Folder) -> Mapping:
    """A service whose relative paths start from the working directory."""
    return apply(_SERVICE, service, folder)


def rebase_resource(resource: Mapping, kind: str, folder: Folder) -> Mapping:
    """A top-level volume, secret or config whose paths start from the working directory."""
    if kind in ("secrets", "configs"):
        return apply(_FILE, resource, folder)
    if kind == "volumes" and text_value(resource.get("driver")) == "local":
        options = resource.get("driver_opts")
        if isinstance(options, Mapping) and text_value(options.get("o")) == "bind":
            return apply(_DEVICE, resource, folder)
    return resource
