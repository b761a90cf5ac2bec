"""Scripts of the context that an image runs and that cannot run."""

from __future__ import annotations

import posixpath
import re

from ...linter.base.patterns import on_demand
from ...linter.base.records import NamedTuple
from ...linter.files.paths import join_path
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from ...linter.source.dockerfile.scripts import interpreter_of
from .._sources import REFERENCE
from ._copied import copied_file
from ._pulled import is_left_out
from ._runs import chain_of
from ._surely import surely_runs

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.shell.syntax import SimpleCommand
    from ._copied import Copied

_CHANGES = on_demand(
    r"\b(?:chmod|dos2unix|fromdos|sed|tr|perl|install|find|setfacl|git|unix2dos|awk)\b"
)
"""Programs that may change modes or line endings."""

_FOLDERS = ("/usr/local/bin", "/usr/bin", "/bin", "/usr/local/sbin", "/usr/sbin", "/sbin")


class Start(NamedTuple):
    """A command that starts a program: at the end of a stage, or in a RUN."""

    instruction: Instruction
    command: SimpleCommand
    workdir: str | None
    is_run: bool


@rule(
    "DF161",
    "script-cannot-run",
    Severity.ERROR,
    category="start",
    since="0.2",
    sources=(
        REFERENCE + "#entrypoint",
        "https://git-scm.com/docs/gitattributes#_end_of_line_conversion",
    ),
    examples=(
        Example(
            bad='FROM node:22-alpine\nCOPY entrypoint.sh /\nUSER node\nENTRYPOINT ["/entrypoint.sh"]  # error: "/entrypoint.sh"\n',
            good='FROM node:22-alpine\nRUN apk add --no-cache bash\nCOPY entrypoint.sh /\nUSER node\nENTRYPOINT ["/entrypoint.sh"]\n',
            files={"entrypoint.sh": '#!/bin/bash\nexec node main.js "$@"\n'},
        ),
    ),
)
def script_cannot_run(stage: Stage) -> Iterator[Diagnostic]:
    """A script that is copied from the context cannot be started, because of its content or mode.

    Why: The container, or the RUN that calls the script, ends with an error.

    That is a script whose first line ends in CRLF (the kernel looks for a program called `sh\\r`, and
    the error says "no such file or directory"), one for a shell that the image does not have
    (`#!/bin/bash` on Alpine), and one that neither the disk nor git has as executable (a warning,
    because Docker makes files executable that come from Windows). A `chmod`, `COPY --chmod`, `sed` or
    `dos2unix` in between keeps the rule silent.
    """
    starts = list(_starts(stage))
    if not starts or stage.syntax.windows or is_left_out(stage):
        return
    for start in starts:
        yield from _judged(stage, start)


def _starts(stage: Stage) -> Iterator[Start]:
    """The commands of a stage that may start a script of the context."""
    for run in stage.runs:
        for command in run.script.commands:
            word = command.word
            if word is None or word.literal is None or "/" not in word.value:
                continue
            text = run.script.text[: command.at]
            if re.search(r"\b(?:cd|pushd)\b", text) and not word.value.startswith("/"):
                continue
            if surely_runs(run, command) and not command.in_subshell and not run.mounts:
                yield Start(run.instruction, command, run.workdir, True)
    if not stage.is_final:
        return
    final, builds = stage.syntax.final, stage.dockerfile.builds
    instruction = final.entrypoint or final.cmd
    if instruction is None or not any(instruction is item for item in stage.instructions):
        return
    if any(build.service.get("entrypoint") is not None for build in builds):
        return
    if instruction is final.cmd:
        facts = stage.facts
        if facts is None or facts.kind not in ("base", "runtime"):
            return
        if any(build.service.get("command") is not None for build in builds):
            return
    script = stage.scripts.get(instruction)
    first = script.commands[0] if script is not None and script.commands else None
    if first is None or first.conditional or first.before or first.in_subshell:
        return
    yield Start(instruction, first, final.workdir.value if final.workdir else None, False)


