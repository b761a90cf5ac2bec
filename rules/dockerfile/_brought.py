"""Whether something before a command may bring a program that its image does not have."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ._runs import chain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ...linter.model.dockerfile import Stage
    from ...linter.source.shell.syntax import SimpleCommand

_TO_PROGRAMS = on_demand(
    r"--from|\s\"?/(?:(?:usr/(?:local/)?)?s?bin(?:/\S*)?|usr(?:/local)?/?|(?:etc|usr/lib)(?:/\S*)?)?[\"\]\s]*$"
)
"""A COPY from another stage, or to where programs and package indexes are."""


def may_be_brought(
    stage: Stage,
    command: SimpleCommand,
    sets: Callable[[str], object],
    brings: Callable[[SimpleCommand], bool],
    *,
    mounts_count: bool = False,
) -> bool:
    """Whether something before a command, in its stage or those below, may bring a program.

    ``sets`` says so of the text of an ENV or ARG, ``brings`` of a command. Scripts that cannot be read
    bring anything, and with ``mounts_count`` those that mount something do as well.
    """
    at = command.span.start
    for part in chain_of(stage):
        for instruction in part.instructions:
            inner = instruction.inner or instruction
            if inner.start > at:
                break
            if inner.name in ("COPY", "ADD") and _TO_PROGRAMS.search(inner.text):
                return True
            if inner.name in ("ENV", "ARG") and sets(inner.text):
                return True
        for run in part.runs:
            if run.instruction.start > at:
                break
            if not run.script.complete or run.instruction.outer is not None:
                return True
            if mounts_count and run.mounts:
                return True
            if any(brings(other) for other in run.script.commands if other.span.start < at):
                return True
    return False
