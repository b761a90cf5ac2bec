"""The user that a service runs as."""

from __future__ import annotations

from ...linter.analysis.container import container_of
from ...linter.base.names import is_root_user
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import CHEATSHEET, SERVICES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service


@rule(
    "CF317",
    "root-user",
    Severity.WARNING,
    category="security",
    presets=("production", "hardened"),
    equivalents=("compose-lint:CL-0018",),
    sources=(CHEATSHEET, SERVICES + "#user"),
    examples=(
        Example(
            bad="services:\n  api:\n    image: acme/api:2.1\n    user: root  # error: root\n",
            good='services:\n  api:\n    image: acme/api:2.1\n    user: "1000:1000"\n',
            preset="production",
        ),
    ),
    security_severity=6.0,
)
def root_user(service: Service) -> Iterator[Diagnostic]:
    """The service is set to run as root, which overrides the user of its image.

    A program that is broken into is then root inside the container, and root on the host as soon
    as it gets out. Services that run once, such as those that prepare a volume, are left alone, and
    so are images that start as root anyway and give it up themselves.
    """
    node = service.get("user")
    user = (text_of(node) or "").partition(":")[0].strip()
    if node is None or not user or container_of(service).runs_once:
        return
    facts = service.facts
    if facts is not None and facts.runs_as_root and facts.drops_privileges:
        return
    if is_root_user(user):
        yield Diagnostic(
            node,
            f'service "{service.name}" runs as root (user: {text_of(node)})',
            help="delete `user` where the image sets a user of its own, or name a user without privileges",
            subject=f"{service.path}.user",
            evidence=text_of(node) or "",
        )


@rule(
    "CF324",
    "service-runs-as-root",
    Severity.WARNING,
    category="security",
    presets=("production", "hardened"),
    equivalents=("compose-lint:CL-0018",),
    sources=(CHEATSHEET, SERVICES + "#user"),
    examples=(
        Example(
            bad="services:\n  report:\n    image: python:3.13  # error: python:3.13\n    init: true\n    command: python report.py\n",
            good='services:\n  report:\n    image: python:3.13\n    init: true\n    command: python report.py\n    user: "1000:1000"\n',
            preset="production",
        ),
    ),
    security_severity=5.0,
)
def image_runs_as_root(service: Service) -> Iterator[Diagnostic]:
    """The image is known to run its program as root, and no other user is set.

    Why: A program that is broken into is then root inside the container, and root on the host
    as soon as it gets out.

    Images that start as root and give it up themselves, as most databases do, are left alone, and
    so are images that are not known here. What a Dockerfile in the repository says is reported there.
    """
    facts = service.facts
    node = service.get("image")
    if (
        facts is None
        or node is None
        or service.get("user") is not None
        or container_of(service).runs_once
    ):
        return
    if facts.runs_as_root and facts.drops_privileges is False and not facts.one_shot:
        yield Diagnostic(
            node,
            f'image "{service.image}" of service "{service.name}" runs as root',
            help='set `user: "1000:1000"`, or use a variant of the image that sets a user of its own',
            subject=f"{service.path}.image",
            evidence=service.image or "",
        )
