"""Paths of keys as people write them: ``services.web.ports[0]``, and where they lead."""

from __future__ import annotations

from ..base.suggest import hint
from ..compose.nodes import entries_of
from ..compose.normalize import pairs_to_mapping
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .keys import describe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.stack import Stack
    from .written import Part, Path


class NoSuchPath(ValueError):
    """Nothing stands at a path; the message says what may be meant."""


def shown_path(path: Path) -> str:
    """A path as people write it: ``services.web.ports[0]``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part and all(char.isalnum() or char in "_-" for char in part):
            text += f".{part}" if text else part
        else:
            text += f'["{part}"]'
    return text


def parse_path(text: str) -> tuple[Part, ...]:
    """The parts of a path as written; keys with dots are still in pieces.

    Raises:
        NoSuchPath: if a bracket or quote is not closed.
    """
    parts: list[Part] = []
    at = 0
    while at < len(text):
        char = text[at]
        if char == ".":
            at += 1
            continue
        if char == "[":
            end = text.find("]", at)
            quote = text[at + 1 : at + 2]
            if quote in ('"', "'"):
                end = text.find(f"{quote}]", at + 2)
                inner, end = text[at + 2 : end], end + 1 if end >= 0 else -1
            else:
                inner = text[at + 1 : end]
            if end < 0:
                raise NoSuchPath(f"{text}: a bracket is not closed")
            parts.append(int(inner) if inner.isascii() and inner.isdigit() else inner)
            at = end + 1
            continue
        if char in "\"'":
            end = text.find(char, at + 1)
            if end < 0:
                raise NoSuchPath(f"{text}: a quote is not closed")
            parts.append(text[at + 1 : end])
            at = end + 1
            continue
        end = min(
            (i for i in (text.find(".", at), text.find("[", at)) if i >= 0), default=len(text)
        )
        parts.append(text[at:end])
        at = end
    if not parts:
        raise NoSuchPath("the path is empty; write one such as services.web.ports[0]")
    if len(parts) > 50:
        raise NoSuchPath("the path has more than 50 parts")
    return tuple(parts)


def locate(tree: Node, parts: tuple[Part, ...]) -> tuple[Path, Node, tuple[Part, ...]]:
    """How far a path leads: its parts with the keys as they are, the node there, what is left."""
    found: list[Part] = []
    node = tree
    at = 0
    while at < len(parts):
        part = parts[at]
        if isinstance(node, Sequence) and isinstance(part, int) and part < len(node.items):
            node = node.items[part]
            found.append(part)
            at += 1
            continue
        keys = _as_mapping(node, found) if isinstance(part, str) else None
        for end in range(len(parts), at, -1) if keys is not None else ():
            name = ".".join(map(str, parts[at:end]))
            entry = keys.entry(name) if keys is not None else None
            if entry is not None:
                node, at = entry.value, end
                found.append(name)
                break
        else:
            break
    return tuple(found), node, parts[at:]


_PAIRS = frozenset(("annotations", "args", "environment", "labels", "sysctls"))
"""Lists of ``KEY=value`` texts, in which a key may stand alone."""


def _as_mapping(node: Node, path: list[Part]) -> Mapping | None:
    """A mapping, or a list of ``KEY=value`` texts as one; None for other nodes."""
    if isinstance(node, Mapping) or not isinstance(node, Sequence):
        return node if isinstance(node, Mapping) else None
    if (path[-1:] and path[-1] in _PAIRS) or any("=" in item.raw for item in _scalars(node)):
        return pairs_to_mapping(list(_scalars(node)), node)
    return None


def _scalars(node: Sequence) -> Iterator[Scalar]:
    return (item for item in node.items if isinstance(item, Scalar))


def missing_message(stack: Stack, path: Path, node: Node, rest: tuple[Part, ...]) -> str:
    """The message that a path leads nowhere."""
    where = shown_path(path) if path else "the stack"
    part = rest[0]
    if isinstance(part, int):
        if isinstance(node, Sequence):
            return f"{where} has {counted(len(node.items), 'item', 'items')}, counted from 0"
        keys = [entry.name for entry in entries_of(node)]
        return f"{where} is not a list" + (f"; its keys are {_listed(keys)}" if keys else "")
    known = [entry.name for entry in entries_of(node)]
    if isinstance(node, Sequence):
        count = counted(len(node.items), "item", "items")
        return f"{where} is a list of {count}: write {where}[0]"
    if isinstance(node, Scalar):
        return f'{where} is a single value; there is nothing called "{part}" in it'
    message = f'{where} has no "{part}"'
    meant = hint(part, known)
    if not meant and not path:
        meant = hint(part, stack.services)
    if meant:
        return message + meant
    meaning = describe((*path, part))
    if meaning:
        return f"{message}; it may be set: {meaning}"
    return message + (f"; there are {_listed(known)}" if known else "")


def _listed(names: list[str]) -> str:
    shown = ", ".join(names[:12])
    return f"{shown} and {len(names) - 12} more" if len(names) > 12 else shown


def counted(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"
