"""Ports of several files: Docker Compose adds them up."""

from __future__ import annotations

from ...linter.rule import Diagnostic, Example, Related, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.fields import Port
    from ...linter.model.service import Service


@rule(
    "CF265",
    "port-added-by-override",
    Severity.INFO,
    category="connect",
    words=("ports",),
    since="0.2",
    sources=(
        "https://docs.docker.com/reference/compose-file/merge/#sequence",
        SPEC + "merge/#replace-value",
    ),
    examples=(
        Example(
            bad='services:\n  web:\n    ports:\n      - "6081:80"  # error: "6081:80"\n',
            good='services:\n  web:\n    ports: !override\n      - "6081:80"\n',
            path="compose.override.yaml",
            files={
                "compose.yaml": 'services:\n  web:\n    image: nginx:1.30\n    ports:\n      - "6080:80"\n'
            },
        ),
    ),
)
def port_added_by_override(service: Service) -> Iterator[Diagnostic]:
    """A file publishes a port of the container that another file of the stack publishes elsewhere; both stay.

    Lists of ports are added up when files are merged. `ports: !override` takes the place of the list
    before.
    """
    first: dict[tuple[int, str], Port] = {}
    for port in service.ports:
        if port.unknown or port.target is None or not port.published:
            continue
        key = (port.target, port.protocol)
        earlier = first.setdefault(key, port)
        if earlier.node.file is port.node.file or earlier.published == port.published:
            continue
        yield Diagnostic(
            port.node,
            f'port {port.target} of service "{service.name}" is published as {earlier.published} and as '
            f"{port.published}: this file adds a port and does not replace the other",
            help="write ports: !override, unless both are wanted",
            subject=f"{service.path}.ports",
            evidence=f"{port.published}:{port.target}",
            related=[Related(earlier.node.span, "published here too")],
        )
