"""An image's commands, health check and stop signal, ONBUILD, and comments on stages."""

from __future__ import annotations

from ...linter.base.patterns import on_demand
from ...linter.base.signals import is_signal, likely_signal
from ...linter.base.suggest import PLAIN, QUESTION, did_you_mean
from ...linter.base.text import Span
from ...linter.edits.dockerfile import delete_instruction, has_pragma
from ...linter.rule import Applicability, Diagnostic, Example, Fix, Related, Severity, rule
from .._sources import CHECKS, REFERENCE
from ._building import is_base_image
from .reading import grammar_problems

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Stage
    from ...linter.model.service import Service
    from ...linter.source.dockerfile.instruction import Instruction


@rule(
    "DF112",
    "overridden-instruction",
    Severity.WARNING,
    category="reading",
    equivalents=(
        "hadolint:DL4003",
        "hadolint:DL4004",
        "hadolint:DL3012",
        "buildkit:MultipleInstructionsDisallowed",
        "trivy:DS-0007",
        "trivy:DS-0016",
        "trivy:DS-0023",
    ),
    sources=(CHECKS + "multiple-instructions-disallowed/",),
    examples=(
        Example(
            bad='FROM node:22-alpine\nCMD ["npm", "start"]  # error: CMD\nCMD ["node", "server.js"]\n',
            good='FROM node:22-alpine\nCMD ["node", "server.js"]\n',
        ),
    ),
    fix=Applicability.SAFE,
)
def overridden_instruction(stage: Stage) -> Iterator[Diagnostic]:
    """A stage has several CMD, ENTRYPOINT or HEALTHCHECK, of which only the last one counts.

    Why: Whoever edits an earlier one changes nothing.

    The earlier ones are reported, since they have no effect; the fix deletes them. What a later
    stage overrides of the stage that it starts from is left alone.
    """
    last: dict[str, Instruction] = {}
    for instruction in reversed(stage.instructions):
        name = instruction.name
        if name not in ("CMD", "ENTRYPOINT", "HEALTHCHECK"):
            continue
        if name not in last:
            last[name] = instruction
            continue
        edit = delete_instruction(instruction)
        yield Diagnostic(
            instruction.name_span,
            f"this {name} has no effect: the one on line {last[name].start_line} overrides it",
            help="delete it",
            related=[Related(last[name].name_span, "this one counts")],
            evidence=instruction.text[:80],
            fix=Fix(f"Delete the {name}", (edit,), Applicability.SAFE) if edit else None,
        )


