"""One document with its aliases, merge keys and ``!reset``/``!override`` tags worked out.

Anchored nodes are resolved once and shared by all that refer to them. Nothing is copied
where nothing changes. What the expanded tree would amount to is counted, so that a small
file cannot stand for millions of nodes.
"""

from __future__ import annotations

import datetime

from ..base.records import NamedTuple
from ..base.text import Span
from ..source.yaml.nodes import (
    MAX_DEPTH,
    Alias,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    UnknownScalar,
)
from .nodes import with_entries, with_items
from .problem import Problem, Related
from .values import UNKNOWN

_CORE = "tag:yaml.org,2002:"

MAX_EXPANDED = 1_000_000
"""How many nodes a document may have once every alias is expanded."""

Path = tuple[str, ...]

Reset = tuple[Path, Node]
"""A path that a document takes back, and the node that says so."""


class Resolved(NamedTuple):
    """A document ready to be read. ``root`` is None where nothing is left of it.

    ``resets`` are the paths that ``!reset`` and ``!override`` take back from whatever
    this document is laid over.
    """

    root: Node | None
    resets: tuple[Reset, ...]
    problems: tuple[Problem, ...]


class _TooComplex(Exception):
    pass


def resolve(document: Node) -> Resolved:
    """Work out a document's aliases, merge keys and tags."""
    work = _Work()
    try:
        root = work.visit(document)
    except _TooComplex:
        problem = Problem(
            "too-complex",
            f"with its aliases expanded, the document has more than {MAX_EXPANDED:,} values "
            f"or nests more than {MAX_DEPTH} levels deep",
            _first_alias(document).span,
        )
        return Resolved(None, (), (problem,))
    return Resolved(root, tuple(work.resets), tuple(work.problems))


