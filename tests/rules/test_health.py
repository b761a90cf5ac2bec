"""Health checks: missing, disabled, impossible, badly timed, at another port, awaited."""

from __future__ import annotations

import textwrap

import pytest
from composelint.linter.config.settings import Config
from composelint.linter.model.host import FixValues
from composelint.linter.rule import Severity
from snippets import diagnostics, fixed, places, reported


def service(body: str, name: str = "app") -> str:
    lines = textwrap.dedent(body).strip("\n").splitlines()
    return f"services:\n  {name}:\n" + "".join(f"    {line}\n" for line in lines)


def dockerfile(*lines: str) -> dict[str, str]:
    return {"Dockerfile": "\n".join(lines) + "\n"}


NODE = ("FROM node:24-alpine", "USER node")
CMD = 'CMD ["node", "server.js"]'


# --- CF210


@pytest.mark.parametrize(
    ("body", "files", "expected"),
    [
        ("image: postgres:17", {}, Severity.WARNING),
        ("image: postgres:17\nhealthcheck: {test: [CMD, pg_isready]}", {}, None),
        ("image: postgres:${TAG}", {}, Severity.WARNING),
        # An unknown image may have a check of its own.
        ("image: shop/app:2.1", {}, Severity.INFO),
        ("image: ${IMAGE}", {}, Severity.INFO),
        # This image is known to have one.
        ("image: louislam/uptime-kuma:2", {}, None),
        # Base images of languages have none.
        ("image: node:24-alpine\ncommand: [node, server.js]", {}, Severity.WARNING),
        ("build: .", dockerfile(*NODE, CMD), Severity.WARNING),
        ("build: .", dockerfile(*NODE, "HEALTHCHECK CMD wget -q -O- localhost:3000", CMD), None),
        ("build: .", dockerfile(*NODE, "HEALTHCHECK NONE", CMD), Severity.WARNING),
        # The check of a stage that the target starts from counts, that of another does not.
        (
            "build: .",
            dockerfile("FROM node:24-alpine AS base", "HEALTHCHECK CMD true", "FROM base", CMD),
            None,
        ),
        (
            "build: .",
            dockerfile("FROM node:24-alpine AS other", "HEALTHCHECK CMD true", *NODE, CMD),
            Severity.WARNING,
        ),
        (
            "build: {context: ., target: app}",
            dockerfile("FROM node:24-alpine AS app", "HEALTHCHECK CMD true", "FROM app AS extra",
                       "HEALTHCHECK NONE"),
            None,
        ),
        ("build: .", dockerfile("FROM scratch", "COPY app /app", 'CMD ["/app"]'), Severity.WARNING),
        # Unknown base: practically no base image has a check.
        ("build: .", dockerfile("FROM shop/base:1", CMD), Severity.WARNING),
        # Nothing is known about the image.
        ("build: https://example.com/app.git", {}, Severity.INFO),
        # The Dockerfile is missing.
        ("build: .", {}, Severity.WARNING),
        ("build: {context: ., dockerfile_inline: 'FROM node:24-alpine'}", {}, Severity.WARNING),
        # Another rule reports disabled checks.
        ("image: postgres:17\nhealthcheck: {disable: true}", {}, None),
        ("image: postgres:17\nhealthcheck: {test: [NONE]}", {}, None),
        # A check without a test inherits the image's.
        ("image: postgres:17\nhealthcheck: {interval: 5s}", {}, Severity.WARNING),
        ("image: shop/app:2.1\nhealthcheck: {interval: 5s}", {}, None),
        # Ends by itself.
        ("image: postgres:17\nprofiles: [tools]", {}, None),
        ('image: shop/app:2.1\nrestart: "no"', {}, None),
        ('image: postgres:17\nrestart: "no"', {}, Severity.WARNING),
        ("image: flyway/flyway:11\ncommand: migrate", {}, None),
        ("image: shop/app:2.1\nscale: 0", {}, None),
        ("provider: {type: model}", {}, None),
    ],
)  # fmt: skip
def test_missing_healthcheck(body: str, files: dict[str, str], expected: Severity | None) -> None:
    findings = diagnostics("CF210", service(body), files=files)
    assert [finding.severity for finding in findings] == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("name", "extra", "ends"),
    [
        ("app", "profiles: [cli]", True),
        ("app", "profiles: [db-tools]", True),
        ("app", "profiles: [test]", True),
        ("app", "profiles: [client]", False),
        ("app", "profiles: [latest]", False),
        ("app", "profiles: [reinitialize]", False),
        ("migrate", "", True),
        ("db_init", "", True),
        ("migrated", "", False),
        ("app", 'restart: "no"', True),
        ("app", "restart: always", False),
        ("app", "command: alembic upgrade head", True),
        ("app", "command: server", False),
    ],
)
def test_what_ends_by_itself_needs_no_check(name: str, extra: str, ends: bool) -> None:
    """The Compose file and the Dockerfile of one service get the same verdict."""
    text = service(f"build: .\n{extra}", name)
    files = dockerfile(*NODE, CMD)
    codes = [
        code
        for code in ("CF210", "DF127")
        if diagnostics(code, text, files=files, preset="production")
    ]
    assert codes == ([] if ends else ["CF210", "DF127"])


