"""What users and public repositories reported as false alarms or as missed: one case for each."""

from __future__ import annotations

import pytest
from composelint import Diagnostic, check
from snippets import project

SEARCH = "services:\n  search: {image: acme/search:1}\nnetworks: {backend: }\n"
JOBS = "services:\n  jobs: {image: alpine:3.23, networks: [backend], depends_on: [search]}\n"


def stack(service: str, more: str = "") -> str:
    """A stack of one service whose keys are given."""
    lines = "".join(f"    {line}\n" for line in service.splitlines())
    return f"services:\n  app:\n{lines}{more}"


def one(service: str, **files: str) -> dict[str, str]:
    return {"compose.yaml": stack(service), **files}


PG = "image: postgres:17\nenvironment: {POSTGRES_DB: '${POSTGRES_DB}'}\n"
SECRET_STAGES = "FROM golang:1.25 AS build\nCOPY . .\nRUN go build -o /app\nFROM scratch\nCOPY --from=build /app /app\n"

FALSE_ALARMS = [
    ("fragments", {"docker-compose.yml": SEARCH, "docker-compose.jobs.yml": JOBS}, "CF101 CF102 CF106 CF109"),
    ("fragments in folders", {"compose.yaml": SEARCH, "addons/a/compose.jobs.yml": JOBS}, "CF101 CF102 CF106 CF109"),
    ("rancher", {"rancher-compose.yml": "services:\n  web:\n    scale: 2\n    health_check: {port: 80}\n"}, "CF003"),
    ("reference pages", {"docker_compose_pull.yaml": "command: a\nshort: b\nlong: c\noptions: []\n"}, "CF003"),
    ("the same value arrives", one(PG + 'healthcheck: {test: ["CMD", "pg_isready", "-d", "${POSTGRES_DB}"]}'), "CF141"),
    ("no shell", one("image: acme/a:1\nenvironment: {TZ: UTC}\ncommand: 'php-fpm -d date.timezone=${TZ}'"), "CF141"),
    *(
        (f"set in {name}", one("image: acme/a:1\nenvironment: {A: '${A_PORT}'}", **{name: text}), "CF140")
        for name, text in (
            *(("env.sample", "A_PORT=1\n"), ("defaults.env", "A_PORT=1\n"), (".env.dist", "A_PORT=1\n")),
            *(("example.env", "A_PORT=1\n"), ("prod.env.template", "A_PORT=1\n")),
            ("run.sh", "export A_PORT=1\ndocker compose up\n"),
        )
    ),
    ("a path that an example sets", one("image: acme/a:1\nvolumes: ['${CODE_PATH}:/app']", **{".env.example": "CODE_PATH=.\n"}), "CF120"),
    ("caddy on plain :80", one("image: caddy:2.11\nvolumes: ['./Caddyfile:/etc/caddy/Caddyfile:ro']", Caddyfile=":80\nrespond ok\n"), "CF250"),
    ("a job", one("image: acme/a:1\ncommand: ./bin/migrate.sh"), "CF210"),
    ("a seeder", one("image: acme/a:1\ndeploy: {restart_policy: {condition: on-failure}}"), "CF210"),
    ("an overlay whose base restarts", {"compose.yaml": stack("image: acme/a:1\nrestart: always"), "compose.prod.yaml": stack("environment: {A: b}")}, "CF220"),
    ("an unknown image on 9200", one("image: acme/index:1\nports: ['9200:9200']"), "CF330"),
    ("a word of a tag", one("image: fluent/fluentd:v1.19-debian-1"), "CF404"),
    ("a development override", {"compose.yaml": stack("image: acme/a:1"), "compose.override.yaml": stack("volumes: ['./src:/app']")}, "CF342 XF109"),
    ("secrets in a builder", {"Dockerfile": SECRET_STAGES, ".env": "A_TOKEN=k8Vw2nQ7tRz4Lx\n"}, "DF304 DI002 DI003"),
    ("a version from git", {"Dockerfile": "FROM golang:1.25\nCOPY . .\nRUN go build -ldflags \"-X v=$(git describe)\"\n", ".git/HEAD": "x"}, "DI003"),
    ("a dummy for a build", {"Dockerfile": "FROM python:3.13\nRUN SECRET_KEY=build-time-dummy python manage.py collectstatic\n"}, "DF302 DF305"),
    ("a dummy in a URL", one("image: acme/a:1\nenvironment: {URL: 'postgres://user:pass@localhost/dummy'}"), "CF302"),
    ("a public key", {"Dockerfile": "FROM debian:12\nCOPY repo.gpg.key /etc/apt/keyrings/\n", "repo.gpg.key": "x"}, "DF304"),
    ("a checksum", {"Dockerfile": f"FROM debian:12\nRUN curl -k -o f https://a.example/f && echo \"{'a' * 64}  f\" | sha256sum -c -\n"}, "DF307"),
    ("a signature", {"Dockerfile": "FROM alpine:3.23\nRUN gpg --verify a.sig a.apk && apk add --allow-untrusted a.apk\n"}, "DF307"),
    ("the value of an option", {"Dockerfile": "FROM python:3.13\nRUN uv pip install --python-preference system -r r.txt\n"}, "DF408"),
    ("what follows --", {"Dockerfile": "FROM ruby:3.4\nRUN gem install x:1.0 -- --use-system-libraries\n"}, "DF410"),
    ("cd into a mount", {"Dockerfile": "FROM debian:12\nRUN --mount=type=bind,target=/tmp/src cd /tmp/src && make\n"}, "DF907"),
    ("a stage from bake", {"Dockerfile": "FROM debian:12\nCOPY --from=assets /a /a\n", "docker-bake.hcl": 'target "x" {\n  contexts = { assets = "target:assets" }\n}\n'}, "DF103"),
    ("a stage from Compose", {"Dockerfile": "FROM debian:12\nCOPY --from=assets /a /a\n", "compose.yaml": stack("build: {context: ., additional_contexts: {assets: ./assets}}"), "assets/a": ""}, "DF103"),
    ("root owns it anyway", {"Dockerfile": "FROM debian:12\nCOPY a /a\nRUN chown root:root /a\n", "a": ""}, "DF215"),
    ("a stage by its argument", {"Dockerfile": "ARG S=builder\nFROM debian:12 AS builder\nFROM ${S}\n"}, "DF118"),
    ("a Windows folder", {"Dockerfile": "# escape=`\nFROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nWORKDIR \"C:\\\\\"\n"}, "DF111"),
    ("the management port", one("image: quay.io/keycloak/keycloak:26.4\nhealthcheck: {test: ['CMD-SHELL', 'exec 3<>/dev/tcp/127.0.0.1/9000']}"), "CF214"),
    ("vendored", {"vendor/x/compose.yaml": "services: {a: {imag: x}}\n", "third_party/Dockerfile": "FORM x\n"}, "CF003 DF001"),
    ("a template", {"Dockerfile": "FROM debian:%%TAG%%\nCOYP a b\n"}, "DF001"),
    ("hadolint's comment for a stage", {"Dockerfile": "FROM debian:12\n# hadolint stage ignore=DL3008\nFROM debian:12\nRUN apt-get update && apt-get install -y curl\n"}, "DF409"),
    ("CPU limits", one("image: acme/a:1"), "CF202"),
]  # fmt: skip


