"""Stacks out of texts, and nodes as plain data."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from composelint.linter.compose.casts import CASTS
from composelint.linter.compose.path_table import below, path_table
from composelint.linter.compose.stack import LoadedStack, load_stack
from composelint.linter.files.reader import Reader
from composelint.linter.source.yaml.nodes import Mapping, Node, Scalar
from composelint.linter.source.yaml.nodes import Sequence as YamlList

_CASTS = path_table(CASTS)

LoadTexts = Callable[..., LoadedStack]


def load_texts(files: str | dict[str, str], *names: str, **options: Any) -> LoadedStack:
    """The stack of some texts: of those that are named, else of the first."""
    texts = {"compose.yaml": files} if isinstance(files, str) else files
    reader = Reader("/nowhere/shop", base="/nowhere/shop", overlay=texts)
    return load_stack(names or tuple(texts)[:1], reader, **options)


def plain(node: Node | None) -> Any:
    """A node as Python data."""
    if isinstance(node, Mapping):
        return {entry.name: plain(entry.value) for entry in node.entries}
    if isinstance(node, YamlList):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None


def shown(stack: LoadedStack, *, rejecting: bool = False) -> list[str]:
    """The problems as ``kind file:line text``."""
    return [
        f"{problem.kind} {problem.span.file.path}:"
        f"{problem.span.file.position(problem.span.start).line} {problem.span.text}"
        for problem in stack.problems
        if problem.rejects or not rejecting
    ]


def cast_kind(path: Sequence[str | int]) -> str | None:
    """What Compose casts the string at a path to; an item of a list is its index or ``[]``."""
    table = _CASTS
    for part in path:
        is_item = isinstance(part, int) or part == "[]"
        table = table.get("[]", {}) if is_item else below(table, part)
    kind: str | None = table.get("")
    return kind
