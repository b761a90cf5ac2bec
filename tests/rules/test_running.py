"""What is said about services that run as they should: jobs, signals, development, image names."""

from __future__ import annotations

import pytest

from .snippets import diagnostics, places

SHOP = "services:\n  shop:\n    image: acme/shop:2.1\n"


def service(body: str, name: str = "app") -> str:
    return f"services:\n  {name}:\n" + "".join(f"    {line}\n" for line in body.split("\n"))


# --- jobs


@pytest.mark.parametrize(
    ("name", "body", "severity"),
    [
        ("job", "image: acme/shop:2.1\ncommand: ./bin/migrate.sh", None),
        ("job", "build: .\ncommand: [sh, ./bin/migrate.sh]", None),
        ("seeder", "build: .\ndeploy:\n  restart_policy: {condition: on-failure}", None),
        ("db-seed", "build: .\nrestart: on-failure:3", None),
        ("importer", "build: .\ndeploy:\n  restart_policy: {condition: on-failure}", "info"),
        ("importer", "build: .\nrestart: on-failure", "info"),
        ("importer", "build: .\nrestart: on-failure\nports: ['8080:8080']", "warning"),
        ("importer", "build: .\nrestart: always", "warning"),
        ("db", "image: postgres:17\nrestart: on-failure", "warning"),
    ],
)
def test_jobs_need_no_health_check(name: str, body: str, severity: str | None) -> None:
    files = {"Dockerfile": 'FROM python:3.13-slim\nUSER 1000\nCMD ["python", "app.py"]\n'}
    findings = diagnostics("CF210", service(body, name), files=files, preset="production")
    assert [finding.severity.label for finding in findings] == ([severity] if severity else [])


@pytest.mark.parametrize(
    ("name", "body", "fires"),
    [
        ("job", "image: acme/shop:2.1\ncommand: ./bin/migrate.sh", False),
        ("job", "image: acme/shop:2.1\ncommand: ./bin/server.sh", True),
        ("shop", "image: acme/shop:2.1", True),
    ],
)
def test_jobs_need_no_restart_policy(name: str, body: str, fires: bool) -> None:
    assert bool(places("CF220", service(body, name))) is fires


@pytest.mark.parametrize(
    ("code", "base", "other"),
    [
        ("CF220", "restart: always", "init: true"),
        ("CF220", "deploy: {restart_policy: {condition: any}}", "deploy: {replicas: 1}"),
        ("CF210", "healthcheck: {test: [CMD, pg_isready]}", "init: true"),
        ("CF240", "logging: {driver: local}", "init: true"),
        ("CF201", "mem_limit: 1G", "cpus: 1"),
        ("CF202", "cpus: 1", "mem_limit: 1G"),
        ("CF203", "pids_limit: 100", "mem_limit: 1G"),
        ("CF250", "volumes: ['a:/var/lib/postgresql/data']", "init: true"),
    ],
)
@pytest.mark.parametrize(
    ("path", "name", "may_be_overlay"),
    [
        ("docker-compose.prod.yml", "db", True),
        ("docker-compose.prod.yml", "database", False),
        ("prod/docker-compose.yml", "db", False),
    ],
)
def test_what_a_base_sets_is_not_missing_in_an_overlay(
    code: str, base: str, other: str, path: str, name: str, may_be_overlay: bool
) -> None:
    text = service("image: postgres:17.2", name)
    for body, is_set in ((base, True), (other, False)):
        files = {"docker-compose.yml": service("image: postgres:17\n" + body, "db")}
        findings = diagnostics(code, text, path, files, preset="hardened")
        own = [finding for finding in findings if finding.path == path]
        assert bool(own) is not (is_set and may_be_overlay)


# --- signals


