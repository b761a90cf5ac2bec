"""Findings that readers of them beside the source called wrong, or of no use: both sides of each."""

from __future__ import annotations

import json

import pytest
from checks import check_paths
from composelint.linter.engine.settings import Settings
from composelint.linter.rule import Diagnostic
from composelint.linter.rulebook.selection import Selection
from snippets import texts


def found(
    code: str,
    text: str,
    path: str,
    files: dict[str, str] | None = None,
    preset: str = "recommended",
) -> list[Diagnostic]:
    """What a rule reports in one file of a project under a preset that selects it."""
    with texts({path: text, **(files or {})}):
        settings = Settings(selection=Selection(preset), debug=True)
        findings = check_paths(["."], settings).reported
    return [finding for finding in findings if finding.code == code and finding.path == path]


def in_dockerfile(code: str, text: str, files: dict[str, str] | None = None) -> list[Diagnostic]:
    """What a rule reports in a Dockerfile at the root."""
    return found(code, text, "Dockerfile", files)


def in_stack(code: str, text: str, files: dict[str, str] | None = None) -> list[Diagnostic]:
    """What a rule reports in ``compose.yaml``."""
    return found(code, text, "compose.yaml", files)


# --- DF201 and DF203: a start that needs development dependencies

_SHIPS = """\
FROM node:22-alpine AS build
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
RUN npm run build

FROM node:22-alpine
WORKDIR /app
COPY --from=build /app/dist ./dist
COPY --from=build /app/node_modules ./node_modules
COPY package.json start.sh ./
USER node
CMD {}
"""
_INSTALLS = """\
FROM node:22-alpine
WORKDIR /app
COPY package*.json ./
RUN npm ci
COPY . .
USER node
CMD {}
"""
_SCRIPTS = {
    "start": "nest start",
    "start:prod": "node dist/main",
    "serve": "npm run preview",
    "preview": "vite preview",
    "api": "node --import=tsx src/main.ts",
}
_MANIFEST = {
    "scripts": _SCRIPTS,
    "dependencies": {"express": "5.1.0", "tslib": "2.8.1"},
    "devDependencies": {
        "@angular/cli": "20.0.0",
        "@nestjs/cli": "11.0.0",
        "dotenv": "17.0.0",
        "prisma": "6.0.0",
        "tslib": "2.8.1",
        "tsx": "4.20.0",
    },
}
_NODE_FILES = {
    "package.json": json.dumps(_MANIFEST),
    "server.js": "",
    "start.sh": "#!/bin/sh\n# uses no prisma\nnode dist/main\n",
}


@pytest.mark.parametrize("form", [_SHIPS, _INSTALLS])
@pytest.mark.parametrize(
    ("command", "needs"),
    [
        ("node -r dotenv/config dist/main", True),
        ('["node", "--require", "dotenv/config", "dist/main"]', True),
        ('["npm", "run", "api"]', True),
        ("ng serve --host 0.0.0.0", True),
        ("npx tsx src/main.ts", True),
        ("./node_modules/.bin/tsx src/main.ts", True),
        ("npm run serve", True),
        ("npm start", True),
        ("yarn start", True),
        ("prisma migrate deploy && node dist/main", True),
        ("node dist/main", False),
        ("node -r tslib dist/main", False),
        ('["npm", "run", "start:prod"]', False),
        ('["sh", "start.sh"]', False),
    ],
)
def test_a_start_by_development_dependencies(form: str, command: str, needs: bool) -> None:
    code = "DF203" if form is _SHIPS else "DF201"
    scripts = dict(_SCRIPTS)
    if code == "DF201" and "start" not in command.split():
        del scripts["start"]
    files = {**_NODE_FILES, "package.json": json.dumps({**_MANIFEST, "scripts": scripts})}
    assert bool(in_dockerfile(code, form.format(command), files)) is not needs


def test_a_start_script_that_needs_a_development_dependency() -> None:
    text, name = _SHIPS.format('["sh", "start.sh"]'), "start.sh"
    called = {**_NODE_FILES, name: "#!/bin/sh\nnpx prisma migrate deploy\nnode dist/main\n"}
    assert in_dockerfile("DF203", text, called) == []
    assert len(in_dockerfile("DF203", text, _NODE_FILES)) == 1


