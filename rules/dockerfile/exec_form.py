"""The two forms of a command: a JSON array that is run as it is, or a text for a shell."""

from __future__ import annotations

from ...linter.analysis.development import is_development_stage, is_throwaway
from ...linter.analysis.one_shot import is_finite
from ...linter.base.escape import json_string
from ...linter.base.text import Span
from ...linter.edits.dockerfile import insert_above
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.shell.tokens import SHELLS
from .._sources import CHECKS, REFERENCE
from ._runs import chain_of, shown
from .reading import every_instruction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.shell.syntax import Script, SimpleCommand


_QUOTES = {"'": "'", '"': '"', "“": "”", "”": "”", "‘": "’", "’": "’", "„": "”"}

_RESULTS = {
    **dict.fromkeys(("COPY", "ADD"), "so its words are taken literally as file names"),
    "VOLUME": "so its words are taken literally as paths",
}

_FAILS = frozenset(("RUN", "CMD", "ENTRYPOINT", "COPY", "ADD", "SHELL"))
"""The instructions that fail with such arguments, in the build or when the container starts."""


@rule(
    "DF005",
    "broken-exec-form",
    Severity.ERROR,
    category="reading",
    sources=(REFERENCE + "#exec-form",),
    examples=(
        Example(
            bad="FROM node:22-alpine\nCMD ['node', 'server.js']  # error: '\n",
            good='FROM node:22-alpine\nCMD ["node", "server.js"]\n',
        ),
        Example(
            bad='FROM node:22-alpine\nCMD ["node" "server.js"]  # error: "\n',
            good='FROM node:22-alpine\nCMD ["node", "server.js"]\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def broken_exec_form(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """Arguments look like a JSON array but are not one, so BuildKit silently runs them as shell text.

    Single quotes, a missing or a trailing comma, text behind the bracket: `CMD ['node', 'x.js']`
    makes the shell look for a program called `[node,`. An array with a number in it stops the
    build. A shell test (`[ -f x ] && …`) is left alone. The fix writes proper JSON.
    """
    for instruction in every_instruction(dockerfile):
        error = instruction.json_error
        if error is None:
            continue
        span = Span(instruction.file, error.start, error.end)
        if error.kind == "json-type":
            yield Diagnostic(
                span,
                f"every element in the array of {instruction.name} must be a string",
                help="put it in double quotes",
                evidence=f"{error.kind} {span.text[:100]}",
            )
            continue
        result = _RESULTS.get(instruction.name, "so a shell runs the text")
        edits = _as_json(instruction)
        what, advice = error.message, 'write `["…", "…"]` with double quotes and commas'
        if error.kind == "json-escape":
            advice = "write `\\\\` for a backslash"
        elif error.kind == "json-trailing" and span.text.startswith("#"):
            what, advice = "a comment needs its own line", "move the comment to the line above"
        yield Diagnostic(
            span,
            f"the arguments of {instruction.name} are not a JSON array, {result}: {what}",
            help=advice,
            severity=None if instruction.name in _FAILS else Severity.WARNING,
            evidence=error.kind,
            fix=Fix("Write a JSON array", tuple(edits), Applicability.UNSAFE) if edits else None,
        )


def _as_json(instruction: Instruction) -> list[Edit]:
    """The edits that make a JSON array of the arguments; none where they are not clear."""
    text, at, size = instruction.text, instruction.command_at + 1, len(instruction.text)
    edits: list[Edit] = []

    def replace(start: int, end: int, by: str) -> None:
        edits.append(Edit(instruction.span_of(start, end), by))

    comma = -1  # the place of the comma before the next element
    first = True
    while True:
        while at < size and text[at] in " \t":
            at += 1
        if at >= size:
            return []
        char = text[at]
        if char == "]":
            if comma >= 0:
                replace(comma, at, "")
            break
        if char == ",":
            if comma >= 0 or first:
                return []
            comma = at
            at += 1
            continue
        if not first and comma < 0:
            end = at
            while text[end - 1] in " \t":
                end -= 1
            replace(end, end, ",")
        first, comma = False, -1
        closing = _QUOTES.get(char)
        if closing is None:
            end = at
            while end < size and text[end] not in " \t,]'\"":
                end += 1
            if end == at or "\\" in text[at:end]:
                return []
            replace(at, at, '"')
            replace(end, end, '"')
            at = end
            continue
        end = text.find(closing, at + 1)
        if char in "“”„" and end < 0:
            end = text.find("“", at + 1)
        if end < 0 or "\\" in text[at + 1 : end] or (char != '"' and '"' in text[at + 1 : end]):
            return []
        if char != '"':
            replace(at, at + 1, '"')
            replace(end, end + 1, '"')
        at = end + 1
    comment = text[at + 1 :].strip()
    if comment:
        if not comment.startswith("#"):
            return []
        edits.append(insert_above(instruction, comment))
        replace(at + 1, size, "")
    return edits


def _command_span(instruction: Instruction) -> Span:
    return instruction.span_of(instruction.command_at, len(instruction.text))


@rule(
    "DF117",
    "shell-form-command",
    Severity.WARNING,
    category="start",
    strict_in=("production", "hardened"),
    equivalents=("hadolint:DL3025", "buildkit:JSONArgsRecommended"),
    ignore_when="Where the program ends by itself, or nothing is lost when it is killed.",
    sources=(CHECKS + "json-args-recommended/", REFERENCE + "#shell-form-entrypoint-example"),
    examples=(
        Example(
            bad="FROM node:22-slim\nCMD node server.js  # error: node server.js\n",
            good='FROM node:22-slim\nCMD ["node", "server.js"]\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def shell_form_command(stage: Stage) -> Iterator[Diagnostic]:
    """CMD or ENTRYPOINT runs in a shell, which does not pass the stop signal on to the program.

    `docker stop` then waits ten seconds and kills it. So it is with dash, the `/bin/sh` of Debian
    and Ubuntu. BusyBox (Alpine) and bash (Red Hat and its relatives) replace themselves by the last
    command, which then gets the signal: there, and where the image's shell is not known, one simple
    command is left to stricter presets. After a shell-form ENTRYPOINT, moreover, CMD and the
    arguments of `docker run` are lost, which counts where there are some. A stage that sets SHELL
    wants the shell, and a command that ends in `exec …` hands the process over: both are left alone.
    So is a CMD that ends by itself (`cp`, a migration), for which the signal plays no part. Images
    for development, tests and examples are left to stricter presets. The fix is offered for a plain command
    without variables, redirections and the like; PID 1 changes with it.
    """
    scripts = stage.scripts
    for instruction, state in stage.syntax.walk() if _has_command(stage) else ():
        if instruction.name not in ("CMD", "ENTRYPOINT") or instruction.json is not None:
            continue
        script = scripts.get(instruction)
        if script is None or instruction.json_error is not None or state.shell is not None:
            continue
        outer = [command for command in script.commands if not command.nesting]
        if outer and outer[-1].words and outer[-1].words[0].value == "exec":
            continue
        if instruction.name == "CMD" and outer and all(map(_ends_soon, outer)):
            continue
        form = _exec_form(script)
        replaced = _replaces_itself(stage, script)
        problems = ["the stop signal does not reach it"] if replaced is False else []
        is_lost = instruction.name == "ENTRYPOINT" and _has_arguments(stage)
        if instruction.name == "ENTRYPOINT":
            problems.append("CMD and arguments are ignored")
        if not problems:
            if not form:
                continue
            problems = ["the program does not need it"]
        is_held_back = replaced is not False and not is_lost
        span, fix = _command_span(instruction), None
        if form and not instruction.inner_comments:
            fix = Fix("Write a JSON array", (Edit(span, form),), Applicability.UNSAFE)
        yield Diagnostic(
            span,
            f"{instruction.name} runs in a shell: {', and '.join(problems)}",
            help=f"write `{instruction.name} {form}`"
            if form
            else "write a JSON array, or `exec …`",
            severity=Severity.INFO if is_held_back else None,
            evidence=instruction.command[:100],
            fix=fix,
            strict=is_held_back or is_development_stage(stage) or is_throwaway(stage.dockerfile),
        )


_DASH = ("buildpack-deps", "debian", "ubuntu")
"""Systems whose /bin/sh is dash, which starts even the last command as a child.

Measured with dash 0.5.12 of Debian 12; BusyBox 1.35 and bash 5.2 execute it in their own place."""
_BUSYBOX = ("alpine", "busybox")


def _replaces_itself(stage: Stage, script: Script) -> bool | None:
    """Whether the image's shell ends by executing the last command; None if that is not known."""
    command = script.commands[-1] if script.commands else None
    if not script.complete or command is None or not command.words or command.pipeline[1:]:
        return False
    if command.nesting or command.in_subshell or command.in_function or command.conditional:
        return False
    if command.negated or script.text[command.end :].strip() or command.name in _BUILTINS:
        return False
    is_alone = all(other is command or other.nesting for other in script.commands)
    if any(other.after == "&" for other in script.commands):
        return False
    system = (stage.facts.os if stage.facts is not None else None) or ""
    if any(map(_links_shell, chain_of(stage))):
        system = ""
    if system.startswith(_DASH):
        return False
    if system.startswith(_BUSYBOX):
        return True
    if system and is_alone and not command.redirections:
        return True
    return None if is_alone or system else False


def _links_shell(stage: Stage) -> bool:
    """Whether a stage makes another program its /bin/sh."""
    return any(
        word.value in ("/bin/sh", "/usr/bin/sh")
        for _, command in stage.calls.get("ln", ())
        for word in command.args
    )


def _has_arguments(stage: Stage) -> bool:
    """Whether the image, or a service that builds it, gives arguments to the entry point."""
    return stage.syntax.final.cmd is not None or any(
        build.service.get("command") is not None and build.service.get("entrypoint") is None
        for build in stage.dockerfile.builds
    )


INSTANT = frozenset((
    ":", "[", "cat", "cd", "chmod", "chown", "cp", "echo", "env", "exit", "export", "false", "ln",
    "ls", "mkdir", "mv", "printf", "pwd", "rm", "set", "test", "touch", "true", "uname",
))  # fmt: skip
"""Programs that end at once."""


def _ends_soon(command: SimpleCommand) -> bool:
    """Whether a command ends by itself, so that there is hardly ever something to stop."""
    if command.after == "&" or command.conditional or command.in_function:
        return False
    return command.name in INSTANT or is_finite(shown(command, 1000))


def _has_command(stage: Stage) -> bool:
    """Whether a stage has a CMD or ENTRYPOINT that a shell runs."""
    return any(
        item.name in ("CMD", "ENTRYPOINT") and item.json is None for item in stage.instructions
    )


_BUILTINS = frozenset((
    ".", ":", "[", "alias", "bg", "break", "cd", "continue", "eval", "exit", "export", "fg",
    "getopts", "hash", "jobs", "local", "read", "readonly", "return", "set", "shift", "source",
    "test", "times", "trap", "type", "ulimit", "umask", "unalias", "unset", "wait",
))  # fmt: skip


def _exec_form(script: Script) -> str:
    """The JSON array that runs the same program; empty where only a shell can run it."""
    if not script.complete or len(script.commands) != 1 or script.comments:
        return ""
    command = script.commands[0]
    if command.assignments or command.redirections or command.negated or command.after:
        return ""
    if command.conditional or command.in_subshell or command.in_function:
        return ""
    if command.at != 0 or command.end != len(script.text.rstrip()):
        return ""
    words = command.words
    if (words and words[0].value in _BUILTINS) or any(
        word.has_expansion or word.has_glob or word.text.startswith("~") for word in words
    ):
        return ""
    return f"[{', '.join(map(json_string, command.argv))}]"


@rule(
    "DF157",
    "shell-missing",
    Severity.ERROR,
    category="start",
    sources=(REFERENCE + "#shell-form", "https://docs.docker.com/build/building/base-images/"),
    examples=(
        Example(
            bad="FROM golang:1.26-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT /app  # error: /app\n",
            good='FROM golang:1.26-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT ["/app"]\n',
        ),
    ),
)
def shell_missing(stage: Stage) -> Iterator[Diagnostic]:
    """A command needs a shell, and the image (scratch or distroless) has none: it cannot run.

    RUN fails in the build, CMD, ENTRYPOINT and HEALTHCHECK when the container starts. Stages that
    copy in what may hold a shell (whole trees, archives, `/bin`, busybox) are left alone, and so is
    a stage that sets SHELL.
    """
    root = stage.syntax.root
    facts = stage.facts
    image = "scratch" if root.from_scratch else root.base_name or ""
    if not root.from_scratch and (facts is None or facts.shell != ""):
        return
    started = {
        item.command.split()[0].rpartition("/")[2]
        for item in stage.instructions
        if item.name in ("CMD", "ENTRYPOINT") and item.json is None and item.command
    }
    bases = [part for part in stage.syntax.chain() if part is not stage.syntax]
    if any(_may_bring_shell(item, started) for part in bases for item in part.instructions):
        return
    for instruction, state in stage.syntax.walk():
        if _may_bring_shell(instruction, started) or state.shell is not None:
            return
        if instruction.name not in ("RUN", "CMD", "ENTRYPOINT", "HEALTHCHECK"):
            continue
        if instruction.json is not None or not instruction.command or instruction.json_error:
            continue
        yield Diagnostic(
            _command_span(instruction),
            f"{instruction.name} needs a shell, and {image} has none",
            help='write a JSON array: `["…", "…"]`'
            if instruction.name != "RUN"
            else "run it in an earlier stage, and copy the result",
            # A health check that cannot run leaves the container running, as unhealthy.
            severity=Severity.WARNING if instruction.name == "HEALTHCHECK" else None,
            evidence=instruction.command[:100],
        )


_TREES = SHELLS | {"", ".", "bin", "usr", "out", "rootfs"}


def _may_bring_shell(instruction: Instruction, started: set[str]) -> bool:
    """Whether an instruction brings files in among which a shell may be.

    ``started`` are the programs that the stage runs: copied to ``/``, they are files.
    """
    if instruction.name == "RUN":
        # What a RUN in exec form, or one with a mounted shell, leaves behind is not known.
        return instruction.json is not None or bool(instruction.mounts)
    if instruction.name not in ("COPY", "ADD") or instruction.destination is None:
        return False
    target = instruction.destination.value.rstrip("/")
    if target in ("", "."):
        return any(_base_name(word.value) not in started for word in instruction.sources)
    if target in ("/bin", "/usr", "/usr/bin", "/usr/local", "/usr/local/bin"):
        return any(_is_tree(word.value) for word in instruction.sources)
    return _base_name(target) in SHELLS


def _base_name(path: str) -> str:
    return path.rstrip("/").rpartition("/")[2]


def _is_tree(source: str) -> bool:
    """Whether a source may be a folder with programs, or the shell itself."""
    if "$" in source or "*" in source or source.endswith("/"):
        return True
    return _base_name(source) in _TREES
