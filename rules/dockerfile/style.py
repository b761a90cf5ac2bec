"""How a Dockerfile is written: letter case and old forms."""

from __future__ import annotations

import re

from ...linter.base.patterns import on_demand
from ...linter.base.text import Span
from ...linter.edits.dockerfile import on_one_line
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.dockerfile.instruction import INSTRUCTIONS
from .._sources import CHECKS
from .reading import every_instruction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile, Stage
    from ...linter.source.dockerfile.instruction import Instruction
    from ...linter.source.dockerfile.parts import Pair, Word


@rule(
    "DF901",
    "instruction-casing",
    Severity.INFO,
    category="style",
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
    instructions = [
        instruction
        for stage in dockerfile.stages
        for instruction in (stage.instruction, *stage.instructions)
        if instruction.name in INSTRUCTIONS
    ]
    lower = sum(instruction.raw_name.islower() for instruction in instructions)
    upper = sum(instruction.raw_name.isupper() for instruction in instructions)
    to_lower = lower > upper
    for instruction in instructions:
        name, span = instruction.raw_name, instruction.name_span
        wanted = name.lower() if to_lower else name.upper()
        if name == wanted:
            continue
        fix = Fix(f"Write {wanted}", (Edit(span, wanted),), Applicability.SAFE)
        yield Diagnostic(
            span,
            f"{name} is not in {'lower case' if to_lower else 'upper case'}, as most instructions here are",
            help=f"write `{wanted}`",
            evidence=name,
            fix=fix if on_one_line(span) else None,
        )


@rule(
    "DF902",
    "from-as-casing",
    Severity.INFO,
    category="style",
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
                help=f"write `{wanted}`",
                evidence=word.text,
                fix=Fix(f"Write {wanted}", (Edit(word.span, wanted),), Applicability.SAFE),
            )


@rule(
    "DF903",
    "stage-casing",
    Severity.INFO,
    category="style",
    presets=("style",),
    equivalents=("buildkit:StageNameCasing",),
    sources=(CHECKS + "stage-name-casing/",),
    examples=(
        Example(
            bad="FROM golang:1.26 AS Build  # error: Build\nRUN go version > /app\n\nFROM scratch\nCOPY --from=Build /app /app\n",
            good="FROM golang:1.26 AS build\nRUN go version > /app\n\nFROM scratch\nCOPY --from=build /app /app\n",
            preset="style",
        ),
    ),
    fix=Applicability.SAFE,
)
def stage_casing(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The name of a stage is not in lower case, although Docker treats it as if it were.

    The fix changes the name and all its uses in the file; a target given to the build may keep its
    case.
    """
    stages = dockerfile.stages
    for stage in stages:
        word = stage.name_word
        if word is None or word.text == word.text.lower() or not word.text.isascii():
            continue
        name = word.text.lower()
        edits = [Edit(word.span, name)]
        edits += [
            Edit(reference.span, name)
            for reference in stages.references
            if reference.target is stage
            and reference.span.text != name
            and reference.span.text.lower() == name
        ]
        yield Diagnostic(
            word.span,
            f'the name of stage "{word.text}" is not in lower case',
            help=f"write `{name}`",
            evidence=word.text,
            fix=Fix(f"Rename it to {name}", tuple(edits), Applicability.SAFE),
        )


@rule(
    "DF904",
    "maintainer",
    Severity.WARNING,
    category="maintenance",
    words=("maintainer",),
    equivalents=(
        "hadolint:DL4000",
        "buildkit:MaintainerDeprecated",
        "trivy:DS-0022",
        "checkov:CKV_DOCKER_6",
    ),
    ignore_when="Where a tool still reads the Author field of the image.",
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
    """MAINTAINER is deprecated; a label has the same information.

    Why: BuildKit warns about it in each build, and tools that list images by their labels do
    not find the name.

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
            fix = Fix("Replace it with a label", (Edit(span, label),), Applicability.SAFE)
        yield Diagnostic(
            instruction.name_span,
            "MAINTAINER is deprecated",
            help='write `LABEL org.opencontainers.image.authors="…"`',
            evidence=instruction.arguments[:80],
            fix=fix,
        )


@rule(
    "DF905",
    "legacy-key-value",
    Severity.WARNING,
    category="maintenance",
    words=("env", "label"),
    equivalents=("buildkit:LegacyKeyValueFormat",),
    ignore_when=(
        "Where a file is kept as it was published: BuildKit warns about the old form and builds it."
    ),
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
    fix=(Applicability.SAFE, Applicability.UNSAFE),
)
def legacy_key_value(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """ENV or LABEL separates name and value by a space, the old form, which allows only one pair.

    Everything up to the end of the line is the value, also what looks like another pair. The fix
    writes name=value, in quotes where the value holds blanks, such that the value stays the same.
    In `LABEL name = value` the `=` is a part of the value: taking the blanks away is an unsafe fix.
    """
    for instruction in every_instruction(dockerfile):
        if instruction.name not in ("ENV", "LABEL"):
            continue
        for pair in instruction.pairs:
            if not pair.legacy:
                continue
            if pair.value is not None and pair.value.text.startswith("="):
                yield _blanks_around_equals(instruction, pair, pair.value)
                continue
            edits = _with_equals(pair)
            name = pair.key.text
            yield Diagnostic(
                pair.span,
                f"{instruction.name} {name} is written in the old form, without =",
                help=f"write `{name}=…`",
                evidence=name,
                fix=Fix(f"Write {name}=…", edits, Applicability.SAFE) if edits else None,
            )


_ONE_VALUE = on_demand(r"""=[ \t]*("[^"\n]*"|'[^'\n]*'|[^\s"'=]+)""")


def _blanks_around_equals(instruction: Instruction, pair: Pair, value: Word) -> Diagnostic:
    """The finding on ``LABEL name = value``, of which ``= value`` is the value."""
    name = pair.key.text
    match = _ONE_VALUE.fullmatch(value.text)
    fix = None
    if match and on_one_line(pair.span):
        place = Span(value.owner.file, pair.key.end, value.end)
        edit = Edit(place, f"={match[1]}")
        fix = Fix("Remove the spaces around =", (edit,), Applicability.UNSAFE)
    return Diagnostic(
        pair.span,
        f"{instruction.name} {name} gets a value that begins with =, because of the spaces around it",
        help=f"write `{name}=…` without spaces",
        evidence=name,
        fix=fix,
    )


def _with_equals(pair: Pair) -> tuple[Edit, ...]:
    """The edits that write a pair with ``=``; empty where the value might change."""
    key, value = pair.key, pair.value
    if value is None:
        return ()
    file, escape, text = key.owner.file, key.owner.escape, value.text
    gap = Span(file, key.end, value.start)
    if not on_one_line(gap):
        return ()
    if not re.search(r"\s", text):
        # One word is read the same way in both forms.
        return () if text.endswith(escape) else (Edit(gap, "="),)
    if not any(char in text for char in ('"', "'", escape)):
        return (Edit(gap, '="'), Edit(Span(file, value.end, value.end), '"'))
    if "$" in text or value.value == text or not on_one_line(value.span):
        return ()
    plain = value.value.replace(escape, escape + escape).replace('"', escape + '"')
    return (Edit(Span(file, key.end, value.end), f'="{plain}"'),)