def _judged(stage: Stage, start: Start) -> Iterator[Diagnostic]:
    """The findings on what one command starts."""
    word = start.command.word
    if word is None or word.literal is None:
        return
    before = start.instruction if start.is_run else None
    for place in _places(word.literal, start.workdir):
        copied = copied_file(stage, place, before)
        if copied is None:
            continue
        if _is_changed(stage, start, copied, posixpath.basename(place)):
            return
        problem = _problem(stage, start, copied)
        if problem is not None:
            message, advice, severity = problem
            yield Diagnostic(
                word.span,
                message,
                help=advice,
                severity=severity,
                related=[Related(copied.instruction.span, "copied here")],
                evidence=copied.path,
            )
        return


def _places(program: str, workdir: str | None) -> Iterator[str]:
    """The absolute paths at which a program may be."""
    if program.startswith("/"):
        yield posixpath.normpath(program)
    elif "/" in program:
        if workdir is not None:
            yield posixpath.normpath(posixpath.join(workdir, program))
    elif "." in program or "entrypoint" in program:
        yield from (f"{folder}/{program}" for folder in _FOLDERS)


def _is_changed(stage: Stage, start: Start, copied: Copied, name: str) -> bool:
    """Whether something between the COPY and the start may change the script."""
    started = False
    for part in reversed(list(chain_of(stage))):
        for instruction in part.instructions:
            if instruction is copied.instruction:
                started = True
                continue
            if not started:
                continue
            inner = instruction.inner or instruction
            text = inner.text + "".join(heredoc.body for heredoc in inner.heredocs)
            if inner is start.instruction:
                text = start.command.script.text[: start.command.at]
            elif inner.name not in ("RUN", "COPY", "ADD"):
                continue
            if inner.name != "RUN" and name in text and inner is not start.instruction:
                return True
            if inner.name == "RUN" and (_CHANGES.search(text) or name in text):
                return True
            if inner is start.instruction:
                return False
    return False


def _problem(stage: Stage, start: Start, copied: Copied) -> tuple[str, str, Severity | None] | None:
    """Why a script cannot run, what to do, and the severity."""
    text = copied.file.text
    first = text[: text.find("\n") + 1 or len(text)]
    path = copied.path
    shell = interpreter_of(first.strip())
    if shell == "node" and not start.is_run and (stage.facts is None or stage.facts.name == "node"):
        # The entry point of the official image lets node read a file that cannot be executed.
        return None
    if first.startswith("#!") and first.endswith("\r\n") and shell != "perl":
        shown = first.strip()
        option = shown.rpartition(" ")[2]
        effect = (
            f"{shell} refuses the option {option} with a carriage return"
            if option.startswith("-")
            else f"`{shown}` names a program that does not exist"
        )
        return (
            f"{path} cannot run: its lines end in CRLF, so {effect}",
            f"store it with LF: add `{path} text eol=lf` to .gitattributes, then run `git add --renormalize .`",
            None,
        )
    if shell == "bash" and _lacks(stage, start, "bash"):
        base = stage.syntax.root.base_name or "the image"
        return (
            f"{path} cannot run: it needs bash, which {base} does not have",
            "install bash before, or write the script for sh (`#!/bin/sh`)",
            None,
        )
    has_mode = copied.instruction.flag("chmod") is not None
    is_script = first.startswith("#!")
    if not has_mode and is_script and _is_plain(stage, path):
        return (
            f"{path} cannot run: it is not executable (git has it with mode 100644)",
            f"run `git update-index --chmod=+x {path}`, or use `COPY --chmod=755`",
            Severity.WARNING,
        )
    return None


def _is_plain(stage: Stage, path: str) -> bool:
    """Whether a file of the context is surely not executable."""
    folder = stage.dockerfile.folder
    project = stage.dockerfile.project
    return (
        folder is not None
        and project.has_repository
        and project.reader.is_not_executable(join_path(folder, path))
    )


def _lacks(stage: Stage, start: Start, program: str) -> bool:
    """Whether the image surely lacks a program where the script starts."""
    from ...linter.analysis.base_image import bases_of
    from ...linter.analysis.installed import Installed

    bases = bases_of(stage)
    if bases is None or not bases.certain:
        return False
    chain = [part.syntax for part in chain_of(stage)][::-1]
    until = (start.instruction, start.command) if start.is_run else None
    return all(
        Installed(chain, facts, False, until).tool(program) is False for facts in bases.facts
    )
