"""Ports that are published beside the proxy that is to protect them."""

from __future__ import annotations

import re

from ...linter.analysis.container import container_of
from ...linter.base.units import whole_number
from ...linter.model.values import key_values
from ...linter.rule import Diagnostic, Example, Severity, rule
from .._sources import SPEC

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.service import Service

_PORT = r"traefik\.http\.services\.[^.]+\.loadbalancer\.server\.port\Z"
_TLS = r"traefik\.http\.routers\.[^.]+\.tls(?:\.|\Z)"


@rule(
    "CF266",
    "published-beside-proxy",
    Severity.INFO,
    category="security",
    presets=("hardened",),
    words=("traefik.http.routers",),
    since="0.2",
    sources=(
        SPEC + "services/#ports",
        "https://doc.traefik.io/traefik/reference/routing-configuration/other-providers/docker/",
    ),
    examples=(
        Example(
            bad='services:\n  app:\n    image: shop/app:2.1\n    labels:\n      - traefik.enable=true\n      - traefik.http.routers.app.tls=true\n      - traefik.http.services.app.loadbalancer.server.port=8080\n    ports:\n      - "8080:8080"  # error: "8080:8080"\n',
            good="services:\n  app:\n    image: shop/app:2.1\n    labels:\n      - traefik.enable=true\n      - traefik.http.routers.app.tls=true\n      - traefik.http.services.app.loadbalancer.server.port=8080\n",
            preset="hardened",
        ),
    ),
)
def published_beside_proxy(service: Service) -> Iterator[Diagnostic]:
    """A service is behind Traefik with TLS, and the same port is also published directly, without TLS.

    Why: Whoever calls that port sends passwords and sessions in the clear, past the rules of
    the proxy.

    Ports that are published on 127.0.0.1 only, for somebody at the machine, are left alone, and so is
    Traefik itself.
    """
    labels = {label.name: label.value or "" for label in key_values(service.get("labels"))}
    if labels.get("traefik.enable") == "false":
        return
    facts = container_of(service).facts
    if facts is not None and facts.name == "traefik":
        return  # its dashboard, which another rule is about
    if not any(re.match(_TLS, name) and value != "false" for name, value in labels.items()):
        return
    targets = {whole_number(value) for name, value in labels.items() if re.match(_PORT, name)}
    for port in service.ports:
        if port.target in targets and port.all_interfaces and not port.unknown:
            yield Diagnostic(
                port.node,
                f'port {port.target} of service "{service.name}" is published directly, without the TLS of Traefik',
                help="delete the port: Traefik reaches the service through their common network",
                subject=f"{service.path}.ports",
                evidence=f"{port.published}:{port.target}",
            )
