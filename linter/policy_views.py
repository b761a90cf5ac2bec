"""What a policy looks at: a service, a stack or a stage as plain data with places.

Services and stacks are shown as ``docker compose config`` prints them, stages as a mapping
of what their instructions set (see ``stage_view``).
"""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING, Any

from .compose.nodes import unset_names
from .source.text import Span
from .source.yaml import Mapping, Node, Scalar, Sequence

if TYPE_CHECKING:
    from collections.abc import Iterable

    from .model import Service, Stack, Stage

Path = tuple["str | int", ...]


class View:
    """Plain data, and where each part of it stands.

    ``whole`` is what a finding about all of it points at.
    """

    __slots__ = ("data", "kind", "name", "whole")

    def __init__(self, name: str, kind: str, whole: Span, data: Any) -> None:
        self.name = name
        self.kind = kind
        self.whole = whole
        self.data = data

    def span(self, path: Path, key: str | None = None) -> Span:
        """The place of a value: a collection's key, a scalar itself. With ``key``, that key in it."""
        raise NotImplementedError

    def is_unknown(self, path: Path) -> bool:
        """Whether a value, or something in it, depends on variables that nothing defines."""
        raise NotImplementedError


class NodeView(View):
    """A part of a resolved stack."""

    __slots__ = ("node",)

    def __init__(self, name: str, kind: str, whole: Span, node: Node) -> None:
        super().__init__(name, kind, whole, plain(node))
        self.node = node

    def span(self, path: Path, key: str | None = None) -> Span:
        found, node = self.whole, self.node
        for part in path:
            if isinstance(node, Mapping) and isinstance(part, str):
                entry = node.entry(part)
                if entry is None:
                    return found
                node = entry.value
                found = node.span if isinstance(node, Scalar) else entry.key.span
            elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
                found = node.span
            else:
                return found
        if key is not None and isinstance(node, Mapping):
            entry = node.entry(key)
            if entry is not None:
                return entry.key.span
        return found

    def is_unknown(self, path: Path) -> bool:
        node: Node | None = self.node
        for part in path:
            if isinstance(node, Mapping) and isinstance(part, str):
                node = node.get(part)
            elif isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
                node = node.items[part]
            else:
                return False
        return node is not None and (node.unknown or bool(unset_names(node)))


class PlacedView(View):
    """Data that was put together, with the places and the unknown values listed by path."""

    __slots__ = ("places", "unknown")

    def __init__(
        self,
        name: str,
        kind: str,
        whole: Span,
        data: Any,
        places: dict[Path, Span],
        unknown: Iterable[Path],
    ) -> None:
        super().__init__(name, kind, whole, data)
        self.places = places
        self.unknown = frozenset(unknown)

    def span(self, path: Path, key: str | None = None) -> Span:
        if key is not None and (*path, key) in self.places:
            return self.places[(*path, key)]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.whole)

    def is_unknown(self, path: Path) -> bool:
        return any(each[: len(path)] == path for each in self.unknown)


def service_view(service: Service) -> View:
    """A service of a stack."""
    return NodeView(service.name, "service", service.key.span, service.node)


def stack_view(stack: Stack) -> View:
    """A whole stack; a finding about all of it points at its first key."""
    tree = stack.tree
    whole = tree.entries[0].key.span if tree.entries else Span(tree.file, 0, 0)
    return NodeView(stack.name, "stack", whole, tree)


def plain(node: Node) -> Any:
    """A node as plain data; dates become text."""
    if isinstance(node, Mapping):
        return {entry.name: plain(entry.value) for entry in node.entries}
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    value = node.value if isinstance(node, Scalar) else None
    return value.isoformat() if isinstance(value, datetime.date) else value


def stage_view(stage: Stage) -> View:
    """A build stage.

    ``name`` (or its number), ``image`` (with the defaults of build arguments filled in),
    ``final`` (whether its image is one that runs), ``platform``, ``user`` and ``workdir``
    (as they are at its end), ``env``, ``args`` and ``labels`` (mappings), ``expose`` (a
    list), and ``instructions``: a list of ``instruction`` (the keyword), ``arguments`` (the
    text behind it and its flags) and ``flags`` (a mapping of lists).
    """
    syntax = stage.syntax
    data: dict[str, Any] = {"name": stage.label, "final": stage.is_final}
    places: dict[Path, Span] = {("name",): syntax.instruction.span}
    unknown: list[Path] = []

    def put(key: str, value: str | None, written: str, span: Span) -> None:
        data[key] = written if value is None else value
        places[(key,)] = span
        if value is None:
            unknown.append((key,))

    whole = syntax.instruction.name_span
    if syntax.name_word is not None:
        places[("name",)] = syntax.name_word.span
    if syntax.base is not None:
        whole = syntax.base.span
        put("image", syntax.base_name, syntax.base.text, syntax.base.span)
    if syntax.platform is not None and syntax.platform.value is not None:
        put("platform", syntax.platform.value, "", syntax.platform.value_span)
        if "$" in syntax.platform.value:
            unknown.append(("platform",))
    end = syntax.final
    for key, setting in (("user", end.user), ("workdir", end.workdir)):
        if setting is not None:
            put(key, setting.value, setting.instruction.arguments, setting.instruction.span)
    groups: dict[str, dict[str, str | None]] = {"env": {}, "args": {}, "labels": {}}
    names = {"ENV": "env", "ARG": "args", "LABEL": "labels"}
    ports: list[str] = []
    listed: list[dict[str, Any]] = []
    for instruction in syntax.instructions:
        group = names.get(instruction.name)
        if group is not None:
            for pair in instruction.pairs:
                name = pair.key.value
                groups[group][name] = pair.value.value if pair.value is not None else None
                places[(group, name)] = pair.span
                if pair.value is not None and pair.value.has_variable:
                    unknown.append((group, name))
        elif instruction.name == "EXPOSE":
            for word in instruction.words:
                path = ("expose", len(ports))
                places[path] = word.span
                if word.has_variable:
                    unknown.append(path)
                ports.append(word.value)
        flags: dict[str, list[str]] = {}
        for flag in instruction.flags:
            flags.setdefault(flag.name, []).append(flag.value or "")
        places[("instructions", len(listed))] = instruction.span
        listed.append(
            {
                "instruction": instruction.name,
                "arguments": instruction.arguments,
                "flags": flags,
            }
        )
    data.update(groups, expose=ports, instructions=listed)
    return PlacedView(stage.label, "stage", whole, data, places, unknown)
