"""Properties that only newer releases of Docker Compose know, or none yet."""

from __future__ import annotations

from ...source.yaml.nodes import Entry, Mapping, Node, Sequence
from .table import NEWER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def newer_properties(root: Node) -> Iterator[tuple[Entry, tuple[str, ...], str]]:
    """Such properties in a document, each with its path and the release that brought it.

    The release is ``unreleased`` for those that the specification has and no release yet.
    """
    for pattern, since in NEWER.items():
        for entry, path in _entries(root, tuple(pattern.split(".")), ()):
            yield entry, path, since


def _entries(
    node: Node | None, pattern: tuple[str, ...], path: tuple[str, ...]
) -> Iterator[tuple[Entry, tuple[str, ...]]]:
    """The entries of mappings that a dotted pattern leads to, with their paths."""
    first, *rest = pattern
    if first == "[]":
        for item in node.items if isinstance(node, Sequence) else ():
            yield from _entries(item, tuple(rest), path)
    if not isinstance(node, Mapping):
        return
    named = node.entry(first)
    for entry in node.entries if first == "*" else [named] if named else ():
        if rest:
            yield from _entries(entry.value, tuple(rest), (*path, entry.name))
        else:
            yield entry, (*path, entry.name)