# --- XF106: ports that an image need not expose


@pytest.mark.parametrize(
    ("image", "port", "reported"),
    [
        ("redis/redis-stack:7.2.0-v13", 8001, 0),
        ("redis/redis-stack:7.2.0-v13", 8002, 1),
        ("redis:8.2", 8001, 1),
        ("traefik:v3.5", 8080, 0),
        ("traefik:v3.5", 8000, 1),
        ("kong:3.9", 8002, 0),
        ("kong:3.9", 9002, 1),
        ("localstack/localstack:4.9", 4512, 0),
        ("localstack/localstack:4.9", 4560, 1),
        ("clickhouse:25.8", 9004, 0),
        ("mattermost/mattermost-team-edition:10.11", 8067, 0),
    ],
)
def test_a_port_beyond_those_that_an_image_exposes(image: str, port: int, reported: int) -> None:
    text = f"services:\n  app:\n    image: {image}\n    ports: ['{port}:{port}']\n"
    assert len(in_stack("XF106", text)) == reported


# --- DF315: code that reads a secret

_MOUNTED = """\
FROM python:3.13-slim
RUN --mount=type=secret,id=hf_token \\
    HF_TOKEN=$(cat /run/secrets/hf_token) \\
    python -c "import os; login({})"
"""


@pytest.mark.parametrize(
    ("argument", "reported"),
    [
        ("token=os.environ['HF_TOKEN']", 0),
        ("token=os.environ.get('HF_TOKEN')", 0),
        ("token=os.getenv('HF_TOKEN')", 0),
        ("api_key=open('/run/secrets/key').read()", 0),
        ("token=read_token('hf')", 0),
        ("token=tokens['hf']", 0),
        ("token=load(path)", 0),
        ("token='Zx81-spectrum-48k'", 1),
        ("token=Zx81-spectrum-48k", 1),
        ("password='os-Zx81(48k'", 1),
    ],
)
def test_code_that_reads_a_secret(argument: str, reported: int) -> None:
    assert len(in_dockerfile("DF315", _MOUNTED.format(argument))) == reported


@pytest.mark.parametrize("value", ["Zx81(spectrum", "Zx81[spectrum]", "Zx81-spectrum"])
def test_a_password_with_brackets_is_one(value: str) -> None:
    text = f"FROM postgres:17\nRUN PGPASSWORD={value!r} psql -h db -c 'select 1'\n"
    assert len(in_dockerfile("DF315", text)) == 1


# --- DF314: shells without pipefail, heredocs

_PIPE = "RUN curl -fsSL https://example.com/hosts | sort -u > /hosts\n"
_BASH = '["/bin/bash", "-o", "pipefail", "-c"]'


@pytest.mark.parametrize(
    ("text", "advice", "fixed"),
    [
        ("FROM debian:bookworm\n" + _PIPE, f"put `SHELL {_BASH}` before it", True),
        ("FROM node:24\n" + _PIPE, f"put `SHELL {_BASH}` before it", True),
        ("ARG V=24\nFROM debian:$V\n" + _PIPE, f"put `SHELL {_BASH}` before it", True),
        ("FROM alpine:3.22\n" + _PIPE, "begin the RUN with `set -o pipefail &&`", True),
        ("ARG V=3.22\nFROM alpine:${V}\n" + _PIPE, "begin the RUN with `set -o pipefail &&`", True),
        (
            "ARG V=24\nFROM node:${V}-alpine\n" + _PIPE,
            "begin the RUN with `set -o pipefail &&`",
            True,
        ),
        ("ARG BASE=alpine:3.22\nFROM ${BASE}\n" + _PIPE, "write the output of", False),
        ("ARG TAG=24-alpine\nFROM node:$TAG\n" + _PIPE, "write the output of", False),
        (
            "ARG BASE=small\nFROM alpine:3.22 AS small-os\nFROM debian:bookworm AS big-os\n"
            "FROM ${BASE}-os AS os\nFROM os\n" + _PIPE,
            "write the output of",
            False,
        ),
        (
            "FROM alpine:3.22\nRUN <<EOF\ncurl -fsS https://a.example/x | sort > /x\nls\nEOF\n",
            "begin the heredoc with `set -eo pipefail`",
            False,
        ),
        (
            "FROM debian:bookworm\nRUN <<EOF\ncurl -fsS https://a.example/x | sort > /x\nls\nEOF\n",
            'put `SHELL ["/bin/bash", "-eo", "pipefail", "-c"]` before it',
            False,
        ),
        (
            "FROM alpine:3.22\nRUN <<EOF\nset -e\ncurl -fsS https://a.example/x | sort > /x\nEOF\n",
            "begin the heredoc with `set -o pipefail`",
            False,
        ),
    ],
)
def test_advice_on_pipes_fits_the_shell(text: str, advice: str, fixed: bool) -> None:
    (finding,) = in_dockerfile("DF314", text)
    assert (finding.help or "").startswith(advice)
    assert (finding.fix is not None) is fixed


