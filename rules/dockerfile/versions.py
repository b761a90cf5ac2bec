"""Which images a Dockerfile starts from."""

from __future__ import annotations

import re

from ...linter.analysis.development import is_development_stage, is_throwaway
from ...linter.base.names import STORES
from ...linter.base.wording import or_list
from ...linter.images import facts_for, newest_release, parse_reference
from ...linter.rule import Diagnostic, Example, Severity, rule
from ...linter.source.dockerfile.scope import expand_default
from ._pulled import is_left_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from ...linter.images import ImageReference
    from ...linter.model.dockerfile import Dockerfile, Stage
    from ...linter.source.dockerfile.parts import Word

PULL = "https://docs.docker.com/build/building/best-practices/#pin-base-image-versions"


def base_of(stage: Stage) -> tuple[Word, ImageReference] | None:
    """The image that a stage itself starts from; None for a stage, scratch or an unknown name."""
    word, name = stage.syntax.base, stage.syntax.base_name
    if word is None:
        return None
    if name is None and "-" in word.text:
        # ${BASE:-debian} is debian where the argument is not given.
        name = expand_default(word, stage.dockerfile.stages.global_scope)
    if not name or name == "scratch" or stage.syntax.base_stage is not None:
        return None
    reference = parse_reference(name)
    if stage.syntax.name in stage.dockerfile.context_names:
        return None  # a named context takes the place of the stage
    if reference is None or _is_built_here(stage.dockerfile, name, reference):
        return None
    return word, reference


def _is_built_here(dockerfile: Dockerfile, name: str, reference: ImageReference) -> bool:
    """Whether a stack builds the image itself, or a build gives its name to another context."""
    return dockerfile.is_context(name) or dockerfile.project.builds_image(
        reference.registry, reference.repository
    )


@rule(
    "DF401",
    "base-untagged",
    Severity.WARNING,
    category="maintenance",
    equivalents=("hadolint:DL3006", "trivy:DS-0001", "checkov:CKV_DOCKER_7"),
    ignore_when="Where the base image is built on the same machine and has no versions.",
    sources=(PULL,),
    examples=(Example(bad="FROM debian  # error: debian\n", good="FROM debian:trixie-slim\n"),),
)
def base_untagged(stage: Stage) -> Iterator[Diagnostic]:
    """FROM has no tag, so each build starts from whatever `latest` is that day.

    Why: A new release then changes the image, or breaks the build, without a change of the
    Dockerfile.

    Names of earlier stages, `scratch`, images that the same stack builds and names that depend on
    an argument without a default are left alone; an argument's default counts. So are stages that
    nothing uses, whose images are never pulled, defaults that a script or workflow of the
    project builds, rolling distributions and the bases of OSS-Fuzz, which have no versions. A plain name that no
    well-known image has is a hint only (info): such images are mostly built beside.
    """
    base = base_of(stage)
    if (
        base is not None
        and base[1].tag is None
        and base[1].digest is None
        and not is_left_out(stage)
        and not _has_no_versions(stage, base[1])
        and not _is_built_beside(stage, base[1])
    ):
        word, reference = base
        yield Diagnostic(
            word.span,
            f'{reference.text} has no tag, which means "latest"',
            help=f"name a version: {reference.text}:<version>",
            severity=_severity(reference),
            evidence=reference.text,
        )


_NO_VERSIONS = frozenset((
    "archlinux", "archlinux/archlinux", "blackarchlinux/blackarch", "kalilinux/kali-bleeding-edge",
    "kalilinux/kali-last-release", "kalilinux/kali-rolling", "lopsided/archlinux", "manjarolinux/base",
    "opensuse/tumbleweed",
))  # fmt: skip
"""Rolling distributions: their packages come from a repository that has the newest ones only."""


def _has_no_versions(stage: Stage, reference: ImageReference) -> bool:
    """Whether there is no version to name: a rolling distribution, or a base of OSS-Fuzz.

    ClusterFuzzLite, which has the same bases, asks for the tag ``v1``.
    """
    if reference.registry == "gcr.io" and reference.repository.startswith("oss-fuzz-base/"):
        return ".clusterfuzzlite" not in stage.dockerfile.path
    return reference.repository.removeprefix("library/") in _NO_VERSIONS


def _is_built_beside(stage: Stage, reference: ImageReference) -> bool:
    """Whether an image that an argument names is built in the project: by a script, or beside."""
    word = stage.syntax.base
    if word is None or not word.references or facts_for(reference) is not None:
        return False
    project, name = stage.dockerfile.project, reference.repository.rpartition("/")[2]
    from ...linter.analysis.built_elsewhere import has_dockerfile_for, is_image_built

    return has_dockerfile_for(project, name) or is_image_built(project, reference.repository)


