"""Health checks that ask localhost where the server listens on IPv4 only."""

from __future__ import annotations

import re

from ...linter.model.values import word_in
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service


@rule(
    "CF267",
    "localhost-is-ipv6",
    Severity.WARNING,
    category="start",
    words=("localhost",),
    since="0.2",
    sources=(SPEC + "services/#healthcheck", "https://www.rfc-editor.org/rfc/rfc6724"),
    examples=(
        Example(
            bad="services:\n  app:\n    image: python:3.13-alpine\n    init: true\n    command: uvicorn main:app --host 0.0.0.0\n    healthcheck:\n      test: wget -q --spider http://localhost:8000/  # error: localhost\n",
            good="services:\n  app:\n    image: python:3.13-alpine\n    init: true\n    command: uvicorn main:app --host 0.0.0.0\n    healthcheck:\n      test: wget -q --spider http://127.0.0.1:8000/\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def localhost_is_ipv6(service: Service) -> Iterator[Diagnostic]:
    """A healthcheck on Alpine uses wget with `localhost`, and the server listens only on IPv4.

    Why: The check fails although the server works: there `localhost` is ::1 first, and the wget
    of BusyBox tries only one address.

    Reported where the command says that the server listens on 0.0.0.0, and wget is not
    installed in another version.
    """
    check = service.healthcheck
    test = check.test if check is not None and not check.disabled else None
    node = check.test_node if check is not None else None
    if not test or node is None:
        return
    text = " ".join(test)
    if not re.search(r"(?:^|[\s/;&|(])wget\s[^;&|]*https?://localhost[:/\s]", text + " "):
        return
    from ...linter.analysis.container import container_of

    container = container_of(service)
    facts = container.facts
    if facts is None or not (facts.os or "").startswith("alpine"):
        return
    if not re.search(r"(?<![\d.])0\.0\.0\.0(?:[:\s'\"]|\Z)", container.command_text):
        return
    if "::" in container.command_text or _has_own_wget(service):
        return
    place = word_in(node, "localhost")
    fix = None
    if place.text == "localhost" and text.count("localhost") == 1:
        fix = Fix(
            "Write 127.0.0.1",
            (Edit(place, "127.0.0.1"),),
            Applicability.UNSAFE,
            (f"{service.path}.healthcheck.test",),
        )
    yield Diagnostic(
        place,
        f'localhost means ::1 on Alpine, but service "{service.name}" listens only on IPv4 (0.0.0.0)',
        help="write `127.0.0.1`",
        subject=f"{service.path}.healthcheck.test",
        evidence="localhost",
        fix=fix,
    )


def _has_own_wget(service: Service) -> bool:
    """Whether the Dockerfile that it is built from may install GNU wget."""
    if service.build is None:
        return False
    from ...linter.analysis.container import container_of

    dockerfile = container_of(service).dockerfile
    return dockerfile is None or re.search(r"\bwget\b", dockerfile.source.text) is not None
