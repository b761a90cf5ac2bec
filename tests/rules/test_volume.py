"""What ``recommended`` leaves to stricter presets, so that its findings are worth acting on."""

from __future__ import annotations

import pytest
from checks import check_paths
from composelint.linter.config.settings import Config
from composelint.linter.engine.settings import Settings
from composelint.linter.model.host import Host
from composelint.linter.rulebook.registry import all_rules
from composelint.linter.rulebook.selection import Selection
from snippets import diagnostics, texts

APP = "services:\n  app:\n    image: shop/app:2.1\n"
DATABASE = "services:\n  db:\n    image: postgres:17\n    volumes: [data:/var/lib/postgresql/data]\nvolumes:\n  data:\n"
MONGO = "services:\n  db:\n    image: mongo:8.0\n    volumes: [data:/data/db]\nvolumes:\n  data:\n"
PAIR = APP + "  web:\n    image: nginx:1.30\n"
OPERATED = ("infrastructure", "hybrid", "production", "hardened", "all")
LIMITED = APP + "    mem_limit: 512M\n"


def services(text: str, code: str, selection: Selection, config: Config | None = None) -> list[str]:
    """The services that a rule reports, and those of LN010 as ``unused``."""
    with texts({"compose.yaml": text}):
        settings = Settings(selection=selection, config=config or Config(), debug=True)
        findings = check_paths(["."], settings).reported
    return [
        "unused" if item.code == "LN010" else item.subject.removeprefix("services.")
        for item in findings
        if item.code in (code, "LN010")
    ]


@pytest.mark.parametrize(
    ("code", "text", "recommended", "production"),
    [
        # memory: who takes what is there, and who was left out
        ("CF201", APP, [], ["app"]),
        ("CF201", DATABASE, [], ["db"]),
        ("CF201", MONGO, ["db"], ["db"]),
        ("CF201", LIMITED + "  web:\n    image: nginx:1.30\n", ["web"], ["web"]),
        ("CF201", APP + "    cpus: 0.5\n", ["app"], ["app"]),
        ("CF201", APP + "    mem_limit: 0\n", ["app"], ["app"]),
        ("CF201", LIMITED, [], []),
        # CPUs: only where a stack is operated
        ("CF202", APP, [], ["app"]),
        ("CF202", MONGO, [], ["db"]),
        ("CF202", APP + "    cpus: 0.5\n", [], []),
        # health: what others rely on
        ("CF210", APP, [], ["app"]),
        ("CF210", DATABASE, [], ["db"]),
        (
            "CF210",
            APP + "    depends_on: [db]\n  db:\n    image: postgres:17\n",
            ["db"],
            ["app", "db"],
        ),
        ("CF210", PAIR, [], ["app", "web"]),
        ("CF210", PAIR + "    depends_on: [app]\n", [], ["app", "web"]),
        (
            "CF210",
            APP + "    depends_on: [web]\n  web:\n    image: nginx:1.30\n",
            [],
            ["app", "web"],
        ),
    ],
)
def test_what_each_preset_asks(
    code: str, text: str, recommended: list[str], production: list[str]
) -> None:
    assert services(text, code, Selection("recommended")) == recommended
    assert services(text, code, Selection("development")) == recommended
    assert services(text, code, Selection("production")) == production
    assert services(text, code, Selection("hardened")) == production


CHECKED = "  db:\n    image: redis:7.4\n    healthcheck: {test: [CMD, redis-cli, ping]}\n"
UNCHECKED = "  db:\n    image: redis:7.4\n"
WAITS = APP + "    depends_on: [db]\n"
OPEN = "services:\n  db:\n    image: redis:7.4\n    ports: ['6379:6379']\n"
GUESSABLE = DATABASE.replace(
    "    volumes", "    environment: {POSTGRES_PASSWORD: postgres}\n    volumes"
)
REACHABLE = GUESSABLE.replace("    volumes", "    ports: ['5432:5432']\n    volumes")
REACHABLE = REACHABLE.replace("services:\n", "services:\n  shop:\n    image: shop/shop:1.4\n")


