"""Commands in RUN with a better alternative: apt, cd, a link that replaces the shell."""

from __future__ import annotations

import posixpath
import re
from functools import lru_cache

from ...linter.base.text import EmbeddedSource, Span
from ...linter.edits.dockerfile import on_one_line
from ...linter.edits.scripts import can_edit
from ...linter.files.paths import is_inside
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.shell.tokens import SHELLS
from .._sources import REFERENCE
from ._runs import shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Run, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.parts import Mount
    from ...linter.source.shell.syntax import SimpleCommand
    from ...linter.source.shell.tokens import ShellWord

PRACTICES = "https://docs.docker.com/build/building/best-practices/"

_APT_GET_VERBS = frozenset(
    (
        "autoremove", "clean", "dist-upgrade", "full-upgrade", "install", "purge", "remove",
        "update", "upgrade",
    )
)  # fmt: skip
"""The verbs of apt that apt-get has too: it calls ``full-upgrade`` ``dist-upgrade``."""


@rule(
    "DF906",
    "apt-not-apt-get",
    Severity.INFO,
    category="style",
    words=("apt",),
    presets=("style",),
    equivalents=(
        "hadolint:DL3027",
        "checkov:CKV_DOCKER_9",
        "parfum:DL3027",
    ),
    sources=("https://manpages.debian.org/stable/apt/apt.8.en.html",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt-get update && apt install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*  # error: apt\n",
            good="FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n",
            preset="style",
        ),
    ),
    fix=Applicability.SAFE,
)
def apt_not_apt_get(stage: Stage) -> Iterator[Diagnostic]:
    """`apt` is for interactive use: its options and output may change, and it warns in scripts.

    `apt-get` and `apt-cache` stay as they are. The fix is offered for what `apt-get` does too, not
    for `apt list`, `apt show` and `apt search`.
    """
    for run, command in stage.calls.get("apt", ()):
        word = command.word
        if word is None:
            continue
        verb = next((arg for arg in command.args if not arg.value.startswith("-")), None)
        name = verb.value if verb else ""
        fix = None
        if verb and name in _APT_GET_VERBS and word.value == "apt" and can_edit(run, command):
            edits = [Edit(word.span, "apt-get")]
            if name == "full-upgrade":
                edits.append(Edit(verb.span, "dist-upgrade"))
            fix = Fix("Use apt-get", tuple(edits), Applicability.SAFE)
        yield Diagnostic(
            word.span,
            f"`{shown(command, 40)}` uses apt, whose output and options are not stable",
            help=f"use `{'apt-cache' if name in ('search', 'show') else 'apt-get'}`",
            evidence=name,
            fix=fix,
        )


