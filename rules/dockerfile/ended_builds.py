"""RUN instructions that end every build."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from ._runs import shown
from ._surely import fails_build, surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.shell.syntax import SimpleCommand

_OTHER_ENDS = on_demand(r"\b(?:do|exec|trap|return|break)\b")
"""Words in front of an ``exit`` behind which it may not be reached, or not be the last word."""


@rule(
    "DF145",
    "build-always-ended",
    Severity.ERROR,
    category="build",
    words=("exit", "false"),
    since="0.2",
    sources=(
        "https://docs.docker.com/reference/dockerfile/#run",
        "https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html#exit",
    ),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN npm test\nRUN exit 1  # error: exit 1\nUSER node\nCMD ["node", "main.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nRUN npm test || exit 1\nUSER node\nCMD ["node", "main.js"]\n',
        ),
    ),
)
def build_always_ended(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN always ends with `exit 1` or `false`, so no image is ever built.

    Mostly it was written to look at a build that stops there, and forgotten. Left alone is what a
    condition decides (`… || exit 1`, `if`, a loop).
    """
    if is_left_out(stage):
        return
    for run in stage.runs:
        for command in run.script.commands:
            if command.name not in ("exit", "false") or not _ends(run, command):
                continue
            yield Diagnostic(
                command.span,
                f"`{shown(command)}` ends every build here with an error",
                help="delete it, or write the condition under which the build should end",
                evidence=shown(command),
            )
            return


def _ends(run: Run, command: SimpleCommand) -> bool:
    """Whether a command that ends with an error is reached in every build, and ends it."""
    words = [word.value for word in command.args]
    if command.wrappers or command.redirections or command.assignments or command.nesting:
        return False
    if command.in_subshell or command.in_pipeline or not surely_runs(run, command):
        return False
    if not run.script.complete or run.instruction.outer is not None:
        return False
    if command.name == "false" or command.before not in ("", ";", "\n"):
        return not words and command.name == "false" and fails_build(run, command)
    is_error = len(words) == 1 and re.fullmatch(r"0*[1-9]\d{0,2}", words[0]) is not None
    return (
        is_error
        and int(words[0]) % 256 > 0
        and not _OTHER_ENDS.search(run.script.text[: command.at])
    )
