"""Base images that were deleted from their registry."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from ._pulled import is_left_out
from .versions import base_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from ...linter.images import ImageReference
    from ...linter.model.dockerfile import Stage


@rule(
    "DF144",
    "base-image-deleted",
    Severity.ERROR,
    category="build",
    words=("cuda", "archlinux/base", "gcr.io/tensorflow", "microsoft/", "svc.ci.openshift"),
    since="0.2",
    sources=(
        "https://github.com/NVIDIA/nvidia-docker/issues/1768",
        "https://github.com/dotnet/dotnet-docker/issues/2848",
        "https://docs.docker.com/reference/dockerfile/#from",
    ),
    examples=(
        Example(
            bad="FROM archlinux/base:latest  # error: archlinux/base:latest\nUSER nobody\n",
            good="FROM archlinux:base-20260823.0.377419\nUSER nobody\n",
        ),
    ),
)
def base_image_deleted(stage: Stage) -> Iterator[Diagnostic]:
    """FROM names an image that was deleted from its registry, so the build cannot pull it.

    NVIDIA deleted its images of CUDA 10 and before in 2023, Microsoft moved all of its images from Docker Hub
    to mcr.microsoft.com in 2021; the table has a date and sources for each. It is a warning where a build
    argument may choose another image. Images that are named by their digest are not judged.
    """
    base = base_of(stage)
    if base is None or is_left_out(stage):
        return
    word, reference = base
    entry = _entry(reference)
    if entry is None:
        return
    yield Diagnostic(
        word.span,
        f"{reference.text} cannot be pulled: {entry['what']} ({entry['since'][:4]})",
        help=entry["help"],
        severity=Severity.WARNING if word.references else None,
        evidence=reference.text,
    )


def _entry(reference: ImageReference) -> dict[str, Any] | None:
    """The entry of the table about an image; None if it was not deleted as far as is known."""
    from ...linter.images.data import gone

    if reference.digest is not None:
        return None
    name = f"{reference.registry}/{reference.repository}"
    entries: list[dict[str, Any]] = gone()["images"]
    for entry in entries:
        if any(
            name == each or (each[-1] == "*" and name.startswith(each[:-1]))
            for each in entry["names"]
        ):
            return entry if _is_deleted(reference, entry) else None
    return None


def _is_deleted(reference: ImageReference, entry: dict[str, Any]) -> bool:
    """Whether the tag of an image is one of those that were deleted."""
    from ...linter.images.tags import parse_version

    below = parse_version(entry.get("below", ""))
    tag = reference.tag or "latest"
    if below is None or tag in entry.get("tags", ()):
        return True
    version = parse_version(tag)
    if version is None or not tag[:1].isdigit():
        return False
    kept = [parse_version(text) for text in entry.get("except", ())]
    return version < below and all(version[: len(each)] != each for each in kept if each)
