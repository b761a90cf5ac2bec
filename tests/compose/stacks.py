"""Loads stacks from texts and formats them for comparison."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from checks import plain
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.environment import project_variables
from composelint.linter.compose.interpolation import evaluate
from composelint.linter.compose.resolve import resolve
from composelint.linter.compose.stack import LoadedStack, load_stack
from composelint.linter.files.reader import Reader
from composelint.linter.source.yaml.nodes import Mapping
from composelint.linter.source.yaml.parser import parse_yaml


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
    """The type that the string at a path is cast to; a list's item is its index or ``[]``."""
    for text in ("true", "0.1", "7"):
        value = _evaluated(path, text)
        if isinstance(value, bool):
            return "bool"
        if isinstance(value, float):
            return "float" if value == float(text) else "float32"
        if isinstance(value, int):
            return "int"
    return None


def _evaluated(path: Sequence[str | int], text: str) -> Any:
    """What evaluating makes of a string at a path, in a document with nothing else."""
    data: Any = text
    steps = [0 if part == "[]" else part for part in path]
    for part in reversed(steps):
        data = {part: data} if isinstance(part, str) else [*([text] * part), data]
    (document,) = parse_yaml(SourceFile("compose.yaml", json.dumps(data))).documents
    root = resolve(document).root
    if not isinstance(root, Mapping):
        return text
    value: Any = plain(evaluate(root, project_variables([], None).lookup, [].append, [].append))
    for part in steps:
        value = value[part]
    return value
