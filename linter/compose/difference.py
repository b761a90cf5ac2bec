"""The differences between two resolved stacks, path by path."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence
from .nodes import go_text
from .values import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


class Difference(NamedTuple):
    """A path of the resolved stack and its value before and after; None if it has none."""

    path: str
    before: str | None
    after: str | None

    def __str__(self) -> str:
        return f"{self.path}: {_worded(self.before)} → {_worded(self.after)}"


def _worded(value: str | None) -> str:
    if value is None:
        return "(none)"
    if value == UNKNOWN:
        return "(from a variable that is not set)"
    return value.replace(UNKNOWN, "…")


def differences(before: Node | None, after: Node | None, path: str = "") -> Iterator[Difference]:
    """Every path whose value is not the same in both; a subtree that is new is one path."""
    if before is after:
        return
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for entry in before.entries:
            yield from differences(entry.value, after.get(entry.name), _join(path, entry.name))
        for entry in after.entries:
            if before.entry(entry.name) is None:
                yield from differences(None, entry.value, _join(path, entry.name))
        return
    if (
        isinstance(before, Sequence)
        and isinstance(after, Sequence)
        and before.items
        and len(before.items) == len(after.items)
    ):
        for index, (left, right) in enumerate(zip(before.items, after.items, strict=True)):
            yield from differences(left, right, f"{path}[{index}]")
        return
    old, new = _shown(before), _shown(after)
    if old != new or (
        isinstance(before, Scalar)
        and isinstance(after, Scalar)
        and type(before.value) is not type(after.value)
    ):
        yield Difference(path, old, new)


def _join(path: str, name: str) -> str:
    return f"{path}.{name}" if path else name


def _shown(node: Node | None) -> str | None:
    if isinstance(node, Mapping):
        return (
            "{" + ", ".join(f"{entry.name}: {_shown(entry.value)}" for entry in node.entries) + "}"
        )
    if isinstance(node, Sequence):
        return "[" + ", ".join(f"{_shown(item)}" for item in node.items) + "]"
    if isinstance(node, Scalar):
        return "null" if node.value is None else go_text(node.value)
    return None
