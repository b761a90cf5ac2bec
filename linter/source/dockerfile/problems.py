"""The problems for which BuildKit's parser would refuse a Dockerfile, one for each error."""

from __future__ import annotations

from ...base.suggest import nearest
from .instruction import INSTRUCTIONS
from .parts import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from .instruction import Instruction
    from .syntax import DockerfileSyntax

_MAX_SUGGESTIONS = 30


def problems_of(syntax: DockerfileSyntax) -> list[Problem]:
    """All that BuildKit's parser would refuse, in the order of the file."""
    if syntax.all_problems is not None:
        return syntax.all_problems
    problems = syntax.all_problems = list(syntax.parser_problems)
    for instruction in syntax.instructions:
        if instruction.name in INSTRUCTIONS:
            problems += instruction.problems
    problems += _unknown(syntax)
    if "\0" in syntax.file.text:
        problems += _nul_bytes(syntax)
    if not syntax.instructions:
        problems.append(Problem("no-instructions", "the file has no instructions", 0, 0))
    elif all(instruction.name != "FROM" for instruction in syntax.instructions):
        span = syntax.instructions[0].name_span
        message = "there is no FROM, so there is nothing to build"
        problems.append(Problem("no-stage", message, span.start, span.end))
    problems.sort(key=lambda problem: problem.start)
    return problems


def _nul_bytes(syntax: DockerfileSyntax) -> Iterator[Problem]:
    """The first NUL byte of each instruction; comments and files in heredocs may contain some."""
    message = "a command, path or variable cannot contain a NUL byte"
    for instruction in syntax.instructions:
        places = list(instruction.pieces)
        if instruction.name == "RUN":
            places += [(heredoc.body_start, heredoc.body_end) for heredoc in instruction.heredocs]
        for start, end in places:
            at = syntax.file.text.find("\0", start, end)
            if at >= 0:
                yield Problem("nul-byte", message, at, at + 1)
                break


def _unknown(syntax: DockerfileSyntax) -> Iterator[Problem]:
    """The unknown instructions; lines that were meant to continue a command count once."""
    suggestions = 0
    last_line = -1
    previous: Instruction | None = None
    for instruction in syntax.instructions:
        above, previous = previous, instruction
        if instruction.name in INSTRUCTIONS:
            continue
        suggestion = None
        if suggestions < _MAX_SUGGESTIONS:
            suggestions += 1
            if instruction.name.isalpha() and len(instruction.name) > 2:
                suggestion = nearest(instruction.name, sorted(INSTRUCTIONS))
        adjacent = above is not None and instruction.start_line == above.end_line + 1
        follows = above is not None and above.end_line == last_line
        last_line = instruction.end_line
        span = instruction.name_span
        if suggestion is None and adjacent and follows:
            continue
        if adjacent and above is not None and _breaks_off(above, instruction):
            message = (
                f"`{instruction.raw_name}` is read as an instruction: "
                f"the line above does not end with {syntax.escape}"
            )
            yield Problem("missing-continuation", message, span.start, span.end)
        else:
            message = f"`{instruction.raw_name}` is not an instruction"
            yield Problem("unknown-instruction", message, span.start, span.end, suggestion)


def _breaks_off(above: Instruction, below: Instruction) -> bool:
    """Whether ``below`` looks like the rest of the command in ``above``."""
    if above.name not in INSTRUCTIONS or above.heredocs:
        return False
    column = below.file.position(below.start).column
    ends_open = above.text.rstrip().endswith(("&&", "||", "|", ",", ";"))
    return column > 1 or ends_open or below.raw_name in ("&&", "||", "|")
