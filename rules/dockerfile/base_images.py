"""FROM: variables in its image and platform."""

from __future__ import annotations

import re

from ...linter.base.suggest import PLAIN, hint
from ...linter.base.text import Span
from ...linter.edits.dockerfile import on_one_line
from ...linter.images import parse_reference
from ...linter.images.reference import ARCHITECTURES
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Related, Severity, rule
from ...linter.source.dockerfile.scope import expand_default
from .._sources import CHECKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Dockerfile
    from ...linter.source.dockerfile.parts import Flag, Word
    from ...linter.source.dockerfile.stages import Stage as SyntaxStage

PLATFORMS = "https://docs.docker.com/build/building/multi-platform/"


@rule(
    "DF105",
    "undefined-arg-in-from",
    Severity.WARNING,
    category="reading",
    words=("$",),
    equivalents=("buildkit:UndefinedArgInFrom",),
    sources=(CHECKS + "undefined-arg-in-from/",),
    examples=(
        Example(
            bad="FROM node:22${VARIANT}  # error: ${VARIANT}\n",
            good="ARG VARIANT=-alpine\nFROM node:22${VARIANT}\n",
        ),
    ),
)
def undefined_arg_in_from(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """FROM uses a variable that no ARG above the first FROM declares, so it is always empty.

    Not even `--build-arg` can set it. An ARG inside a stage does not count, nor does ENV. The
    platform variables (`BUILDPLATFORM`, `TARGETARCH`, …) need no ARG there. With a default in place
    (`${X:-y}`) the default always holds.
    """
    scope = dockerfile.stages.global_scope
    for stage in dockerfile.stages:
        for word in _words(stage):
            reported: set[str] = set()
            for reference in word.references:
                name = reference.name
                if name in scope or name in reported:
                    continue
                reported.add(name)
                yield Diagnostic(
                    word.part(reference.at, reference.end),
                    f"no ARG above the first FROM declares {name}",
                    help=hint(name, scope, PLAIN) or f"write `ARG {name}` above the first FROM",
                    related=list(_inner_args(stage, name)),
                    evidence=name,
                )


def _inner_args(stage: SyntaxStage, name: str) -> Iterator[Related]:
    """Where stages above declare the ARG, which does not count."""
    for other in stage.stages.stages[: stage.index]:
        for instruction in other.instructions:
            for pair in instruction.pairs if instruction.name == "ARG" else ():
                if pair.key.text == name:
                    yield Related(pair.key.span, "an ARG inside a stage does not count")


def _words(stage: SyntaxStage) -> Iterator[Word]:
    """The words of FROM in which variables are replaced."""
    if stage.base is not None and "$" in stage.base.text:
        yield stage.base
    flag = stage.platform
    if flag is not None and flag.value and "$" in flag.value:
        yield flag.word


@rule(
    "DF106",
    "invalid-default-arg",
    Severity.WARNING,
    category="build",
    words=("$",),
    strict_in=("production", "hardened"),
    equivalents=("buildkit:InvalidDefaultArgInFrom",),
    sources=(CHECKS + "invalid-default-arg-in-from/",),
    examples=(
        Example(
            bad="ARG TAG=\nFROM node:${TAG}  # error: node:${TAG}\n",
            good="ARG TAG=22-alpine\nFROM node:${TAG}\n",
        ),
    ),
)
def invalid_default_arg(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """Without build arguments the name of the base image is empty or invalid: a plain build fails.

    Why: A build by hand, or by a service that passes nothing, stops at FROM.

    The defaults of the global ARGs decide. Left alone where every service that builds the file
    passes the arguments, and where a variable is not declared at all, which is another rule's. An
    ARG without any default asks for the argument: that is a hint of stricter presets only (info).
    """
    scope = dockerfile.stages.global_scope
    for stage in dockerfile.stages:
        word = stage.base
        if word is None or "$" not in word.text or stage.base_stage is not None:
            continue
        names = {reference.name for reference in word.references}
        if not names or any(name not in scope for name in names):
            continue
        value = expand_default(word, scope)
        if value is None or (value and parse_reference(value)):
            continue
        missing = [name for name in sorted(names) if not scope.get(name)]
        if _all_pass(dockerfile, missing or sorted(names)):
            continue
        problem = f'"{value}", which is not an image name' if value else "empty"
        is_asked_for = any(_has_no_default(dockerfile, name) for name in missing)
        yield Diagnostic(
            word.span,
            f"without build arguments the base image {word.text} is {problem}",
            help=f"add a default to {missing[0]}" if missing else "correct the default",
            severity=Severity.INFO if is_asked_for else None,
            evidence=word.text,
            strict=is_asked_for,
        )


def _has_no_default(dockerfile: Dockerfile, name: str) -> bool:
    """Whether the ARG of a name is written without ``=``."""
    variable = dockerfile.stages.global_args.get(name)
    return variable is not None and variable.pair is not None and variable.pair.value is None


def _all_pass(dockerfile: Dockerfile, names: list[str]) -> bool:
    """Whether every service that builds the file sets these build arguments."""
    return bool(dockerfile.builds) and all(
        build.argument_names.issuperset(names) for build in dockerfile.builds
    )


_SYSTEMS = frozenset(
    ("linux", "windows", "darwin", "freebsd", "openbsd", "netbsd", "wasi", "wasip1", "android")
)
_ARCHITECTURES = {
    "x86_64": "amd64",
    "x86-64": "amd64",
    "aarch64": "arm64",
    "armhf": "arm",
    "armel": "arm",
    "i386": "386",
}


def _platform_parts(value: str) -> tuple[str, str]:
    """System and architecture of a platform such as ``linux/arm64/v8``; empty where not given."""
    parts = value.lower().split("/")
    if len(parts) == 1:
        parts = [*parts, ""] if parts[0] in _SYSTEMS else ["", *parts]
    return parts[0], _ARCHITECTURES.get(parts[1], parts[1])


@rule(
    "DF123",
    "constant-platform",
    Severity.WARNING,
    category="build",
    words=("--platform",),
    equivalents=(
        "hadolint:DL3029",
        "buildkit:FromPlatformFlagConstDisallowed",
        "parfum:DL3029",
    ),
    ignore_when="Where all machines that build and run the image are of this platform.",
    sources=(CHECKS + "from-platform-flag-const-disallowed/",),
    examples=(
        Example(
            bad="FROM --platform=linux/amd64 node:22-alpine  # error: linux/amd64\n",
            good="FROM node:22-alpine\n",
        ),
    ),
    fix=Applicability.SUGGESTION,
)
def constant_platform(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """FROM fixes one platform, so the image is built for that one only, on any machine.

    On other machines it then runs under emulation. Let the builder decide, or pass `--platform` to
    the build. A stage whose name says the system or architecture (`build-amd64`) is one of several
    on purpose, and variables are left alone. So are images that are published for one platform only
    (`eclipse-temurin:17-jre-alpine`, SQL Server). Whether what the stage installs exists for other
    platforms is not known here, so the fix is a suggestion.
    """
    for stage in dockerfile.stages:
        flag = stage.platform
        if flag is None or not flag.value or flag.word.has_variable:
            continue
        system, architecture = _platform_parts(flag.value)
        name = stage.name or ""
        if (system and system in name) or (architecture and architecture in name):
            continue
        if stage.base_name and _has_one_platform(stage.base_name):
            continue
        edit = _drop(flag)
        yield Diagnostic(
            flag.value_span,
            f"this stage is always built for {flag.value}",
            help="delete `--platform`, and choose the platform when building",
            evidence=flag.value,
            fix=Fix("Delete --platform", (edit,), Applicability.SUGGESTION) if edit else None,
        )


_ONE_PLATFORM = frozenset((
    "mcr.microsoft.com/mssql/server", "pytorch/pytorch", "selenium/standalone-chrome",
    "selenium/standalone-firefox", "tensorflow/tensorflow",
))  # fmt: skip
"""Images of which all, or most, releases are published for linux/amd64 only."""
_ONE_ON_ALPINE = {"eclipse-temurin": 21, "openjdk": 99, "adoptopenjdk": 99}
"""Images of Java whose releases before a version are published for linux/amd64 only on Alpine."""


def _has_one_platform(image: str) -> bool:
    """Whether an image is, or may well be, published for one platform only."""
    reference = parse_reference(image)
    if reference is None:
        return False
    name, tag = reference.name, (reference.tag or "").lower()
    major = re.match(r"\d+", tag)
    if name in _ONE_PLATFORM:
        return True
    if name == "mysql":
        return major is not None and int(major[0]) < 8
    first = _ONE_ON_ALPINE.get(name.partition("/")[0])
    return first is not None and "alpine" in tag and major is not None and int(major[0]) < first


@rule(
    "DF124",
    "redundant-platform",
    Severity.INFO,
    category="style",
    words=("targetplatform",),
    equivalents=("hadolint:DL3065", "buildkit:RedundantTargetPlatform"),
    sources=(CHECKS + "redundant-target-platform/",),
    examples=(
        Example(
            bad="FROM --platform=$TARGETPLATFORM node:22-alpine  # error: $TARGETPLATFORM\n",
            good="FROM node:22-alpine\n",
        ),
    ),
    fix=Applicability.SAFE,
)
def redundant_platform(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """FROM sets `$TARGETPLATFORM`, which is the default anyway.

    Why: A reader looks for a reason that is not there.

    A global ARG that gives TARGETPLATFORM another default makes a difference and is left alone.
    """
    argument = dockerfile.stages.global_args.get("TARGETPLATFORM")
    if argument is not None and argument.value is not None:
        return
    for stage in dockerfile.stages:
        flag = stage.platform
        if flag is None or flag.value not in ("$TARGETPLATFORM", "${TARGETPLATFORM}"):
            continue
        edit = _drop(flag)
        yield Diagnostic(
            flag.value_span,
            f"{flag.value} is the default platform of every stage",
            help="delete `--platform`",
            evidence=flag.value,
            fix=Fix("Delete --platform", (edit,), Applicability.SAFE) if edit else None,
        )


def _drop(flag: Flag) -> Edit | None:
    """Delete a flag with the blanks behind it; None where the line ends there."""
    span = flag.span
    end = span.end
    text = span.file.text
    while end < len(text) and text[end] in " \t":
        end += 1
    if text[end : end + 1] in ("", "\r", "\n", flag.owner.escape) or not on_one_line(span):
        return None
    return Edit(Span(span.file, span.start, end), "")


@rule(
    "DF125",
    "base-platform-mismatch",
    Severity.WARNING,
    category="build",
    words=("--platform",),
    equivalents=("buildkit:InvalidBaseImagePlatform",),
    sources=(CHECKS, PLATFORMS),
    examples=(
        Example(
            bad="FROM --platform=linux/amd64 arm64v8/alpine:3.22 AS amd64  # error: arm64v8/alpine\n",
            good="FROM --platform=linux/amd64 alpine:3.22 AS amd64\n",
        ),
    ),
)
def base_platform_mismatch(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """The base image is built for another platform than the one that FROM sets.

    Why: The build fails, or gives an image whose programs cannot run on the platform that it
    names.

    Docker Hub keeps images for one architecture under names such as `arm64v8/…`, and Microsoft's
    Windows images run on Windows only. Which platforms other images have, only their registry
    knows.
    """
    for stage in dockerfile.stages:
        flag, name = stage.platform, stage.base_name
        if flag is None or not flag.value or flag.word.has_variable or not name:
            continue
        if stage.base is None or stage.base_stage is not None:
            continue
        system, architecture = _platform_parts(flag.value)
        platform = _only_platform(name)
        if platform is not None and (
            (system and system != platform[0])
            or (architecture and platform[1] and architecture != platform[1])
        ):
            yield Diagnostic(
                stage.base.span,
                f"{name} is built for {'/'.join(filter(None, platform))}, but FROM sets {flag.value}",
                help="use the image without the prefix, or another platform",
                evidence=name,
            )


def _only_platform(name: str) -> tuple[str, str] | None:
    """The one platform that an image is built for; None where its name does not say."""
    parsed = parse_reference(name)
    if parsed is None:
        return None
    if parsed.registry == "docker.io":
        architecture = ARCHITECTURES.get(parsed.repository.partition("/")[0])
        return ("linux", architecture) if architecture else None
    if parsed.registry == "mcr.microsoft.com" and parsed.repository.startswith("windows/"):
        return "windows", ""
    return None
