"""One document with its aliases, merge keys and ``!reset``/``!override`` tags resolved.

Anchored nodes are resolved once and shared by all that refer to them. Nodes that do not
change are not copied. The nodes of the expanded tree are counted, so that a small file
cannot expand to millions of them.
"""

from __future__ import annotations

import datetime

from ..base.records import NamedTuple
from ..base.text import Span, contains
from ..source.yaml.nodes import (
    MAX_DEPTH,
    Alias,
    Entry,
    Mapping,
    Node,
    Scalar,
    Sequence,
    UnknownScalar,
    plain_value,
)
from .nodes import entries_of, is_null, items_of, with_entries, with_items
from .problem import Problem, Related
from .release import CURRENT, OLDER
from .values import UNKNOWN

_CORE = "tag:yaml.org,2002:"

_TAGS = {"bool": bool, "int": int, "float": float, "timestamp": datetime.date}

MAX_EXPANDED = 1_000_000
"""The number of nodes that a document may have once every alias is expanded."""

Path = tuple[str, ...]

Reset = tuple[Path, Node]
"""A path that a document removes, and the node that says so."""


class Resolved(NamedTuple):
    """A document ready to be read. ``root`` is None if nothing is left of it.

    ``resets`` are the paths that ``!reset`` and ``!override`` remove from the model that
    this document is laid over.
    """

    root: Node | None
    resets: tuple[Reset, ...]
    problems: tuple[Problem, ...]


class _TooComplex(Exception):
    """The document has too many nodes, or nests too deeply."""


def resolve(document: Node, release: str = CURRENT) -> Resolved:
    """A document with its aliases, merge keys and tags resolved."""
    resolver = _Resolver(release, contains(document.file, "<<"))
    try:
        root = resolver.visit(document)
    except _TooComplex:
        problem = Problem(
            "too-complex",
            f"with its aliases expanded, the document has more than {MAX_EXPANDED:,} values "
            f"or nests more than {MAX_DEPTH} levels deep",
            _first_alias(document).span,
        )
        return Resolved(None, (), (problem,))
    return Resolved(root, tuple(resolver.resets), tuple(resolver.problems))


class _Resolver:
    __slots__ = (
        "anchored",
        "depth",
        "may_merge",
        "older",
        "overriding",
        "problems",
        "resets",
        "size",
    )

    def __init__(self, release: str, has_merges: bool) -> None:
        self.older = release == OLDER
        # Items of lists that are merge keys.
        self.may_merge = has_merges and not self.older
        self.problems: list[Problem] = []
        self.resets: list[Reset] = []
        self.size = 0
        self.depth = 0
        self.overriding = False
        # By id of an anchored node: the resolved one, its size and what it resets.
        self.anchored: dict[int, tuple[Node | None, int, list[Reset]]] = {}

    def visit(self, node: Node) -> Node | None:
        """The resolved node; None if ``!reset`` removes it.

        Paths of resets below it are added to ``resets``, relative to the node.
        """
        if isinstance(node, Alias):
            node = node.target
        is_anchored = node.anchor is not None
        size = self.size
        if is_anchored:
            resolved = self.anchored.get(id(node))
            if resolved is not None:
                self.grow(resolved[1])
                if not self.overriding:
                    self.resets += resolved[2]
                return resolved[0]
        first = len(self.resets)
        self.grow(1)
        result: Node | None
        tag = node.tag
        is_scalar = isinstance(node, Scalar)
        if tag is not None:
            self.check_tag(node, tag)
        if tag == "!reset" and not self.overriding:
            self.resets.append(((), node))
            result = None
        elif tag == "!override" and not self.overriding:
            # Tags inside a replacement have no effect.
            self.overriding = True
            result = node if is_scalar else self.children(node)
            self.overriding = False
            self.resets.append(((), node))
        else:
            result = node if is_scalar else self.children(node)
        if self.older and isinstance(result, Scalar) and not result.style:
            if result.raw == "-0":
                result = result.derive(0)
            elif result.tag == "!":
                result = result.derive(plain_value(result.raw) if result.raw else None)
        if is_anchored:
            resets = self.resets[first:]
            if self.older:
                # What is below an anchored node is reset at its own place only.
                resets = [reset for reset in resets if not reset[0]]
            self.anchored[id(node)] = (result, self.size - size, resets)
        return result

    def check_tag(self, node: Node, tag: str) -> None:
        if not isinstance(node, Scalar) or not tag.startswith(_CORE):
            return
        kind = tag[len(_CORE) :]
        types = _TAGS.get(kind)
        # A boolean is an integer to Python.
        wrong = types is not None and (
            not isinstance(node.value, types) or (kind == "int" and isinstance(node.value, bool))
        )
        if kind == "null":
            wrong = bool(node.raw) and plain_value(node.raw) is not None
        elif kind == "binary":
            wrong = not _is_base64(node.raw)
        if wrong:
            self.problems.append(
                Problem("yaml-tag", f'"{node.raw}" is not a value of type !!{kind}', node.span)
            )

    def grow(self, count: int) -> None:
        self.size += count
        if self.size > MAX_EXPANDED:
            raise _TooComplex

    def children(self, node: Node) -> Node:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise _TooComplex
        if isinstance(node, Mapping):
            node = self.mapping(node)
        elif isinstance(node, Sequence):
            count = len(self.resets)
            items = [_placed(item, self.visit(item)) for item in node.items]
            if self.may_merge:
                items = [None if item is not None and _is_merge(item) else item for item in items]
            # Compose drops the item here and removes nothing from another file's list.
            del self.resets[count:]
            if items != node.items:  # nodes are equal only if they are the same
                node = with_items(node, [item for item in items if item is not None])
        self.depth -= 1
        return node

    def mapping(self, node: Mapping) -> Node:
        resets = self.resets
        by_name: dict[str, Entry] = {}
        entries: list[Entry] = []
        merges: list[tuple[Node, Node]] = []
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
            first = by_name.setdefault(name, entry)
            if first is not entry:
                changed = True
                self.problems.append(_duplicate(name, key, first))
                continue
            if name == "<<" and not key.style:
                changed = True
                merged = self.visit(value)
                if merged is not None:
                    merges.append((merged, value))
                continue
            if not key.style and key.tag is None and not isinstance(key.value, str):
                changed = True
                self.problems.append(_not_text(key))
                continue
            if key.tag is not None:
                self.check_tag(key, key.tag)
            count = len(resets)
            result = self.visit(value)
            if len(resets) > count:
                resets[count:] = [((name, *path), at) for path, at in resets[count:]]
            if result is not None and not self.older and _is_merge(result):
                result = None
            if result is value:
                entries.append(entry)
            else:
                changed = True
                if result is not None:
                    entries.append(Entry(key, result))
        if merges:
            self.nested(node)
            for source, written in merges:
                self.merge(entries, source, written)
        if not entries and node.entries and not merges and self.problems:
            return broken(node)
        return with_entries(node, entries) if changed else node

    def nested(self, node: Mapping) -> None:
        """Report an anchor that is merged into a mapping and used below it as well.

        Compose takes that for a circle.
        """
        merged = {
            id(entry.value.target): entry.value
            for entry in node.entries
            if isinstance(entry.value, Alias) and entry.name == "<<"
        }
        pending = [entry.value for entry in node.entries if entry.name != "<<"] if merged else []
        while pending:
            inner = pending.pop()
            if isinstance(inner, Alias):
                alias = merged.get(id(inner.target))
                if alias is not None:
                    self.problems.append(
                        Problem(
                            "alias-cycle",
                            f'"*{inner.name}" is merged into this mapping and used inside it as '
                            "well, which Docker Compose takes for a circle",
                            (inner if inner.start > alias.start else alias).span,
                        )
                    )
                    return
            pending.extend(_children(inner))

    def key(self, key: Node) -> Scalar | None:
        """A key that is not written as a scalar: an alias of one, or None after a report."""
        target = key.target if isinstance(key, Alias) else key
        if isinstance(target, Scalar):
            twin = Scalar(key.file, key.start, key.end, target.raw, target.style)
            twin.tag = target.tag
            return twin
        self.problems.append(
            Problem("non-string-key", f"a {target.kind} is used as a key; keys are text", key.span)
        )
        return None

    def merge(self, entries: list[Entry], source: Node, written: Node) -> None:
        """Add the entries of a merge key whose names the mapping does not have.

        ``written`` is its value as it is in the file, such as an alias.
        """
        parts = source.items if isinstance(source, Sequence) else [source]
        present = {entry.name for entry in entries}
        for part in parts:
            if not isinstance(part, Mapping):
                self.problems.append(
                    Problem(
                        "merge-key",
                        '"<<" needs a mapping or a list of mappings, '
                        + ("nothing is given" if is_null(part) else f"not a {part.kind}")
                        + (" in a list" if part is not source else ""),
                        (written if isinstance(written, Alias) else part).span,
                    )
                )
                continue
            self.grow(len(part.entries))
            for entry in part.entries:
                if entry.name not in present:
                    present.add(entry.name)
                    entries.append(entry)