def test_a_build_is_named_with_its_dockerfile() -> None:
    files = {"api/Dockerfile": "FROM node:24-alpine\n"}
    (finding,) = diagnostics("CF210", service("build: ./api"), files=files)
    assert (
        finding.message == 'service "app" has no healthcheck, and api/Dockerfile has no HEALTHCHECK'
    )


@pytest.mark.parametrize(
    ("body", "test"),
    [
        ("image: redis:7.4", '["CMD", "redis-cli", "ping"]'),
        ("image: valkey/valkey:8", '["CMD", "valkey-cli", "ping"]'),
        # Its healthcheck needs what the service does not have.
        ("image: traefik:v3.5", None),
        ("image: traefik:v3.5\ncommand: --ping --providers.docker", '["CMD", "traefik", "healthcheck", "--ping"]'),
        # Another program runs, so the known check may not fit.
        ("image: redis:7.4\nentrypoint: [redis-sentinel, /etc/s.conf]", None),
        ("image: shop/app:2.1", None),
    ],
)  # fmt: skip
def test_the_known_check_is_offered(body: str, test: str | None) -> None:
    text = service(body)
    times = "      interval: 10s\n      timeout: 5s\n      retries: 5\n"
    added = f"    healthcheck:\n      test: {test}\n{times}" if test else ""
    assert fixed("CF210", text) == text + added


def test_the_check_takes_configured_times() -> None:
    config = Config(fix=FixValues(interval="1m", timeout="3s", retries=2, start_period="20s"))
    assert fixed("CF210", service("image: redis:7.4"), config=config).endswith(
        "      interval: 1m\n      timeout: 3s\n      retries: 2\n      start_period: 20s\n"
    )


def test_a_test_is_added_where_only_times_are_set() -> None:
    text = service("image: redis:7.4\nhealthcheck:\n  interval: 5s")
    assert fixed("CF210", text) == text + '      test: ["CMD", "redis-cli", "ping"]\n'


# --- CF211


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("healthcheck: {disable: true}", ["disable"]),
        ("healthcheck: {test: [NONE]}", ["test"]),
        ("healthcheck: {disable: false, test: [CMD, /check]}", []),
        ("healthcheck: {disable: true}\nprofiles: [tools]", []),
    ],
)
def test_healthcheck_disabled(body: str, expected: list[str]) -> None:
    assert (
        reported("CF211", service("image: shop/app:2.1\n" + body), preset="production") == expected
    )


# --- CF212


def check(test: str) -> str:
    return f"healthcheck:\n  test: {test}"


