r"""Instructions that are not read as they were meant, so that nothing in them may be fixed.

Those with an error of syntax, those that look like JSON and are not, and those that go on where
they were meant to end: the next instruction is inside them. A cause of that is a Windows path with
``\`` at its end, which continues the line.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from itertools import pairwise

from ...base.patterns import on_demand
from ...base.text import Span
from .grammar import instruction_problems
from .instruction import INSTRUCTIONS
from .problems import problems_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .instruction import Instruction
    from .syntax import DockerfileSyntax

_WINDOWS_PATH = on_demand(
    r"(?:[A-Za-z]:|%\w+%|\$\{?(?:env:)?\w+\}?|\.\.?|[\w.-]+\\[\w.-]|\\[\w.-]).*\\|[A-Za-z]:\\"
)
# It begins with the backslash, which is found fastest.
_JOINED = on_demand(r"\\(?<=[^\s\\]\\)[ \t]*\r?\n[ \t]*[A-Z]{3,11}[ \t]")


def cut_paths(syntax: DockerfileSyntax) -> list[tuple[Instruction, Span]]:
    r"""The instructions that a path with ``\`` at its end joins with the next one, and the paths."""
    if (
        "\\" not in syntax.file.text
        or syntax.escape != "\\"
        or _JOINED.search(syntax.file.text) is None
    ):
        return []
    return [
        (instruction, path)
        for instruction in syntax.instructions
        if (path := _cut_path(instruction)) is not None
    ]


def _cut_path(instruction: Instruction) -> Span | None:
    file, pieces = instruction.file, instruction.pieces
    for (start, end), (after, after_end) in pairwise(pieces):
        words = file.text[after:after_end].split(None, 1)
        if len(words) < 2 or words[0] not in INSTRUCTIONS:
            continue
        line = file.text[start : end + 1]
        word = re.split(r"[\s\"'\[,=]", line)[-1]
        if _WINDOWS_PATH.fullmatch(word) is not None:
            return Span(file, end + 1 - len(word), end + 1)
    return None


def place_of(places: Sequence[tuple[int, int]], offset: int) -> int:
    """The index of the range that contains an offset; -1 if none of these ordered ranges does."""
    at = bisect_right(places, (offset, sys.maxsize)) - 1
    return at if at >= 0 and offset < places[at][1] else -1


def lines_with_instructions(instruction: Instruction) -> Iterator[Span]:
    """The names of instructions with which the further lines of an instruction begin."""
    if instruction.name in ("ENV", "LABEL", "FROM", "SHELL"):
        return
    file = instruction.file
    for start, end in instruction.pieces[1:]:
        text = file.text[start:end]
        at = len(text) - len(text.lstrip())
        words = text.split(None, 1)
        if len(words) == 2 and words[0] in INSTRUCTIONS:
            yield Span(file, start + at, start + at + len(words[0]))


def broken_places(syntax: DockerfileSyntax) -> list[tuple[int, int]]:
    """The ranges of the instructions that are not read as they were meant, in their order."""
    starts = {instruction.start for instruction, _ in cut_paths(syntax)}
    instructions = syntax.instructions
    ranges = [(instruction.start, instruction.end) for instruction in instructions]
    wrong = {
        place_of(ranges, problem.start)
        for problem in problems_of(syntax)
        if problem.kind != "no-stage"
    }
    above: Instruction | None = None
    for number, instruction in enumerate(instructions):
        if (
            number in wrong
            or instruction.name not in INSTRUCTIONS
            or instruction.json_error is not None
            or any(True for _ in lines_with_instructions(instruction))
            or any(True for _ in instruction_problems(instruction))
        ):
            starts.add(instruction.start)
            if above is not None and instruction.name not in INSTRUCTIONS:
                # The line above may have been meant to go on.
                starts.add(above.start)
        above = instruction
    return [(item.start, item.end) for item in instructions if item.start in starts]