@rule(
    "DF907",
    "cd-not-workdir",
    Severity.INFO,
    category="style",
    words=("cd",),
    equivalents=("hadolint:DL3003", "trivy:DS-0013"),
    ignore_when="Where only this RUN works in the folder, and it is long enough already.",
    sources=(PRACTICES + "#workdir",),
    examples=(
        Example(
            bad="FROM golang:1.26-alpine AS build\nCOPY . /src\nRUN cd /src && go build -o /app .  # error: cd /src\n\nFROM scratch\nCOPY --from=build /app /app\n",
            good="FROM golang:1.26-alpine AS build\nCOPY . /src\nWORKDIR /src\nRUN go build -o /app .\n\nFROM scratch\nCOPY --from=build /app /app\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def cd_not_workdir(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN changes to a folder with `cd` and works there, where WORKDIR would be clearer.

    Why: The folder holds for this RUN only: the next instruction begins where this one began.

    WORKDIR also creates the folder and holds for what follows. Left alone are a `cd` further on in
    a RUN, one in a subshell or function, several in one RUN, and one into a mount, which is there
    for this RUN alone: these go where they must. So is one above instructions that start from the
    folder of before (relative paths, the command of the image): WORKDIR would have to be set back.
    The fix is offered where nothing below depends on the folder.
    """
    for run in stage.runs:
        script = run.script
        if script.exec_form or not script.complete or run.instruction.heredocs:
            continue
        if script.dialect not in SHELLS or len(script.commands) < 2:
            continue
        first = script.commands[0]
        if not _changes_folder(first):
            continue
        if any(command.name in ("cd", "pushd", "popd") for command in script.commands[1:]):
            continue
        target = first.words[1].value
        if any(_is_around(mount, target, run.workdir) for mount in run.mounts):
            continue  # WORKDIR would make the folder in the image
        if _relies_on_folder_below(run):
            continue  # WORKDIR would have to be set back
        edit = _as_workdir(stage, run, first, script.commands[1])
        yield Diagnostic(
            first.span,
            f"this RUN changes to {target} and works there",
            help=f"add `WORKDIR {target}` above it",
            evidence=target,
            fix=Fix(f"Add WORKDIR {target} above", (edit,), Applicability.UNSAFE) if edit else None,
        )


def _changes_folder(command: SimpleCommand) -> bool:
    """Whether a command is ``cd FOLDER``, and everything behind it runs there."""
    words = command.words
    if len(words) != 2 or words[0].value != "cd" or words[1].value[:1] in ("-", "~"):
        return False
    if command.nesting or command.in_subshell or command.in_function or command.conditional:
        return False
    return command.after in ("&&", ";") and not command.assignments and not command.in_pipeline


def _is_around(mount: Mount, folder: str, workdir: str | None) -> bool:
    """Whether a folder is, or may be, inside the target of a mount."""
    target = mount.target
    if not target:
        return False
    if "$" in target or "$" in folder:
        return True
    base = workdir or "/"
    path = posixpath.normpath(posixpath.join(base, folder))
    return is_inside(posixpath.normpath(posixpath.join(base, target)), path)


def _as_workdir(stage: Stage, run: Run, first: SimpleCommand, second: SimpleCommand) -> Edit | None:
    """Edit that writes WORKDIR in place of ``cd`` and ``&&``; None where more would change."""
    instruction, script, path = run.instruction, run.script, first.words[1]
    if instruction.outer is not None or instruction.flags or instruction.inner_comments:
        return None
    if not re.fullmatch(r"/[\w./+-]*", path.text) or first.after != "&&":
        return None
    if second.nesting or second.in_subshell or second.before != "&&" or first.script is not script:
        return None
    if script.text[first.end : second.at].replace("&", "").strip():
        return None
    if _folder_matters_below(stage, instruction):
        return None
    file = instruction.file
    place = Span(file, instruction.name_span.start, second.script.offset(second.at))
    if isinstance(file, EmbeddedSource) and not on_one_line(place):
        return None
    keyword = "workdir" if instruction.raw_name.islower() else "WORKDIR"
    return Edit(place, f"{keyword} {path.text}{file.newline}{instruction.raw_name} ")


_NEEDS_NO_FOLDER = frozenset((
    ":", "[", "addgroup", "adduser", "apk", "apt", "apt-get", "apt-mark", "chgrp", "chmod", "chown",
    "cp", "dnf", "echo", "export", "gem", "groupadd", "groupmod", "install", "ldconfig", "ln", "ls",
    "microdnf", "mkdir", "mv", "pip", "pip3", "printf", "rm", "sed", "set", "test", "touch", "true",
    "update-ca-certificates", "useradd", "usermod", "yum",
))  # fmt: skip
"""Programs to which only their arguments say where they work."""


def _relies_on_folder_below(run: Run) -> bool:
    """Whether an instruction below starts from the folder that is in force before a RUN.

    Where no WORKDIR sets it, the command of the image does not count: it works in any folder.
    """
    own = run.instruction.outer or run.instruction
    return _reliance(run.stage, run.workdir is not None)[own]


@lru_cache(maxsize=4)
def _reliance(stage: Stage, is_chosen: bool) -> dict[Instruction, bool]:
    """For each instruction, whether one below it starts from the folder; ``is_chosen`` by a WORKDIR."""
    scripts = {run.instruction: run for run in stage.runs}
    is_base = any(other.syntax.base_stage is stage.syntax for other in stage.dockerfile.all_stages)
    relies = is_chosen and (stage.is_final or is_base)
    answers = {}
    for instruction in reversed(stage.instructions):
        answers[instruction] = relies
        name = instruction.name
        if name == "WORKDIR":
            words = instruction.words
            relies = not (words and words[0].value.startswith(("/", "$")))
        elif name in ("COPY", "ADD"):
            target = instruction.destination
            relies = relies or target is None or not target.value.startswith(("/", "$"))
        elif name == "RUN":
            run = scripts.get(instruction)
            relies = relies or run is None or not _brings_own_folder(run)
        elif name == "ONBUILD" or (is_chosen and name in ("CMD", "ENTRYPOINT", "HEALTHCHECK")):
            relies = True
    return answers


def _brings_own_folder(run: Run) -> bool:
    """Whether a RUN works with absolute paths only, or first changes into a folder by one."""
    commands = run.script.commands
    if not run.script.complete or not commands:
        return False
    if commands[0].name == "cd":
        return bool(commands[0].args) and commands[0].args[0].value.startswith(("/", "$"))
    return all(
        command.name in _NEEDS_NO_FOLDER
        and not any(
            word.value in (".", "*") or word.value.startswith(("./", "../")) or _is_relative(word)
            for word in command.args
        )
        for command in commands
    )


def _is_relative(word: ShellWord) -> bool:
    """Whether a word seems to be a relative path."""
    text = word.value
    return "/" in text and not text.startswith(("/", "$", "-", "~", "http", "s/", "s|", "@"))


def _folder_matters_below(stage: Stage, instruction: Instruction) -> bool:
    """Whether an instruction up to the next absolute WORKDIR may depend on the folder."""
    at = stage.instructions.index(instruction)
    for below in stage.instructions[at + 1 :]:
        if below.name == "WORKDIR":
            return not (below.words and below.words[0].value.startswith("/"))
        if below.name in ("COPY", "ADD"):
            if below.destination is None or not below.destination.value.startswith("/"):
                return True
        elif below.name not in ("ENV", "ARG", "LABEL", "EXPOSE", "STOPSIGNAL", "USER"):
            return True
    return stage.is_final or any(
        other.syntax.base_stage is stage.syntax for other in stage.dockerfile.all_stages
    )


@rule(
    "DF908",
    "shell-replaced",
    Severity.INFO,
    category="build",
    words=("ln",),
    presets=("style",),
    equivalents=("hadolint:DL4005",),
    sources=(REFERENCE + "#shell",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN ln -sf /bin/bash /bin/sh  # error: ln\n",
            good='FROM debian:trixie-slim\nSHELL ["/bin/bash", "-c"]\n',
            preset="style",
        ),
    ),
)
def shell_replaced(stage: Stage) -> Iterator[Diagnostic]:
    """A link puts another shell in the place of /bin/sh, for every program in the image.

    SHELL chooses the shell of the instructions that follow and leaves the system alone.
    """
    for _, command in stage.calls.get("ln", ()):
        operands = [word for word in command.args if not word.value.startswith("-")]
        if len(operands) > 1 and operands[-1].value in ("/bin/sh", "/usr/bin/sh"):
            yield Diagnostic(
                command.span,
                f"`{shown(command)}` replaces the shell of the whole image",
                help=f'use `SHELL ["{operands[0].value}", "-c"]`',
                related=[Related(operands[-1].span, "the shell of the system")],
                evidence=operands[0].value,
            )