@pytest.mark.parametrize(
    ("body", "dockerfile", "words"),
    [
        ("command: [node, a.js]", "", "handles SIGTERM itself, it is killed after 10 s"),
        ("command: [node, a.js]\nstop_signal: SIGINT", "", "handles SIGINT itself"),
        ("command: [node, a.js]\nstop_signal: int", "", "handles SIGINT itself"),
        ("command: [node, a.js]\nstop_grace_period: 1m", "", "killed after 1m instead"),
        ("command: [node, a.js]", "STOPSIGNAL SIGQUIT\n", "handles SIGQUIT itself"),
        ("command: [node, a.js]\nstop_signal: SIGUSR2", "STOPSIGNAL SIGQUIT\n", "SIGUSR2 itself"),
        ("command: [node, a.js]\nstop_signal: SIGKILL", "", ""),
        ("command: [node, a.js]\nstop_signal: ${SIGNAL}", "", ""),
        ("command: [python, a.py]\nstop_signal: SIGINT", "", ""),
        ("command: [python, a.py]", "STOPSIGNAL 2\n", ""),
        ("command: [python, a.py]", "", "handles SIGTERM itself"),
        ("command: [sh, -c, 'a; b']", "", "runs a shell as process 1"),
        ("command: [sh, -c, 'trap \"kill 0\" TERM; a & wait']", "", ""),
    ],
)
def test_the_signal_that_is_used_is_named(body: str, dockerfile: str, words: str) -> None:
    files = {"Dockerfile": "FROM node:24-alpine\nUSER node\n" + dockerfile}
    findings = diagnostics("CF260", service("build: .\n" + body), files=files, preset="production")
    assert [words in finding.message for finding in findings] == ([True] if words else [])


def test_another_signal_than_sigterm_is_not_spoken_of() -> None:
    body = "image: node:24-alpine\ncommand: [node, a.js]\nstop_signal: SIGINT"
    (finding,) = diagnostics("CF260", service(body), preset="production")
    assert "SIGINT" in finding.message
    assert "SIGTERM" not in finding.message + finding.help


# --- development


RELOADS = service("image: acme/api:2.1\nenvironment: {NODE_ENV: development}")


@pytest.mark.parametrize(
    ("files", "fires"),
    [
        ({"compose.yaml": RELOADS}, True),
        ({"compose.yaml": SHOP, "compose.override.yaml": RELOADS}, False),
        ({"compose.override.yaml": RELOADS}, True),
        ({"compose.yaml": RELOADS + "    profiles: [dev]\n"}, False),
        ({"compose.yaml": RELOADS + "    profiles: [web]\n"}, True),
        ({"compose.yaml": RELOADS.replace("app:", "app-dev:")}, False),
        ({"compose.yaml": RELOADS + "    build: {context: ., target: development}\n"}, False),
        ({"compose.yaml": RELOADS + "    build: {context: ., target: final}\n"}, True),
        (
            {"compose.yaml": RELOADS + "    develop: {watch: [{action: rebuild, path: .}]}\n"},
            False,
        ),
    ],
)
def test_development_settings_belong_into_an_override(files: dict[str, str], fires: bool) -> None:
    path, *others = sorted(files, reverse=True)
    rest = {name: files[name] for name in others}
    assert bool(places("CF342", files[path], path, rest, preset="production")) is fires


@pytest.mark.parametrize(("override", "fires"), [("compose.override.yaml", False), ("", True)])
def test_code_is_mounted_in_an_override(override: str, fires: bool) -> None:
    mount = service("volumes: ['.:/app']")
    built = service("build: .\ninit: true")
    files = {
        "Dockerfile": 'FROM node:24-alpine\nWORKDIR /app\nCOPY a.js .\nUSER node\nCMD ["node", "a.js"]\n',
        "a.js": "",
    }
    if override:
        files[override] = mount
        text = built
    else:
        text = built + "    volumes: ['.:/app']\n"
    assert bool(places("XF109", text, files=files, preset="production")) is fires


# --- names of images