# --- DF305: folders that are called like those for credentials


@pytest.mark.parametrize(
    ("folder", "files", "reported"),
    [
        (".docker", [".docker/entrypoint.sh", ".docker/000-default.conf"], 0),
        (".docker", [".docker/config.json"], 1),
        (".docker", [], 1),
        (".aws", [".aws/task-definition.json"], 0),
        (".aws", [".aws/credentials"], 1),
        (".kube", [".kube/deployment.yaml"], 0),
        (".kube", [".kube/config"], 1),
        (".ssh", [".ssh/known_hosts", ".ssh/deploy.pub"], 0),
        (".ssh", [".ssh/deploy"], 1),
    ],
)
def test_a_folder_called_like_one_for_credentials(
    folder: str, files: list[str], reported: int
) -> None:
    text = f"FROM nginx:1.30\nCOPY {folder} /assets\n"
    assert len(in_dockerfile("DF305", text, dict.fromkeys(files, "x\n"))) == reported


# --- CF164: a port of a service that Swarm runs

_SCALED = """\
services:
  api:
    image: shop/api:2.1
    ports: ["3000:3000"]
    deploy:
      replicas: 5
      resources: {limits: {memory: 50M}}
"""
_POLICY = "      restart_policy: {condition: on-failure}\n"


@pytest.mark.parametrize(
    ("more", "files", "reported"),
    [
        ("", {}, 1),
        (_POLICY, {}, 0),
        ("      update_config: {parallelism: 1}\n", {}, 0),
        (_POLICY + "    restart: always\n", {}, 1),
        (_POLICY + "    container_name: api\n", {}, 1),
        (_POLICY + "  web:\n    build: .\n", {"Dockerfile": "FROM nginx:1.30\n"}, 1),
        ("", {"README.md": "docker stack deploy -c compose.yaml shop\n"}, 0),
        ("", {"README.md": "docker compose up\n"}, 1),
    ],
)
def test_a_port_of_a_service_that_swarm_runs(
    more: str, files: dict[str, str], reported: int
) -> None:
    assert len(in_stack("CF164", _SCALED + more, files)) == reported


# --- LN007 and CF109: what the schema's errors explain

_TOO_SHALLOW = """\
services:
  app:
  build:
    context: .
  image: shop/app:2.1
  networks: [inner]
networks:
  inner:
"""
_TOO_DEEP = """\
services:
  app:
    logging:
      image: nginx:1.30
"""


@pytest.mark.parametrize("path", ["compose.yaml", "docker-compose.prod.yml"])
@pytest.mark.parametrize(
    ("text", "reported"),
    [
        (_TOO_SHALLOW, 0),
        (_TOO_DEEP, 0),
        ("services:\n  build:\n    ports: ['80:80']\n", 1),
        ("services:\n  app:\n    ports: ['80:80']\n  build:\n    image: nginx:1.30\n", 1),
    ],
)
def test_keys_on_a_wrong_level_are_one_problem(path: str, text: str, reported: int) -> None:
    findings = found("CF109", text, path) + found("LN007", text, path)
    assert len(findings) == reported
    assert bool(found("CF003", text, path)) is not bool(reported)


# --- what is right, and of no use where it is said: held back by ``recommended``

