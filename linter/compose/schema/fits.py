"""Whether a document has the shape that Docker Compose takes, and what is wrong if not.

Docker Compose 2.40 reads strings as numbers or booleans where it expects those, then holds
the model against a JSON Schema. ``schemas/compose.schema.json`` says the same; this module
walks the table that ``tools/compose_table.py`` makes of it. ``explain.py`` is
imported only when something does not fit. Documents are expected as ``resolve.py`` leaves
them: without aliases, merge keys and ``!reset``.

The table consists of nested tuples (None where anything goes):

* node: (bits of the scalar types, mapping, list, checks)
* mapping: (properties, kind of the other keys, their node, whether ``x-`` keys are free,
  whether further keys are refused, required names; a tuple there asks for one of its names)
* list: (node of the items, whether they must differ)
* checks: (enum, pattern, minimum, maximum, examples, cast, format, what a pattern means,
  what Docker Compose tolerates)
"""

from __future__ import annotations

import re
from functools import cache

from ...base.patterns import on_demand
from ...base.records import NamedTuple
from ...source.yaml.nodes import Mapping, Node, Scalar, ScalarValue, Sequence
from ..casts import CastError, cast_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Spec: TypeAlias = "tuple[int, MappingSpec | None, ListSpec | None, Checks | None]"
    MappingSpec: TypeAlias = "tuple[dict[str, Spec | None], str, Spec | None, bool, bool, tuple[str | tuple[str, ...], ...]]"
    ListSpec: TypeAlias = "tuple[Spec | None, bool]"
    Checks: TypeAlias = (
        "tuple[tuple[str, ...] | None, str | None, float | None, float | None, tuple[str, ...] | None,"
        " str | None, str | None, tuple[str, ...] | None, tuple[str, ...] | None]"
    )

STRING, INTEGER, FLOAT, BOOLEAN, NULL = 1, 2, 4, 8, 16

_ABSENT: Spec = (0, None, None, None)

TYPE_BITS: dict[type, int] = {
    str: STRING,
    int: INTEGER,
    float: FLOAT,
    bool: BOOLEAN,
    type(None): NULL,
}
"""The bit of each scalar type; dates fit nowhere and have none."""


class SchemaError(NamedTuple):
    """One mistake in a document.

    ``path`` leads to the value (or to the key, where ``on_key``) and ``node`` is it.
    ``kind`` is one of ``unknown-property``, ``misplaced-property``, ``legacy-layout``
    (services at the top level), ``missing-property``, ``type``, ``empty`` (nothing where
    something has to stand), ``date``, ``enum``, ``pattern``, ``range``, ``cast`` (a string
    that does not read as the number or boolean it stands for), ``name`` (a key with odd
    characters) and ``duplicate-item``. ``suggestion`` is YAML that could take the place of
    the node's text, ``expected`` what could stand there. ``rejects`` tells whether Docker
    Compose refuses the file for it, or lets it pass without effect.
    """

    path: tuple[str | int, ...]
    kind: str
    message: str
    node: Node
    on_key: bool = False
    suggestion: str | None = None
    expected: tuple[str, ...] = ()
    rejects: bool = True


def fits(node: Node, spec: Spec | None) -> bool:
    """Whether a value is what a node of the table asks for."""
    return spec is None or _fits(node, spec)


def _fits(node: Node, spec: Spec) -> bool:
    if isinstance(node, Mapping):
        return spec[1] is not None and _mapping_fits(node, spec[1])
    if isinstance(node, Sequence):
        return spec[2] is not None and _list_fits(node, spec[2])
    return isinstance(node, Scalar) and scalar_fits(node, spec)