@pytest.mark.parametrize(
    ("image", "port", "fires"),
    [
        ("acme/search:1.0", 9200, False),
        ("acme/elasticsearch-analysis:1.0", 9200, True),
        ("acme/metrics:1.0", 5432, False),
        ("acme/postgres-replica:1.0", 5432, True),
        ("acme/db:1.0", 5432, True),
        ("acme/dashboard:1.0", 5432, False),
        ("acme/postgres-replica:1.0", 8080, False),
    ],
)
def test_a_port_alone_does_not_tell_the_program(image: str, port: int, fires: bool) -> None:
    text = service(f"image: {image}\nports: ['{port}:{port}']")
    assert bool(places("CF330", text)) is fires


@pytest.mark.parametrize(
    ("image", "fires"),
    [
        ("fluent/fluentd:v1.19-debian-1", False),
        ("fluent/fluentd:v1.19-debian-12", False),
        ("fluent/fluentd:v1.19-debian-9", True),
        ("mcr.microsoft.com/playwright:1.2-ubuntu", False),
        ("node:24-alpine-1.2", False),
        ("node:24-alpine3.15", True),
    ],
)
def test_a_revision_is_not_a_release_of_the_distribution(image: str, fires: bool) -> None:
    assert bool(places("CF404", service(f"image: {image}"))) is fires


# --- management ports


@pytest.mark.parametrize(
    ("tag", "port", "fires"),
    [("26.4", 9000, False), ("24.0", 9000, True), ("26.4", 8080, False), ("26.4", 9999, True)],
)
def test_keycloak_is_checked_at_its_management_port(tag: str, port: int, fires: bool) -> None:
    url = f"http://localhost:{port}/health/ready"
    body = f"image: quay.io/keycloak/keycloak:{tag}\ncommand: start\nhealthcheck: {{test: [CMD, curl, -f, '{url}']}}"
    assert bool(places("CF214", service(body))) is fires


@pytest.mark.parametrize(
    ("image", "url", "fires"),
    [
        ("caddy:2", "http://127.0.0.1:2019/config/", False),
        ("caddy:2", "http://127.0.0.1:2999/config/", True),
    ],
)
def test_ports_of_known_checks_are_known(image: str, url: str, fires: bool) -> None:
    body = f"image: {image}\nhealthcheck: {{test: [CMD, wget, -q, '{url}']}}"
    assert bool(places("CF214", service(body))) is fires


# --- configuration that programs write


@pytest.mark.parametrize(
    ("image", "mount", "fires"),
    [
        ("acme/dashboard:1.0", "./config.yml:/app/config.yml", False),
        ("acme/dashboard:1.0", "./conf.yaml:/etc/dashboard/conf.yaml", True),
        ("acme/dashboard:1.0", "./tls.pem:/certs/tls.pem", True),
        ("gitea/gitea:1.25", "./app.ini:/data/gitea/conf/app.ini", False),
        ("nginx:1.30", "./site.conf:/etc/nginx/conf.d/default.conf", True),
        ("prom/prometheus:v3.5.0", "./prometheus.yml:/etc/prometheus/prometheus.yml", True),
        ("redis:8.2", "./sentinel.conf:/etc/sentinel.conf", False),
        ("caddy:2.10", "./Caddyfile:/etc/caddy/Caddyfile", True),
    ],
)
def test_what_programs_write_is_not_only_their_configuration(
    image: str, mount: str, fires: bool
) -> None:
    text = service(f"image: {image}\nvolumes: ['{mount}']")
    assert bool(places("CF343", text, preset="production")) is fires


# --- another project directory

PARTS = "parts/scan/compose.yml"


@pytest.mark.parametrize(
    ("code", "body", "severity"),
    [
        ("XF102", "build: ../parts/scan", "info"),
        ("XF102", "build: ../parts/nothing", "error"),
        ("XF107", "image: acme/a:1\nvolumes: ['../parts/scan/a.conf:/etc/a.conf']", "info"),
        ("XF107", "image: acme/a:1\nvolumes: ['../parts/scan/b.conf:/etc/b.conf']", "warning"),
        ("XF110", "build: ../parts/scan\nenv_file: scan.env", "info"),
        ("XF110", "image: acme/a:1\nenv_file: scan.env", "error"),
    ],
)
def test_paths_for_another_project_directory_are_advice(
    code: str, body: str, severity: str
) -> None:
    files = {"parts/scan/Dockerfile": "FROM scratch\n", "parts/scan/a.conf": "a\n"}
    findings = diagnostics(code, service(body), PARTS, files)
    assert [finding.severity.label for finding in findings] == [severity]


