"""CMD and ENTRYPOINT: whether they run anything, and what they pass on."""

from __future__ import annotations

import re

from ...linter.rule import Diagnostic, Example, Severity, rule
from ...linter.source.shell import SHELLS
from ._building import is_base_image, is_development
from ._copies import takes_root
from ._runs import chain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import BuildContext, Dockerfile, Stage
    from ...linter.source.scope import State

REFERENCE = "https://docs.docker.com/reference/dockerfile/"


@rule(
    "DF121",
    "no-command",
    Severity.WARNING,
    category="start",
    sources=(REFERENCE + "#understand-how-cmd-and-entrypoint-interact",),
    examples=(
        Example(
            bad="FROM node:22-alpine  # error: node:22-alpine\nWORKDIR /app\nCOPY . .\nUSER node\n",
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nUSER node\nCMD ["node", "server.js"]\n',
        ),
    ),
)
def no_command(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The image has no command of its own, so it starts the prompt of its base image and ends at once.

    That is what images such as node, python and ruby run by themselves. Left alone are images whose
    services all set a command, stages for development (also in `.devcontainer`), files that are
    called a base (`Dockerfile.base`), bare systems such as alpine, and base images that are not
    known.
    """
    for stage in dockerfile.final_stages:
        final, facts = stage.syntax.final, stage.facts
        if final.cmd is not None or final.entrypoint is not None or stage.syntax.base is None:
            continue
        if facts is None or not facts.repl or facts.kind != "runtime":
            continue
        if any(item.name == "ONBUILD" for item in stage.instructions):
            continue
        if not _adds_program(stage) or is_development(stage) or is_base_image(stage):
            continue
        builds = [build for build in dockerfile.builds if _builds(dockerfile, build, stage)]
        if builds and all(_starts_something(build) for build in builds):
            continue
        yield Diagnostic(
            stage.syntax.base.span,
            f"the image of the stage {stage.label} has no CMD and no ENTRYPOINT: "
            f"it starts the prompt of {facts.name} and ends",
            help='add CMD ["…"]',
            evidence=stage.label,
        )


_PROGRAM_FOLDERS = frozenset(
    (
        "api", "app", "backend", "bin", "build", "code", "dist", "frontend", "lib", "public",
        "server", "src", "web", "www",
    )
)  # fmt: skip
_PROGRAM_ENDINGS = (
    ".cjs", ".ex", ".jar", ".jl", ".js", ".mjs", ".php", ".pl", ".py", ".R", ".rb", ".ts", ".war",
)  # fmt: skip


def _adds_program(stage: Stage) -> bool:
    """Whether a program of the project comes into the image: a mere set of tools is called by name."""
    for part in chain_of(stage):
        for copy in part.copies:
            if copy.source_stage or takes_root(copy) is not None:
                return True
            for word in copy.sources:
                name = word.value.rstrip("/").rpartition("/")[2]
                if name in _PROGRAM_FOLDERS or name.endswith(_PROGRAM_ENDINGS):
                    return True
    return False


def _builds(dockerfile: Dockerfile, build: BuildContext, stage: Stage) -> bool:
    target = dockerfile.stages.resolve(build.target) if build.target else dockerfile.stages.last
    return target is stage.syntax


def _starts_something(build: BuildContext) -> bool:
    service = build.service
    return service.get("command") is not None or service.get("entrypoint") is not None


@rule(
    "DF160",
    "variable-in-exec-form",
    Severity.WARNING,
    category="start",
    sources=(REFERENCE + "#exec-form",),
    examples=(
        Example(
            bad='FROM python:3.13-slim\nENV PORT=8000\nCMD ["python", "-m", "http.server", "$PORT"]  # error: "$PORT"\n',
            good='FROM python:3.13-slim\nENV PORT=8000\nCMD ["sh", "-c", "exec python -m http.server $PORT"]\n',
        ),
    ),
)
def variable_in_exec_form(stage: Stage) -> Iterator[Diagnostic]:
    """A command in JSON form holds a variable, which nothing replaces: the program sees the text `$X`.

    Only a shell replaces variables. Reported for variables that the file itself sets. A command that
    calls a shell, and a CMD that an entry point of its own may read otherwise, are left alone.
    """
    known: set[str] | None = None
    for instruction, state in stage.syntax.walk() if _has_variable(stage) else ():
        if instruction.name not in ("CMD", "ENTRYPOINT", "RUN") or not instruction.json:
            continue
        words = instruction.json
        program = words[0].value.rpartition("/")[2]
        if program in SHELLS or program.endswith((".sh", ".bash")) or "shell" in program:
            continue
        if program in ("env", "su", "gosu", "su-exec", "dumb-init", "tini", "envsubst"):
            continue
        if instruction.name == "CMD" and _entry_point_may_read(stage, state):
            continue
        for word in words:
            match = re.search(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))", word.value)
            if match is None:
                continue
            if known is None:
                known = set(stage.syntax.final.scope)
            name = match[1] or match[2]
            if name in known:
                yield Diagnostic(
                    word.span,
                    f"nothing replaces {match[0]} in the JSON form of {instruction.name}",
                    help=f'write ["sh", "-c", "exec … {match[0]}"]',
                    evidence=word.value[:80],
                )
                break


def _has_variable(stage: Stage) -> bool:
    return any(
        item.name in ("CMD", "ENTRYPOINT", "RUN") and "$" in item.text and item.json is not None
        for item in stage.instructions
    )


def _entry_point_may_read(stage: Stage, state: State) -> bool:
    """Whether the arguments go to a script or program that may replace variables itself."""
    entry = stage.syntax.final.entrypoint or state.entrypoint
    return entry is not None and not (entry.json is not None and not entry.json)
