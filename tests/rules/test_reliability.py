"""Limits, restarts, logs, start order, process 1 and networks of services."""

from __future__ import annotations

import textwrap

import pytest
from composelint.linter.config.settings import Config
from composelint.linter.model.host import FixValues
from composelint.linter.rule import Severity
from snippets import diagnostics, fixed, places, reported


def stack(text: str) -> str:
    return textwrap.dedent(text).lstrip("\n")


def service(body: str, name: str = "app") -> str:
    """A stack of one service whose keys are these lines."""
    lines = textwrap.dedent(body).strip("\n").splitlines()
    return f"services:\n  {name}:\n" + "".join(f"    {line}\n" for line in lines)


# --- limits


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        ("CF201", "image: shop/app:2.1", ["app"]),
        ("CF201", "image: shop/app:2.1\nmem_limit: 512M", []),
        ("CF201", "image: shop/app:2.1\nmem_limit: 536870912", []),
        ("CF201", "image: shop/app:2.1\ndeploy: {resources: {limits: {memory: 512M}}}", []),
        ("CF201", "image: shop/app:2.1\nmem_limit: ${LIMIT}", []),
        ("CF201", "image: shop/app:2.1\nmem_limit: ${LIMIT:-512M}", []),
        ("CF201", "image: shop/app:2.1\nmem_limit: 0", ["0"]),
        ("CF201", "image: shop/app:2.1\nmem_limit: ${LIMIT:-0}", ["${LIMIT:-0}"]),
        ("CF201", "image: shop/app:2.1\nmem_reservation: 512M", ["app"]),
        (
            "CF201",
            "image: shop/app:2.1\ndeploy: {resources: {reservations: {memory: 1G}}}",
            ["app"],
        ),
        ("CF201", "image: shop/app:2.1\ndeploy: {resources: {limits: {cpus: '1'}}}", ["app"]),
        ("CF201", "image: shop/app:2.1\nscale: 0", []),
        ("CF201", "provider: {type: model}", []),
        ("CF202", "image: shop/app:2.1", ["app"]),
        ("CF202", "image: shop/app:2.1\ncpus: 0.5", []),
        ("CF202", "image: shop/app:2.1\ncpu_quota: 50000", []),
        ("CF202", "image: shop/app:2.1\ncpu_shares: 512", ["app"]),
        ("CF202", "image: shop/app:2.1\ndeploy: {resources: {limits: {cpus: '0.5'}}}", []),
        ("CF203", "image: shop/app:2.1", ["app"]),
        ("CF203", "image: shop/app:2.1\npids_limit: 100", []),
        ("CF203", "image: shop/app:2.1\npids_limit: -1", ["-1"]),
        ("CF203", "image: shop/app:2.1\ndeploy: {resources: {limits: {pids: 100}}}", []),
    ],
)
def test_missing_limits(code: str, body: str, expected: list[str]) -> None:
    assert reported(code, service(body)) == expected


@pytest.mark.parametrize(
    ("code", "body", "written"),
    [
        # The form that the service uses already; Compose rejects a mixture (notes H07).
        ("CF201", "image: redis:7.4", "    deploy:\n      resources:\n        limits:\n          memory: 256M\n"),
        ("CF201", "image: redis:7.4\ncpus: 0.5", "    mem_limit: 256M\n"),
        ("CF201", "image: redis:7.4\npids_limit: 50", "    mem_limit: 256M\n"),
        (
            "CF201",
            "image: redis:7.4\ndeploy:\n  resources:\n    limits:\n      cpus: '0.5'",
            "          memory: 256M\n",
        ),
        ("CF201", "image: redis:7.4\ndeploy:\n  replicas: 2", "      resources:\n        limits:\n          memory: 256M\n"),
        ("CF202", "image: redis:7.4\nmem_limit: 256M", "    cpus: 0.5\n"),
        (
            "CF202",
            "image: redis:7.4\ndeploy:\n  resources:\n    limits:\n      memory: 1G",
            '          cpus: "0.5"\n',
        ),
        ("CF203", "image: redis:7.4\nmem_limit: 256M", "    pids_limit: 256\n"),
        ("CF203", "image: postgres:17\nmem_limit: 1G", "    pids_limit: 512\n"),
        # The limit is not below the reservation.
        ("CF201", "image: redis:7.4\nmem_reservation: 2G", "    mem_limit: 2G\n"),
    ],
)  # fmt: skip
def test_a_limit_is_set_in_the_form_in_use(code: str, body: str, written: str) -> None:
    before = service(body)
    after = fixed(code, before)
    assert after == before + written
    assert places(code, after) == []
    assert places("CF116", after) == []


