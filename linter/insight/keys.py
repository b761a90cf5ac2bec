"""What the schema of Compose files says about a path of keys."""

from __future__ import annotations

from functools import cache, lru_cache

from ..base.package import parse_own, read_own
from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    Spec = dict[str, Any]
    Path = tuple[str | int, ...]

_BOOLEANS = ("true", "false")
_MAX_DEPTH = 40


class Key(NamedTuple):
    """A key that may stand in a mapping: its meaning, and the kinds of value that it takes.

    ``kinds`` has some of ``mapping``, ``list`` and ``scalar``; ``values`` are those of a closed or
    usual set, ``example`` is one value of an open one; ``deprecated`` keys are still accepted.
    """

    name: str
    meaning: str
    kinds: frozenset[str]
    values: tuple[str, ...]
    example: str
    deprecated: bool
    required: bool = False


@cache
def schema() -> Spec:
    """The content of ``schemas/compose.schema.json``, read on first use."""
    content: Spec = parse_own(read_own("schemas/compose.schema.json").decode("utf-8"))
    return content


def _resolved(spec: Any, depth: int = 0) -> Iterator[Spec]:
    """The alternatives that a node of the schema stands for, without references."""
    if not isinstance(spec, dict) or depth > _MAX_DEPTH:
        return
    reference = spec.get("$ref")
    if reference is not None:
        target: Any = schema()
        for part in reference.removeprefix("#/").split("/"):
            target = target[part]
        yield from _resolved(target, depth + 1)
        return
    alternatives = spec.get("oneOf") or spec.get("anyOf")
    if alternatives:
        for alternative in alternatives:
            yield from _resolved(alternative, depth + 1)
        if "properties" not in spec:
            return
    yield spec


def _inner(spec: Spec, part: str | int) -> Iterator[Any]:
    """The nodes of the schema for what is under a key, or in a list."""
    if isinstance(part, int):
        items = spec.get("items")
        if items is not None:
            yield items
        return
    own = (spec.get("properties") or {}).get(part)
    if own is not None:
        yield own
        return
    if part.startswith("x-"):
        return
    for pattern, inner in (spec.get("patternProperties") or {}).items():
        if pattern != "^x-":
            yield inner
    other = spec.get("additionalProperties")
    if isinstance(other, dict):
        yield other


@lru_cache(maxsize=512)
def specs_at(path: Path) -> tuple[Spec, ...]:
    """The alternatives of the schema for what is at a path; empty if nothing may be there."""
    nodes = list(_resolved(schema()))
    for part in path:
        nodes = [
            spec for node in nodes for inner in _inner(node, part) for spec in _resolved(inner)
        ]
        if not nodes:
            break
    return tuple(nodes)


def takes_names(path: Path) -> bool:
    """Whether the keys of a mapping at a path are names that the file gives."""
    return any(
        pattern != "^x-"
        for spec in specs_at(path)
        for pattern in spec.get("patternProperties") or ()
    ) or any(isinstance(spec.get("additionalProperties"), dict) for spec in specs_at(path))


def describe(path: Path) -> str:
    """One sentence on what the last key of a path means; empty if the schema has none."""
    if not path:
        return ""
    for spec in specs_at(path[:-1]):
        for inner in _inner(spec, path[-1]):
            text: str = inner.get("description", "")
            if not text and "$ref" in inner:
                text = _described(inner)
            if text:
                return text
    return ""


def _described(spec: Spec) -> str:
    """The description of the node that a reference leads to."""
    for _ in range(_MAX_DEPTH):
        if "description" in spec or "$ref" not in spec:
            break
        target: Any = schema()
        for part in spec["$ref"].removeprefix("#/").split("/"):
            target = target[part]
        spec = target
    return str(spec.get("description", ""))


def keys_at(path: Path) -> dict[str, Key]:
    """The keys that may stand in a mapping at a path, by name."""
    found: dict[str, Key] = {}
    for spec in specs_at(path):
        required = {name for name in spec.get("required") or () if isinstance(name, str)}
        for name, inner in (spec.get("properties") or {}).items():
            if name in found or _is_unreleased((*path, name)):
                continue
            found[name] = _key(name, inner, name in required)
    return found


def _key(name: str, inner: Spec, required: bool) -> Key:
    alternatives = list(_resolved(inner))
    kinds: set[str] = set()
    example = ""
    for spec in (inner, *alternatives):
        for kind in _types(spec):
            kinds.add({"object": "mapping", "array": "list"}.get(kind, "scalar"))
        if not example and spec.get("examples"):
            example = str(spec["examples"][0])
    return Key(
        name,
        inner.get("description") or _described(inner),
        frozenset(kinds),
        _values((inner, *alternatives)),
        example,
        any(spec.get("deprecated") is True for spec in (inner, *alternatives)),
        required,
    )


def _types(spec: Spec) -> list[str]:
    types = spec.get("type")
    if isinstance(types, str):
        return [types]
    if isinstance(types, list):
        return [kind for kind in types if kind != "null"]
    if "properties" in spec or "patternProperties" in spec:
        return ["object"]
    return ["string"] if "enum" in spec else []


def _values(specs: tuple[Spec, ...]) -> tuple[str, ...]:
    values: dict[str, None] = {}
    for spec in specs:
        if "boolean" in _types(spec):
            values.update(dict.fromkeys(_BOOLEANS))
        for name in ("enum", "x-expected"):
            for value in spec.get(name) or ():
                if isinstance(value, str) and " " not in value and "<" not in value:
                    values[value] = None
    return tuple(values)


def values_at(path: Path) -> tuple[str, ...]:
    """The values that the schema names for a path."""
    specs = specs_at(path)
    for spec in specs_at(path[:-1]) if path else ():
        specs = (*specs, *_inner(spec, path[-1]))
    return _values(specs)


def kinds_at(path: Path) -> frozenset[str]:
    """The kinds of value that may be at a path: some of mapping, list and scalar."""
    return frozenset(
        {"object": "mapping", "array": "list"}.get(kind, "scalar")
        for spec in specs_at(path)
        for kind in _types(spec)
    )


@cache
def _unreleased() -> frozenset[str]:
    from ..compose.schema.table import NEWER

    return frozenset(path for path, since in NEWER.items() if since == "unreleased")


def _is_unreleased(path: Path) -> bool:
    """Whether no release of Docker Compose knows a key yet."""
    if path[0] not in ("services", "jobs"):
        return False
    pattern = ".".join(
        "[]"
        if isinstance(part, int)
        else "*"
        if index in (1, 3) and path[index - 1] in _NAMED
        else part
        for index, part in enumerate(path)
    )
    return pattern in _unreleased()


_NAMED = frozenset(("services", "jobs", "networks"))
