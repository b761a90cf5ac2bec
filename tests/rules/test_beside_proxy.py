"""Ports that are published past the proxy of the same service."""

from __future__ import annotations

import pytest

from .snippets import reported


@pytest.mark.parametrize(
    ("ports", "labels", "fires"),
    [
        ('["8080:8080"]', "traefik.http.routers.a.tls: 'true'", True),
        ('["8080:8080"]', "traefik.http.routers.a.tls.certresolver: le", True),
        ('["127.0.0.1:8080:8080"]', "traefik.http.routers.a.tls: 'true'", False),
        ('["9000:9000"]', "traefik.http.routers.a.tls: 'true'", False),
        ('["8080:8080"]', "traefik.http.routers.a.rule: Host(`a`)", False),
        ('["8080:8080"]', "traefik.http.routers.a.tls: 'false'", False),
        ("[]", "traefik.http.routers.a.tls: 'true'", False),
    ],
)
def test_a_port_is_published_past_the_proxy(ports: str, labels: str, fires: bool) -> None:
    text = (
        f"services:\n  a:\n    image: shop/app:2.1\n    ports: {ports}\n    labels:\n"
        f"      traefik.http.services.a.loadbalancer.server.port: '8080'\n      {labels}\n"
    )
    assert bool(reported("CF266", text, preset="hardened")) is fires
    assert reported("CF266", text.replace("8080'", "81'"), preset="hardened") == []


def test_the_dashboard_of_the_proxy_is_another_matter() -> None:
    text = (
        "services:\n  a:\n    image: {}\n    ports: ['8080:8080']\n    labels:\n"
        "      traefik.http.routers.a.tls: 'true'\n"
        "      traefik.http.services.a.loadbalancer.server.port: '8080'\n"
    )
    assert reported("CF266", text.format("traefik:v3.5"), preset="hardened") == []
    assert len(reported("CF266", text.format("shop/app:2.1"), preset="hardened")) == 1