@pytest.mark.parametrize(
    ("image", "test", "expected"),
    [
        ("node:22-alpine", '["CMD", "curl", "-f", "http://localhost/"]', ['"curl"']),
        ("node:22-alpine", '["CMD", "wget", "-q", "http://localhost/"]', []),
        ("node:22-alpine", '["CMD", "bash", "-c", "true"]', ['"bash"']),
        ("node:22-alpine", "curl -f http://localhost/ || exit 1", ["curl"]),
        ("node:22-alpine", '["CMD-SHELL", "curl -f http://localhost/ || exit 1"]', ["curl"]),
        ("node:22-alpine", '["CMD", "sh", "-c", "curl -f http://localhost/"]', ["curl"]),
        ("node:22-slim", '["CMD", "zsh", "-c", "curl -f http://localhost/"]', ["curl"]),
        ("node:22-alpine", '["CMD", "/usr/bin/curl", "http://localhost/"]', ["curl"]),
        # The command works without curl.
        ("node:22-alpine", "curl -f http://localhost/ || wget -q http://localhost/", []),
        ("node:22-alpine", "if command -v curl; then curl -f http://localhost/; fi", []),
        ("node:22-alpine", '["CMD", "node", "check.js"]', []),
        ("node:22-alpine", '["CMD", "./check"]', []),
        ("node:22-alpine", '["CMD", "${TOOL}", "http://localhost/"]', []),
        ("node:22", '["CMD", "curl", "-f", "http://localhost/"]', []),
        ("node:22-slim", '["CMD", "curl", "-f", "http://localhost/"]', ['"curl"']),
        ("python:3.13-slim", '["CMD", "wget", "-q", "http://localhost/"]', ['"wget"']),
        ("gcr.io/distroless/nodejs22-debian12", "node check.js", ["node check.js"]),
        ("shop/app:2.1", '["CMD", "curl", "-f", "http://localhost/"]', []),
        ("node:${NODE}", '["CMD", "curl", "-f", "http://localhost/"]', []),
        ("node:22-alpine", "[NONE]", []),
    ],
)
def test_tools_of_images(image: str, test: str, expected: list[str]) -> None:
    text = service(f"image: {image}\n{check(test)}")
    assert reported("CF212", text) == expected


CURL = '["CMD", "curl", "-f", "http://localhost:3000/"]'


@pytest.mark.parametrize(
    ("lines", "missing"),
    [
        (["FROM node:22-alpine"], True),
        (["FROM node:22"], False),
        (["FROM node:22-alpine", "RUN apk add --no-cache curl"], False),
        (["FROM node:22-alpine", "RUN apk add --no-cache curl=8.9.1-r0 tini"], False),
        (["FROM node:22-alpine", "RUN apk add --no-cache git"], True),
        (["FROM node:22-alpine", "RUN apk add --no-cache libcurl"], True),
        (["FROM node:22-alpine", "RUN apk add --no-cache $PACKAGES"], False),
        (["FROM node:22-alpine", "RUN apk add -t .deps curl && apk del .deps"], True),
        (["FROM node:22-alpine", "RUN apk add curl && apk del curl"], True),
        (["FROM debian:13-slim", "RUN apt-get update && apt-get install -y curl"], False),
        (["FROM debian:13-slim", "RUN apt-get install -y curl && apt-get purge -y curl"], True),
        (["FROM debian:13-slim", "RUN apt-get install -y ca-certificates"], True),
        # A tool that a build step uses exists, or the build would fail.
        (["FROM debian:13-slim", "RUN curl -fsS https://example.com/x > /x"], False),
        (["FROM debian:13-slim", "RUN command -v curl && curl https://example.com || true"], False),
        # A script may install anything.
        (["FROM node:22-alpine", "COPY setup.sh /", "RUN /setup.sh"], False),
        (["FROM node:22-alpine", "COPY setup.sh /", "RUN sh setup.sh"], False),
        (["FROM node:22-alpine", "COPY setup /x", "RUN /x/setup/install -d"], False),
        (["FROM node:22-alpine", "RUN wget -O- https://example.com/x | sh"], False),
        (["FROM node:22-alpine", "COPY rootfs /"], False),
        (["FROM node:22-alpine", "COPY --from=curlimages/curl /usr/bin/curl /usr/bin/"], False),
        (["FROM node:22-alpine", "COPY --from=curlimages/curl /usr/bin/curl /bin/curl"], False),
        (["FROM node:22-alpine", "COPY . ."], True),
        (["FROM node:22-alpine", "RUN ln -s /bin/busybox /usr/local/bin/curl"], False),
        # Only the stages that are part of the image count.
        (["FROM node:22 AS build", "FROM node:22-alpine"], True),
        (["FROM node:22-alpine AS base", "RUN apk add curl", "FROM base"], False),
        (["FROM scratch", "COPY app /app"], True),
        (["FROM gcr.io/distroless/static-debian12", "COPY app /app"], True),
        (["FROM shop/base:1"], False),
        (["ARG V=22-alpine", "FROM node:${V}"], True),
        (["ARG V", "FROM node:${V}"], False),
    ],
)
def test_tools_of_what_is_built(lines: list[str], missing: bool) -> None:
    text = service(f"build: .\n{check(CURL)}")
    spans = reported("CF212", text, files=dockerfile(*lines))
    assert spans == (['"curl"'] if missing else [])