_MOVING = frozenset((
    "beta", "canary", "current", "dev", "devel", "develop", "edge", "latest", "lts", "main",
    "mainline", "master", "next", "nightly", "rawhide", "rolling", "sid", "snapshot", "stable",
    "testing", "tip", "unstable",
))  # fmt: skip
_VERSIONED = STORES | {"proxy", "runtime", "web-server"}


@rule(
    "DF402",
    "base-tag-moves",
    Severity.WARNING,
    category="maintenance",
    strict_in=("production", "hardened"),
    equivalents=("hadolint:DL3007", "trivy:DS-0001", "checkov:CKV_DOCKER_7"),
    ignore_when=(
        "Where each build is meant to start from the newest release, and tests run before "
        "the image is used."
    ),
    sources=(PULL,),
    examples=(
        Example(
            bad="FROM debian:latest  # error: debian:latest\n",
            good="FROM debian:trixie-slim\n",
        ),
        Example(
            bad="FROM node:lts-alpine  # error: node:lts-alpine\n",
            good="FROM node:24-alpine\n",
        ),
    ),
)
def base_tag_moves(stage: Stage) -> Iterator[Diagnostic]:
    """The tag after FROM names no version: it moves to the next major release without a change here.

    Why: A release with other behaviour then breaks the build or the program, and nothing in the
    repository shows which version was used before.

    `latest` is the best known one; `lts`, `stable` and `edge` do the same, and so do tags that only
    name a variant (`alpine`, `slim`) of images whose versions matter. A digest beside the tag pins
    the image, and so does a version in its name (`ubi9/nginx-122`). Release names of distributions
    (`debian:trixie`) are versions; rolling distributions (`kali-rolling`) have none. Images for tests, linting and developers are left to stricter
    presets.
    """
    base = base_of(stage)
    if base is None:
        return
    word, reference = base
    if (
        reference.tag
        and not reference.digest
        and _moves(stage, reference.name, reference.tag)
        and not is_left_out(stage)
        and not _has_no_versions(stage, reference)
        and not _is_built_beside(stage, reference)
    ):
        yield Diagnostic(
            word.span,
            f'the tag "{reference.tag}" of {reference.text.partition(":")[0]} names no version',
            help="name a version that this Dockerfile was tested with",
            severity=_severity(reference),
            evidence=reference.tag,
            strict=is_throwaway(stage.dockerfile) or is_development_stage(stage),
        )


def _severity(reference: ImageReference) -> Severity | None:
    """INFO for a plain name that no well-known image has: mostly one that is built beside it."""
    is_plain = "/" not in reference.text and facts_for(reference) is None
    return Severity.INFO if is_plain else None


def _moves(stage: Stage, image: str, tag: str) -> bool:
    """Whether a tag is given to each new release."""
    tag = tag.lower()
    if tag == "latest":
        return re.search(r"[a-z]-\d+$", image) is None  # ubi9/nginx-122
    if "distroless" in image or any(char.isdigit() for char in tag):
        return False
    if tag.replace("_", "-").partition("-")[0] in _MOVING:
        return True
    facts = stage.facts if stage.syntax.root is stage.syntax else None
    return facts is not None and facts.kind in _VERSIONED and facts.version is None


@rule(
    "DF403",
    "end-of-life-base",
    Severity.WARNING,
    category="maintenance",
    ignore_when=(
        "Where the program runs on nothing newer, until a move that is planned: "
        "`until=2027-03-31` in the comment brings the finding back after that day."
    ),
    sources=("https://endoflife.date/",),
    examples=(
        Example(
            bad="FROM python:3.8-slim  # error: python:3.8-slim\n",
            good="FROM python:3.13-slim\n",
        ),
    ),
    security_severity=6.0,
)
def end_of_life_base(stage: Stage) -> Iterator[Diagnostic]:
    """The image's release gets no more security fixes.

    Why: Flaws that become known in it stay open in every container that runs it.

    The dates come from a table that is part of this release of the linter; a release counts as
    ended if it had ended when the table was taken, so that a build does not fail overnight. A stage
    that only builds is advice, and so are products that support a release only until the next one
    follows. The distribution in a tag (`-focal`, `-alpine3.18`) counts too. Versions that the tag
    does not tell are not guessed.
    """
    base = base_of(stage)
    facts = stage.facts
    if base is None or facts is None or facts.deprecated is not None:
        return
    word, reference = base
    for cycle in (facts.lifecycle, facts.base):
        if cycle is None or cycle.end is None or cycle.end > cycle.taken:
            continue
        if is_left_out(stage):
            return
        name = cycle.product.replace("-linux", "")
        newest = newest_release(cycle.product)
        yield Diagnostic(
            word.span,
            f"{reference.text}: support for {name} {cycle.cycle} ended {cycle.ended} (as of {cycle.taken})",
            help="use a release that is supported"
            + (f"; the newest one is {name} {newest}" if newest else ""),
            severity=None if stage.ships and not cycle.rolling else Severity.INFO,
            evidence=f"{cycle.product} {cycle.cycle}",
        )
        return


