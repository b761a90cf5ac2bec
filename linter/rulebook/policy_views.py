"""What a policy looks at: a service, a stack or a stage as plain data with places.

Services and stacks are shown as Docker Compose merges them and with the long forms that
``docker compose config`` prints, stages as a mapping of what their instructions set.
"""

from __future__ import annotations

import datetime

from ..base.text import Span
from ..model.values import key_values, scalar_text
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..model.dockerfile import Stage
    from ..model.stack import Service, Stack

Path = tuple["str | int", ...]

_PAIRS = frozenset(("annotations", "args", "driver_opts", "environment", "labels", "sysctls"))
"""Keys whose value is a mapping of texts, which may be written as a list of ``KEY=VALUE``."""

_NAMED = frozenset(
    ("configs", "depends_on", "models", "networks", "secrets", "services", "volumes")
)
"""Keys whose value's keys are names that people choose."""


class View:
    """Plain data, and where each part of it stands.

    ``whole`` is what a finding about all of it points at. ``places`` has the span of each
    value by its path (of a collection under a key, the key's), ``keys`` that of each key.
    ``unknown`` are the paths of what depends on variables that nothing defines.
    """

    __slots__ = ("data", "keys", "kind", "name", "places", "unknown", "whole")

    def __init__(self, name: str, kind: str, whole: Span) -> None:
        self.name = name
        self.kind = kind
        self.whole = whole
        self.data: Any = {}
        self.places: dict[Path, Span] = {}
        self.keys: dict[Path, Span] = {}
        self.unknown: list[Path] = []

    def span(self, path: Path, key: str | None = None) -> Span:
        """Where a value stands, or a key in it; of what has no place, its container."""
        if key is not None and (*path, key) in self.keys:
            return self.keys[(*path, key)]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.whole)

    def value(self, path: Path) -> Any:
        """The value at a path of the data."""
        found = self.data
        for part in path:
            found = found[part]
        return found

    def is_unknown(self, path: Path) -> bool:
        """Whether a value, or something in it, cannot be known."""
        return any(each[: len(path)] == path for each in self.unknown)

    def read(self, node: Node, path: Path = ()) -> Any:
        """A node as plain data; notes the places of what is in it."""
        if isinstance(node, Mapping):
            found: dict[str, Any] = {}
            parent = path[-1] if path else None
            for entry in node.entries:
                below = (*path, entry.name)
                value = entry.value
                key_span = entry.key.span
                self.keys[below] = key_span
                self.places[below] = value.span if isinstance(value, Scalar) else key_span
                is_pairs = entry.name in _PAIRS and parent not in _NAMED
                if is_pairs and not isinstance(value, Scalar):
                    found[entry.name] = self.pairs(value, below)
                else:
                    found[entry.name] = self.read(value, below)
            return found
        if isinstance(node, Sequence):
            items = []
            for index, item in enumerate(node.items):
                below = (*path, index)
                self.places[below] = item.span
                items.append(self.read(item, below))
            return items
        if node.unknown:
            self.unknown.append(path)
        plain = node.value if isinstance(node, Scalar) else None
        return plain.isoformat() if isinstance(plain, datetime.date) else plain

    def pairs(self, node: Node, path: Path) -> dict[str, str | None]:
        """A mapping of texts, from either of its forms."""
        found: dict[str, str | None] = {}
        for pair in key_values(node):
            below = (*path, pair.name)
            self.keys[below] = pair.name_span
            self.places[below] = pair.value_span
            if pair.unknown:
                self.unknown.append(below)
            found[pair.name] = (
                scalar_text(pair.node)
                if pair.unknown and isinstance(pair.node, Scalar)
                else pair.value
            )
        return found


def service_view(service: Service) -> View:
    """A service of a stack."""
    view = View(service.name, "service", service.key.span)
    view.data = view.read(service.node)
    return view


def stack_view(stack: Stack) -> View:
    """A whole stack; a finding about all of it points at its first key."""
    tree = stack.tree
    whole = tree.entries[0].key.span if tree.entries else Span(tree.file, 0, 0)
    view = View(stack.name, "stack", whole)
    view.data = view.read(tree)
    return view


def stage_view(stage: Stage) -> View:
    """A build stage.

    ``name`` (or its number), ``image`` (with the defaults of build arguments filled in),
    ``final`` (whether its image is one that runs), ``platform``, ``user`` and ``workdir``
    (as they are at its end), ``env``, ``args`` and ``labels`` (mappings), ``expose`` (a
    list), and ``instructions``: a list of ``instruction`` (the keyword), ``arguments`` (the
    text behind it and its flags) and ``flags`` (a mapping of lists).
    """
    syntax = stage.syntax
    base = syntax.base
    whole = base.span if base is not None else syntax.instruction.name_span
    view = View(stage.label, "stage", whole)
    places, unknown = view.places, view.unknown
    data: dict[str, Any] = {"name": stage.label, "final": stage.is_final}
    view.data = data
    if syntax.name_word is not None:
        places["name",] = syntax.name_word.span

    def put(key: str, value: str | None, written: str, span: Span) -> None:
        data[key] = written if value is None else value
        places[key,] = span
        if value is None:
            unknown.append((key,))

    if base is not None:
        # A variable without a default makes an empty name, which a build argument will fill.
        put("image", syntax.base_name or None, base.text, base.span)
    platform = syntax.platform
    if platform is not None and platform.value is not None:
        known = None if "$" in platform.value else platform.value
        put("platform", known, platform.value, platform.value_span)
    end = syntax.final
    for key, setting in (("user", end.user), ("workdir", end.workdir)):
        if setting is not None:
            put(key, setting.value, setting.instruction.arguments, setting.instruction.span)
    names = {"ENV": "env", "ARG": "args", "LABEL": "labels"}
    groups: dict[str, dict[str, str | None]] = {group: {} for group in names.values()}
    ports: list[str] = []
    listed: list[dict[str, Any]] = []
    for instruction in syntax.instructions:
        group = names.get(instruction.name)
        if group is not None:
            for pair in instruction.pairs:
                name = pair.key.value
                groups[group][name] = pair.value.value if pair.value is not None else None
                places[group, name] = view.keys[group, name] = pair.span
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
        places["instructions", len(listed)] = instruction.span
        listed.append(
            {
                "instruction": instruction.name,
                "arguments": instruction.arguments,
                "flags": flags,
            }
        )
    data.update(groups, expose=ports, instructions=listed)
    return view
