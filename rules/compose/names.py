"""Names that Docker Compose accepts and the Docker engine checks."""

from __future__ import annotations

import re

from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Severity, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service

_NAME = r"/?[a-zA-Z0-9][a-zA-Z0-9_.-]+\Z"


@rule(
    "CF166",
    "invalid-container-name",
    Severity.ERROR,
    category="start",
    words=("container_name",),
    equivalents=("dclint:service-container-name-regex",),
    sources=("https://docs.docker.com/reference/compose-file/services/#container_name",),
    examples=(
        Example(
            bad='services:\n  web:\n    image: nginx:1.30\n    container_name: "my web"  # error: "my web"\n',
            good="services:\n  web:\n    image: nginx:1.30\n    container_name: my-web\n",
        ),
    ),
)
def invalid_container_name(service: Service) -> Iterator[Diagnostic]:
    """A `container_name` has characters that the engine does not allow: `docker compose up` fails.

    `docker compose config` accepts it, since it looks for a valid part anywhere in the name. Only
    letters, digits, `_`, `.` and `-` may stand in it, a letter or digit first. Names in which no
    part is valid are reported as `schema`.
    """
    node = service.get("container_name")
    name = text_of(node)
    if node is None or not name or re.match(_NAME, name):
        return
    if re.search(r"[a-zA-Z0-9][a-zA-Z0-9_.-]", name):
        yield Diagnostic(
            node,
            f'"{name}" is not a valid container name: the engine refuses it',
            help="use only letters, digits, `_`, `.` and `-`, and begin with a letter or digit",
            subject=f"{service.path}.container_name",
            evidence=name,
        )
