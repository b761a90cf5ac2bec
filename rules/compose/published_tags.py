"""Names, tags and platforms that official images never had."""

from __future__ import annotations

from ...linter.base.suggest import QUESTION, did_you_mean
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Severity, rule
from .images import IMAGE, pulled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service

OFFICIAL = "https://github.com/docker-library/official-images"


@rule(
    "CF407",
    "tag-never-published",
    Severity.WARNING,
    category="start",
    since="0.2",
    sources=(OFFICIAL, IMAGE),
    examples=(
        Example(
            bad="services:\n  web:\n    image: node:24-slim-bookworm  # error: node:24-slim-bookworm\n",
            good="services:\n  web:\n    image: node:24-bookworm-slim\n",
        ),
    ),
)
def tag_never_published(service: Service) -> Iterator[Diagnostic]:
    """The image is an official one that never had this tag, so it cannot be pulled.

    The table of all tags of official images is part of this release of the linter; what may have
    come after it (newer versions, releases of distributions and variants) is not reported, nor are
    release candidates and images for Windows.
    """
    image = pulled(service)
    if image is None:
        return
    from ...linter.images.official import tag_slip

    node, reference = image
    slip = tag_slip(reference)
    if slip is not None:
        yield Diagnostic(
            node,
            slip.message,
            help=slip.help,
            subject=f"{service.path}.image",
            evidence=reference.text,
        )


@rule(
    "CF408",
    "platform-never-published",
    Severity.WARNING,
    category="start",
    since="0.2",
    sources=(OFFICIAL, "https://docs.docker.com/reference/compose-file/services/#platform"),
    examples=(
        Example(
            bad="services:\n  web:\n    image: node:24-slim\n    platform: linux/386  # error: linux/386\n",
            good="services:\n  web:\n    image: node:24-slim\n    platform: linux/amd64\n",
        ),
    ),
)
def platform_never_published(service: Service) -> Iterator[Diagnostic]:
    """The service sets a platform for which its official image was never published.

    The pull fails: there is no manifest for the platform. As with tags, the table says what was
    published until it was made.
    """
    node = service.get("platform")
    platform = text_of(node)
    image = pulled(service)
    if node is None or not platform or image is None:
        return
    from ...linter.images.official import platform_slip

    slip = platform_slip(image[1], platform)
    if slip is not None:
        yield Diagnostic(
            node,
            slip.message,
            help=slip.help,
            subject=f"{service.path}.platform",
            evidence=f"{image[1].text} {platform}",
        )


@rule(
    "CF199",
    "misspelt-image",
    Severity.WARNING,
    category="start",
    words=("image",),
    since="0.2",
    sources=(OFFICIAL,),
    examples=(
        Example(
            bad="services:\n  web:\n    image: ngnix:1.30  # error: ngnix:1.30\n",
            good="services:\n  web:\n    image: nginx:1.30\n",
        ),
    ),
)
def misspelt_image(service: Service) -> Iterator[Diagnostic]:
    """An image does not exist on Docker Hub as an official one, and its name is almost that of one.

    Why: The image cannot be pulled, and the service does not start.

    Reported for names without a registry or an owner in which letters of the official name are
    missing, doubled or swapped. Images that the stack builds, or must not pull, are left alone.
    """
    node = service.get("image")
    reference = service.reference
    if node is None or reference is None or service.build is not None:
        return
    if service.facts is not None or service.text("pull_policy") in ("never", "build"):
        return
    from ...linter.images.misspelt import official_name_meant

    meant = official_name_meant(reference)
    project = service.stack.project
    if meant is None or project.builds_image(reference.registry, reference.repository):
        return
    yield Diagnostic(
        node,
        f'there is no official image "{reference.name}"',
        help=did_you_mean(meant, QUESTION),
        subject=f"{service.path}.image",
        evidence=reference.name,
    )