@pytest.mark.parametrize(
    ("code", "text", "path", "asked", "asked_strictly"),
    [
        # waiting: for a store that has a health check, unless somebody chose otherwise
        ("CF230", WAITS + CHECKED, "compose.yaml", True, True),
        ("CF230", WAITS + CHECKED, "compose.local.yaml", False, True),
        ("CF230", WAITS + UNCHECKED, "compose.yaml", False, True),
        (
            "CF230",
            APP + "    depends_on: {db: {condition: service_started}}\n" + CHECKED,
            "compose.yaml",
            False,
            True,
        ),
        # proxies answer 502 until the others are there
        (
            "CF230",
            WAITS.replace("shop/app:2.1", "nginx:1.30") + CHECKED,
            "compose.yaml",
            False,
            False,
        ),
        ("CF210", WAITS + UNCHECKED, "compose.yaml", True, True),
        ("CF210", WAITS + UNCHECKED, "compose.local.yaml", False, True),
        ("CF210", DATABASE, "compose.yaml", False, True),
        ("CF201", MONGO, "compose.yaml", True, True),
        ("CF201", MONGO, "compose.local.yaml", False, True),
        (
            "CF201",
            LIMITED + "  job:\n    image: a:1\n    profiles: [x]\n",
            "compose.yaml",
            False,
            True,
        ),
        # passwords: not in stacks for development; an open port says that there is none
        ("CF340", REACHABLE, "compose.yaml", True, True),
        ("CF340", REACHABLE, "compose.local.yaml", False, True),
        ("CF340", GUESSABLE, "compose.yaml", False, True),
        ("CF341", OPEN, "compose.yaml", False, True),
    ],
)
def test_recommended_leaves_to_stricter_presets(
    code: str, text: str, path: str, asked: bool, asked_strictly: bool
) -> None:
    def reports(preset: str) -> bool:
        with texts({path: text}):
            settings = Settings(selection=Selection(preset), debug=True)
            return code in {item.code for item in check_paths(["."], settings).reported}

    assert reports("recommended") is asked
    assert reports("development") is asked
    assert reports("hardened") is asked_strictly


def test_a_published_store_without_a_password_is_one_finding() -> None:
    with texts({"compose.yaml": OPEN}):
        settings = Settings(selection=Selection(), debug=True)
        (finding,) = (
            item for item in check_paths(["."], settings).reported if item.code == "CF330"
        )
    assert "(redis:7.4, which requires no password)" in finding.message


def test_an_entry_script_that_waits_counts() -> None:
    files = {
        "compose.yaml": "services:\n  app:\n    build: .\n    command: ./bin/start-entrypoint.sh\n"
        "    depends_on: [db]\n" + CHECKED,
        "Dockerfile": "FROM node:24\nUSER node\nCOPY bin bin\n",
        "bin/start-entrypoint.sh": "#!/bin/sh\npython manage.py wait_for_db\nexec node .\n",
    }
    for script, expected in ((files["bin/start-entrypoint.sh"], False), ("exec node .\n", True)):
        with texts({**files, "bin/start-entrypoint.sh": script}):
            settings = Settings(selection=Selection(), debug=True)
            codes = {item.code for item in check_paths(["."], settings).reported}
        assert ("CF230" in codes) is expected


@pytest.mark.parametrize("preset", OPERATED)
def test_every_operated_stack_needs_memory_limits(preset: str) -> None:
    assert services(APP, "CF201", Selection(preset)) == ["app"]


def test_a_machine_makes_memory_limits_count() -> None:
    config = Config(host=Host(memory=4 << 30))
    assert services(APP, "CF201", Selection(), config) == ["app"]


@pytest.mark.parametrize("name", ["CF201", "missing-memory-limit", "CF2", "CF", "ALL", "resources"])
def test_a_rule_that_is_selected_reports_everything(name: str) -> None:
    assert services(APP, "CF201", Selection(select=[name])) == ["app"]
    assert services(APP, "CF201", Selection(extend_select=[name])) == ["app"]


def test_a_comment_on_a_finding_that_the_preset_does_not_ask_for_is_in_use() -> None:
    comment = "  # composelint: ignore[missing-memory-limit] small\n"
    text = APP.replace("app:\n", "app:" + comment)
    assert services(text, "CF201", Selection()) == []
    assert services(text, "CF201", Selection("production")) == []
    assert services(text + "    mem_limit: 512M\n", "CF201", Selection()) == ["unused"]