@pytest.mark.parametrize(
    "text",
    [
        "x-base: &base\n  image: redis:7.4\nservices:\n  a: *base\n  b: *base\n",
        "services:\n  a: &a\n    image: redis:7.4\n  b:\n    <<: *a\n",
        "services:\n  a:\n    image: redis:7.4\n  b:\n    extends: a\n",
        "x-deploy: &deploy\n  replicas: 2\nservices:\n  a:\n    image: redis:7.4\n    deploy: *deploy\n",
    ],
    ids=["alias", "merge key", "extended", "deploy behind an alias"],
)
def test_what_others_share_is_not_changed(text: str) -> None:
    after = fixed("CF201", text)
    shared = text.split("services:")[0]
    assert after.split("services:")[0] == shared
    if "&a" in text or "extends" in text:
        # Only the service that no other one extends gets a limit of its own.
        assert after.count("memory:") == 1
    elif "*deploy" in text or "*base" in text:
        assert after == text


def test_configured_values_are_written() -> None:
    config = Config(fix=FixValues(memory="300M", cpus=0.25, pids=99))
    text = service("image: shop/app:2.1\nmem_reservation: 1M")
    assert "mem_limit: 300M\n" in fixed("CF201", text, config=config)
    assert "cpus: 0.25\n" in fixed("CF202", text, config=config)
    assert "pids_limit: 99\n" in fixed("CF203", text, config=config)


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("mem_limit: 256M\nmem_reservation: 512M", ["512M"]),
        ("mem_limit: 512M\nmem_reservation: 512M", []),
        ("mem_limit: 512M\nmem_reservation: 256M", []),
        ("mem_reservation: 256M", []),
        ("mem_limit: ${LIMIT}\nmem_reservation: 256M", []),
        ("deploy: {resources: {limits: {memory: 1G}, reservations: {memory: 1025M}}}", ["1025M"]),
    ],
)
def test_reservation_above_limit(body: str, expected: list[str]) -> None:
    assert reported("CF204", service("image: shop/app:2.1\n" + body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("image: shop/app:2.1\nmem_limit: 512", [(Severity.ERROR, "512")]),
        ("image: shop/app:2.1\nmem_limit: 4M", [(Severity.ERROR, "4M")]),
        ("image: shop/app:2.1\nmem_limit: 6M", []),
        ("image: shop/app:2.1\ncpus: 0.001", [(Severity.ERROR, "0.001")]),
        ("image: shop/app:2.1\ncpus: 0.01", []),
        ("image: mcr.microsoft.com/mssql/server:2022-latest\nmem_limit: 512M", [(Severity.INFO, "512M")]),
        ("image: mcr.microsoft.com/mssql/server:2022-latest\nmem_limit: 4G", []),
        ("image: shop/app:2.1\nmem_limit: ${LIMIT}", []),
    ],
)  # fmt: skip
def test_limit_too_low(body: str, expected: list[tuple[Severity, str]]) -> None:
    findings = diagnostics("CF205", service(body))
    assert [(finding.severity, finding.span.text) for finding in findings] == expected


