"""What each file of a stack says at a path, before anything is merged.

A *layer* is one document's word on a path: the files in the order in which Docker Compose lays
them over each other, what a document includes before the document itself, and the services that
a service extends before the service.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..files.paths import folder_of, join_path
from ..source.yaml.nodes import Alias, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import Span
    from ..model.stack import Stack
    from ..source.yaml.nodes import Entry

    Part = str | int
    Path = tuple[Part, ...]

MAX_LAYERS = 200
"""How many layers are looked at; a stack has as many files and bases at the most that are of use."""

_MAX_CHAIN = 40


class Hop(NamedTuple):
    """A place on the way to a value: ``anchor`` (``name`` is its own) or ``merge`` (a merge key)."""

    kind: str
    name: str
    span: Span


class Said(NamedTuple):
    """What one document says at a path.

    ``key`` is the node of the last key, None for an item of a list; ``value`` the node itself.
    ``rest`` is the part of the path that a short form stands for (``target`` of ``"8080:80"``);
    ``hops`` are the anchors and merge keys on the way; ``tag`` is ``!reset`` or ``!override`` if one
    is written at the value or above it.
    """

    key: Node | None
    value: Node
    rest: Path
    hops: tuple[Hop, ...]
    tag: str = ""

    @property
    def place(self) -> Span:
        """Where it is written: the value, or its key where the value is a block."""
        value = self.value
        if self.key is not None and isinstance(value, Mapping | Sequence) and not value.flow:
            return self.key.span
        if self.key is not None and value.end <= value.start:
            return self.key.span
        return value.span


class Layer(NamedTuple):
    """One document's word: ``role`` is ``file``, ``include`` or ``extends``.

    ``reference`` is the place that names the file or the service, None for the stack's own files;
    ``base`` the name of the service that is extended.
    """

    role: str
    path: str
    said: Said
    reference: Span | None = None
    base: str = ""


def layers(stack: Stack, path: Path, place: Span | None = None) -> list[Layer]:
    """The layers that say something at a path, the weakest first.

    ``place`` is where the value comes from in the end: an item of a list is found by it.
    """
    found: list[Layer] = []
    for layer in _Search(stack, path, place).of_files(stack.loaded.files, "file", None, ()):
        found.append(layer)
        if len(found) >= MAX_LAYERS:
            break
    return found


class _Search:
    """The search for what documents say at one path."""

    def __init__(self, stack: Stack, path: Path, place: Span | None) -> None:
        self.documents = stack.loaded.documents
        self.path = path
        self.place = place
        self.folder = stack.loaded.folder

    def of_files(
        self, files: tuple[str, ...], role: str, reference: Span | None, chain: tuple[str, ...]
    ) -> Iterator[Layer]:
        """The layers of files that are laid over each other."""
        if len(chain) > _MAX_CHAIN:
            return
        for file in files:
            yaml = self.documents.get(file)
            if yaml is None or file in chain:
                continue
            for document in yaml.documents:
                if not isinstance(document, Mapping):
                    continue
                for node in _items(_deref(document.get("include"))):
                    inner = self.included(node, folder_of(file))
                    yield from self.of_files(inner, "include", node.span, (*chain, file))
                yield from self.of_document(document, file, self.path, role, reference, ())

    def included(self, node: Node, folder: str) -> tuple[str, ...]:
        """The files that an item of ``include`` names."""
        target = _deref(node)
        if isinstance(target, Mapping):
            target = _deref(target.get("path"))
        names = [item.raw for item in _items(target) if isinstance(item, Scalar)]
        if isinstance(target, Scalar):
            names = [target.raw]
        return tuple(self._known(join_path(folder, name)) for name in names)

    def _known(self, path: str) -> str:
        """The path of a file as the stack has it."""
        if path in self.documents:
            return path
        return join_path(self.folder, path.rpartition("/")[2])

    def of_document(
        self,
        document: Mapping,
        file: str,
        path: Path,
        role: str,
        reference: Span | None,
        chain: tuple[tuple[str, str], ...],
    ) -> Iterator[Layer]:
        """The layers of one document: those that the service extends, and its own."""
        if len(path) > 1 and path[0] == "services" and isinstance(path[1], str):
            yield from self.extended(document, file, path, chain)
        said = find(document, path, self.place)
        if said is not None:
            base = str(path[1]) if role == "extends" else ""
            yield Layer(role, file, said, reference, base)

    def extended(
        self, document: Mapping, file: str, path: Path, chain: tuple[tuple[str, str], ...]
    ) -> Iterator[Layer]:
        """The layers of the services that a service extends."""
        name = str(path[1])
        if (file, name) in chain or len(chain) > _MAX_CHAIN:
            return
        found = find(document, ("services", name, "extends"))
        if found is None:
            return
        target, other = found.value, file
        if isinstance(target, Mapping):
            named = _deref(target.get("file"))
            if isinstance(named, Scalar):
                other = self._known(join_path(folder_of(file), named.raw))
            target = _deref(target.get("service")) or target
        yaml = self.documents.get(other)
        if yaml is None or not isinstance(target, Scalar):
            return
        base = ("services", target.raw, *path[2:])
        for inner in yaml.documents:
            if isinstance(inner, Mapping):
                yield from self.of_document(
                    inner, other, base, "extends", found.value.span, (*chain, (file, name))
                )


def find(document: Node, path: Path, place: Span | None = None) -> Said | None:
    """What a document says at a path; None if it says nothing there."""
    node: Node = document
    key: Node | None = None
    hops: list[Hop] = []
    tag = ""
    for index, part in enumerate(path):
        node = _through(node, hops)
        tag = node.tag or tag
        if isinstance(node, Scalar):
            return Said(key, node, path[index:], tuple(hops), _override(tag))
        if isinstance(part, int):
            item = _item(node, part, place)
            if item is None:
                return None
            key, node = None, item
            continue
        entry = _entry(node, part, hops)
        if entry is not None:
            key, node = entry.key, entry.value
            continue
        text = _pair(node, part)
        if text is None:
            return None
        node = text
        if index + 1 < len(path):
            return Said(None, node, path[index + 1 :], tuple(hops), _override(tag))
        key = None
    node = _through(node, hops)
    return Said(key, node, (), tuple(hops), _override(node.tag or tag))


def _override(tag: str | None) -> str:
    return tag if tag in ("!reset", "!override") else ""


def _deref(node: Node | None) -> Node | None:
    return node.target if isinstance(node, Alias) else node


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, Sequence) else []


def _through(node: Node, hops: list[Hop]) -> Node:
    """The node that an alias stands for, with the hop."""
    if not isinstance(node, Alias):
        return node
    hops.append(Hop("anchor", node.name, node.span))
    return node.target


def _entry(node: Node, name: str, hops: list[Hop], depth: int = 0) -> Entry | None:
    """The entry of a key, also one that a merge key brings."""
    if not isinstance(node, Mapping) or depth > _MAX_CHAIN:
        return None
    entry = node.entry(name)
    if entry is not None:
        return entry
    merge = node.entry("<<")
    if merge is None:
        return None
    value = merge.value
    listed = _deref(value)
    for source in _items(listed) or [value]:
        target = _deref(source)
        inner: list[Hop] = []
        found = _entry(target, name, inner, depth + 1) if target is not None else None
        if found is not None:
            named = source.name if isinstance(source, Alias) else ""
            hops.append(Hop("merge", named, source.span))
            hops += inner
            return found
    return None


def _item(node: Node, index: int, place: Span | None) -> Node | None:
    """The item of a list that a value comes from in the end; without a place that of the index."""
    items = _items(node)
    if place is None:
        return items[index] if index < len(items) else None
    for item in items:
        target = _deref(item)
        if (
            target is not None
            and target.file.path == place.file.path
            and target.start <= place.start
            and place.end <= max(target.end, target.start)
        ):
            return item
    return None


def _pair(node: Node, name: str) -> Scalar | None:
    """The last text of a list that is ``name``, or begins with it and ``=`` or ``:``."""
    for item in reversed(_items(node)):
        target = _deref(item)
        if isinstance(target, Scalar) and (
            target.raw == name or target.raw.startswith((f"{name}=", f"{name}:"))
        ):
            return target
    return None