def test_strict_findings_belong_to_presets_that_select_the_rule() -> None:
    strict = {rule.code: rule.strict_in for rule in all_rules() if rule.strict_in}
    assert {"CF201", "CF210"} <= strict.keys()
    for code, presets in strict.items():
        (rule,) = (rule for rule in all_rules() if rule.code == code)
        assert all(Selection(preset).selects(rule) for preset in presets)


HARDENED_ONLY = [
    ("CF312", "image: prom/node-exporter:v1.9.1\nvolumes: ['/:/rootfs:ro']"),
    ("CF313", "image: acme/vpn:1.4\ncap_add: [NET_ADMIN]"),
    ("CF313", "image: crazymax/fail2ban:1.1.0\ncap_add: [NET_ADMIN]\nnetwork_mode: host"),
    ("CF310", "image: gcr.io/cadvisor/cadvisor:v0.52.1\nprivileged: true"),
    ("CF320", "image: acme/app:1.4\ndevices: [/dev/kmsg]"),
    ("CF318", "image: prom/node-exporter:v1.9.1\npid: host"),
    ("CF318", "image: acme/app:1.4\nnetwork_mode: host"),
    ("CF317", "image: acme/app:1.4\nuser: root"),
]
RECOMMENDED = [
    ("CF312", "image: prom/node-exporter:v1.9.1\nvolumes: ['/:/rootfs']"),
    ("CF312", "image: acme/app:1.4\nvolumes: ['/:/rootfs:ro']"),
    ("CF313", "image: acme/vpn:1.4\ncap_add: [NET_ADMIN, SYS_ADMIN]"),
    ("CF313", "image: acme/vpn:1.4\ncap_add: [NET_ADMIN]\nnetwork_mode: host"),
    ("CF313", "image: crazymax/fail2ban:1.1.0\ncap_add: [SYS_MODULE]"),
    ("CF310", "image: acme/agent:1.4\nprivileged: true"),
    ("CF319", "image: acme/app:1.4\nsecurity_opt: [label=disable]"),
    (
        "CF319",
        "image: acme/app:1.4\nsecurity_opt: [seccomp=unconfined]\nvolumes: ['/var/run/docker.sock:/x']",
    ),
    ("CF320", "image: acme/app:1.4\ndevices: [/dev/sda]"),
    ("CF318", "image: acme/app:1.4\npid: host"),
    ("CF318", "image: acme/app:1.4\nnetwork_mode: host\npid: host"),
]


def service(body: str) -> str:
    return "services:\n  app:\n" + "".join(f"    {line}\n" for line in body.splitlines())


@pytest.mark.parametrize(("code", "body"), HARDENED_ONLY)
def test_what_only_an_attacker_could_use_is_left_to_hardened(code: str, body: str) -> None:
    assert services(service(body), code, Selection()) == []
    assert len(services(service(body), code, Selection("hardened"))) == 1


@pytest.mark.parametrize(("code", "body"), RECOMMENDED)
def test_what_opens_the_host_is_recommended(code: str, body: str) -> None:
    assert len(services(service(body), code, Selection())) == 1


def test_a_socket_needs_the_label_switched_off() -> None:
    body = "image: acme/app:1.4\nsecurity_opt: [label=disable]\nvolumes: ['/var/run/docker.sock:/var/run/docker.sock']"
    assert services(service(body), "CF319", Selection("hardened")) == []


@pytest.mark.parametrize(("image", "severity"), [("acme/app:1.4", "warning"), ("gcr.io/cadvisor/cadvisor:v0.52.1", "info")])  # fmt: skip
def test_a_privileged_monitoring_agent_is_graded_lower(image: str, severity: str) -> None:
    (finding,) = diagnostics("CF310", service(f"image: {image}\nprivileged: true"))
    assert finding.severity.label == severity


@pytest.mark.parametrize(
    ("count", "expected"), [(1, ["warning"]), (5, ["warning"] * 5), (6, ["info"]), (30, ["info"])]
)
def test_a_catalogue_of_services_is_one_finding(count: int, expected: list[str]) -> None:
    ports = ", ".join(f'"{8000 + number}:80"' for number in range(count))
    text = "".join(
        f"  {name}:\n    image: shop/{name}:2.1\n    ports: [{ports}]\n" for name in ("one", "two")
    )
    findings = diagnostics("CF163", "services:\n" + text)
    assert [finding.severity.label for finding in findings] == expected
