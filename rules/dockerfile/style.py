"""How a Dockerfile is written: letter case, old forms, commands that instructions replace."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.instruction import INSTRUCTIONS
from ...linter.source.shell import SHELLS
from ...linter.source.text import EmbeddedSource, Span
from ._lines import line_break, on_one_line
from ._runs import can_edit, shown
from .reading import every_instruction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Dockerfile, Run, Stage
    from ...linter.source.dockerfile_parts import Pair
    from ...linter.source.instruction import Instruction
    from ...linter.source.shell import SimpleCommand

REFERENCE = "https://docs.docker.com/reference/dockerfile/"
CHECKS = "https://docs.docker.com/reference/build-checks/"
PRACTICES = "https://docs.docker.com/build/building/best-practices/"


@rule(
    "DF901",
    "instruction-casing",
    Severity.INFO,
    presets=("style",),
    equivalents=("buildkit:ConsistentInstructionCasing",),
    sources=(CHECKS + "consistent-instruction-casing/",),
    examples=(
        Example(
            bad='FROM alpine:3.22\ncopy app /app  # error: copy\nCMD ["/app"]\n',
            good='FROM alpine:3.22\nCOPY app /app\nCMD ["/app"]\n',
            preset="style",
        ),
    ),
    fix=Applicability.SAFE,
)
def instruction_casing(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """An instruction is written in other letter case than most instructions of the file.

    The majority decides, and capitals where there is none. A name in mixed case has no vote and is
    always reported. ARG above the first FROM and what ONBUILD defers are left alone.
    """
    found = [
        instruction
        for stage in dockerfile.stages
        for instruction in (stage.instruction, *stage.instructions)
        if instruction.name in INSTRUCTIONS
    ]
    lower = sum(item.raw_name.islower() for item in found)
    upper = sum(item.raw_name.isupper() for item in found)
    to_lower = lower > upper
    for instruction in found:
        name = instruction.raw_name
        wanted = name.lower() if to_lower else name.upper()
        if name == wanted:
            continue
        span = instruction.name_span
        edit = Edit(span, wanted)
        yield Diagnostic(
            span,
            f"{name} is not in {'lower case' if to_lower else 'capitals'}, as most instructions here",
            help=f"write {wanted}",
            evidence=name,
            fix=Fix(f"Write {wanted}", (edit,), Applicability.SAFE) if on_one_line(span) else None,
        )


@rule(
    "DF902",
    "from-as-casing",
    Severity.INFO,
    presets=("style",),
    equivalents=("buildkit:FromAsCasing",),
    sources=(CHECKS + "from-as-casing/",),
    examples=(
        Example(
            bad="FROM alpine:3.22 as base  # error: as\n",
            good="FROM alpine:3.22 AS base\n",
            preset="style",
        ),
    ),
    fix=Applicability.SAFE,
)
def from_as_casing(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """FROM and AS of one line are written in different letter case."""
    for stage in dockerfile.stages:
        word, name = stage.as_word, stage.instruction.raw_name
        if word is None or stage.name_word is None:
            continue
        wanted = "as" if name.islower() else "AS" if name.isupper() else word.text
        if word.text != wanted:
            yield Diagnostic(
                word.span,
                f"{word.text} is not in the same case as {name}",
                help=f"write {wanted}",
                evidence=word.text,
                fix=Fix(f"Write {wanted}", (Edit(word.span, wanted),), Applicability.SAFE),
            )


@rule(
    "DF903",
    "stage-casing",
    Severity.INFO,
    presets=("style",),
    equivalents=("buildkit:StageNameCasing",),
    sources=(CHECKS + "stage-name-casing/",),
    examples=(
        Example(
            bad="FROM golang:1.25 AS Build  # error: Build\nRUN go version > /app\n\nFROM scratch\nCOPY --from=Build /app /app\n",
            good="FROM golang:1.25 AS build\nRUN go version > /app\n\nFROM scratch\nCOPY --from=build /app /app\n",
            preset="style",
        ),
    ),
    fix=Applicability.SAFE,
)
def stage_casing(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The name of a stage is not in lower case, though Docker treats it as if it were.

    The fix changes the name and all its uses in the file; a target given to the build may keep its
    case.
    """
    stages = dockerfile.stages
    for stage in stages:
        word = stage.name_word
        if word is None or word.text == word.text.lower() or not word.text.isascii():
            continue
        edits = [Edit(word.span, word.text.lower())]
        edits += [
            Edit(reference.span, reference.span.text.lower())
            for reference in stages.references
            if reference.target is stage and reference.span.text.lower() == stage.name
        ]
        yield Diagnostic(
            word.span,
            f"the stage {word.text} is not in lower case",
            help=f"call it {word.text.lower()}",
            evidence=word.text,
            fix=Fix(
                f"Call it {word.text.lower()}",
                tuple(edit for edit in edits if edit.span.text != edit.replacement),
                Applicability.SAFE,
            ),
        )