_WEB = "services:\n  web:\n    image: {}\n"
_SPRING_FILE = "src/main/resources/application.properties"
_DB = "services:\n  db:\n    image: postgres:17\n    environment: {POSTGRES_PASSWORD: k8Vw2nQ7tRz4Lx}\n"
_KEY_FILE = "services:\n  api:\n    image: shop/api:2.1\n    volumes: ['./{0}:/app/{0}:ro']\n"
_WAITS = """\
services:
  cache:
    image: {}
  api:
    image: shop/api:2.1
    depends_on: [cache]
"""
_STORE = """\
services:
  store:
    image: minio/minio:RELEASE.2024-03-21T23-13-43Z
    command: server /data
    ports: ["9000:9000"]
    environment:
{}      MINIO_ROOT_PASSWORD: {}
    volumes: [data:/data]
  api:
    image: shop/api:2.1
volumes:
  data:
"""
_APP = """\
services:
  app:
    image: shop/app:2.1
    environment:
      SIGNING_SECRET: ${SIGNING_SECRET:-q7Jd0vYx3mLrT9bK2sWz5pHc8nFg1aUe4iRo6tMv0yE=}
"""
_GRAFANA = """\
{}services:
  charts:
    image: grafana/grafana:13.2
    ports: ["{}3000:3000"]
    environment: {{GF_AUTH_ANONYMOUS_ENABLED: "true"}}
"""
_PROD = "compose.prod.yaml"
_OVERLAY = "services:\n  app:\n    image: shop/app:2.1\n    environment:\n      SIGNING_SECRET: ${SIGNING_SECRET%s}\n"
_PURPOSE = "# anonymous on purpose, bound to 127.0.0.1\n"


@pytest.mark.parametrize(
    ("code", "text", "files", "reported"),
    [
        # Images that are built on the spot.
        ("CF401", _WEB.format("frontend"), {"README.md": "docker build -t frontend web/.\n"}, 0),
        ("CF402", _WEB.format("shop:latest"), {"Makefile": "x:\n\tdocker build -t shop .\n"}, 0),
        ("CF401", _WEB.format("frontend"), {"README.md": "docker build -t backend .\n"}, 1),
        ("CF401", _WEB.format("nginx"), {"README.md": "docker build -t nginx .\n"}, 1),
        ("CF402", _WEB.format("a/b:latest"), {"README.md": "docker build -t a/b .\n"}, 1),
        # Tables that are dropped at each start.
        ("CF250", _DB, {_SPRING_FILE: "spring.jpa.hibernate.ddl-auto=create\n"}, 0),
        ("CF250", _DB, {_SPRING_FILE: "spring.jpa.hibernate.ddl-auto=create-drop\n"}, 0),
        ("CF250", _DB, {_SPRING_FILE: "spring.jpa.hibernate.ddl-auto=update\n"}, 1),
        ("CF250", _DB, {}, 1),
        # A cache that is up at once.
        ("CF210", _WAITS.format("memcached:1.6"), {}, 0),
        ("CF210", _WAITS.format("redis:8.2"), {}, 1),
        # Keys that belong on the server.
        ("XF107", _KEY_FILE.format("gcs-key.json"), {}, 0),
        ("XF107", _KEY_FILE.format("service-account.json"), {}, 0),
        ("XF107", _KEY_FILE.format("keyboard.json"), {}, 1),
        ("XF107", _KEY_FILE.format("nginx.conf"), {}, 1),
        # What authors say about a value, and what production demands.
        ("CF340", _STORE.format("      # DEV ONLY - change in production\n", "minioadmin"), {}, 0),
        ("CF340", _STORE.format("      # the account of the store\n", "minioadmin"), {}, 1),
        ("CF340", _STORE.format("", "minioadmin # for local use only"), {}, 0),
        ("CF301", _APP, {}, 1),
        ("CF301", _APP, {_PROD: _OVERLAY % ":?set it"}, 0),
        ("CF301", _APP, {_PROD: (_OVERLAY % ":?x").replace("SIGNING", "OTHER")}, 1),
        ("CF301", _APP, {"compose.more.yaml": _OVERLAY % ":?set it"}, 1),
        ("CF341", _GRAFANA.format(_PURPOSE, "127.0.0.1:"), {}, 0),
        ("CF341", _GRAFANA.format(_PURPOSE, ""), {}, 1),
        ("CF341", _GRAFANA.format("", "127.0.0.1:"), {}, 1),
    ],
)
def test_what_is_of_no_use_in_a_stack(
    code: str, text: str, files: dict[str, str], reported: int
) -> None:
    assert len(in_stack(code, text, files)) == reported


