"""What the hooks of services may do."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from snippets import diagnostics, places, under_preset


def service(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    return f"services:\n  app:\n    image: acme/app:1.4\n{lines}"


@pytest.mark.parametrize(
    ("body", "shown"),
    [
        ("pre_start: [{image: x, cap_add: [SYS_ADMIN]}]", ["SYS_ADMIN"]),
        ("pre_start: [{image: x, cap_add: [cap_sys_module]}]", ["cap_sys_module"]),
        ("pre_start: [{image: x, cap_add: [ALL]}]", ["ALL"]),
        ("pre_start: [{image: x, volumes: ['/etc:/e']}]", ["'/etc:/e'"]),
        (
            "pre_start: [{image: x, volumes: [{type: bind, source: /, target: /h}]}]",
            ["{type: bind, source: /, target: /h}"],
        ),
        (
            "pre_start: [{image: x, volumes: ['/run/docker.sock:/run/docker.sock:ro']}]",
            ["'/run/docker.sock:/run/docker.sock:ro'"],
        ),
        ("pre_start: [{image: x, pid: host}]", ["host"]),
        ("pre_start: [{image: x, network_mode: host}]", ["host"]),
        ("pre_start: [{image: x, use_api_socket: true}]", ["true"]),
        ("pre_start: [{image: x, cap_add: [CHOWN]}]", []),
        ("pre_start: [{image: x, volumes: ['./c:/c', 'data:/d', /e]}]", []),
        ("pre_start: [{image: x, network_mode: none, use_api_socket: false}]", []),
        # The service has it already, and is reported for that.
        ("cap_add: [SYS_ADMIN]\npre_start: [{image: x, cap_add: [SYS_ADMIN]}]", []),
        ("volumes: ['/etc:/e']\npre_start: [{image: x, volumes: ['/etc:/e']}]", []),
        ("pid: host\npre_start: [{image: x, pid: host}]", []),
        # Privileged hooks belong to api-socket.
        ("post_start: [{command: x, privileged: true}]", []),
    ],
)
def test_a_hook_with_power_over_the_host_is_reported(body: str, shown: list[str]) -> None:
    assert [text for _, text in places("CF325", service(body))] == shown
    assert all(
        finding.severity is Severity.WARNING for finding in diagnostics("CF325", service(body))
    )


@pytest.mark.parametrize(
    ("body", "reported"),
    [
        ("user: '1000'\npost_start: [{command: chown, user: root}]", True),
        ("user: '1000'\npre_stop: [{command: x, user: '0:0'}]", True),
        ("user: '1000'\npre_start: [{command: x, user: root}]", True),
        ("user: '1000'\npost_start: [{command: x, user: '1000'}]", False),
        ("user: '1000'\npost_start: [{command: x}]", False),
        ("user: root\npost_start: [{command: x, user: root}]", False),
        ("post_start: [{command: x, user: root}]", False),
    ],
)
def test_a_hook_that_runs_as_root_is_only_reported_under_hardened(
    body: str, reported: bool
) -> None:
    assert not under_preset("CF325", {"compose.yaml": service(body)}, "recommended")
    assert bool(diagnostics("CF325", service(body), preset="hardened")) is reported


def test_a_privileged_container_before_the_service_is_a_privileged_hook() -> None:
    text = service("pre_start: [{image: x, privileged: true}]")
    assert len(diagnostics("CF323", text)) == 1
