"""A resolved stack as YAML, each value with the place of its text if asked for."""

from __future__ import annotations

import json

from ..base.patterns import on_demand
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence, plain_value
from .casts import YAML_1_1_BOOLEANS
from .nodes import entries_of, go_text, items_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Mask = Callable[[str, str], str]

_PLAIN = on_demand(r"[A-Za-z0-9_./][A-Za-z0-9_./ @+=,:-]*\Z")


def _as_it_is(name: str, value: str) -> str:
    return value


def render_stack(tree: Node, origins: bool = False, mask: Mask = _as_it_is) -> str:
    """The tree as block YAML that loads to the same values, but for those that ``mask`` changes.

    ``mask`` is given the name of each value (empty for an item of a list) and the value as text.

    With ``origins`` every value (and every key of a collection) is followed by a comment
    ``# file:line``. A value that depends on unset variables is shown as Compose takes it.
    """
    return "".join(f"{line}\n" for line in _block(tree, 0, origins, mask)) or "{}\n"


def _block(node: Node, depth: int, origins: bool, mask: Mask) -> Iterator[str]:
    pad = "  " * depth
    if isinstance(node, Mapping):
        for entry in node.entries:
            key = _text(entry.name)
            value = entry.value
            if _is_branch(value):
                yield f"{pad}{key}:{_origin(entry.key, origins)}"
                yield from _block(value, depth + 1, origins, mask)
            else:
                yield f"{pad}{key}: {_leaf(value, entry.name, mask)}{_origin(value, origins)}"
    elif isinstance(node, Sequence):
        for item in node.items:
            if _is_branch(item):
                first, *rest = _block(item, depth + 1, origins, mask)
                yield f"{pad}- {first.lstrip(' ')}"
                yield from rest
            else:
                yield f"{pad}- {_leaf(item, '', mask)}{_origin(item, origins)}"


def _is_branch(node: Node) -> bool:
    return bool(entries_of(node) or items_of(node))


def _leaf(node: Node, name: str, mask: Mask) -> str:
    if isinstance(node, Mapping):
        return "{}"
    if isinstance(node, Sequence):
        return "[]"
    value = node.value if isinstance(node, Scalar) else None
    if value is None:
        return "null"
    text = value if isinstance(value, str) else go_text(value)
    masked = mask(name, text)
    return _text(masked) if isinstance(value, str) or masked != text else text


def _text(text: str) -> str:
    """A string as YAML, quoted if a reader could take it for something else."""
    plain = (
        _PLAIN.match(text)
        and ": " not in text
        and not text.endswith((":", " "))
        and isinstance(plain_value(text), str)
        and text.casefold() not in YAML_1_1_BOOLEANS
        and not text[0].isdigit()
    )
    if plain:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    if quoted.isprintable():
        return quoted
    return "".join(char if char.isprintable() else f"\\U{ord(char):08x}" for char in quoted)


def _origin(node: Node, origins: bool) -> str:
    if not origins:
        return ""
    span = node.span.origin
    return f"  # {span.file.path}:{span.file.position(span.start).line}"