# --- restarts


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (service("image: shop/app:2.1"), ["app"]),
        (service("image: shop/app:2.1\nrestart: always"), []),
        (service("image: shop/app:2.1\ndeploy: {restart_policy: {condition: any}}"), []),
        # `restart: no` is a decision, but the wrong one for a server.
        (service('image: shop/app:2.1\nrestart: "no"'), []),
        # Ends by itself.
        (service("image: shop/app:2.1", name="migrate"), []),
        (service("image: shop/app:2.1", name="db-init"), []),
        (service("image: shop/app:2.1\nprofiles: [tools]"), []),
        (service("image: shop/app:2.1\nprofiles: [db-tools]"), []),
        (service("image: shop/app:2.1\nprofiles: [debug]"), []),
        (service("image: shop/app:2.1\nprofiles: [monitoring]"), ["app"]),
        (service("image: minio/mc\ncommand: mc mb store/uploads"), []),
        (service("image: shop/app:2.1\ncommand: python manage.py migrate"), []),
        (service("image: shop/app:2.1\ncommand: sh -c 'alembic upgrade head'"), []),
        (service("image: shop/app:2.1\ncommand: sh -c 'alembic upgrade head && uvicorn app:app'"), ["app"]),
        (service("image: shop/app:2.1\ncommand: python manage.py runserver"), ["app"]),
        (
            stack("""
                services:
                  app:
                    image: shop/app:2.1
                    restart: always
                    depends_on:
                      load: {condition: service_completed_successfully}
                  load:
                    image: shop/app:2.1
            """),
            [],
        ),
    ],
)  # fmt: skip
def test_missing_restart_policy(text: str, expected: list[str]) -> None:
    assert reported("CF220", text, preset="production") == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("restart: always\ndeploy: {restart_policy: {condition: on-failure}}", ["always"]),
        ("restart: on-failure\ndeploy: {restart_policy: {condition: none}}", ["on-failure"]),
        ('restart: "no"\ndeploy: {restart_policy: {}}', ['"no"']),
        ("restart: always\ndeploy: {restart_policy: {condition: any}}", []),
        ("restart: unless-stopped\ndeploy: {restart_policy: {condition: any}}", []),
        ("restart: on-failure:3\ndeploy: {restart_policy: {condition: on-failure}}", []),
        ("restart: always", []),
        ("restart: always\ncommand: rails db:migrate", ["always"]),
        ("restart: on-failure\ncommand: rails db:migrate", []),
        ("restart: ${RESTART}\ncommand: rails db:migrate", []),
    ],
)
def test_restart_conflict(body: str, expected: list[str]) -> None:
    assert reported("CF221", service("image: shop/app:2.1\n" + body)) == expected


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("restart: on-failure", ["on-failure"]),
        ("restart: on-failure:5", []),
        ("restart: always", []),
        ("deploy: {restart_policy: {condition: on-failure}}", ["on-failure"]),
        ("deploy: {restart_policy: {condition: on-failure, max_attempts: 3}}", []),
    ],
)
def test_unbounded_restarts(body: str, expected: list[str]) -> None:
    assert reported("CF222", service("image: shop/app:2.1\n" + body), preset="hardened") == expected


# --- logs


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("", [(Severity.WARNING, "app")]),
        ("logging: {driver: json-file}", [(Severity.WARNING, "logging")]),
        ("logging: {options: {tag: app}}", [(Severity.WARNING, "logging")]),
        ("logging: {driver: json-file, options: {max-size: 10m}}", []),
        ("logging: {options: {max-size: 10m}}", []),
        ("logging: {driver: local}", []),
        ("logging: {driver: journald}", []),
        ("logging: {driver: '${DRIVER}'}", []),
        ("logging: {driver: none}", [(Severity.INFO, "none")]),
        ("profiles: [tools]", []),
    ],
)
def test_missing_log_rotation(body: str, expected: list[tuple[Severity, str]]) -> None:
    findings = diagnostics("CF240", service("image: shop/app:2.1\n" + body), preset="production")
    assert [(finding.severity, finding.span.text) for finding in findings] == expected


