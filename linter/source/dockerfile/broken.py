r"""Instructions that are not read as they were meant, so that nothing in them may be fixed.

Those with an error of syntax, those that look like JSON and are not, those with a comment behind
them, which is read as arguments, and those that go on where they were meant to end: the next
instruction is inside them. A cause of that is a Windows path with ``\`` at its end, which continues
the line.
"""

from __future__ import annotations

import re
import sys
from bisect import bisect_right
from itertools import pairwise

from ...base.patterns import on_demand
from ...base.records import NamedTuple
from ...base.text import Span
from .grammar import instruction_problems
from .instruction import INSTRUCTIONS
from .problems import problems_of
from .words import split_chunks, split_quoted

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


class LineComment(NamedTuple):
    """A comment at the end of an instruction's line, which is read as more of its arguments.

    ``read_as`` says what it is taken for, ``fails`` whether that ends the build or the container.
    """

    instruction: Instruction
    span: Span
    read_as: str
    fails: bool


def is_about_comment(comments: Sequence[LineComment], span: Span) -> bool:
    """Whether what is said about a place may come from reading one of these comments as arguments."""
    at = bisect_right(comments, span.start, key=_first_offset) - 1
    if at < 0:
        return False
    instruction, comment, *_ = comments[at]
    if span.start >= instruction.end:
        return False
    # The last word is the target of COPY, and all others are sources.
    return span.end > comment.start or instruction.name in ("ADD", "COPY")


def _first_offset(comment: LineComment) -> int:
    return comment.instruction.start


# How many words come before a comment at least, what it is read as, and whether that fails.
_READ_AS = {
    "ADD": (2, "names of files", True),
    "ARG": (1, "names of arguments", False),
    "COPY": (2, "names of files", True),
    "ENV": (1, "names and values", True),
    "FROM": (1, "arguments", True),
    "LABEL": (1, "names and values", True),
    "STOPSIGNAL": (1, "part of the signal", True),
    "USER": (1, "part of the name", True),
    "VOLUME": (1, "paths", False),
    "WORKDIR": (1, "part of the path", False),
}
_IN_QUOTES = frozenset(("ARG", "ENV", "LABEL", "STOPSIGNAL", "USER", "WORKDIR"))
_WITH_TEXT = on_demand(r"#[ \t]+[A-Za-z]")
_BEHIND_JSON = on_demand(r"\][ \t]+(#)")


def line_comments(syntax: DockerfileSyntax) -> list[LineComment]:
    """The comments at the ends of lines, where Docker knows none; EXPOSE and scripts are left out.

    Words in quotes are none, nor are those with which the arguments begin. In the form
    ``ENV name value`` only what looks like a sentence is one: the value may contain a ``#``.
    """
    if "#" not in syntax.file.text or syntax.custom_frontend:
        return []
    comments = []
    for outer in syntax.instructions:
        if "#" in outer.text:
            instruction = outer.inner or outer
            comment = _line_comment(instruction)
            if comment is not None:
                comments.append(comment)
    return comments


def _line_comment(instruction: Instruction) -> LineComment | None:
    name, text = instruction.name, instruction.text
    error = instruction.json_error
    if error is not None:
        behind = _BEHIND_JSON.search(text, instruction.command_at)
        if behind is None or instruction.source_offset(behind.start(1)) != error.start:
            return None
        read_as = _READ_AS[name][1] if name in _READ_AS else "part of a command"
        return _comment_at(instruction, behind.start(1), read_as, name != "VOLUME")
    if name == "HEALTHCHECK":
        words = split_chunks(text, instruction.arguments_at)
        if len(words) > 1 and words[0][1].upper() == "NONE" and words[1][1].startswith("#"):
            return _comment_at(instruction, words[1][0], "arguments", True)
        return None
    if name not in _READ_AS or instruction.json is not None:
        return None
    least, read_as, fails = _READ_AS[name]
    at = instruction.arguments_at
    if name in _IN_QUOTES:
        words = split_quoted(text, at, instruction.escape)
    else:
        words = split_chunks(text, at)
    is_legacy = name in ("ENV", "LABEL") and bool(words) and "=" not in words[0][1]
    for number, (start, word) in enumerate(words):
        if not word.startswith("#") or number < (2 if is_legacy else least):
            continue
        if name == "FROM" and number not in (1, 3):
            continue
        if is_legacy:
            if _WITH_TEXT.match(text, start) is None:
                continue
            return _comment_at(instruction, start, "part of the value", False)
        if name in ("ENV", "LABEL"):
            fails = any("=" not in later for _, later in words[number:])
        return _comment_at(instruction, start, read_as, fails)
    return None


def _comment_at(instruction: Instruction, at: int, read_as: str, fails: bool) -> LineComment:
    """The comment that begins at an index of an instruction's text, and ends with its line."""
    start = instruction.source_offset(at)
    end = next(end for first, end in instruction.pieces if first <= start < end)
    text = instruction.file.text[start:end].rstrip()
    span = Span(instruction.file, start, start + len(text))
    return LineComment(instruction, span, read_as, fails)


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
    starts.update(
        (comment.instruction.outer or comment.instruction).start
        for comment in line_comments(syntax)
    )
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