@rule(
    "DF904",
    "maintainer",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=(
        "hadolint:DL4000",
        "buildkit:MaintainerDeprecated",
        "trivy:DS-0022",
        "checkov:CKV_DOCKER_6",
    ),
    sources=(CHECKS + "maintainer-deprecated/",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nMAINTAINER Ada <ada@example.org>  # error: MAINTAINER\n",
            good='FROM alpine:3.22\nLABEL org.opencontainers.image.authors="Ada <ada@example.org>"\n',
        ),
    ),
    fix=Applicability.SAFE,
)
def maintainer(stage: Stage) -> Iterator[Diagnostic]:
    """MAINTAINER is deprecated; a label says the same and can be looked up.

    The fix writes the label `org.opencontainers.image.authors`. The image's Author field is empty
    then, which hardly any tool shows.
    """
    for instruction in stage.instructions:
        if instruction.name != "MAINTAINER":
            continue
        text = instruction.arguments
        fix = None
        span = Span(instruction.file, instruction.name_span.start, instruction.end)
        if text and on_one_line(span):
            if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
                text = text[1:-1]
            for char in (instruction.escape, '"', "$"):
                text = text.replace(char, instruction.escape + char)
            label = f'LABEL org.opencontainers.image.authors="{text}"'
            fix = Fix("Write a label", (Edit(span, label),), Applicability.SAFE)
        yield Diagnostic(
            instruction.name_span,
            "MAINTAINER is deprecated",
            help='write LABEL org.opencontainers.image.authors="…"',
            evidence=instruction.arguments[:80],
            fix=fix,
        )


