"""Names, tags and platforms that official images never had."""

from __future__ import annotations

from ...linter.base.suggest import QUESTION, did_you_mean
from ...linter.rule import Diagnostic, Example, Severity, rule
from .versions import base_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.dockerfile import Stage

OFFICIAL = "https://github.com/docker-library/official-images"


@rule(
    "DF426",
    "base-tag-never-published",
    Severity.WARNING,
    category="build",
    since="0.2",
    sources=(OFFICIAL, "https://docs.docker.com/reference/dockerfile/#from"),
    examples=(
        Example(
            bad="FROM node:22-slim-bookworm  # error: node:22-slim-bookworm\n",
            good="FROM node:22-bookworm-slim\n",
        ),
    ),
)
def base_tag_never_published(stage: Stage) -> Iterator[Diagnostic]:
    """FROM names a tag that the official image never had, so the build cannot pull it.

    The table of all tags of official images is part of this release of the linter; what may have
    come after it (newer versions, releases of distributions and variants) is not reported, nor are
    release candidates and images for Windows.
    """
    base = base_of(stage)
    if base is None:
        return
    from ...linter.images.official import tag_slip

    word, reference = base
    slip = tag_slip(reference)
    if slip is not None:
        yield Diagnostic(word.span, slip.message, help=slip.help, evidence=reference.text)


@rule(
    "DF427",
    "base-platform-never-published",
    Severity.WARNING,
    category="build",
    since="0.2",
    sources=(OFFICIAL, "https://docs.docker.com/reference/dockerfile/#from"),
    examples=(
        Example(
            bad="FROM --platform=linux/386 node:24-slim AS build-386  # error: linux/386\n",
            good="FROM --platform=linux/amd64 node:24-slim AS build-amd64\n",
        ),
    ),
)
def base_platform_never_published(stage: Stage) -> Iterator[Diagnostic]:
    """FROM sets a platform for which the official image was never published: the pull fails.

    As with tags, the table says what was published until it was made.
    """
    flag = stage.syntax.platform
    base = base_of(stage)
    if base is None or flag is None or not flag.value or flag.word.has_variable:
        return
    from ...linter.images.official import platform_slip

    slip = platform_slip(base[1], flag.value)
    if slip is not None:
        yield Diagnostic(
            flag.value_span,
            slip.message,
            help=slip.help,
            evidence=f"{base[1].text} {flag.value}",
        )


@rule(
    "DF163",
    "misspelt-base",
    Severity.WARNING,
    category="build",
    since="0.2",
    sources=(OFFICIAL, "https://docs.docker.com/reference/dockerfile/#from"),
    examples=(
        Example(
            bad="FROM ngnix:1.30  # error: ngnix:1.30\n",
            good="FROM nginx:1.30\n",
        ),
    ),
)
def misspelt_base(stage: Stage) -> Iterator[Diagnostic]:
    """A base image does not exist as an official one, and its name is almost that of one.

    Why: The build cannot pull it.

    Reported for names without a registry or an owner in which letters of the official name are missing,
    doubled or swapped, and that nothing in the project builds.
    """
    base = base_of(stage)
    if base is None:
        return
    from ...linter.images.misspelt import official_name_meant

    word, reference = base
    meant = official_name_meant(reference)
    if meant is not None:
        yield Diagnostic(
            word.span,
            f'there is no official image "{reference.name}"',
            help=did_you_mean(meant, QUESTION),
            evidence=reference.name,
        )