@pytest.mark.parametrize(
    ("name", "other", "severity"),
    [
        ("cache-valkey.env", "docker/cache-valkey.env", "info"),
        ("scan_env", "docker/scan_env_template", "info"),
        ("cache-valkey.env", "docker/other.env", "error"),
        ("app.env", "docker/app.env", "error"),
    ],
)
def test_an_env_file_may_be_kept_elsewhere(name: str, other: str, severity: str) -> None:
    text = service(f"image: acme/a:1\nenv_file: {name}")
    findings = diagnostics("XF110", text, "suites/compose.yml", {other: "A=b\n"})
    assert [finding.severity.label for finding in findings] == [severity]


@pytest.mark.parametrize(
    ("name", "fires"),
    [("${pkg.name}.deb", False), ("{{ name }}.deb", False), ("pkg.deb", True)],
)
def test_templates_of_other_tools_name_no_files(name: str, fires: bool) -> None:
    text = f"FROM debian:13\nCOPY start.sh absent.sh {name} /tmp/\n"
    assert bool(places("XF108", text, "Dockerfile", {"start.sh": ""})) is fires


@pytest.mark.parametrize(
    ("base", "fires"),
    [("${BASE}", False), ("microsoft/iis:windowsservercore", False), ("debian:13", True)],
)
def test_windows_does_not_tell_cases_apart(base: str, fires: bool) -> None:
    text = f"ARG BASE\nFROM {base}\nCOPY a.txt web.config /srv/\n"
    files = {"Web.config": "", "a.txt": ""}
    assert bool(places("XF108", text, "Dockerfile", files)) is fires


@pytest.mark.parametrize(("line", "fires"), [("VOLUME /app\n", False), ("VOLUME /srv\n", True)])
def test_a_declared_volume_is_made_to_be_mounted_over(line: str, fires: bool) -> None:
    files = {"Dockerfile": f"FROM node:24-alpine\nWORKDIR /app\nCOPY a.js .\n{line}", "a.js": ""}
    text = service("build: .\nvolumes: ['./data:/app']")
    assert bool(places("XF109", text, files=files, preset="production")) is fires


# --- volumes


@pytest.mark.parametrize(
    ("image", "fires"), [("acme/shop:2.1", False), ("nginx:1.30", True), ("acme/shop:2.2", True)]
)
def test_a_worker_of_the_same_image_may_write(image: str, fires: bool) -> None:
    text = (
        "services:\n"
        "  app:\n    image: acme/shop:2.1\n    volumes: [files:/srv/files]\n"
        f"  other:\n    image: {image}\n    volumes: [files:/srv/files]\n"
        "volumes:\n  files:\n"
    )
    assert bool(places("CF252", text, preset="hardened")) is fires


@pytest.mark.parametrize(("base", "fires"), [("nginx:1.30", False), ("node:24-alpine", True)])
def test_web_servers_read_volumes(base: str, fires: bool) -> None:
    files = {"Dockerfile": f"FROM {base}\nUSER 1001\n"}
    text = service("build: .\nvolumes: ['media:/srv/media']") + "volumes:\n  media:\n"
    assert bool(places("XF112", text, files=files, preset="production")) is fires


@pytest.mark.parametrize(
    ("line", "shown"), [("start_period: 0s", "which is 0s"), ("retries: 3", "which is not set")]
)
def test_a_start_interval_needs_a_period(line: str, shown: str) -> None:
    check = f"healthcheck:\n  test: [CMD, a]\n  start_interval: 1s\n  {line}"
    (finding,) = diagnostics("CF213", service("image: acme/a:1\n" + check))
    assert finding.message == f"start_interval only applies during start_period, {shown}"