_DUMMY = """\
FROM php:8.4-cli AS base
ENV DATABASE_URL="mysql://shop:{}@{}/shop"
FROM base AS prod
USER www-data
{}CMD ["php", "-a"]
"""
_PHP = 'FROM php:8.4-fpm\nRUN apt-get update && apt-get install -y nginx\nCOPY start.sh /\nENTRYPOINT ["/start.sh"]\n'


@pytest.mark.parametrize(
    ("code", "text", "files", "reported"),
    [
        ("DF401", "FROM gcr.io/oss-fuzz-base/base-builder-python\n", {}, 0),
        ("DF401", "FROM gcr.io/shop/base-builder-python\n", {}, 1),
        ("DF402", "FROM kalilinux/kali-rolling:latest\n", {}, 0),
        ("DF402", "FROM archlinux:latest\n", {}, 0),
        ("DF402", "FROM debian:latest\n", {}, 1),
        ("DF304", _DUMMY.format("shop", "127.0.0.1", "ENV DATABASE_URL=\n"), {}, 0),
        ("DF304", _DUMMY.format("Zx81-spectrum", "127.0.0.1", ""), {}, 1),
        ("DF304", _DUMMY.format("Zx81-spectrum", "127.0.0.1", "ENV DATABASE_URL=\n"), {}, 1),
        ("DF304", _DUMMY.format("Zx81-spectrum", "db", "ENV DATABASE_URL=\n"), {}, 1),
        ("DF301", _PHP, {"start.sh": "#!/bin/sh\nphp-fpm -D\nnginx -g 'daemon off;'\n"}, 0),
        ("DF301", _PHP, {"start.sh": "#!/bin/sh\n# nginx is elsewhere\nphp -S 0.0.0.0:80\n"}, 1),
        ("DF301", _PHP, {"start.sh": "#!/bin/sh\nnginx -t\nphp -S 0.0.0.0:80\n"}, 1),
    ],
)
def test_what_is_of_no_use_in_a_dockerfile(
    code: str, text: str, files: dict[str, str], reported: int
) -> None:
    assert len(in_dockerfile(code, text, files)) == reported


def test_a_swarm_names_versions_of_what_is_built_by_hand() -> None:
    text, files = _WEB.format("shop:latest"), {"README.md": "docker build -t shop .\n"}
    assert found("CF402", text, "compose.yaml", files) == []
    assert len(found("CF402", text, "docker-stack.yml", files, "production")) == 1


def test_cluster_fuzz_lite_has_a_tag_to_name() -> None:
    text, path = "FROM gcr.io/oss-fuzz-base/base-builder-python\n", ".clusterfuzzlite/Dockerfile"
    assert len(found("DF401", text, path)) == 1


_LEFT = "FROM node:18-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nCMD npm start\n"


@pytest.mark.parametrize(
    ("files", "reported"),
    [
        ({"api/main.py": ""}, False),
        ({"web/package.json": "{}"}, True),
        ({"package.json": "{}"}, True),
        ({"web/main.js": ""}, True),
        ({"README.md": "docker build web\n"}, True),
        ({"compose.yaml": "services:\n  web:\n    build: ./web\n"}, True),
    ],
)
def test_a_dockerfile_without_its_program(files: dict[str, str], reported: bool) -> None:
    for code in ("DF403", "DF204"):
        assert bool(found(code, _LEFT, "web/Dockerfile", files)) is reported
    assert found("DF403", _LEFT, "web/Dockerfile", files, "production")


def test_a_file_that_a_workflow_makes_is_left_to_stricter_presets() -> None:
    text = "FROM nginx:1.30\nCOPY nginx.conf /etc/nginx/\nCOPY build/app.js /srv/\n"
    files = {
        "nginx.conf": "",
        ".github/workflows/ci.yml": "jobs:\n  a:\n    steps:\n      - run: |\n          mkdir -p build\n",
    }
    assert in_dockerfile("XF108", text, files) == []
    assert len(found("XF108", text, "Dockerfile", files, "production")) == 1
    assert len(in_dockerfile("XF108", text, {"nginx.conf": ""})) == 1