@pytest.mark.parametrize(
    ("body", "after"),
    [
        (
            "logging:\n  driver: json-file",
            'logging:\n  driver: json-file\n  options:\n    max-size: "10m"\n    max-file: "3"',
        ),
        (
            "logging:\n  options:\n    tag: app",
            'logging:\n  options:\n    tag: app\n    max-size: "10m"',
        ),
        ("logging: {}", 'logging: {options: {max-size: "10m", max-file: "3"}}'),
    ],
)
def test_rotation_is_added_to_existing_options(body: str, after: str) -> None:
    text = service("image: shop/app:2.1\n" + body)
    assert fixed("CF240", text, preset="production") == service("image: shop/app:2.1\n" + after)


def test_what_an_anchor_shares_is_reported_once() -> None:
    text = stack("""
        x-log: &log
          logging:
            driver: json-file
        services:
          one:
            image: shop/app:2.1
            <<: *log
          two:
            image: shop/app:2.1
            <<: *log
    """)
    assert places("CF240", text, preset="production") == [(2, "logging")]


# --- start order

DB = "  db:\n    image: postgres:17\n    healthcheck:\n      test: [CMD-SHELL, pg_isready]\n"
BARE = "  db:\n    image: postgres:17\n"
OTHER = "  db:\n    image: shop/other:1.0\n"
HAS_CHECK = "  db:\n    image: shop/other:1.0\n    healthcheck: {test: [CMD, /check]}\n"


@pytest.mark.parametrize(
    ("body", "other", "expected"),
    [
        ("depends_on: [db]", DB, ["db"]),
        ("depends_on: [db]", BARE, ["db"]),
        ("depends_on: [db]", OTHER, []),
        ("depends_on: [db]", HAS_CHECK, ["db"]),
        ("depends_on: {db: {condition: service_started}}", DB, ["service_started"]),
        ("depends_on: {db: {condition: service_healthy}}", DB, []),
        ("depends_on: [db]\ncommand: ./wait-for-it.sh db:5432 -- serve", BARE, []),
        ("depends_on: [db]\ncommand: sh -c 'until nc -z db 5432; do sleep 1; done; serve'", DB, []),
        ("depends_on: [db]", "  db:\n    image: redis:7.4\n", ["db"]),
        ("depends_on: [db]", "  db:\n    image: rabbitmq:4.1\n", ["db"]),
        ("depends_on: [db]", "  db:\n    image: nginx:1.29\n", []),
        # Nothing waits for a task to be healthy.
        (
            "depends_on: [db]",
            BARE + "    command: ['psql', '-c', 'x']\n    profiles: [tools]\n",
            [],
        ),
    ],
)
def test_depends_without_condition(body: str, other: str, expected: list[str]) -> None:
    text = service("image: shop/app:2.1\n" + body) + other
    assert reported("CF230", text) == expected


def test_admin_panels_connect_on_request() -> None:
    text = "services:\n  adminer:\n    image: adminer:5\n    depends_on: [db]\n" + DB
    assert places("CF230", text) == []


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "depends_on:\n  - cache\n  - db",
            "depends_on:\n  cache:\n    condition: service_started\n  db:\n    condition: service_healthy",
        ),
        (
            "depends_on:\n- db\n- cache",
            "depends_on:\n  db:\n    condition: service_healthy\n  cache:\n    condition: service_started",
        ),
        (
            "depends_on: [db]",
            "depends_on: {db: {condition: service_healthy}}",
        ),
        (
            "depends_on:\n  db:\n    condition: service_started\n    restart: true",
            "depends_on:\n  db:\n    condition: service_healthy\n    restart: true",
        ),
        # A comment inside the list would be lost.
        ("depends_on:\n  - db  # first\n  - cache", "depends_on:\n  - db  # first\n  - cache"),
    ],
)
def test_waiting_for_health_needs_the_health_check(before: str, after: str) -> None:
    rest = DB + "  cache:\n    image: redis:7.4\n"
    text = service("image: shop/app:2.1\n" + before) + rest
    assert fixed("CF230", text) == service("image: shop/app:2.1\n" + after) + rest


def test_no_wait_without_a_check() -> None:
    text = service("image: shop/app:2.1\ndepends_on: [db]") + BARE
    assert fixed("CF230", text) == text


