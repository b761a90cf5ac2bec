"""Health checks that take an error of the server for an answer."""

from __future__ import annotations

from ...linter.analysis.curl import ignores_status
from ...linter.analysis.health_script import healthcheck_script
from ...linter.base.text import Span
from ...linter.model.values import word_in
from ...linter.rule import Applicability, Diagnostic, Edit, Example, Fix, Severity, rule
from ...linter.source.yaml.nodes import Node, Scalar, Sequence
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service


@rule(
    "CF215",
    "healthcheck-takes-error-page",
    Severity.WARNING,
    category="start",
    presets=("production", "hardened"),
    words=("curl",),
    since="0.2",
    sources=("https://curl.se/docs/manpage.html#-f", SPEC + "services/#healthcheck"),
    examples=(
        Example(
            bad='services:\n  api:\n    image: acme/api:2.1\n    healthcheck:\n      test: ["CMD", "curl", "-s", "http://127.0.0.1:3000/health"]  # error: "curl"\n',
            good='services:\n  api:\n    image: acme/api:2.1\n    healthcheck:\n      test: ["CMD", "curl", "-f", "-s", "http://127.0.0.1:3000/health"]\n',
        ),
        Example(
            bad="services:\n  api:\n    image: acme/api:2.1\n    healthcheck:\n      test: curl http://127.0.0.1:3000/health || exit 1  # error: curl\n",
            good="services:\n  api:\n    image: acme/api:2.1\n    healthcheck:\n      test: curl -f http://127.0.0.1:3000/health || exit 1\n",
        ),
    ),
    fix=Applicability.UNSAFE,
)
def healthcheck_takes_error_page(service: Service) -> Iterator[Diagnostic]:
    """A healthcheck that calls curl without `-f` succeeds when the server answers with an error.

    curl ends with 0 for an answer such as 500 or 404 unless it is told to fail. Calls that ask for
    the status itself (`-w`, `-I`, `-i`, `-v`) and tests of several commands are left alone. DF217
    says the same about HEALTHCHECK in a Dockerfile.
    """
    script = healthcheck_script(service)
    check = service.healthcheck
    if script is None or check is None or ignores_status(script) is None:
        return
    node = check.test_node
    assert node is not None
    yield Diagnostic(
        word_in(node, "curl"),
        f'the healthcheck of service "{service.name}" succeeds when the server answers with an error',
        help="add -f, so that curl fails for answers such as 500",
        subject=f"{service.path}.healthcheck.test",
        evidence="curl",
        fix=_add_option(service, node),
    )


def _add_option(service: Service, node: Node) -> Fix | None:
    """The fix that adds ``-f`` behind curl, where the test is written in one line."""
    text = node.span.text
    if node.anchor is not None or text.count("curl") != 1 or "\n" in text:
        return None
    if isinstance(node, Sequence):
        item = next(
            (one for one in node.items if isinstance(one, Scalar) and one.raw == "curl"), None
        )
        if item is None or not node.flow:
            return None
        at, added = item.end, f", {item.style or ''}-f{item.style or ''}"
    else:
        at, added = node.start + text.index("curl") + len("curl"), " -f"
    return Fix(
        "Add -f",
        (Edit(Span(node.file, at, at), added),),
        Applicability.UNSAFE,
        (f"{service.path}.healthcheck.test",),
    )
