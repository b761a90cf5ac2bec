"""What a file says, however it is written: the same before and after formatting."""

from __future__ import annotations

from typing import Any

from composelint.linter.base.text import SourceFile
from composelint.linter.source.dockerfile.instruction import Instruction
from composelint.linter.source.dockerfile.parser import parse_dockerfile


def instructions(path: str, data: bytes) -> list[Any]:
    """The instructions of a Dockerfile as Docker takes them: without case where it does not count,
    without blank lines and comments, ENV and LABEL as pairs.
    """
    syntax = parse_dockerfile(SourceFile.from_bytes(path, data))
    stages = {
        each.words[-1].value.lower()
        for each in syntax.instructions
        if each.name == "FROM" and len(each.words) > 1
    }
    return [_said(instruction, stages) for instruction in syntax.instructions]


def _said(instruction: Instruction, stages: set[str]) -> Any:
    name = instruction.name
    flags = [flag.text.lower() if "from=" in flag.text else flag.text for flag in instruction.flags]
    heredocs = [(heredoc.word.text, heredoc.content) for heredoc in instruction.heredocs]
    if name in ("ENV", "LABEL"):
        pairs = [
            (pair.key.value, pair.value.value if pair.value is not None else None)
            for pair in instruction.pairs
        ]
        return name, pairs
    if name == "FROM":
        words = [word.value for word in instruction.words]
        return name, [word.lower() if word.lower() in {*stages, "as"} else word for word in words]
    arguments = instruction.arguments
    if name == "EXPOSE":
        arguments = arguments.lower()
    return name, flags, arguments, heredocs