SLIM = "FROM debian:trixie-slim\nRUN apt-get update && apt-get install -y ca-certificates{}\n"
ASKS = 'healthcheck: {test: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:80/"]}'


@pytest.mark.parametrize(
    ("other", "dockerfile", "expected"),
    [
        ("image: redis:7.4\n    healthcheck: {test: [CMD, redis-cli, ping]}", "", "unsafe"),
        ("image: postgres:17\n    healthcheck: {test: pg_isready -U a}", "", "unsafe"),
        (f"build: .\n    {ASKS}", SLIM.format(" wget"), "unsafe"),
        # Its image does not have the program, so that it never gets healthy.
        (f"build: .\n    {ASKS}", SLIM.format(""), None),
        ("build: .", SLIM.format("") + "HEALTHCHECK CMD curl -f http://127.0.0.1/ || exit 1\n", None),
        ("build: .", SLIM.format(" curl") + "HEALTHCHECK CMD curl -f http://127.0.0.1/\n", "unsafe"),
        # Nobody knows what is in it.
        (f"image: shop/web:1.0\n    {ASKS}", "", "suggestion"),
        ("image: redis:7.4\n    healthcheck: {test: [CMD, /check]}", "", "suggestion"),
    ],
)  # fmt: skip
def test_waiting_for_a_check_that_can_work(
    other: str, dockerfile: str, expected: str | None
) -> None:
    text = service("image: shop/app:2.1\ndepends_on: [db]") + f"  db:\n    {other}\n"
    files = {"Dockerfile": dockerfile} if dockerfile else {}
    (finding,) = diagnostics("CF230", text, files=files, preset="production")
    assert (finding.fix and finding.fix.applicability.label) == expected


# --- process 1

NODE = "FROM node:24-alpine\nWORKDIR /app\nCOPY . .\nUSER node\n"


@pytest.mark.parametrize(
    ("body", "dockerfile", "expected"),
    [
        ("image: node:24-alpine\ncommand: [node, server.js]", "", ["[node, server.js]"]),
        ("image: node:24-alpine\ncommand: node server.js", "", ["node server.js"]),
        ("image: node:24-alpine\ncommand: npm start", "", ["npm start"]),
        ("image: node:24-alpine\ncommand: [node, server.js]\ninit: true", "", []),
        ("image: node:24-alpine\ncommand: [node, server.js]\ninit: false", "", []),
        ("image: node:24-alpine\ncommand: [tini, --, node, server.js]", "", []),
        ("image: python:3.13-slim\ncommand: [python, app.py]", "", ["[python, app.py]"]),
        ("image: python:3.13-slim\ncommand: [python, -m, gunicorn, app]", "", []),
        ("image: python:3.13-slim\ncommand: gunicorn app", "", []),
        ("image: shop/app:2.1\ncommand: [node, server.js]", "", []),
        ("image: shop/app:2.1\nentrypoint: [node, server.js]", "", ["[node, server.js]"]),
        ("image: ghost:6", "", []),
        ("build: .", NODE + 'CMD ["node", "server.js"]\n', ["app"]),
        ("build: .", NODE + "CMD node server.js\n", ["app"]),
        ("build: .", NODE + "CMD exec node server.js\n", []),
        ("build: .", NODE + "CMD npm run migrate && node server.js\n", ["app"]),
        ("build: .", NODE + 'ENTRYPOINT ["/sbin/tini", "--"]\nCMD ["node", "server.js"]\n', []),
        ("build: .", NODE + 'ENTRYPOINT ["./start.sh"]\nCMD ["node", "server.js"]\n', []),
        ("build: .", 'FROM shop/base:1\nCMD ["node", "server.js"]\n', []),
        ("build: .\ncommand: nginx", NODE + 'CMD ["node", "server.js"]\n', []),
        ("image: node:24-alpine\ncommand: npx prisma migrate deploy", "", []),
    ],
)
def test_missing_init(body: str, dockerfile: str, expected: list[str]) -> None:
    files = {"Dockerfile": dockerfile} if dockerfile else {}
    assert reported("CF260", service(body), files=files, preset="production") == expected