def test_build_arguments_choose_the_base() -> None:
    files = dockerfile("ARG V=22", "FROM node:${V}")
    plain = service(f"build: .\n{check(CURL)}")
    slim = service(f"build: {{context: ., args: {{V: 22-slim}}}}\n{check(CURL)}")
    unknown = service(f"build: {{context: ., args: {{V: '${{V}}'}}}}\n{check(CURL)}")
    assert places("CF212", plain, files=files) == []
    assert reported("CF212", slim, files=files) == ['"curl"']
    assert places("CF212", unknown, files=files) == []


def test_the_check_in_the_dockerfile_counts_too() -> None:
    files = dockerfile("FROM node:22-alpine", "HEALTHCHECK CMD curl -f http://localhost/ || exit 1")
    assert places("CF212", service("build: ."), files=files) == [(2, "curl")]
    # The Compose file's own check takes its place.
    assert places("CF212", service(f"build: .\n{check('[CMD, /check]')}"), files=files) == []


@pytest.mark.parametrize(
    ("image", "before", "after"),
    [
        (
            "node:22-alpine",
            '["CMD", "curl", "-f", "http://localhost:3001/api/health"]',
            '["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3001/api/health"]',
        ),
        (
            "node:22-alpine",
            "curl -fsS --max-time 5 http://localhost:3001/ || exit 1",
            '["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:3001/"]',
        ),
        (
            "node:22-slim",
            '["CMD", "curl", "-f", "http://localhost:3001/"]',
            '["CMD", "node", "-e", "fetch(\'http://127.0.0.1:3001/\').then(r => process.exit(r.ok ? 0 : 1), '
            '() => process.exit(1))"]',
        ),
        (
            "python:3.13-slim",
            '["CMD", "wget", "-q", "http://localhost:3001/"]',
            '["CMD", "python3", "-c", "import urllib.request; '
            "urllib.request.urlopen('http://127.0.0.1:3001/', timeout=5)\"]",
        ),
        # Node.js has `fetch` since version 18; the image has no other HTTP client.
        ("node:16-slim", '["CMD", "curl", "-f", "http://localhost:3001/"]', None),
        # Calls that do more than a plain request are not converted.
        ("node:22-alpine", "curl -X POST http://localhost:3001/", None),
        ("node:22-alpine", "curl -f http://localhost:3001/ | grep ok", None),
        ("node:22-alpine", "curl -H 'Host: x' http://localhost:3001/", None),
    ],
)
def test_the_same_request_with_another_tool(image: str, before: str, after: str | None) -> None:
    text = service(f"image: {image}\n{check(before)}")
    assert fixed("CF212", text) == text.replace(before, after or before)


# --- CF213


@pytest.mark.parametrize(
    ("image", "lines", "expected"),
    [
        ("shop/app:2.1", "retries: 0", ["0"]),
        ("shop/app:2.1", "retries: 1", []),
        ("shop/app:2.1", 'retries: "${RETRIES}"', []),
        ("shop/app:2.1", "interval: 500ms", ["500ms"]),
        ("shop/app:2.1", "interval: 1s", []),
        ("shop/app:2.1", "interval: 0s", []),
        ("shop/app:2.1", "start_interval: 1s", ["start_interval"]),
        ("shop/app:2.1", "start_interval: 1s, start_period: 30s", []),
        ("elasticsearch:9.1.0", "interval: 5s, retries: 3", ["5s"]),
        ("elasticsearch:9.1.0", "interval: 5s, retries: 20", []),
        ("elasticsearch:9.1.0", "interval: 30s", []),
        ("elasticsearch:9.1.0", "interval: 5s, start_period: 60s", []),
        ("redis:7.4", "interval: 5s", []),
    ],
)
def test_healthcheck_timing(image: str, lines: str, expected: list[str]) -> None:
    text = service(f"image: {image}\nhealthcheck: {{test: [CMD, /check], {lines}}}")
    assert reported("CF213", text) == expected


# --- CF214