def _mapping_fits(node: Mapping, spec: MappingSpec) -> bool:
    properties, kind, other, extensions, closed, required = spec
    for key, value in node.entries:
        name = key.raw if isinstance(key, Scalar) else ""
        inner = properties.get(name, _ABSENT)
        if inner is _ABSENT:
            if extensions and name[:2] == "x-":
                continue
            if not kind or not key_fits(kind, name):
                if closed:
                    return False
                continue
            inner = other
        if inner is None:
            continue
        if type(value) is Scalar:
            # Most values are strings and need no closer look.
            if value.style and inner[0] & STRING and inner[3] is None and value.tag is None:
                continue
            if not scalar_fits(value, inner):
                return False
        elif not _fits(value, inner):
            return False
    return not required or not missing(node, required)


def _list_fits(node: Sequence, spec: ListSpec) -> bool:
    inner, unique = spec
    if inner is not None:
        for item in node.items:
            if not _fits(item, inner):
                return False
    return not unique or len(node.items) < 2 or first_repeat(node) is None


def scalar_fits(node: Scalar, spec: Spec) -> bool:
    """Whether a scalar has a type and value that a node of the table asks for."""
    mask, _, _, checks = spec
    value = node.value
    bit = TYPE_BITS.get(type(value), 0)
    if checks is None:
        return bool(mask & bit) or (bit == FLOAT and _is_whole(mask, value))
    enum, pattern, low, high, _, cast, *_ = checks
    if cast and bit == STRING:
        value = read_as(cast, node.raw)
        if value is None:
            return False
        bit = TYPE_BITS[type(value)]
        if bit != BOOLEAN:
            mask &= ~STRING
    if not (mask & bit or (bit == FLOAT and _is_whole(mask, value))):
        return False
    if enum is not None:
        return value in enum
    if pattern is not None:
        return search(pattern, str(value))
    if low is not None and isinstance(value, int | float):
        return low <= value and (high is None or value <= high)
    return True


def _is_whole(mask: int, value: ScalarValue) -> bool:
    return bool(mask & INTEGER) and isinstance(value, float) and value.is_integer()


def missing(
    node: Mapping, required: tuple[str | tuple[str, ...], ...]
) -> list[str | tuple[str, ...]]:
    """The required names that a mapping lacks."""
    return [
        name
        for name in required
        if not any(node.entry(one) for one in ((name,) if isinstance(name, str) else name))
    ]


def first_repeat(node: Sequence) -> tuple[int, int] | None:
    """The places of the first item that repeats an earlier one, and of that one."""
    seen: dict[object, int] = {}
    for index, item in enumerate(node.items):
        if isinstance(item, Scalar):
            value = item.value
            # True equals 1 in Python, but not in JSON.
            known: object = (value, isinstance(value, bool))
            first = seen.setdefault(known, index)
            if first != index:
                return first, index
    return None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern)


def search(pattern: str, text: str) -> bool:
    """Whether one of the schema's patterns occurs in a text."""
    return _compiled(pattern).search(text) is not None


_NAME = on_demand(r"[a-zA-Z0-9._-]+\Z")
_OCTAL = on_demand(r"[+-]?0*[0-7]{1,21}\Z")


def key_fits(kind: str, name: str) -> bool:
    """Whether a key is of a kind: ``name``, ``some`` (text), ``line`` or ``lower``."""
    if kind == "name":
        return _NAME.match(name) is not None
    if kind == "some":
        return name.strip("\n") != ""
    if kind == "line":
        return name != "" and "\n" not in name
    return name.isascii() and name.isalpha() and name.islower()


_KINDS = {"boolean": "bool", "integer": "int", "count": "int", "number": "float32"}


def read_as(cast: str, text: str) -> bool | int | float | None:
    """A string as Docker Compose reads it where it expects a number or boolean.

    ``cast`` is ``boolean``, ``integer``, ``number``, ``octal``, ``count`` (an integer or
    ``all``) or ``none`` (strings are refused). None where the string is no such thing.
    """
    if cast == "none":
        return None
    if cast == "octal":
        digits = text.lstrip("+-")
        return int(digits, 8) if _OCTAL.match(text) else None
    if cast == "count" and text.lower() == "all":
        return -1
    value = cast_scalar(_KINDS[cast], text)
    return None if isinstance(value, CastError) else value