def test_coverage_is_expected_where_something_measures_it() -> None:
    files = {
        "Dockerfile": "FROM node:24-alpine\nCOPY . .\n",
        "package.json": '{"workspaces": ["web"]}',
        "web/package.json": '{"devDependencies": {"vitest": "3.0.0"}}',
    }
    assert found("DI005", "coverage\n", ".dockerignore", files) == []
    for more in ('"@vitest/coverage-v8": "3.0.0"', '"nyc": "17.0.0"'):
        packages = '{"vitest": "3.0.0", ' + more + "}"
        files["web/package.json"] = '{"devDependencies": ' + packages + "}"
        assert len(found("DI005", "coverage\n", ".dockerignore", files)) == 1


_TARGETED = "services:\n  web:\n    build:\n      context: .\n      target: dev\n"
_TWO_STAGES = "FROM node:20-alpine AS dev\nCMD npm start\nFROM nginx:1.30-alpine\nCOPY x /\n"


@pytest.mark.parametrize(("in_base", "reported"), [(False, 0), (True, 1)])
def test_a_health_check_of_the_stage_that_an_overlay_replaces(in_base: bool, reported: int) -> None:
    check = "    healthcheck: {test: [CMD, curl, -f, 'http://localhost/']}\n"
    base = _TARGETED if in_base else "services:\n  web:\n    build: .\n"
    files = {"Dockerfile": _TWO_STAGES, "x": ""}
    if not in_base:
        files["compose.override.yaml"] = _TARGETED
    assert len(in_stack("CF212", base + check, files)) == reported


# --- advice that names the cause


def test_advice_on_an_empty_folder_names_submodules() -> None:
    stack = "services:\n  web:\n    build: ./web\n"
    (finding,) = in_stack("XF101", stack, {"web/": ""})
    assert "list it in .gitmodules" in (finding.help or "")
    (finding,) = in_stack("XF101", stack, {"web/main.js": ""})
    assert "create it" in (finding.help or "")


def test_advice_on_a_context_names_the_overlay_that_sets_it() -> None:
    files = {
        "Dockerfile": "FROM nginx:1.30\nCOPY web/app.js /\n",
        "web/app.js": "",
        "compose.yaml": "services:\n  web:\n    build: .\n",
        "compose.dev.yaml": "# docker compose -f compose.yaml -f compose.dev.yaml up\n"
        "services:\n  web:\n    build:\n      context: ./web\n      dockerfile: ../Dockerfile\n",
    }
    text = files.pop("Dockerfile")
    (finding,) = in_dockerfile("XF108", text, files)
    assert (finding.help or "").startswith("compose.dev.yaml:5 sets this context")


def test_env_files_outside_the_context_are_not_listed() -> None:
    files = {
        "web/Dockerfile": "FROM node:24-alpine\nCOPY . .\n",
        "web/main.js": "",
        "infra/compose.yaml": "services:\n  web:\n    build: ../web\n    env_file: [.env, ../web/.env.local]\n",
    }
    (finding,) = found("DI002", ".git\n", "web/.dockerignore", files)
    assert "puts .env.local into" in finding.message


def test_an_unused_ignore_file_names_the_dockerfile_that_it_is_meant_for() -> None:
    stack = "services:\n" + "".join(
        f"  {name}:\n    build: {{context: .., dockerfile: deploy/Dockerfile.{name}}}\n"
        for name in ("api", "db")
    )
    files = {
        "deploy/Dockerfile.api": "FROM node:24-alpine\nCOPY . .\n",
        "deploy/Dockerfile.db": "FROM postgres:17\nCOPY deploy/init.sql /\n",
        "deploy/init.sql": "",
        "deploy/compose.yaml": stack.replace("api:\n", "zapi:\n", 1),
    }
    (finding,) = found("DI009", ".git\n", "deploy/.dockerignore", files)
    assert "Dockerfile.api" in finding.message


def test_an_env_file_without_values_is_no_reason_to_keep_env_files() -> None:
    from composelint.rules.dockerignore._context import sets_something

    assert not sets_something("# fill in\nTOKEN=\nKEY=''\n")
    assert sets_something("MODE=local\n")
    assert sets_something(None)
