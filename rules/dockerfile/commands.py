"""CMD and ENTRYPOINT: whether they run anything, and what they pass on."""

from __future__ import annotations

import re

from ...linter.rule import Diagnostic, Example, Severity, rule
from ...linter.source.shell.tokens import SHELLS
from .._sources import REFERENCE
from ._building import is_base_image, is_development
from ._copies import takes_root
from ._runs import chain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import BuildContext, Dockerfile, Stage
    from ...linter.model.service import Service


@rule(
    "DF121",
    "no-command",
    Severity.WARNING,
    category="start",
    ignore_when=(
        "Where the image is only a base of others. A name such as `Dockerfile.base` tells "
        "all rules so."
    ),
    sources=(REFERENCE + "#understand-how-cmd-and-entrypoint-interact",),
    examples=(
        Example(
            bad="FROM node:22-alpine  # error: node:22-alpine\nWORKDIR /app\nCOPY . .\nUSER node\n",
            good='FROM node:22-alpine\nWORKDIR /app\nCOPY . .\nUSER node\nCMD ["node", "server.js"]\n',
        ),
    ),
)
def no_command(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The image has no command, so it starts the prompt of its base image and exits at once.

    Why: Without a terminal such a prompt ends at once, and the container with it.

    Images such as node, python and ruby run a prompt by themselves. Left alone are images whose
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
        if any(instruction.name == "ONBUILD" for instruction in stage.instructions):
            continue
        if not _adds_program(stage) or is_development(stage) or is_base_image(stage):
            continue
        services = [build.service for build in dockerfile.builds if _builds(build, stage)]
        if services and all(_sets_command(service) for service in services):
            continue
        yield Diagnostic(
            stage.syntax.base.span,
            f"{stage.image_title} has no CMD and no ENTRYPOINT: "
            f"it starts the prompt of {facts.name} and exits",
            help='add `CMD ["…"]`',
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
    """Whether a program is copied into the image: an image of tools needs no command."""
    return any(
        copy.source_stage
        or takes_root(copy) is not None
        or any(_is_program(word.value) for word in copy.sources)
        for part in chain_of(stage)
        for copy in part.copies
    )


def _is_program(path: str) -> bool:
    """Whether a path looks like a program or a folder with one."""
    name = path.rstrip("/").rpartition("/")[2]
    return name in _PROGRAM_FOLDERS or name.endswith(_PROGRAM_ENDINGS)


def _builds(build: BuildContext, stage: Stage) -> bool:
    """Whether the stage is the target of a service's build."""
    stages = stage.dockerfile.stages
    return stage.syntax is (stages.resolve(build.target) if build.target else stages.last)


def _sets_command(service: Service) -> bool:
    return service.get("command") is not None or service.get("entrypoint") is not None


_EXPANDING_PROGRAMS = SHELLS | {
    "auditbeat", "chpst", "concurrently", "cross-env", "cross-env-shell", "cross-var", "dockerize",
    "dotenv", "dumb-init", "env", "env-cmd", "envsubst", "execlineb", "filebeat", "fluent-bit",
    "gosu", "heartbeat", "logstash", "metricbeat", "npm-run-all", "packetbeat", "parallel", "pwsh",
    "powershell", "run-p", "run-s", "runuser", "script", "setpriv", "su", "su-exec", "sudo", "tini",
    "watchmedo", "with-contenv",
}  # fmt: skip
"""Programs that replace variables, or run a command that may."""

_JAVA = frozenset(("java", "javaw", "mvn", "mvnw", "gradle", "gradlew"))
_CODE_OPTIONS = frozenset(("-E", "-e", "-r", "--command", "--eval", "--exec", "--execute", "-x"))
"""Options whose value is a program text or a command line: the program reads variables itself."""


@rule(
    "DF160",
    "variable-in-exec-form",
    Severity.WARNING,
    category="start",
    words=("$",),
    sources=(REFERENCE + "#exec-form",),
    examples=(
        Example(
            bad='FROM python:3.13-slim\nENV PORT=8000\nCMD ["python", "-m", "http.server", "$PORT"]  # error: "$PORT"\n',
            good='FROM python:3.13-slim\nENV PORT=8000\nCMD ["sh", "-c", "exec python -m http.server $PORT"]\n',
        ),
    ),
)
def variable_in_exec_form(stage: Stage) -> Iterator[Diagnostic]:
    """A command in JSON form contains a variable, which no shell replaces: the program gets the text `$X`.

    Only a shell replaces variables. Reported for variables that the file itself sets. A command that
    calls a shell, and a CMD that an entry point of its own may read otherwise, are left alone. So is
    what the program replaces itself: `${X}` in system properties and arguments of Java programs
    (`-Dserver.port=${X}`, `--server.port=${X}`), as Spring does, and code behind `-e` and the like.
    """
    for instruction in stage.instructions:
        if instruction.name not in ("CMD", "ENTRYPOINT", "RUN") or "$" not in instruction.text:
            continue
        words = instruction.json
        if not words:
            continue
        program = words[0].value.rpartition("/")[2]
        if program in _EXPANDING_PROGRAMS or "shell" in program:
            continue
        if program.endswith((".sh", ".bash")):
            continue
        final = stage.syntax.final
        # The arguments go to a script or program that may replace variables itself.
        if instruction.name == "CMD" and final.entrypoint and final.entrypoint.json != []:
            continue
        if any(word.value.rpartition("/")[2] in SHELLS for word in words):
            continue
        previous = ""
        for word in words:
            option, previous = previous, word.value
            match = re.search(r"\$(?:\{([A-Za-z_]\w*)\}|([A-Za-z_]\w*))", word.value)
            if option in _CODE_OPTIONS or (program in _JAVA and _is_property(word.value)):
                continue
            if match and (match[1] or match[2]) in final.scope:
                yield Diagnostic(
                    word.span,
                    f"{match[0]} is not replaced in the JSON form of {instruction.name}: no shell runs there",
                    help=f'write `["sh", "-c", "exec … {match[0]}"]`',
                    evidence=word.value[:80],
                )
                break


def _is_property(word: str) -> bool:
    """Whether a word gives a value with ``${…}`` to a property, which Java programs often resolve."""
    name, equals, value = word.partition("=")
    return bool(equals) and name.startswith(("-D", "--")) and "$" not in value.replace("${", "")
