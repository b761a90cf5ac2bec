"""Which classes of fixes each rule offers, and that suggestions are never applied."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import composelint
import pytest
from checks import LayOut, Run
from composelint.linter.config.settings import Config
from composelint.linter.model.host import FixValues, Host
from composelint.linter.rule import Applicability
from composelint.linter.rulebook.registry import all_rules
from snippets import diagnostics, fixing


def classes() -> dict[str, str]:
    """The classes that each rule declares, by its code: of safe, unsafe and suggestion."""
    return {
        rule.code: " ".join(each.label for each in sorted(rule.fixes, reverse=True))
        for rule in all_rules()
        if rule.fixes
    }


TABLE = Path(__file__).with_name("classes.txt")


def test_every_rule_offers_the_classes_that_were_judged() -> None:
    """A new fix is judged by docs/fixing.md, and gets its line (COMPOSELINT_UPDATE=1 writes it)."""
    lines = [f"{code} {kinds}\n" for code, kinds in sorted(classes().items())]
    if os.environ.get("COMPOSELINT_UPDATE"):
        TABLE.write_text("".join(lines), "utf-8")
    assert "".join(lines) == TABLE.read_text("utf-8")


# --- values that nobody can know

GB = 1024**3


def limits(text: str, code: str = "CF201", **config: Any) -> dict[str, str]:
    """The class and the value of the limit that is offered for each service without one."""
    found = diagnostics(code, text, preset="production", config=Config(**config))
    return {
        finding.owner[1]: f"{finding.fix.applicability.label} {finding.fix.title.split()[-1]}"
        for finding in found
        if finding.owner is not None and finding.fix is not None
    }


def stack(*services: str) -> str:
    return "services:\n" + "".join(f"  {service}\n" for service in services)


@pytest.mark.parametrize(
    ("service", "expected"),
    [
        # Without maxmemory it takes what it can get, and would be killed when its data grow.
        ("image: redis:7.4", "suggestion 256M"),
        ("image: redis:7.4, command: redis-server --maxmemory 100mb", "unsafe 256M"),
        ("image: redis:7.4, command: redis-server --maxmemory 400mb", "suggestion 800M"),
        ("image: memcached:1.6", "suggestion 128M"),
        ("image: milvusdb/milvus:v2.4.22", "suggestion 4G"),
        # What a database needs depends on its data, unless the file says what it may take.
        ("image: postgres:17", "suggestion 1G"),
        ("image: postgres:17, command: postgres -c shared_buffers=256MB", "unsafe 1G"),
        ("image: acme/scanner:1", "suggestion 512M"),
        ("image: clamav/clamav:1.4", "suggestion 512M"),
        ("image: python:3.13, command: celery worker", "suggestion 512M"),
        ("build: .", "suggestion 512M"),
        ("image: acme/scanner:1, mem_reservation: 2G", "suggestion 2G"),
        # What these need depends on what they are used for.
        ("image: nginx:1.30", "suggestion 256M"),
        ("image: cloudflare/cloudflared:2026.10.0", "suggestion 128M"),
        # The image is known, but it was told to take more than usual.
        ('image: elasticsearch:9.5.0, environment: {ES_JAVA_OPTS: "-Xmx8g"}', "suggestion 16G"),
        ("image: postgres:17, command: postgres -c shared_buffers=2GB", "suggestion 4G"),
    ],
)
def test_a_limit_is_a_fix_only_where_the_file_says_what_is_needed(
    service: str, expected: str
) -> None:
    assert limits(stack(f"a: {{{service}}}")) == {"a": expected}


@pytest.mark.parametrize(
    ("conf", "expected"),
    [
        ("maxmemory 64mb\n", "unsafe 256M"),
        ("# maxmemory 256mb\nappendonly yes\n", "suggestion 256M"),
        # At its limit it would be killed before it evicts anything.
        ("maxmemory 256mb\n", "suggestion 512M"),
        ("appendonly yes\nmaxmemory 1gb\n", "suggestion 2G"),
        (None, "suggestion 256M"),
    ],
)
def test_a_limit_leaves_room_for_what_a_mounted_configuration_gives(
    conf: str | None, expected: str
) -> None:
    mount = "./redis.conf:/usr/local/etc/redis/redis.conf"
    text = stack(
        f"a: {{image: redis:7.4, volumes: ['{mount}'], "
        "command: redis-server /usr/local/etc/redis/redis.conf}"
    )
    files = {} if conf is None else {"redis.conf": conf}
    (finding,) = diagnostics("CF201", text, preset="production", files=files)
    assert finding.fix is not None
    label, size = finding.fix.applicability.label, finding.fix.title.split()[-1]
    assert f"{label} {size}" == expected


def test_the_configuration_gives_the_value() -> None:
    fix = FixValues(memory="256M", cpus=0.25, pids=99)
    text = stack("a: {image: acme/a:1}")
    assert limits(text, fix=fix) == {"a": "unsafe 256M"}
    assert limits(text, "CF202", fix=fix) == {"a": "unsafe 0.25"}
    assert limits(text, "CF203", fix=fix) == {"a": "unsafe 99"}
    assert limits(text, "CF202") == {"a": "suggestion 0.5"}
    assert limits(text, "CF203") == {"a": "suggestion 256"}


@pytest.mark.parametrize(
    ("services", "expected"),
    [
        # 384M are left.
        (("a: {image: acme/a:1}",), {"a": "unsafe 384M"}),
        (("a: {image: acme/a:1}", "b: {image: acme/b:1}"), {"a": "unsafe 192M", "b": "unsafe 192M"}),
        (("a: {image: acme/a:1, deploy: {replicas: 3}}",), {"a": "unsafe 128M"}),
        # What is known to be enough leaves more to the others.
        (("a: {image: redis:7.4}", "b: {image: acme/b:1}"), {"a": "unsafe 192M", "b": "unsafe 192M"}),
        (("a: {image: redis:7.4}",), {"a": "unsafe 256M"}),
        # A service that ends is not counted; its size is not known.
        (("a: {image: acme/a:1}", 'b: {image: acme/b:1, restart: "no"}'), {"a": "unsafe 384M"}),
        (("a: {image: acme/a:1}", "b: {image: acme/b:1, profiles: [x]}"), {"a": "unsafe 192M", "b": "unsafe 192M"}),
        # Less than a program needs is not a limit to set.
        (tuple(f"s{number}: {{image: acme/a:1}}" for number in range(9)), {}),
    ],
)  # fmt: skip
def test_what_the_machine_has_left_is_divided(
    services: tuple[str, ...], expected: dict[str, str]
) -> None:
    text = stack("used: {image: acme/used:1, mem_limit: 1664M}", *services)
    host = Host(memory=2 * GB)
    offered = limits(text, host=host)
    assert {name: offered[name] for name in expected} == expected
    assert sum("unsafe" in value for value in offered.values()) == len(expected)
    outcome = fixing("CF201", text, preset="production", config=Config(host=host))
    assert outcome.dropped == []


def test_cpus_of_the_machine_are_divided() -> None:
    text = stack("used: {image: acme/used:1, cpus: 1.5}", "a: {image: acme/a:1}", "b: {image: redis:7.4}")  # fmt: skip
    assert limits(text, "CF202", host=Host(cpus=4)) == {"a": "unsafe 2", "b": "unsafe 0.5"}
    assert limits(text, "CF202", host=Host(cpus=1)) == {}


@pytest.mark.parametrize(
    ("code", "service", "expected"),
    [
        ("CF220", "image: acme/a:1", "suggestion"),
        ("CF220", 'image: acme/a:1, ports: ["80:80"]', "unsafe"),
        ("CF220", "image: redis:7.4", "unsafe"),
        ("CF315", "image: acme/a:1", "suggestion"),
        ("CF315", "image: redis:7.4", "unsafe"),
        (
            "CF319",
            "image: redis:7.4, security_opt: [seccomp:unconfined, label:type:x]",
            "suggestion",
        ),
        ("CF330", 'image: redis:7.4, ports: ["6379:6379"]', "unsafe"),
        ("CF332", 'image: acme/a:1, ports: ["8080:8080"]', "suggestion"),
        ("CF343", "image: nginx:1.30, volumes: [./a.conf:/etc/nginx/nginx.conf]", "unsafe"),
        ("CF343", "image: acme/a:1, volumes: [./a.conf:/etc/a.conf]", "suggestion"),
    ],
)
def test_what_only_the_owner_can_know_is_a_suggestion(
    code: str, service: str, expected: str
) -> None:
    (finding,) = diagnostics(code, stack(f"a: {{{service}}}"), files={"a.conf": ""}, preset="all")
    assert finding.fix is not None
    assert finding.fix.applicability.label == expected


# --- CF004: who still uses a docker-compose that needs `version`

_CURL = "curl -L https://github.com/docker/compose/releases/download/{}/docker-compose-`uname -s`\n"


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("README.txt", _CURL.format("1.24.1"), "suggestion"),
        ("README.md", "Install docker-compose 1.24.1.\n", "suggestion"),
        ("README.md", "Install `docker-compose` (1.25.0)\n", "suggestion"),
        ("docs/install.md", "pip install docker-compose==1.23.2\n", "suggestion"),
        ("../README.md", "docker-compose version 1.8.0 is needed\n", "suggestion"),
        ("setup.sh", 'DOCKER_COMPOSE_VERSION="1.21.0"\n', "suggestion"),
        # From 1.27 on it reads the file without the line.
        ("README.md", _CURL.format("1.29.2"), "safe"),
        ("README.md", _CURL.format("v2.1.26"), "safe"),
        ("README.md", "Install docker-compose 1.27.4.\n", "safe"),
        # The least that is needed, not what to install.
        ("README.md", "docker-compose 1.10+\n", "safe"),
        ("README.md", "docker-compose 1.10 or later\n", "safe"),
        ("README.md", "docker-compose >= 1.10\n", "safe"),
        ("README.md", "Compose file format 1.2; docker-compose up. 1.3 s later\n", "safe"),
        ("other/README.md", "Install docker-compose 1.24.1.\n", "safe"),
        ("main.py", "# docker-compose 1.24.1\n", "safe"),
    ],
)
def test_version_is_kept_where_an_old_docker_compose_is_to_be_installed(
    path: str, text: str, expected: str
) -> None:
    files = {os.path.normpath(f"docker/{path}"): text}
    stack_text = "version: '3'\nservices: {a: {image: redis:7.4}}\n"
    (finding,) = diagnostics("CF004", stack_text, "docker/compose.yaml", files)
    assert finding.fix is not None
    assert finding.fix.applicability.label == expected
    assert (next(iter(files)) in finding.help) is (expected == "suggestion")


# --- never applied

UNKNOWN = "services:\n  a:\n    image: acme/scanner:1\n    cpus: 0.5\n"


def test_no_option_applies_a_suggestion(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": UNKNOWN})
    answer = run("--fix", "--unsafe-fixes", "--select", "CF201", "--output-format", "concise")
    assert (folder / "compose.yaml").read_text() == UNKNOWN
    assert answer.stdout.splitlines() == [
        'compose.yaml:2:3: warning: CF201 service "a" has no memory limit',
        "Found 1 warning in 1 file.",
        "1 suggestion.",
    ]
    assert run("--diff", "--unsafe-fixes", "--select", "CF201").stdout == ""


def test_the_library_applies_no_suggestion(folder: Path, lay_out: LayOut) -> None:
    lay_out({"compose.yaml": UNKNOWN})
    report = composelint.fix(".", write=True, unsafe=True, select=["CF201"])
    assert (report.texts, report.applied) == ({}, ())
    assert (folder / "compose.yaml").read_text() == UNKNOWN
    (finding,) = report.report.diagnostics
    assert finding.fix is not None
    assert finding.fix.applicability is Applicability.SUGGESTION
    assert composelint.fix_text(UNKNOWN, unsafe=True, select=["CF201"]).texts == {}
