"""Build stages and how they refer to each other."""

from __future__ import annotations

import re

from ...linter.base.suggest import PLAIN, did_you_mean, nearest
from ...linter.images import facts_for, parse_reference
from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import CHECKS, MULTI_STAGE, REFERENCE
from ._pulled import INTERMEDIATE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile
    from ...linter.source.dockerfile.parts import Word
    from ...linter.source.dockerfile.stages import Stage as SyntaxStage
    from ...linter.source.dockerfile.stages import StageReference


_BUILD = "FROM golang:1.26-alpine AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\n\n"


@rule(
    "DF101",
    "duplicate-stage",
    Severity.WARNING,
    category="build",
    words=("stages:several",),
    equivalents=(
        "hadolint:DL3024",
        "buildkit:DuplicateStageName",
        "trivy:DS-0012",
        "checkov:CKV_DOCKER_11",
    ),
    sources=(CHECKS + "duplicate-stage-name/",),
    examples=(
        Example(
            bad="FROM alpine:3.22 AS base\nFROM debian:trixie-slim AS Base  # error: Base\n",
            good="FROM alpine:3.22 AS base\nFROM debian:trixie-slim AS tools\n",
        ),
    ),
)
def duplicate_stage(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """Two stages have the same name, so it is unclear which of them `--from`, FROM or a target means.

    BuildKit takes the latest stage of that name, so a stage put between changes what others copy.
    Letter case does not count.
    """
    first: dict[str, Word] = {}
    for stage in dockerfile.stages:
        word = stage.name_word
        if stage.name is None or word is None:
            continue
        earlier = first.setdefault(stage.name, word)
        if earlier is not word:
            yield Diagnostic(
                word.span,
                f'an earlier stage is called "{earlier.text}" too',
                help="use a different name for each stage",
                related=[Related(earlier.span, "the earlier stage")],
                evidence=stage.name,
            )


@rule(
    "DF102",
    "reserved-stage",
    Severity.WARNING,
    category="build",
    words=("as",),
    equivalents=("hadolint:DL3063", "buildkit:ReservedStageName"),
    sources=(CHECKS + "reserved-stage-name/",),
    examples=(
        Example(
            bad="FROM alpine:3.22 AS scratch  # error: scratch\n",
            good="FROM alpine:3.22 AS base\n",
        ),
    ),
)
def reserved_stage(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A stage is called `scratch` or `context`, names that are reserved by Docker.

    `FROM scratch` starts empty and `context` is the build context, whatever the stage holds.
    """
    for stage in dockerfile.stages:
        if stage.name in ("scratch", "context") and stage.name_word is not None:
            yield Diagnostic(
                stage.name_word.span,
                f'the stage name "{stage.name_word.text}" is reserved',
                help="use another name",
                evidence=stage.name,
            )


def _is_name(text: str) -> bool:
    """Whether a reference can be a stage: an image's would have a tag, a digest or a path."""
    return not any(char in text for char in "/:@.$")


def _is_known_image(name: str) -> bool:
    reference = parse_reference(name)
    return reference is not None and facts_for(reference) is not None


@rule(
    "DF103",
    "unknown-stage",
    Severity.WARNING,
    category="reading",
    words=("from=",),
    equivalents=("hadolint:DL3022",),
    sources=(REFERENCE + "#copy---from",),
    examples=(
        Example(
            bad=_BUILD + "FROM scratch\nCOPY --from=biuld /app /app  # error: biuld\n",
            good=_BUILD + "FROM scratch\nCOPY --from=build /app /app\n",
        ),
    ),
)
def unknown_stage(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """`--from` names no stage of the file, so Docker looks for an image of that name instead.

    A name close to a stage's is most likely a slip. Any other plain name is a hint only (info): it
    is pulled as an image, in its latest version. Where no stack builds the file, it may be a named
    context as well, so that only names of well-known images are reported. References with a path, a tag or a digest are
    images on purpose, and names that Compose passes as `additional_contexts`, or a bake file as
    `contexts`, are known. A number beyond the last stage stops the build (error).
    """
    stages = dockerfile.stages
    for reference in stages.references:
        name = reference.name
        if reference.kind == "from" or reference.target is not None or not _is_name(name):
            continue
        if name.isascii() and name.isdigit():
            yield _bad_number(reference, len(stages))
            continue
        if name == "scratch" or dockerfile.is_context(name):
            continue
        suggestion = nearest(name, [stage.name for stage in stages if stage.name])
        message = f'no stage is called "{name}"'
        if suggestion and not _is_known_image(name):
            yield Diagnostic(
                reference.span, message, help=did_you_mean(suggestion, PLAIN), evidence=name
            )
        elif dockerfile.builds or _is_known_image(name):
            yield Diagnostic(
                reference.span,
                f"{message}: the image {name}:latest is pulled",
                help="if the image is meant, add a tag or a digest",
                severity=Severity.INFO,
                evidence=name,
            )


def _bad_number(reference: StageReference, count: int) -> Diagnostic:
    """The finding on the number of a stage that does not exist, or that a mount cannot name."""
    name = reference.name
    last = f"the last one is {count - 1}" if count else "there is none"
    message, advice = f"there is no stage {name}: {last}", "refer to stages by name"
    if reference.kind == "mount":
        message, advice = (
            f"a mount cannot name a stage by its number ({name})",
            "write the stage's name",
        )
    return Diagnostic(reference.span, message, help=advice, severity=Severity.ERROR, evidence=name)


@rule(
    "DF104",
    "self-reference",
    Severity.ERROR,
    category="build",
    words=("from=",),
    equivalents=("hadolint:DL3023", "trivy:DS-0006"),
    sources=(REFERENCE + "#copy---from",),
    examples=(
        Example(
            bad="FROM alpine:3.22 AS build\nRUN touch /app\nCOPY --from=build /app /srv/app  # error: build\n",
            good="FROM alpine:3.22 AS build\nRUN touch /app\n\nFROM alpine:3.22\nCOPY --from=build /app /srv/app\n",
        ),
    ),
)
def self_reference(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A stage copies or mounts from itself, and the build fails.

    Named by its name, in whichever case, or by its number.
    """
    for reference in dockerfile.stages.references:
        if reference.kind != "from" and reference.target is reference.stage:
            yield Diagnostic(
                reference.span,
                f"{reference.stage.title} copies or mounts files from itself",
                help="use `RUN cp`, or copy from an earlier stage",
                evidence=reference.name,
            )


@rule(
    "DF155",
    "forward-stage-reference",
    Severity.ERROR,
    category="build",
    words=("stages:several",),
    sources=(MULTI_STAGE,),
    examples=(
        Example(
            bad="FROM alpine:3.22\nCOPY --from=tools /tool /tool  # error: tools\n\nFROM alpine:3.22 AS tools\nRUN touch /tool\n",
            good="FROM alpine:3.22 AS tools\nRUN touch /tool\n\nFROM alpine:3.22\nCOPY --from=tools /tool /tool\n",
        ),
    ),
)
def forward_stage_reference(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A stage needs one that comes only below it, or the two need each other: the build fails.

    After `FROM name`, Docker looks for an image of that name on the registry, since only stages
    above count. Names of well-known images are taken for the image.
    """
    stages = dockerfile.stages
    for reference in stages.references:
        stage, target = reference.stage, reference.target
        if reference.kind == "from":
            if target is not None or stage.base_name is None or not _is_name(reference.name):
                continue
            target = stages.find(reference.name)
        if target is None or target.index <= stage.index:
            continue
        if reference.kind == "from" and _is_known_image(reference.name):
            continue
        circular = stage.index in stages.needed(target)
        first = next((other for other in stages if other.name == target.name), target)
        where = "is defined only below this line"
        if target.name and first is not target:
            where = "is the one below this line: the last stage of a name counts"
        yield Diagnostic(
            reference.span,
            f"{target.title} {where}" + (", and needs this one itself" if circular else ""),
            help="remove one of the two references" if circular else "move it above",
            related=[Related((target.name_word or target.instruction).span, "the stage")],
            evidence=reference.name,
        )


@rule(
    "DF156",
    "invalid-stage-name",
    Severity.ERROR,
    category="reading",
    words=("as",),
    sources=(REFERENCE + "#from",),
    examples=(
        Example(bad="FROM alpine:3.22 AS 1st  # error: 1st\n", good="FROM alpine:3.22 AS first\n"),
    ),
)
def invalid_stage_name(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """A stage's name contains characters that BuildKit refuses.

    Why: The build fails.

    A name is a letter, then letters, digits, `-`, `_` and `.`. Variables are not replaced in
    it.
    """
    for stage in dockerfile.stages:
        word = stage.name_word
        if word is not None and not re.fullmatch(r"[a-z][a-z0-9_.-]*", word.text.lower()):
            hint = " (variables are not replaced in it)" if "$" in word.text else ""
            yield Diagnostic(
                word.span,
                f'"{word.text}" is not a valid stage name{hint}',
                help="begin with a letter, followed by letters, digits, `-`, `_` and `.`",
                evidence=word.text,
            )


_PURPOSES = frozenset((
    "artifact", "artifacts", "audit", "base", "bench", "binaries", "check", "checks", "ci",
    "coverage", "debug", "dev", "devel", "develop", "development", "docs", "e2e", "export",
    "format", "integration", "lint", "local", "release", "report", "rootless", "sbom", "scan",
    "test", "testing", "tests", "unit", "update", "vendored", "verify", "watch",
))  # fmt: skip
"""Words in the names of stages that people select by ``--target``."""

_DEPLOYED = frozenset(("prod", "production", "staging"))
"""Names of stages that are built elsewhere than from the Compose file at hand."""


@rule(
    "DF118",
    "unused-stage",
    Severity.INFO,
    category="build",
    words=("stages:several",),
    ignore_when="Where people build the stage by hand (`docker build --target`).",
    sources=(MULTI_STAGE,),
    examples=(
        Example(
            bad=_BUILD.replace("build\n", "build  # error: build\n", 1)
            + "FROM debian:trixie-slim\nCOPY app /app\n",
            good=_BUILD + "FROM debian:trixie-slim\nCOPY --from=build /app /app\n",
        ),
    ),
)
def unused_stage(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """Nothing uses a stage: no later stage and no target of a Compose service; Docker skips it.

    Why: What the stage makes is in no image; most often a `COPY --from` was forgotten.

    A stage may be there for `docker build --target`, so only stages without a name and those
    that are called after a step (`build`, `deps`) are reported; where services build the file
    and none selects a stage of another name, that is a hint only (info). Names with words such
    as `test`, `dev`, `lint` or `production` in them are left alone, and so are stages that a
    workflow, script, Makefile or platform's file selects (`--target NAME`, `target: NAME`).
    """
    stages = dockerfile.stages
    if len(stages) < 2:
        return
    if any(build.has_unknown_target for build in dockerfile.builds):
        return
    used = {reference.target for reference in stages.references}
    used.update(stages.resolve(build.target) for build in dockerfile.builds if build.target)
    used.update(map(stages.resolve, dockerfile.bake.targets))
    from ...linter.analysis.built_stages import passed_bases

    used.update(passed_bases(dockerfile))
    names = [stage.name for stage in stages if stage.name]
    misspelled = {
        nearest(reference.name, names)
        for reference in stages.references
        if reference.kind != "from" and reference.target is None and _is_name(reference.name)
    }
    bases = _open_bases(stages.stages)
    for stage in stages.stages[:-1]:
        if stage in used or _may_be_base(stage, bases):
            continue
        if stage.name is not None and stage.name in misspelled:
            continue  # DF103 reports the reference
        word = stage.name_word
        if word is None:
            yield Diagnostic(
                stage.instruction.name_span,
                f"nothing uses this stage: it has no name, and there is no `COPY --from={stage.index}`",
                help="delete it, or copy from it",
                evidence=str(stage.index),
            )
            continue
        name = word.text.lower()
        if not _PURPOSES.isdisjoint(re.split("[-_.]", name)):
            continue
        from ...linter.analysis.built_elsewhere import is_target

        if is_target(dockerfile, word.text):
            continue
        if re.fullmatch(INTERMEDIATE, name):
            yield Diagnostic(
                word.span,
                f'nothing uses stage "{word.text}"',
                help=f"copy from it (`COPY --from={word.text} …`), or delete it",
                evidence=word.text,
            )
        elif name not in _DEPLOYED and dockerfile.builds and not _has_bake_file(dockerfile):
            yield Diagnostic(
                word.span,
                f'nothing uses stage "{word.text}": no other stage, and no service that builds this file',
                help=f"select it (`target: {word.text}`), or delete it",
                severity=Severity.INFO,
                evidence=word.text,
            )


def _has_bake_file(dockerfile: Dockerfile) -> bool:
    """Whether a bake file may say more about the builds of a Dockerfile."""
    from ...linter.model.bake import NOTHING

    return dockerfile.bake is not NOTHING


def _open_bases(stages: list[SyntaxStage]) -> dict[tuple[str, str], int]:
    """How the names begin and end that FROMs with variables may mean, with the last such stage.

    One whose variables have defaults counts where these give the name of a stage as well: the
    argument is there to choose between stages.
    """
    bases: dict[tuple[str, str], int] = {}
    for stage in stages:
        if stage.base is None or (stage.base_name is not None and stage.base_stage is None):
            continue
        text, references = stage.base.text.lower(), stage.base.references
        if references:
            end = max(reference.end for reference in references)
            bases[text[: references[0].at], text[end:]] = stage.index
    return bases


def _may_be_base(stage: SyntaxStage, bases: dict[tuple[str, str], int]) -> bool:
    """Whether a later FROM with variables in it may mean the stage."""
    name = stage.name
    return name is not None and any(
        index > stage.index and name.startswith(beginning) and name.endswith(end)
        for (beginning, end), index in bases.items()
    )