@pytest.mark.parametrize(
    ("body", "files", "expected"),
    [
        ("image: nginx:1.29", {}, ["http://127.0.0.1:8080/"]),
        ("image: nginx:1.29\nports: ['80:8080']", {}, []),
        ("image: nginx:1.29\nexpose: [8080]", {}, []),
        ("image: nginx:1.29\nenvironment: {PORT: 8080}", {}, []),
        ("image: nginx:1.29\nenvironment: {URL: 'http://0.0.0.0:8080'}", {}, []),
        ("image: nginx:1.29\nenvironment: {PORT: '${PORT}'}", {}, []),
        ("image: nginx:1.29\ncommand: [serve, --port=8080]", {}, []),
        ("image: nginx:1.29\nenv_file: app.env", {"app.env": "PORT=8080\n"}, []),
        ("image: nginx:1.29\nenv_file: app.env", {"app.env": "PORT=80800\n"}, ["http://127.0.0.1:8080/"]),
        ("image: nginx:1.29\nvolumes: ['./nginx.conf:/etc/nginx/nginx.conf']", {"nginx.conf": ""}, []),
        ("image: nginx:1.29\nnetwork_mode: service:other", {}, []),
        ("image: shop/app:2.1", {}, []),
        ("build: .", dockerfile(*NODE, "EXPOSE 3000", CMD), ["http://127.0.0.1:8080/"]),
        ("build: .", dockerfile(*NODE, "EXPOSE 3000 8080", CMD), []),
        ("build: .", dockerfile(*NODE, "EXPOSE 8000-8100/tcp", CMD), []),
        ("build: .", dockerfile(*NODE, "ENV PORT=8080", "EXPOSE 3000", CMD), []),
        # Its configuration may set another port.
        ("build: .", dockerfile("FROM nginx:1.29", "COPY site.conf /etc/nginx/conf.d/"), []),
    ],
)  # fmt: skip
def test_healthcheck_port(body: str, files: dict[str, str], expected: list[str]) -> None:
    text = service(f"{body}\nhealthcheck:\n  test: [CMD, wget, http://127.0.0.1:8080/]")
    other = "  other:\n    image: shop/other:1\n"
    assert reported("CF214", text + other, files=files) == expected


@pytest.mark.parametrize(
    ("test", "expected"),
    [
        ("[CMD, wget, http://localhost/]", []),
        ("[CMD, wget, http://localhost:81/]", ["http://localhost:81/"]),
        ("wget http://localhost:81/ || exit 1", ["81"]),
        ("[CMD, wget, 'http://[::1]:81/']", ["'http://[::1]:81/'"]),
        ("[CMD, wget, http://db:81/]", []),
        ("[CMD, wget, http://localhost:80/p?x=81]", []),
    ],
)
def test_addresses_of_the_own_machine(test: str, expected: list[str]) -> None:
    text = service(f"image: nginx:1.29\nhealthcheck:\n  test: {test}")
    assert reported("CF214", text) == expected


# --- CF231


@pytest.mark.parametrize(
    ("body", "files", "fires"),
    [
        ("image: postgres:17", {}, True),
        ("image: postgres:17\nhealthcheck: {test: [CMD, pg_isready]}", {}, False),
        ("image: postgres:17\nhealthcheck: {disable: true}", {}, True),
        ("image: shop/db:1\nhealthcheck: {disable: true}", {}, True),
        ("image: shop/db:1\nhealthcheck: {test: [NONE]}", {}, True),
        ("image: shop/db:1", {}, False),
        ("image: ${DB_IMAGE}", {}, False),
        ("image: node:24-alpine", {}, True),
        ("image: louislam/uptime-kuma:2", {}, False),
        ("build: .", dockerfile("FROM postgres:17"), True),
        ("build: .", dockerfile("FROM postgres:17", "HEALTHCHECK CMD pg_isready"), False),
        ("build: .", dockerfile("FROM shop/base:1"), False),
        ("build: .", dockerfile("FROM scratch", "COPY db /db"), True),
        ("build: .", {}, False),
        ("image: postgres:17\nhealthcheck: {interval: 5s}", {}, True),
        ("image: postgres:17\nscale: 0", {}, False),
    ],
)
def test_condition_without_healthcheck(body: str, files: dict[str, str], fires: bool) -> None:
    text = service(body, "db") + (
        "  app:\n    image: shop/app:2.1\n    depends_on:\n"
        "      db:\n        condition: service_healthy\n"
    )
    findings = diagnostics("CF231", text, files=files)
    assert [finding.span.text for finding in findings] == (["service_healthy"] if fires else [])
    assert all(finding.severity is Severity.ERROR for finding in findings)


# --- files that complete another one


@pytest.mark.parametrize("code", ["CF201", "CF202", "CF210", "CF240"])
def test_a_service_without_image_and_build_is_reported_by_one_rule(code: str) -> None:
    alone = "services:\n  web:\n    command: [serve]\n"
    assert places(code, alone) == []
    assert places(code, alone + "    image: ghost:6\n") != []
    assert places("CF109", alone) != []
