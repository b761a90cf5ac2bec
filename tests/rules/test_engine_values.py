"""Values that Docker Compose accepts and the engine refuses, each with what was meant."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity

from .snippets import diagnostics, reported


def app(body: str, end: str = "") -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"services:\n  app:\n    image: shop/app:2.1\n{lines}{end}"


def image(name: str, more: str = "") -> str:
    return f"services:\n  app:\n    image: {name}\n{more}"


@pytest.mark.parametrize(
    ("code", "text", "place", "meant"),
    [
        ("CF184", app("restart: unless-stoped"), "unless-stoped", "unless-stopped"),
        ("CF184", app("restart: allways"), "allways", "always"),
        ("CF184", app("restart: never"), "never", "use one of"),
        ("CF184", app("restart: always:3"), "always:3", "on-failure:3"),
        ("CF184", app("deploy: {restart_policy: {condition: on_failure}}"), "on_failure", "on-failure"),
        ("CF185", app("network_mode: hots"), "hots", "host"),
        ("CF185", app("network_mode: bridg"), "bridg", "bridge"),
        ("CF185", app("network_mode: sevice:db"), "sevice:db", "service:db"),
        ("CF185", app("pid: hots"), "hots", "host"),
        ("CF185", app("ipc: sharable"), "sharable", "shareable"),
        ("CF185", app("uts: hots"), "hots", "host"),
        ("CF185", app("userns_mode: hots"), "hots", "host"),
        ("CF186", app("cap_add: [NET_ADMN]"), "NET_ADMN", "NET_ADMIN"),
        ("CF186", app("cap_drop: [ALL, CAP_SYS_ADMN]"), "CAP_SYS_ADMN", "SYS_ADMIN"),
        ("CF158", app("security_opt: ['no-new-priviliges:true']"), "'no-new-priviliges:true'", "no-new-privileges"),
        ("CF158", app("security_opt: [secomp=unconfined]"), "secomp=unconfined", "seccomp"),
        ("CF158", app("security_opt: ['no-new-privileges:ture']"), "'no-new-privileges:ture'", "true"),
        ("CF187", app("stop_signal: SIGTRM"), "SIGTRM", "SIGTERM"),
        ("CF187", app("stop_signal: QIUT"), "QIUT", "SIGQUIT"),
        ("CF188", app("platform: linux/amd46"), "linux/amd46", "linux/amd64"),
        ("CF188", app("platform: linx/arm64"), "linx/arm64", "linux/arm64"),
        ("CF188", app("platform: linux/armv7"), "linux/armv7", "linux/arm/v7"),
        ("CF188", app("build: {context: ., platforms: [linux/amd46]}"), "linux/amd46", "linux/amd64"),
        ("CF189", app("ulimits: {nofle: 65536}"), "nofle", "nofile"),
        ("CF189", app("ulimits: {nofiles: {soft: 1, hard: 2}}"), "nofiles", "nofile"),
        ("CF198", app("logging: {driver: json-fil}"), "json-fil", "json-file"),
        ("CF198", app("logging: {driver: json}"), "json", "json-file"),
        ("CF198", app("networks: [a]", "networks:\n  a: {driver: bridg}\n"), "bridg", "bridge"),
        ("CF198", app("volumes: ['a:/a']", "volumes:\n  a: {driver: locl}\n"), "locl", "local"),
        ("CF199", image("ngnix"), "ngnix", "nginx"),
        ("CF199", image("ngnix:1.30"), "ngnix:1.30", "nginx"),
        ("CF199", image("rabitmq:4"), "rabitmq:4", "rabbitmq"),
        ("CF199", image("docker.io/library/postgress:17"), "docker.io/library/postgress:17", "postgres"),
    ],
)  # fmt: skip
def test_a_value_that_does_not_exist(code: str, text: str, place: str, meant: str) -> None:
    (finding,) = diagnostics(code, text, files={"Dockerfile": "FROM nginx:1.30\n"})
    assert finding.span.text == place
    assert meant in finding.help


@pytest.mark.parametrize(
    ("code", "text"),
    [
        *(("CF184", app(f"restart: {value}")) for value in ("'no'", "always", "on-failure", "on-failure:3", "unless-stopped", "${POLICY}", "${POLICY:-always}")),
        *(("CF184", app(f"deploy: {{restart_policy: {{condition: {value}}}}}")) for value in ("none", "any", "on-failure")),
        *(("CF185", app(f"network_mode: {value}")) for value in ("host", "none", "bridge", "service:db", "container:x", "ghost", "hosting", "node", "${MODE}")),
        ("CF185", app("network_mode: hots", "networks:\n  hots:\n")),
        *(("CF185", app(f"{key}: {value}")) for key, value in (("pid", "host"), ("pid", "service:db"), ("pid", "container:x"), ("ipc", "shareable"), ("ipc", "none"), ("uts", "host"), ("userns_mode", "host"), ("userns_mode", "keep-id:uid=1"), ("pid", "private"))),
        *(("CF186", app(f"cap_add: [{value}]")) for value in ("NET_ADMIN", "cap_net_admin", "net_admin", "ALL", "BPF", "${CAP}")),
        *(("CF158", app(f"security_opt: ['{value}']")) for value in ("no-new-privileges", "no-new-privileges:true", "no-new-privileges=1", "seccomp:unconfined", "apparmor=x", "label:disable", "systempaths=unconfined", "unmask=ALL", "writable-cgroups=true", "disable")),
        *(("CF187", app(f"stop_signal: {value}")) for value in ("SIGTERM", "sigint", "INT", "15", "'9'", "SIGRTMIN+3", "RTMAX-2", "${S}")),
        *(("CF188", app(f"platform: {value}")) for value in ("linux/amd64", "linux/arm64/v8", "linux/arm/v7", "linux/x86_64", "amd64", "arm64", "linux", "aarch64", "windows/amd64", "windows(10.0.17763)/amd64", "linux/386", "linux/sw_64", "${P}", "local")),
        *(("CF189", app(f"ulimits: {{{value}: 1}}")) for value in ("nofile", "memlock", "NOFILE", "nproc", "rtprio", "as")),
        *(("CF198", app(f"logging: {{driver: {value}}}")) for value in ("json-file", "local", "none", "loki", "grafana/loki-docker-driver:latest", "${D}", "syslog", "sumologic", "fluentbit")),
        *(("CF198", app("networks: [a]", f"networks:\n  a: {{driver: {value}}}\n")) for value in ("bridge", "weave", "weaveworks/net-plugin:2.8", "macvlan", "ovs", "calico")),
        *(("CF198", app("volumes: ['a:/a']", f"volumes:\n  a: {{driver: {value}}}\n")) for value in ("local", "local-persist", "rclone", "rclone/docker-volume-rclone:amd64", "nfs", "cloudstor:aws", "loopback")),
        *(("CF199", image(value)) for value in ("nginx", "shop", "acme/ngnix:1", "registry.example.org/ngnix", "candy", "phone", "redis6", "nodes", "entry", "postgrest", "${I}")),
        ("CF199", image("ngnix", "    build: .\n")),
        ("CF199", image("ngnix", "    pull_policy: never\n")),
        ("CF199", image("ngnix", "  b:\n    image: ngnix\n    build: .\n")),
    ],
)  # fmt: skip
def test_a_value_that_exists_or_may_exist(code: str, text: str) -> None:
    assert reported(code, text, files={"Dockerfile": "FROM nginx:1.30\n"}) == []


@pytest.mark.parametrize(
    ("body", "severity"),
    [("hots", Severity.WARNING), ("bridge ", None)],
)
def test_a_network_of_any_name_may_exist(body: str, severity: Severity | None) -> None:
    findings = diagnostics("CF185", app(f"network_mode: {body}"))
    assert [finding.severity for finding in findings] == ([severity] if severity else [])


def test_an_unknown_signal_stops_a_build_too() -> None:
    (finding,) = diagnostics("DF158", "FROM alpine:3.23\nSTOPSIGNAL SIGTRM\n", "Dockerfile")
    assert (finding.severity, finding.span.text) == (Severity.ERROR, "SIGTRM")
    assert "SIGTERM" in finding.help