# --- leftovers


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("links: [db]", "depends_on: [db]"),
        ("links:\n  - db", "depends_on:\n  - db"),
        ("links:\n  - db:database", "links:\n  - db:database"),
        ("depends_on:\n  - db\nlinks:\n  - db", "depends_on:\n  - db"),
        ("depends_on:\n  - cache\nlinks:\n  - db", "depends_on:\n  - cache\nlinks:\n  - db"),
    ],
)
def test_links_become_depends_on(before: str, after: str) -> None:
    rest = BARE + "  cache:\n    image: redis:7.4\n"
    text = service("image: shop/app:2.1\n" + before) + rest
    assert reported("CF270", text) == ["links"]
    assert fixed("CF270", text) == service("image: shop/app:2.1\n" + after) + rest


@pytest.mark.parametrize(
    ("code", "body", "expected"),
    [
        ("CF270", "network_mode: bridge\nlinks: [db]", []),
        ("CF270", "external_links: [legacy]", ["external_links"]),
        ("CF271", "volumes_from: [db]", ["volumes_from"]),
        ("CF271", "volumes_from: ['container:old']", ["volumes_from"]),
        ("CF272", 'expose: ["8080:80"]', ['"8080:80"']),
        ("CF272", 'expose: ["8080", "9000-9010", "53/udp"]', []),
        ("CF280", "container_name: shop", ["shop"]),
        ("CF280", "container_name: ${NAME}", []),
    ],
)
def test_leftovers(code: str, body: str, expected: list[str]) -> None:
    text = service("image: shop/app:2.1\n" + body) + BARE
    assert reported(code, text, preset="production") == expected


# --- networks


def three(proxy: str = "", app: str = "", db: str = "", top: str = "") -> str:
    return (
        f"services:\n  proxy:\n    image: nginx:1.29\n    ports: ['80:80']\n{proxy}"
        f"  app:\n    image: shop/app:2.1\n    environment: {{DB_HOST: db}}\n{app}"
        f"  db:\n    image: postgres:17\n{db}{top}"
    )


BACK = "    networks: [back]\n"
FRONT = "    networks: [front]\n"
BOTH = "    networks: [front, back]\n"
TOP = "networks:\n  front:\n  back:\n"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (three(), ["proxy"]),
        (three(BACK, BACK, BACK, "networks:\n  back:\n"), ["proxy"]),
        (three(BOTH, BOTH, BACK, TOP), ["proxy"]),
        (three(FRONT, BOTH, BACK, TOP), []),
        (three(proxy="    depends_on: [db]\n"), []),
        (three(proxy="    network_mode: host\n").replace("    ports: ['80:80']\n", ""), []),
        (three().replace("    ports: ['80:80']\n", ""), []),
        (three().replace("nginx:1.29", "shop/other:1.0"), []),
        (three().replace("DB_HOST: db", "DB_HOST: dbx"), []),
        ("services:\n  web:\n    image: nginx:1.29\n    ports: ['80:80']\n" + BARE, []),
    ],
)
def test_flat_network(text: str, expected: list[str]) -> None:
    assert reported("CF281", text, preset="production") == expected


# --- fixed addresses


@pytest.mark.parametrize(
    ("network", "top", "expected"),
    [
        ("lan", "networks: {lan: {ipam: {config: [{subnet: 172.20.0.0/24}]}}}", []),
        ("lan", "networks: {lan: {}}", ["172.21.0.9"]),
        ("lan", "networks: {lan: {external: true}}", []),
        # The network is not defined, which CF101 reports.
        ("lan", "", []),
        ("default", "", ["172.21.0.9"]),
    ],
)
def test_address_outside_subnet(network: str, top: str, expected: list[str]) -> None:
    address = "172.20.0.9" if "subnet" in top else "172.21.0.9"
    body = f"image: shop/app:2.1\nnetworks: {{{network}: {{ipv4_address: {address}}}}}"
    assert reported("CF156", service(body) + top + "\n") == expected
