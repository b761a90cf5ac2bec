"""Whether images are pinned to what cannot change."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Severity, rule
from .images import IMAGE, PULL, is_mutable_tag, pulled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service


@rule(
    "CF403",
    "image-without-digest",
    Severity.INFO,
    category="maintenance",
    presets=("hardened",),
    equivalents=("compose-lint:CL-0019",),
    ignore_when=(
        "Where nothing renews digests: an image whose digest nobody changes gets no security fixes."
    ),
    sources=(PULL, IMAGE),
    examples=(
        Example(
            bad="services:\n  cache:\n    image: redis:8.2  # error: redis:8.2\n",
            good="services:\n  cache:\n    image: redis:8.2@sha256:4bcb9db66237237d03b55b969271728dd3d955eaaa254b9db8a3db94550b1885\n",
            preset="hardened",
        ),
    ),
    security_severity=2.0,
)
def image_without_digest(service: Service) -> Iterator[Diagnostic]:
    """An image is named by a tag, which its owner can move; only a digest always means the same.

    Part of the preset "hardened": pinned digests need a tool that renews them, or they grow old.
    Tags that name no version are reported as `mutable-tag`.
    """
    image = pulled(service)
    if image is None:
        return
    node, reference = image
    if reference.digest is None and reference.tag and not is_mutable_tag(reference.tag):
        yield Diagnostic(
            node,
            f'image "{service.image}" of service "{service.name}" is not pinned to a digest',
            help=f"add the digest: {service.image}@sha256:…",
            subject=f"{service.path}.image",
            evidence=service.image or "",
        )