def reported(files: dict[str, str]) -> set[str]:
    """The codes of the findings under ``recommended``."""
    with project(files):
        return {finding.code for finding in check(["."]).diagnostics}


@pytest.mark.parametrize(
    ("files", "codes"), [case[1:] for case in FALSE_ALARMS], ids=[case[0] for case in FALSE_ALARMS]
)
def test_a_false_alarm_is_gone(files: dict[str, str], codes: str) -> None:
    assert reported(files).isdisjoint(codes.split())


MISSED = [
    ("a hash", one("image: acme/a:1\nenvironment:\n  - PASSWORD_HASH=$2b$12$KIXabcdefghijklmnopqrsOABCDEFGHIJKLMNOPQRSTUVWXYZ01234"), ["5:23 CF141"]),
    ("a hash of htpasswd", one("image: acme/a:1\nlabels:\n  - traefik.http.middlewares.a.basicauth.users=admin:$apr1$Xk1vTz0e$1n5mRqBv6pY0sWl3uKj9d/"), ["5:58 CF141"]),
    ("a list in a list", {"compose.yaml": "x-v: &vols ['a:/a']\nservices:\n  app:\n    image: acme/a:1\n    volumes: [*vols, './c:/c']\nvolumes: {a: }\n", "c/x": ""}, ["5:15 CF003"]),
    ("a list is merged", {"compose.yaml": "x-l: &list [1]\nservices:\n  app:\n    <<: *list\n    image: acme/a:1\n"}, ["4:9 CF002"]),
    ("an include's env file", {"compose.yaml": "include: [{path: i.yaml, env_file: nope}]\n", "i.yaml": "services: {a: {image: 'acme/a:1'}}\n"}, ["1:36 XF110"]),
    ("an env file with an error", one("image: acme/a:1\nenv_file: a.txt", **{"a.txt": "A B=1\n"}), ["4:15 EV001"]),
    ("a .env with an error", one("image: acme/a:1", **{".env": "A B=1\n"}), ["1:1 EV001"]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("files", "expected"), [case[1:] for case in MISSED], ids=[case[0] for case in MISSED]
)
def test_what_was_missed_is_reported_though_only_the_compose_file_is_named(
    files: dict[str, str], expected: list[str]
) -> None:
    with project(files):
        findings = check(["compose.yaml"]).diagnostics
    codes = {line.split()[1] for line in expected}
    assert [place(finding) for finding in findings if finding.code in codes] == expected


def place(finding: Diagnostic) -> str:
    """The line, column and code of a finding."""
    position = finding.span.file.position(finding.span.start)
    return f"{position.line}:{position.column} {finding.code}"
