"""Whether a document has the shape that Docker Compose accepts.

Docker Compose reads strings as numbers or booleans where it expects those, then checks
the model against a JSON Schema. ``schemas/compose.schema.json`` says the same; this module
walks the table that ``tools/compose_table.py`` makes of it. ``explain.py``, which says what
does not fit, is imported only if it is needed. Documents are expected as ``resolve.py``
returns them: without aliases, merge keys and ``!reset``.

The table consists of nested tuples (None if everything fits):

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
from ...source.yaml.nodes import Mapping, Node, Scalar, Sequence
from ..casts import CastError, cast_scalar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from ...source.yaml.nodes import ScalarValue

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
"""The bit of each scalar type; dates have none, since they fit nowhere."""


class SchemaError(NamedTuple):
    """One error in a document.

    ``path`` leads to the value ``node`` (or to the key, if ``on_key``). ``kind`` is one of
    ``unknown-property``, ``misplaced-property``, ``legacy-layout`` (services at the top
    level), ``missing-property``, ``type``, ``empty`` (null where a value is required),
    ``date``, ``enum``, ``pattern``, ``range``, ``cast`` (a string that cannot be read as the
    number or boolean that is required), ``name`` (a key with wrong characters) and
    ``duplicate-item``. ``suggestion`` is YAML that could replace the node's text,
    ``expected`` describes the values that fit. ``rejects`` tells whether Docker Compose
    refuses the file for it, or lets it pass without effect; ``only`` names the release that
    alone refuses it.
    """

    path: tuple[str | int, ...]
    kind: str
    message: str
    node: Node
    on_key: bool = False
    suggestion: str | None = None
    expected: tuple[str, ...] = ()
    rejects: bool = True
    only: str = ""


def fits(node: Node, spec: Spec | None) -> bool:
    """Whether a value has the shape that a node of the table asks for."""
    if spec is None:
        return True
    if isinstance(node, Mapping):
        return spec[1] is not None and _mapping_fits(node, spec[1])
    if isinstance(node, Sequence):
        return spec[2] is not None and _list_fits(node, spec[2])
    return isinstance(node, Scalar) and _scalar_fits(node, spec)


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
            if not _scalar_fits(value, inner):
                return False
        elif not fits(value, inner):
            return False
    return not required or not missing(node, required)


def _list_fits(node: Sequence, spec: ListSpec) -> bool:
    inner, unique = spec
    if inner is not None:
        for item in node.items:
            if not fits(item, inner):
                return False
    return not unique or len(node.items) < 2 or not _has_repeats(node)


def _scalar_fits(node: Scalar, spec: Spec) -> bool:
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
        if not any(map(node.entry, (name,) if isinstance(name, str) else name))
    ]


def _has_repeats(node: Sequence) -> bool:
    # True equals 1 in Python, but not in JSON.
    values = [
        (item.value, isinstance(item.value, bool))
        for item in node.items
        if isinstance(item, Scalar)
    ]
    return len(set(values)) < len(values)


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
    ``all``) or ``none`` (strings are refused). None if the string cannot be read so.
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


_OPTIONS = frozenset(
    ("labels", "environment", "annotations", "sysctls", "args", "options", "driver_opts")
)
_TEXTS = frozenset(("version", "command", "entrypoint"))


def takes_date(path: tuple[str | int, ...], spec: Spec) -> bool:
    """Whether Docker Compose makes a text of a date at a place, as it does since release 5."""
    is_size = spec[3] is not None and spec[3][6] == "size"
    return path[-1] in _TEXTS or is_size or (len(path) > 1 and path[-2] in _OPTIONS)
