"""Loads stacks from texts and formats them for comparison."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from composelint.linter.compose.casts import CASTS
from composelint.linter.compose.path_table import below, path_table
from composelint.linter.compose.stack import LoadedStack, load_stack
from composelint.linter.files.reader import Reader

_CASTS = path_table(CASTS)


def load(files: str | dict[str, str], *names: str, **options: Any) -> LoadedStack:
    """The stack of the named texts, or of the first text if none is named."""
    texts = {"compose.yaml": files} if isinstance(files, str) else files
    reader = Reader("/nowhere/shop", base="/nowhere/shop", overlay=texts)
    return load_stack(names or tuple(texts)[:1], reader, **options)


def problems_of(stack: LoadedStack, *, rejecting: bool = False) -> list[str]:
    """The problems of a stack as ``kind file:line text``."""
    return [
        f"{problem.kind} {problem.span.file.path}:"
        f"{problem.span.file.position(problem.span.start).line} {problem.span.text}"
        for problem in stack.problems
        if problem.rejects or not rejecting
    ]


def cast_kind(path: Sequence[str | int]) -> str | None:
    """The type that Compose casts the string at a path to; a list's item is its index or ``[]``."""
    table = _CASTS
    for part in path:
        is_item = isinstance(part, int) or part == "[]"
        table = table.get("[]", {}) if is_item else below(table, part)
    kind: str | None = table.get("")
    return kind
