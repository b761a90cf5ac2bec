"""Which images services run."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from ...linter.rule import Diagnostic, Example, Severity, rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Service

PULL = "https://docs.docker.com/reference/cli/docker/image/pull/"


@rule(
    "CF401",
    "image-untagged",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=("dclint:service-image-require-explicit-tag",),
    sources=(PULL,),
    examples=(
        Example(
            bad="services:\n  cache:\n    image: redis  # error: redis\n",
            good="services:\n  cache:\n    image: redis:7.4\n",
        ),
    ),
)
def image_untagged(service: Service) -> Iterator[Diagnostic]:
    """An image without a tag is whatever `latest` points to on the day of the pull.

    The next machine, or the next pull, gets another version without any change in the repository.
    Images that the service builds itself are left alone: there the name is only a label.
    """
    reference = service.reference
    if reference is None or service.build is not None or reference.tag or reference.digest:
        return
    node = service.get("image")
    if node is not None:
        yield Diagnostic(
            node,
            f'image "{service.image}" of service "{service.name}" has no tag, which means "latest"',
            help=f"name a version: {service.image}:<version>",
            subject=f"{service.path}.image",
            evidence=service.image or "",
        )


_MOVING = frozenset(
    ["latest", "stable", "edge", "nightly", "main", "master", "develop", "development", "dev", "devel", "test",
     "testing", "unstable", "canary", "beta", "alpha", "rc", "next", "current", "rolling", "lts", "release", "prod",
     "production", "staging", "snapshot", "mainline", "trunk", "head", "tip", "experimental", "preview"]
)  # fmt: skip
_SPLIT = re.compile(r"[-_.+]")


def is_mutable_tag(tag: str) -> bool:
    """Whether a tag names no version, only a channel or a variant (``latest``, ``alpine``)."""
    lower = tag.lower()
    if lower in _MOVING:
        return True
    if any(char.isdigit() for char in lower):
        # A revision, a date or a version; "latest-arm64" and the like carry digits that are none.
        return _SPLIT.split(lower)[0] in _MOVING and not re.search(r"\d\.\d|\d{4}", lower)
    words = _SPLIT.split(lower)
    return any(word in _MOVING for word in words) or lower in _VARIANTS


_VARIANTS = frozenset(
    ["alpine", "slim", "bookworm", "bullseye", "trixie", "buster", "jammy", "noble", "focal", "debian", "ubuntu",
     "management", "fpm", "apache", "full", "lite", "minimal", "alpine-slim", "perl", "fpm-alpine",
     "management-alpine", "nonroot", "debug"]
)  # fmt: skip
_CODENAMED = frozenset(("debian", "ubuntu", "buildpack-deps"))


@rule(
    "CF402",
    "mutable-tag",
    Severity.WARNING,
    presets=("recommended",),
    equivalents=(
        "compose-lint:CL-0004",
        "dclint:service-image-require-explicit-tag",
        "trivy:DS-0001",
    ),
    sources=(PULL,),
    examples=(
        Example(
            bad="services:\n  proxy:\n    image: nginx:alpine  # error: nginx:alpine\n",
            good="services:\n  proxy:\n    image: nginx:1.28-alpine\n",
        ),
    ),
)
def mutable_tag(service: Service) -> Iterator[Diagnostic]:
    """An image tag names no version, so a later pull brings another one.

    `latest`, `stable`, `lts` and `main` move with every release, and so does a bare variant such
    as `alpine`. A digest beside the tag fixes the image, and a tag of a distribution that is its
    version (`debian:bookworm`) names one. Images that the service builds itself are left alone.
    """
    reference = service.reference
    if reference is None or service.build is not None or not reference.tag or reference.digest:
        return
    if not is_mutable_tag(reference.tag):
        return
    if reference.name in _CODENAMED and reference.tag.lower() not in _MOVING:
        return
    node = service.get("image")
    if node is not None:
        yield Diagnostic(
            node,
            f'tag "{reference.tag}" of image "{service.image}" names no version',
            help="name the version that you tested, such as the one that runs now",
            subject=f"{service.path}.image",
            evidence=service.image or "",
        )
