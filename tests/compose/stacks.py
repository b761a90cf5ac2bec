"""Stacks out of texts, and nodes as plain data."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from composelint.linter.compose.stack import LoadedStack, load_stack
from composelint.linter.files.reader import Reader
from composelint.linter.source.yaml.nodes import Mapping, Node, Scalar, Sequence

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
    if isinstance(node, Sequence):
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