@rule(
    "DF116",
    "onbuild-nesting",
    Severity.ERROR,
    category="reading",
    words=("onbuild",),
    equivalents=("hadolint:DL3043",),
    sources=(REFERENCE + "#onbuild-limitations",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nONBUILD FROM alpine:3.22  # error: FROM\n",
            good="FROM alpine:3.22\nONBUILD COPY . /app\n",
        ),
    ),
)
def onbuild_nesting(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """ONBUILD defers what it cannot: FROM, MAINTAINER, another ONBUILD, or an unknown instruction.

    Why: This build fails, or each build that starts from the image.

    The first three stop the build. An unknown one is stored as it is and stops every build that
    starts from the image.
    """
    instructions = dockerfile.syntax.instructions
    deferred = [instruction for instruction in instructions if instruction.name == "ONBUILD"]
    for instruction, problem in grammar_problems(deferred):
        inner = instruction.inner
        if inner is not None and inner.name_span.start == problem.start:
            yield Diagnostic(
                Span(dockerfile.source, problem.start, problem.end),
                problem.message,
                help=did_you_mean(problem.suggestion, PLAIN),
                evidence=inner.name,
            )


_FOR_TOOLS = on_demand(r"[a-z][\w-]*(?::|=| (?:ignore|disable|skip)\b)")
"""The beginning of a comment that a tool reads."""


@rule(
    "DF126",
    "definition-description",
    Severity.INFO,
    category="style",
    presets=(),
    equivalents=("buildkit:InvalidDefinitionDescription",),
    sources=(CHECKS + "invalid-definition-description/",),
    examples=(
        Example(
            bad="# The image of the app.\nFROM alpine:3.22 AS app  # error: app\n",
            good="# app is the image that runs\nFROM alpine:3.22 AS app\n",
        ),
    ),
)
def definition_description(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The comment above an ARG or a named stage does not begin with its name.

    `docker build --call=outline` shows a comment of the form `# name what it is` as the
    description. Off by default, as in BuildKit: most comments are meant for other readers. An empty
    line or an empty comment (`#`) between the two parts them. Comments for tools, such as
    `# renovate: …`, are left alone.
    """
    for instruction in dockerfile.syntax.instructions:
        if not instruction.comments:
            continue
        comment = instruction.comments[-1]
        if comment.line + 1 != instruction.start_line or _FOR_TOOLS.match(comment.text):
            continue
        if instruction.name == "ARG":
            words = [pair.key for pair in instruction.pairs]
            names = [word.text for word in words]
        elif instruction.name == "FROM" and len(instruction.words) == 3:
            words = instruction.words[2:]
            names = [words[0].text.lower()]
        else:
            continue
        if words and comment.text.split(" ")[0] not in names and not has_pragma(comment.text):
            name = names[0] if len(names) == 1 else "<name>"
            yield Diagnostic(
                words[0].span,
                f'the comment above does not begin with "{name}"',
                help=f"write `# {name} …`, or put an empty line between the two",
                related=[Related(comment.span, "the comment")],
                evidence=name,
            )


@rule(
    "DF127",
    "image-without-healthcheck",
    Severity.INFO,
    category="start",
    presets=("production",),
    equivalents=("hadolint:DL3057", "trivy:DS-0026", "checkov:CKV_DOCKER_2"),
    ignore_when=(
        "Where something else checks the container, such as Kubernetes, which does not use "
        "HEALTHCHECK."
    ),
    sources=(REFERENCE + "#healthcheck",),
    examples=(
        Example(
            bad='FROM node:22-alpine  # error: node:22-alpine\nCOPY . /app\nUSER node\nCMD ["node", "/app/server.js"]\n',
            good='FROM node:22-alpine\nCOPY . /app\nUSER node\nHEALTHCHECK CMD wget -qO /dev/null http://127.0.0.1:3000/health\nCMD ["node", "/app/server.js"]\n',
            preset="production",
        ),
    ),
)
def image_without_healthcheck(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The final image has no HEALTHCHECK, so Docker cannot tell whether the program works.

    One of the base image or of a stage below counts, also `HEALTHCHECK NONE`, and so does a
    `healthcheck` of every service that builds the file. Base images that may have their own are
    left alone, and files that are called a base (`Dockerfile.base`).
    """
    for stage in dockerfile.final_stages:
        syntax, facts = stage.syntax, stage.facts
        if syntax.final.healthcheck is not None or syntax.base is None or is_base_image(stage):
            continue
        if not syntax.root.from_scratch and (facts is None or facts.image_healthcheck is not False):
            continue
        services = [build.service for build in dockerfile.builds]
        if not services or any(map(_runs_unchecked, services)):
            yield Diagnostic(
                syntax.base.span,
                f"{stage.image_title} has no HEALTHCHECK",
                help="add `HEALTHCHECK CMD …`, or a healthcheck to the service",
                evidence=stage.label,
            )


_UNSTOPPABLE = {"KILL": "KILL", "9": "KILL", "STOP": "STOP", "19": "STOP"}


def _runs_unchecked(service: Service) -> bool:
    """Whether a service runs an image for good and has no check of its own."""
    from ...linter.analysis.container import container_of

    return service.healthcheck is None and service.runs_here and not container_of(service).runs_once


@rule(
    "DF158",
    "bad-stop-signal",
    Severity.WARNING,
    category="start",
    sources=(REFERENCE + "#stopsignal",),
    examples=(
        Example(
            bad="FROM alpine:3.22\nSTOPSIGNAL SIGKILL  # error: SIGKILL\n",
            good="FROM alpine:3.22\nSTOPSIGNAL SIGQUIT\n",
        ),
    ),
)
def bad_stop_signal(stage: Stage) -> Iterator[Diagnostic]:
    """STOPSIGNAL is a signal that no program can handle, or not a signal.

    KILL and STOP reach no handler, so the program cannot shut down in order. An unknown name stops
    the build (error). Variables are left alone.
    """
    for instruction in stage.instructions:
        if instruction.name != "STOPSIGNAL" or not instruction.words:
            continue
        word = instruction.words[0]
        if word.has_variable:
            continue
        name = word.value.upper().removeprefix("SIG")
        if name in _UNSTOPPABLE:
            yield Diagnostic(
                word.span,
                f"no program can handle {_UNSTOPPABLE[name]}: the container is killed at once",
                help="use SIGTERM, or the signal that the program handles",
                evidence=word.value,
            )
        elif not is_signal(name):
            yield Diagnostic(
                word.span,
                f"{word.value} is not a signal",
                help=did_you_mean(likely_signal(word.value), QUESTION)
                or "use SIGTERM, SIGINT, SIGQUIT or another signal",
                severity=Severity.ERROR,
                evidence=word.value,
            )
