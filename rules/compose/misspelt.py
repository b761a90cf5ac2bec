"""Drivers whose names are almost those of the engine's own."""

from __future__ import annotations

from ...linter.base.suggest import QUESTION, did_you_mean
from ...linter.model.values import text_of
from ...linter.rule import Diagnostic, Example, Severity, rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.fields import Resource
    from ...linter.model.stack import Stack
    from ...linter.source.yaml.nodes import Node

_APP = "services:\n  app:\n    image: shop/app:2.1\n"

_LOG_DRIVERS = (
    "json-file", "local", "none", "syslog", "journald", "gelf", "fluentd", "awslogs", "splunk", "gcplogs",
    "etwlogs", "logentries",
)  # fmt: skip
_NETWORK_DRIVERS = (
    "bridge", "host", "overlay", "macvlan", "ipvlan", "none", "null", "nat", "transparent", "l2bridge",
    "l2tunnel", "internal", "private", "ics", "default",
)  # fmt: skip


@rule(
    "CF198",
    "misspelt-driver",
    Severity.WARNING,
    category="start",
    words=("driver",),
    since="0.2",
    sources=(
        "https://docs.docker.com/engine/network/drivers/",
        "https://docs.docker.com/engine/logging/configure/#supported-logging-drivers",
        "https://docs.docker.com/engine/storage/volumes/#use-a-volume-driver",
    ),
    examples=(
        Example(
            bad=f"{_APP}    logging:\n      driver: json-fil  # error: json-fil\n      options:\n        max-size: 10m\n",
            good=f"{_APP}    logging:\n      driver: json-file\n      options:\n        max-size: 10m\n",
        ),
    ),
)
def misspelt_driver(stack: Stack) -> Iterator[Diagnostic]:
    """A driver of a network, a volume or the log is not one of the engine's, but almost.

    Why: The engine looks for a plug-in of that name, finds none, and refuses to go on.

    Other names may be those of plugins (`loki`, `rclone`, `vendor/driver:tag`) and are left alone.
    """
    for service in stack.services.values():
        node = service.get("logging", "driver")
        finding = _driver_finding(node, _LOG_DRIVERS, "logging driver", f"{service.path}.logging")
        if finding is not None:
            finding.owner = ("service", service.name)
            yield finding
    resources: tuple[tuple[str, dict[str, Resource], tuple[str, ...]], ...] = (
        ("network", stack.networks, _NETWORK_DRIVERS),
        ("volume", stack.volumes, ("local",)),
    )
    for kind, all_of_kind, known in resources:
        for name, resource in all_of_kind.items():
            node = resource.node.get("driver") if resource.node is not None else None
            finding = _driver_finding(node, known, f"{kind} driver", f"{kind}s.{name}")
            if finding is not None:
                yield finding


def _driver_finding(
    node: Node | None, known: tuple[str, ...], what: str, subject: str
) -> Diagnostic | None:
    text = text_of(node)
    if node is None or not text or text in known or "/" in text or ":" in text:
        return None
    from ...linter.base.suggest import distance

    folded = text.lower().replace("_", "-")
    limit = 2 if len(folded) > 6 else 1
    meant = next((name for name in known if distance(folded, name, limit) <= limit), None)
    if meant is None and folded in ("json", "jsonfile"):
        meant = "json-file" if "json-file" in known else None
    if meant is None:
        return None
    return Diagnostic(
        node,
        f'the engine has no built-in {what} "{text}"',
        help=did_you_mean(meant, QUESTION),
        subject=f"{subject}.driver",
        evidence=text,
    )