@rule(
    "DF905",
    "legacy-key-value",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=("buildkit:LegacyKeyValueFormat",),
    sources=(CHECKS + "legacy-key-value-format/",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nENV LANG C.UTF-8  # error: LANG C.UTF-8\n",
            good="FROM alpine:3.22\nENV LANG=C.UTF-8\n",
        ),
        Example(
            bad="FROM alpine:3.22\nLABEL title my own app  # error: title my own app\n",
            good='FROM alpine:3.22\nLABEL title="my own app"\n',
        ),
    ),
    fix=Applicability.SAFE,
)
def legacy_key_value(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """ENV or LABEL separates name and value by a blank, the old form, which takes one pair only.

    Everything up to the end of the line is the value, also what looks like another pair. The fix
    writes name=value, in quotes where the value holds blanks, such that the value stays the same.
    """
    for instruction in every_instruction(dockerfile):
        if instruction.name not in ("ENV", "LABEL"):
            continue
        for pair in instruction.pairs:
            if not pair.legacy:
                continue
            edits = _modern(pair)
            name = pair.key.text
            yield Diagnostic(
                pair.span,
                f"{instruction.name} {name} is written in the old form, without =",
                help=f"write {name}=…",
                evidence=name,
                fix=Fix(f"Write {name}=…", tuple(edits), Applicability.SAFE) if edits else None,
            )


def _modern(pair: Pair) -> list[Edit]:
    """The edits that write a pair with ``=``; none where the value might change."""
    key, value = pair.key, pair.value
    if value is None:
        return []
    owner = key.owner
    gap = Span(owner.file, key.end, value.start)
    if not on_one_line(gap):
        return []
    text, escape = value.text, owner.escape
    quotes = '"' in text or "'" in text
    if not re.search(r"\s", text):
        # One word is read the same way in both forms.
        if text.endswith(escape):
            return []
        return [Edit(gap, "=")]
    if not quotes and escape not in text:
        return [Edit(gap, '="'), Edit(Span(owner.file, value.end, value.end), '"')]
    if "$" in text or not on_one_line(value.span):
        return []
    plain = value.value
    if plain == text:
        return []
    for char in (escape, '"'):
        plain = plain.replace(char, escape + char)
    return [Edit(Span(owner.file, key.end, value.end), f'="{plain}"')]


_TWINS = {
    "autoremove": "autoremove",
    "clean": "clean",
    "full-upgrade": "dist-upgrade",
    "dist-upgrade": "dist-upgrade",
    "install": "install",
    "purge": "purge",
    "remove": "remove",
    "update": "update",
    "upgrade": "upgrade",
}
"""The verbs of apt that apt-get knows, and what it calls them."""


@rule(
    "DF906",
    "apt-not-apt-get",
    Severity.INFO,
    presets=("style",),
    equivalents=("hadolint:DL3027", "checkov:CKV_DOCKER_9"),
    sources=("https://manpages.debian.org/stable/apt/apt.8.en.html",),
    examples=(
        Example(
            bad="FROM debian:trixie-slim\nRUN apt update  # error: apt\n",
            good="FROM debian:trixie-slim\nRUN apt-get update\n",
            preset="style",
        ),
    ),
    fix=Applicability.SAFE,
)
def apt_not_apt_get(stage: Stage) -> Iterator[Diagnostic]:
    """`apt` is made for people: its options and output may change, and it warns in scripts.

    `apt-get` and `apt-cache` stay as they are. The fix is offered for what `apt-get` does too, not
    for `apt list`, `apt show` and `apt search`.
    """
    for run, command in stage.calls.get("apt", ()):
        word = command.word
        if word is None:
            continue
        verb = next((arg for arg in command.args if not arg.value.startswith("-")), None)
        twin = _TWINS.get(verb.value) if verb is not None else None
        fix = None
        if verb is not None and twin and can_edit(run, command) and word.value == "apt":
            edits = [Edit(word.span, "apt-get")]
            if twin != verb.value:
                edits.append(Edit(verb.span, twin))
            fix = Fix("Use apt-get", tuple(edits), Applicability.SAFE)
        tool = "apt-cache" if verb is not None and verb.value in ("search", "show") else "apt-get"
        yield Diagnostic(
            word.span,
            f"`{shown(command, 40)}` uses apt, which is no tool for scripts",
            help=f"use {tool}",
            evidence=verb.value if verb else "",
            fix=fix,
        )


@rule(
    "DF907",
    "cd-not-workdir",
    Severity.INFO,
    presets=("recommended",),
    equivalents=("hadolint:DL3003", "trivy:DS-0013"),
    sources=(PRACTICES + "#workdir",),
    examples=(
        Example(
            bad='FROM golang:1.25\nCOPY . /src\nRUN cd /src && go build -o /app .  # error: cd /src\nWORKDIR /srv\nCMD ["/app"]\n',
            good='FROM golang:1.25\nCOPY . /src\nWORKDIR /src\nRUN go build -o /app .\nWORKDIR /srv\nCMD ["/app"]\n',
        ),
    ),
    fix=Applicability.UNSAFE,
)
def cd_not_workdir(stage: Stage) -> Iterator[Diagnostic]:
    """A RUN first changes into a folder and then works there: WORKDIR says so for all to see.

    WORKDIR also creates the folder and holds for what follows. Left alone are a `cd` further on in
    a RUN, one in a subshell or function, and several in one RUN: these go where they must. The fix
    is offered where nothing below depends on the folder.
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
        if any(item.name in ("cd", "pushd", "popd") for item in script.commands[1:]):
            continue
        target = first.words[1].value
        edit = _as_workdir(stage, run, first, script.commands[1])
        yield Diagnostic(
            first.span,
            f"this RUN works in {target} throughout",
            help=f"put WORKDIR {target} above it",
            evidence=target,
            fix=Fix(f"Put WORKDIR {target} above", (edit,), Applicability.UNSAFE) if edit else None,
        )


def _changes_folder(command: SimpleCommand) -> bool:
    words = command.words
    if len(words) != 2 or words[0].value != "cd" or words[1].value[:1] in ("-", "~"):
        return False
    if command.nesting or command.in_subshell or command.in_function or command.conditional:
        return False
    return command.after in ("&&", ";") and not command.assignments and not command.in_pipeline


def _as_workdir(stage: Stage, run: Run, first: SimpleCommand, second: SimpleCommand) -> Edit | None:
    """WORKDIR in the place of ``cd`` and the ``&&`` behind it; None where more would change."""
    instruction, script, path = run.instruction, run.script, first.words[1]
    if instruction.outer is not None or instruction.flags or instruction.inner_comments:
        return None
    if not re.fullmatch(r"/[\w./+-]*", path.text) or first.after != "&&":
        return None
    if second.nesting or second.in_subshell or second.before != "&&" or first.script is not script:
        return None
    if script.text[first.end : second.at].replace("&", "").strip():
        return None
    if not _nothing_depends(stage, instruction):
        return None
    name = instruction.name_span
    end = second.script.offset(second.at)
    line = instruction.file.offset(instruction.start_line)
    keyword = "workdir" if instruction.raw_name.islower() else "WORKDIR"
    text = f"{keyword} {path.text}{line_break(instruction.file, line)}{instruction.raw_name} "
    if (
        isinstance(instruction.file, EmbeddedSource)
        and "\n" in instruction.file.text[name.start : end]
    ):
        return None
    return Edit(Span(instruction.file, name.start, end), text)


def _nothing_depends(stage: Stage, instruction: Instruction) -> bool:
    """Whether the folder does not matter from here on, up to an absolute WORKDIR."""
    at = stage.instructions.index(instruction)
    for item in stage.instructions[at + 1 :]:
        words = item.words
        if item.name == "WORKDIR":
            return bool(words) and words[0].value.startswith("/")
        if item.name in ("COPY", "ADD"):
            if item.destination is None or not item.destination.value.startswith("/"):
                return False
        elif item.name not in ("ENV", "ARG", "LABEL", "EXPOSE", "STOPSIGNAL", "USER"):
            return False
    if stage.is_final:
        return False
    return not any(other.syntax.base_stage is stage.syntax for other in stage.dockerfile.all_stages)


@rule(
    "DF908",
    "shell-replaced",
    Severity.INFO,
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
                help=f'use SHELL ["{operands[0].value}", "-c"]',
                related=[Related(operands[-1].span, "this is the system's shell")],
                evidence=operands[0].value,
            )
