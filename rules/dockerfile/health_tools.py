"""HEALTHCHECK that calls a program that the image does not have."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import REFERENCE
from ._runs import chain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.shell.syntax import Script


@rule(
    "DF162",
    "healthcheck-program-missing",
    Severity.WARNING,
    category="start",
    words=("healthcheck",),
    since="0.2",
    sources=(REFERENCE + "#healthcheck",),
    examples=(
        Example(
            bad='FROM node:22-alpine\nWORKDIR /app\nCOPY main.js .\nHEALTHCHECK CMD curl -f http://localhost:3000/ || exit 1  # error: curl\nUSER node\nCMD ["node", "main.js"]\n',
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY main.js .\nHEALTHCHECK CMD wget -q -O /dev/null http://127.0.0.1:3000/ || exit 1\nUSER node\nCMD ["node", "main.js"]\n',
        ),
    ),
)
def healthcheck_program_missing(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """HEALTHCHECK calls a program that the image does not have, so the container stays unhealthy.

    As `healthcheck-tool-missing`, for Dockerfiles that no service builds: the base and all that the
    stages install count, and nothing is said where something may have brought the program unseen.
    """
    if dockerfile.builds:
        return
    for stage in dockerfile.final_stages:
        instruction = stage.syntax.final.healthcheck
        script = _script_of(stage, instruction) if instruction is not None else None
        if script is None or stage.syntax.windows:
            continue
        from ...linter.analysis.base_image import bases_of
        from ...linter.analysis.health_script import missing_program
        from ...linter.analysis.installed import Installed

        bases = bases_of(stage)
        if bases is None:
            continue
        chain = [part.syntax for part in chain_of(stage)][::-1]
        names = {
            missing_program(script.commands, Installed(chain, facts, False))
            for facts in bases.facts
        }
        name = names.pop() if len(names) == 1 else None
        if name is None:
            continue
        word = next((item.word for item in script.find(name) if item.word), None)
        where = word.span if word is not None else script.commands[0].span
        diagnostic = Diagnostic(
            where,
            f"HEALTHCHECK calls {name}, which the image, built on {bases.names[0]}, does not have",
            help=_advice(name, bases.facts[0].tool("wget"), bases.facts[0].package_manager),
            evidence=name,
        )
        diagnostic.owner = ("stage", stage.label)
        yield diagnostic


def _script_of(stage: Stage, instruction: Instruction) -> Script | None:
    """The script of a HEALTHCHECK that the stage, or one that it starts from, has."""
    scripts = (part.scripts.get(instruction) for part in chain_of(stage))
    return next(filter(None, scripts), None)


def _advice(name: str, has_wget: bool | None, manager: str | None) -> str:
    """What to do about a program that is missing."""
    if name == "curl" and has_wget:
        return "use wget, which the image has: `wget -q -O /dev/null URL`"
    if manager:
        return f"install {name} in the final stage, or use a program that the image has"
    return "use a program that the image has"