class _Work:
    __slots__ = ("anchored", "depth", "overriding", "problems", "resets", "size")

    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.resets: list[Reset] = []
        self.size = 0
        self.depth = 0
        self.overriding = False
        # By id of an anchored node: what became of it and its size.
        self.anchored: dict[int, tuple[Node | None, int]] = {}

    def visit(self, node: Node) -> Node | None:
        """The resolved node; None where ``!reset`` takes it away.

        Paths of resets below it are added to ``resets``, relative to the node.
        """
        if isinstance(node, Alias):
            node = node.target
        resets = self.resets
        anchored = node.anchor is not None
        size = self.size
        if anchored:
            # What an anchored node resets counts where it stands, not where it is used.
            known = self.anchored.get(id(node))
            if known is not None:
                self.grow(known[1])
                return known[0]
        self.grow(1)
        result: Node | None
        tag = node.tag
        if tag is not None and tag.startswith(_CORE) and isinstance(node, Scalar):
            self.check_tag(node, tag[len(_CORE) :])
        if tag == "!reset" and not self.overriding:
            resets.append(((), node))
            result = None
        elif tag == "!override" and not self.overriding:
            # Tags inside a replacement mean nothing.
            self.overriding = True
            result = self.children(node) if not isinstance(node, Scalar) else node
            self.overriding = False
            resets.append(((), node))
        else:
            result = self.children(node) if not isinstance(node, Scalar) else node
        if anchored:
            self.anchored[id(node)] = (result, self.size - size)
        return result

    def check_tag(self, node: Scalar, tag: str) -> None:
        value = node.value
        fits = {
            "bool": isinstance(value, bool),
            "int": isinstance(value, int) and not isinstance(value, bool),
            "float": isinstance(value, float),
            "timestamp": isinstance(value, datetime.date),
        }.get(tag, True)
        if not fits:
            self.problems.append(Problem("yaml-tag", f'"{node.raw}" is no !!{tag}', node.span))

    def grow(self, count: int) -> None:
        self.size += count
        if self.size > MAX_EXPANDED:
            raise _TooComplex

    def children(self, node: Node) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooComplex
        resets = self.resets
        if isinstance(node, Mapping):
            node = self.mapping(node)
        elif isinstance(node, Sequence):
            count = len(resets)
            items: list[Node] = []
            changed = False
            for item in node.items:
                result = self.visit(item)
                if result is not item:
                    changed = True
                    if result is None:
                        continue
                items.append(result)
            # Compose drops the item here and takes nothing back from another file's list.
            del resets[count:]
            if changed:
                node = with_items(node, items)
        self.depth -= 1
        return node

    def mapping(self, node: Mapping) -> Node:
        resets = self.resets
        seen: dict[str, Entry] = {}
        entries: list[Entry] = []
        merges: list[Node] = []
        changed = False
        for entry in node.entries:
            key, value = entry
            if not isinstance(key, Scalar):
                changed = True
                scalar = self.key(key)
                if scalar is None:
                    continue
                key = scalar
                entry = Entry(key, value)
            name = key.raw
            first = seen.setdefault(name, entry)
            if first is not entry:
                changed = True
                self.problems.append(_duplicate(name, key, first))
                continue
            if name == "<<" and not key.style:
                changed = True
                merged = self.visit(value)
                if merged is not None:
                    merges.append(merged)
                continue
            if not key.style and key.tag is None and not isinstance(key.value, str):
                changed = True
                self.problems.append(_not_text(key))
                continue
            count = len(resets)
            result = self.visit(value)
            if len(resets) > count:
                resets[count:] = [((name, *path), at) for path, at in resets[count:]]
            if result is value:
                entries.append(entry)
            else:
                changed = True
                if result is not None:
                    entries.append(Entry(key, result))
        if merges:
            self.nested(node)
            for source in merges:
                self.merge(entries, source)
        if not entries and node.entries and not merges and self.problems:
            # Nothing usable is left, so nothing more is to be said about it.
            return broken(node)
        return with_entries(node, entries) if changed else node

    def nested(self, node: Mapping) -> None:
        """Report an anchor that is merged into a mapping and used below it as well, which
        Compose takes for a circle."""
        merged = {
            id(entry.value.target): entry.value
            for entry in node.entries
            if isinstance(entry.value, Alias) and entry.name == "<<"
        }
        pending = [entry.value for entry in node.entries if entry.name != "<<"] if merged else []
        while pending:
            at = pending.pop()
            if isinstance(at, Alias):
                first = merged.get(id(at.target))
                if first is not None:
                    self.problems.append(
                        Problem(
                            "alias-cycle",
                            f'"*{at.name}" is merged into this mapping and used inside it as '
                            "well, which Docker Compose takes for a circle",
                            (at if at.start > first.start else first).span,
                        )
                    )
                    return
            elif isinstance(at, Mapping):
                pending.extend(entry.value for entry in at.entries)
            elif isinstance(at, Sequence):
                pending.extend(at.items)

    def key(self, key: Node) -> Scalar | None:
        """A key that is no scalar as written: an alias of one, or a mistake."""
        target = key.target if isinstance(key, Alias) else key
        if isinstance(target, Scalar):
            twin = Scalar(key.file, key.start, key.end, target.raw, target.style)
            twin.tag = target.tag
            return twin
        self.problems.append(
            Problem("non-string-key", f"a {target.kind} stands as a key; keys are text", key.span)
        )
        return None

    def merge(self, entries: list[Entry], source: Node) -> None:
        """Add what a merge key brings, where the mapping has no such key of its own."""
        parts = source.items if isinstance(source, Sequence) else [source]
        present = {entry.name for entry in entries}
        for part in parts:
            if not isinstance(part, Mapping):
                self.problems.append(
                    Problem(
                        "merge-key",
                        '"<<" takes a mapping or a list of mappings, '
                        + ("nothing is given" if _empty(part) else f"not a {part.kind}"),
                        part.span,
                    )
                )
                continue
            self.grow(len(part.entries))
            for entry in part.entries:
                if entry.name not in present:
                    present.add(entry.name)
                    entries.append(entry)


def broken(node: Node) -> Scalar:
    """What stands for a value that has been reported, so that nobody looks at it again."""
    return UnknownScalar(node.file, node.start, node.end, UNKNOWN, '"')


def _empty(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None


def _duplicate(name: str, key: Node, first: Entry) -> Problem:
    line = first.key.file.position(first.key.start).line
    return Problem(
        "duplicate-key",
        f'the key "{name}" stands twice in this mapping, first on line {line}',
        key.span,
        "Remove one of them, or move what differs into one entry.",
        (Related(f'the first "{name}"', first.key.span),),
    )


def _not_text(key: Scalar) -> Problem:
    value = key.value
    what = (
        "empty"
        if value is None
        else "a boolean"
        if isinstance(value, bool)
        else "a number"
        if isinstance(value, int | float)
        else "a date"
    )
    return Problem(
        "non-string-key",
        f"the key {key.raw or '(none)'} is {what}; Compose takes text only",
        key.span
        if key.end > key.start
        else Span(key.file, key.start, min(key.start + 1, len(key.file.text))),
        f'Quote it: "{key.raw}".' if key.raw else "",
    )


def _first_alias(node: Node) -> Node:
    pending = [node]
    while pending:
        at = pending.pop()
        if isinstance(at, Alias):
            return at
        if isinstance(at, Mapping):
            pending.extend(entry.value for entry in reversed(at.entries))
        elif isinstance(at, Sequence):
            pending.extend(reversed(at.items))
    return node