def _placed(item: Node, resolved: Node | None) -> Node | None:
    """A list that an alias puts into another list, at the place of the alias.

    YAML cannot splice lists, so that is where the error is.
    """
    if not isinstance(item, Alias) or not isinstance(resolved, Sequence):
        return resolved
    twin = Sequence(item.file, item.start, item.end, resolved.flow)
    twin.items, twin.tag = resolved.items, resolved.tag
    return twin


def _is_base64(text: str) -> bool:
    import base64

    try:
        base64.b64decode("".join(text.splitlines()), validate=True)
    except ValueError:
        return False
    return True


def _is_merge(node: Node) -> bool:
    """Whether a value is written as a merge key, which Compose drops since release 5."""
    return (
        isinstance(node, Scalar)
        and node.raw == "<<"
        and not node.style
        and node.tag in (None, f"{_CORE}merge")
    )


def broken(node: Node) -> Scalar:
    """The placeholder of a value whose problem is reported, so that no other one is."""
    return UnknownScalar(node.file, node.start, node.end, UNKNOWN, '"')


def _duplicate(name: str, key: Node, first: Entry) -> Problem:
    line = first.key.file.position(first.key.start).line
    return Problem(
        "duplicate-key",
        f'the key "{name}" is in this mapping twice, first on line {line}',
        key.span,
        "delete one of them, or merge the two",
        (Related(f'the first "{name}"', first.key.span),),
    )


def _not_text(key: Scalar) -> Problem:
    value = key.value
    if value is None:
        noun = "empty"
    elif isinstance(value, bool):
        noun = "a boolean"
    else:
        noun = "a number" if isinstance(value, int | float) else "a date"
    end = max(key.end, min(key.start + 1, len(key.file.text)))
    return Problem(
        "non-string-key",
        f"the key {key.raw or '(none)'} is {noun}; Compose accepts only text",
        Span(key.file, key.start, end),
        f'quote it: `"{key.raw}"`' if key.raw else "",
    )


def _children(node: Node) -> list[Node]:
    return [entry.value for entry in entries_of(node)] or items_of(node)


def _first_alias(node: Node) -> Node:
    pending = [node]
    while pending:
        inner = pending.pop()
        if isinstance(inner, Alias):
            return inner
        pending.extend(reversed(_children(inner)))
    return node
