"""Findings that readers of them beside the source called wrong, or of no use: both sides of each."""

from __future__ import annotations

import json

import pytest
from composelint.linter.rule import Diagnostic
from snippets import diagnostics


def found(
    code: str, text: str, path: str, files: dict[str, str] | None = None, preset: str = ""
) -> list[Diagnostic]:
    """What a rule reports in one file under ``recommended``, or another preset."""
    more = {"preset": preset} if preset else {}
    findings = diagnostics(code, text, path, files, **more)  # type: ignore[arg-type]
    return [finding for finding in findings if finding.path == path]


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
        ("ARG BASE=alpine:3.22\nFROM ${BASE}\n" + _PIPE, "an argument chooses", False),
        ("ARG TAG=24-alpine\nFROM node:$TAG\n" + _PIPE, "an argument chooses", False),
        (
            "ARG BASE=small\nFROM alpine:3.22 AS small-os\nFROM debian:bookworm AS big-os\n"
            "FROM ${BASE}-os AS os\nFROM os\n" + _PIPE,
            "an argument chooses",
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
