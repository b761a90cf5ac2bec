"""Services, stacks and stages as plain data with places, as policies see them.

Services and stacks are as Docker Compose merges them, with the long forms that
``docker compose config`` prints; stages are a mapping of what their instructions set.
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
    from ..model.service import Service
    from ..model.stack import Stack

Path = tuple["str | int", ...]

_PAIRS = frozenset(("annotations", "args", "driver_opts", "environment", "labels", "sysctls"))
"""Keys whose value is a mapping of texts or a list of ``KEY=VALUE``."""

_NAMED = frozenset(
    ("configs", "depends_on", "models", "networks", "secrets", "services", "volumes")
)
"""Keys whose value is a mapping by names that users choose."""


class View:
    """Plain data, and the place of each part of it.

    ``place`` is that of findings about all of the data. ``places`` are the spans of the values
    by their path (for a collection under a key, that of the key), ``keys`` those of the keys.
    ``unknown`` are the paths of values that depend on undefined variables.
    """

    __slots__ = ("data", "keys", "kind", "name", "place", "places", "unknown")

    def __init__(self, name: str, kind: str, place: Span) -> None:
        self.name = name
        self.kind = kind
        self.place = place
        self.data: Any = {}
        self.places: dict[Path, Span] = {}
        self.keys: dict[Path, Span] = {}
        self.unknown: list[Path] = []

    def span(self, path: Path, key: str | None = None) -> Span:
        """The place of a value, or of a key in it; without a place, that of its container."""
        if key is not None and (*path, key) in self.keys:
            return self.keys[(*path, key)]
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, self.place)

    def value(self, path: Path) -> Any:
        """The value at a path of the data."""
        value = self.data
        for part in path:
            value = value[part]
        return value

    def is_unknown(self, path: Path) -> bool:
        """Whether a value, or a part of it, depends on undefined variables."""
        return any(unknown[: len(path)] == path for unknown in self.unknown)

    def read(self, node: Node, path: Path = ()) -> Any:
        """A node as plain data; records the places of its parts."""
        if isinstance(node, Mapping):
            mapping: dict[str, Any] = {}
            parent = path[-1] if path else None
            for entry in node.entries:
                inner = (*path, entry.name)
                value = entry.value
                is_scalar = isinstance(value, Scalar)
                self.keys[inner] = entry.key.span
                self.places[inner] = value.span if is_scalar else entry.key.span
                is_pairs = entry.name in _PAIRS and parent not in _NAMED and not is_scalar
                mapping[entry.name] = (self.pairs if is_pairs else self.read)(value, inner)
            return mapping
        if isinstance(node, Sequence):
            items = []
            for index, item in enumerate(node.items):
                self.places[*path, index] = item.span
                items.append(self.read(item, (*path, index)))
            return items
        if node.unknown:
            self.unknown.append(path)
        plain = node.value if isinstance(node, Scalar) else None
        return plain.isoformat() if isinstance(plain, datetime.date) else plain

    def pairs(self, node: Node, path: Path) -> dict[str, str | None]:
        """A mapping of texts, from either of its forms; records the places of its parts."""
        texts: dict[str, str | None] = {}
        for pair in key_values(node):
            inner = (*path, pair.name)
            self.keys[inner] = pair.name_span
            self.places[inner] = pair.value_span
            texts[pair.name] = pair.value
            if pair.unknown:
                self.unknown.append(inner)
                if isinstance(pair.node, Scalar):
                    texts[pair.name] = scalar_text(pair.node)
        return texts


def service_view(service: Service) -> View:
    """The view of a service."""
    view = View(service.name, "service", service.key.span)
    view.data = view.read(service.node)
    return view


def stack_view(stack: Stack) -> View:
    """The view of a stack; its place is the first key."""
    tree = stack.tree
    place = tree.entries[0].key.span if tree.entries else Span(tree.file, 0, 0)
    view = View(stack.name, "stack", place)
    view.data = view.read(tree)
    return view


def stage_view(stage: Stage) -> View:
    """The view of a build stage.

    Its data are ``name`` (or its number), ``image`` (with the defaults of build arguments),
    ``final`` (whether its image is one that runs), ``platform``, ``user`` and ``workdir``
    (at the end of the stage), ``env``, ``args`` and ``labels`` (mappings), ``expose`` (a
    list), and ``instructions``: a list of ``instruction`` (the keyword), ``arguments`` (the
    text behind it and its flags) and ``flags`` (a mapping of lists).
    """
    syntax = stage.syntax
    base = syntax.base
    place = base.span if base is not None else syntax.instruction.name_span
    view = View(stage.label, "stage", place)
    places, unknown = view.places, view.unknown
    data: dict[str, Any] = {"name": stage.label, "final": stage.is_final}
    view.data = data
    if syntax.name_word is not None:
        places["name",] = syntax.name_word.span

    def put(key: str, value: str | None, text: str, span: Span) -> None:
        """Add a value; ``text`` takes its place if it depends on variables (None)."""
        data[key] = text if value is None else value
        places[key,] = span
        if value is None:
            unknown.append((key,))

    if base is not None:
        # A variable without a default makes an empty name, which a build argument completes.
        put("image", syntax.base_name or None, base.text, base.span)
    platform = syntax.platform
    if platform is not None and platform.value is not None:
        value = None if "$" in platform.value else platform.value
        put("platform", value, platform.value, platform.value_span)
    end = syntax.final
    for key, setting in (("user", end.user), ("workdir", end.workdir)):
        if setting is not None:
            put(key, setting.value, setting.instruction.arguments, setting.instruction.span)
    names = {"ENV": "env", "ARG": "args", "LABEL": "labels"}
    groups: dict[str, dict[str, str | None]] = {group: {} for group in names.values()}
    ports: list[str] = []
    instructions: list[dict[str, Any]] = []
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
        places["instructions", len(instructions)] = instruction.span
        arguments = instruction.arguments
        instructions.append(
            {"instruction": instruction.name, "arguments": arguments, "flags": flags}
        )
    data.update(groups, expose=ports, instructions=instructions)
    return view