@rule(
    "DF404",
    "base-without-digest",
    Severity.INFO,
    category="maintenance",
    presets=("hardened",),
    ignore_when=(
        "Where nothing renews digests: an image whose digest nobody changes gets no security fixes."
    ),
    sources=(PULL,),
    examples=(
        Example(
            bad="FROM debian:trixie-slim  # error: debian:trixie-slim\n",
            good="FROM debian:trixie-slim@sha256:4bcb9db66237237d03b55b969271728dd3d955eaaa254b9db8a3db94550b1885\n",
            preset="hardened",
        ),
    ),
)
def base_without_digest(stage: Stage) -> Iterator[Diagnostic]:
    """FROM names a tag, which its owner can move; only a digest always means the same image.

    Part of the preset "hardened": pinned digests need a tool that renews them, or they grow old.
    """
    base = base_of(stage)
    if base is not None and base[1].digest is None and base[1].tag is not None:
        word, reference = base
        yield Diagnostic(
            word.span,
            f"{reference.text} is not pinned to a digest",
            help=f"add the digest: {reference.text}@sha256:…",
            evidence=reference.text,
        )


@rule(
    "DF405",
    "base-registry-not-allowed",
    Severity.ERROR,
    category="security",
    equivalents=("hadolint:DL3026",),
    ignore_when="Never for a single image: a registry that may be used belongs into `registries`.",
    sources=("https://docs.docker.com/reference/dockerfile/#from",),
    examples=(
        Example(
            bad="FROM quay.io/acme/base:1.4  # error: quay.io/acme/base:1.4\n",
            good="FROM ghcr.io/acme/base:1.4\n",
            files={"composelint.toml": 'registries = ["docker.io", "ghcr.io/acme"]\n'},
        ),
    ),
)
def base_registry_not_allowed(dockerfile: Dockerfile) -> Iterator[Diagnostic]:
    """An image comes from a registry that the configuration does not allow.

    Why: Whoever controls a registry decides what runs: the team has allowed some of them, and
    this one is not among them.

    Says nothing until `registries` in the configuration lists some. Besides FROM, images in
    `COPY --from` and `RUN --mount=from=` count; stages and `scratch` do not. A name without a
    registry comes from `docker.io`.
    """
    project = dockerfile.project
    if not project.registries:
        return
    for reference in dockerfile.stages.references:
        name = reference.name
        if reference.target is not None or name == "scratch" or "$" in name:
            continue
        parsed = parse_reference(name)
        if parsed is None or name.isdigit() or project.allows_registry(parsed):
            continue
        diagnostic = Diagnostic(
            reference.span,
            f"{name} comes from {parsed.registry}, which is not an allowed registry",
            help=f"use an image from {or_list(project.registries, '')}",
            evidence=name,
        )
        diagnostic.owner = ("stage", reference.stage.label)
        yield diagnostic


_JAVA_IMAGES = frozenset(("eclipse-temurin", "amazoncorretto"))
_JAVA_LTS = frozenset(("8", "11", "17", "21", "25"))
"""The versions of Java that these images are built for."""


def _same_java(reference: ImageReference, replacements: Iterable[str]) -> Iterator[str]:
    """The replacements of an image, with the Java version that its tag names."""
    tag = reference.tag or ""
    match = re.search(r"(?:jdk|jre|java)-?(\d+)", tag)
    if match is None and reference.repository.rpartition("/")[2] == "openjdk":
        match = re.match(r"(\d+)", tag)
    version = match[1] if match and match[1] in _JAVA_LTS else ""
    for name in replacements:
        if version and name in _JAVA_IMAGES:
            yield f"{name}:{version}"
        else:
            yield re.sub(r"(?<=-temurin-)\d+$", version, name) if version else name


@rule(
    "DF416",
    "deprecated-base",
    Severity.WARNING,
    category="maintenance",
    ignore_when=(
        "Until a move that is planned: `until=2027-03-31` in the comment brings the finding "
        "back after that day."
    ),
    sources=("https://hub.docker.com/_/openjdk",),
    examples=(
        Example(
            bad="FROM openjdk:17-slim  # error: openjdk:17-slim\n",
            good="FROM eclipse-temurin:21-jre\n",
        ),
    ),
)
def deprecated_base(stage: Stage) -> Iterator[Diagnostic]:
    """The image is no longer maintained, under any tag, or has moved elsewhere.

    It gets no security fixes. What replaces it is named where that is known.
    """
    base = base_of(stage)
    facts = stage.facts
    if base is None or facts is None or facts.deprecated is None:
        return
    word, reference = base
    note = facts.deprecated
    since = f" since {note.since}" if note.since else ""
    yield Diagnostic(
        word.span,
        f"{reference.text} is deprecated{since}: {note.reason}",
        help=f"use {' or '.join(_same_java(reference, note.replacements))}"
        if note.replacements
        else "use another image",
        severity=None if stage.ships else Severity.INFO,
        evidence=facts.name,
    )
