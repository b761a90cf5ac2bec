"""Stages, layers, copies and npm's calls: what makes images large or builds slow."""

from __future__ import annotations

import pytest
from snippets import diagnostics, fixed, places, under_preset

NODE = "FROM node:22-alpine\nWORKDIR /app\n"
BUILD = "FROM node:22-alpine AS build\nWORKDIR /app\n"
FINAL = "FROM node:22-alpine\nWORKDIR /app\n"


def reported(code: str, text: str, path: str = "Dockerfile", **files: str) -> list[str]:
    """The texts of the places that a rule reports in a Dockerfile."""
    named = {
        name.replace("__", "/").replace("_json", ".json"): body for name, body in files.items()
    }
    return [span for _, span in places(code, text, path, named)]


# --- single-stage-build

IN_PLACE = [
    (NODE + "RUN npm run build\n", "npm run build"),
    (NODE + "RUN npm run build:prod --workspace=api\n", "npm run build:prod --workspace=api"),
    (NODE + "RUN yarn build\n", "yarn build"),
    (NODE + "RUN pnpm run build\n", "pnpm run build"),
    (NODE + "RUN npx tsc -p .\n", "npx tsc -p ."),
    (NODE + "RUN npx --yes vite build\n", "npx --yes vite build"),
    (NODE + "RUN <<EOF\nnpm ci\nnpm run build\nEOF\n", "npm run build"),
    ("FROM golang:1.25\nRUN go build -o /app .\n", "go build -o /app ."),
    ("FROM rust:1.90\nRUN cargo build --release\n", "cargo build --release"),
    ("FROM maven:3.9-eclipse-temurin-21\nRUN mvn -B package\n", "mvn -B package"),
    (
        "FROM mcr.microsoft.com/dotnet/sdk:9.0\nRUN dotnet publish -o /app\n",
        "dotnet publish -o /app",
    ),
    (
        "FROM debian:trixie-slim\nRUN apt-get install -y gcc make\nRUN make install\n",
        "make install",
    ),
    ("FROM alpine:3.22\nRUN apk add build-base\nRUN ./configure && make\n", "make"),
    # The build is inherited from an earlier stage.
    (
        'FROM golang:1.25 AS base\nRUN go build -o /app .\nFROM base\nCMD ["/app"]\n',
        "go build -o /app .",
    ),
]
ELSEWHERE = [
    BUILD + "RUN npm run build\n" + FINAL + "COPY --from=build /app/dist ./dist\n",
    "FROM golang:1.25 AS build\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\n",
    # The RUN removes what it builds with.
    NODE + "RUN npm ci && npm run build && npm prune --omit=dev\n",
    NODE + "RUN npm ci && npm run build && rm -rf node_modules && npm ci --omit=dev\n",
    "FROM alpine:3.22\nRUN apk add --no-cache --virtual .build gcc make && make && apk del .build\n",
    "FROM debian:trixie-slim\nRUN apt-get install -y gcc && make && apt-get purge -y --auto-remove gcc\n",
    "FROM debian:trixie-slim\nRUN apt-get install -y $DEPS gcc && make && apt-get purge -y $DEPS\n",
    # Nothing in the file shows that a compiler is installed.
    "FROM debian:trixie-slim\nRUN make install\n",
    "FROM golang:1.25\nRUN go install example.com/tool@v1.0.0\n",
    # Tests and development.
    "FROM node:22 AS dev\nRUN npm run build\n",
    "FROM node:22 AS build\nRUN npm run build\n",
    NODE + 'RUN npm run build\nCMD ["npm", "run", "dev"]\n',
    NODE + "RUN npm test\n",
    NODE + "RUN echo npm run build\n",
    "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN npm run build\n",
]


@pytest.mark.parametrize(("text", "span"), IN_PLACE, ids=[text for text, _ in IN_PLACE])
def test_building_in_the_stage_that_runs(text: str, span: str) -> None:
    assert reported("DF201", text) == [span]


@pytest.mark.parametrize("text", ELSEWHERE)
def test_building_elsewhere(text: str) -> None:
    assert reported("DF201", text) == []


def test_files_for_development_are_left_alone() -> None:
    text = NODE + "RUN npm run build\n"
    assert reported("DF201", text, "Dockerfile.dev") == []
    assert reported("DF201", text, ".devcontainer/Dockerfile") == []
    assert reported("DF201", text, "e2e-tests/Dockerfile") == []
    assert reported("DF201", text, "Dockerfile.base") == []
    assert reported("DF201", text, "build/Dockerfile") == ["npm run build"]
    assert reported("DF201", text, "Dockerfile.prod") == ["npm run build"]


def test_a_build_stage_that_compose_runs_on_purpose_is_left_alone() -> None:
    text = BUILD + "RUN npm run build\nFROM nginx:1.29\nCOPY --from=build /app/dist /x\n"
    compose = "services:\n  web:\n    build: {context: ., target: build}\n"
    assert diagnostics("DF201", text, "Dockerfile", {"compose.yaml": compose}) == []


def test_compilers_without_a_build_are_advice() -> None:
    text = (
        "FROM python:3.13-slim\nRUN apt-get install -y gcc\nRUN pip install -r requirements.txt\n"
    )
    (finding,) = diagnostics("DF201", text, "Dockerfile")
    assert (finding.span.text, finding.severity.label) == ("apt-get install", "info")
    assert reported("DF201", "FROM python:3.13-slim\nRUN apt-get install -y gcc\n") == []


@pytest.mark.parametrize(
    ("body", "package", "count"),
    [
        ("RUN npm ci\n", '{"devDependencies": {"vite": "7"}}', 1),
        ("RUN npm ci --omit=dev\n", '{"devDependencies": {"vite": "7"}}', 0),
        ("ENV NODE_ENV=production\nRUN npm ci\n", '{"devDependencies": {"vite": "7"}}', 0),
        ("RUN npm ci\n", '{"devDependencies": {}}', 0),
        ("RUN npm ci\n", '{"dependencies": {"a": "1"}}', 0),
        ("RUN npm ci\n", "", 0),
        ("RUN npm ci\nCMD npm run dev\n", '{"devDependencies": {"vite": "7"}}', 0),
    ],
)
def test_development_dependencies_installed_in_place_are_advice(
    body: str, package: str, count: int
) -> None:
    files = {"package.json": package} if package else {}
    findings = diagnostics("DF201", NODE + body, "Dockerfile", files)
    assert [finding.severity.label for finding in findings] == ["info"] * count


# --- copy-before-install

EARLY = [
    NODE + "COPY . .\nRUN npm ci\n",
    NODE + "COPY . /app\nRUN npm install --omit=dev\n",
    NODE + "ADD ./ ./\nRUN npm ci\n",
    NODE + 'COPY [".", "/app"]\nRUN npm ci\n',
    NODE + "COPY . .\nRUN npm ci && npm run build\n",
    NODE + "COPY . .\nRUN yarn --frozen-lockfile\n",
    NODE + "COPY . .\nENV A=b\nRUN pnpm install\n",
    "FROM python:3.13\nCOPY . .\nRUN pip install -r requirements.txt\n",
    "FROM python:3.13\nCOPY . .\nRUN poetry install --only main\n",
    "FROM golang:1.25\nCOPY . .\nRUN go mod download\n",
    "FROM ruby:3.4\nCOPY . .\nRUN bundle install\n",
    "FROM php:8.4\nCOPY . .\nRUN composer install --no-dev\n",
    "FROM debian:trixie\nCOPY . /src\nRUN apt-get update && apt-get install -y gcc\n",
]
IN_ORDER = [
    NODE + "COPY package*.json ./\nRUN npm ci\nCOPY . .\n",
    NODE + "COPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm ci --omit=dev\n",
    NODE + "COPY src ./src\nRUN npm ci\n",
    NODE + "COPY --from=build /app .\nRUN npm ci\n",
    NODE + "COPY . .\nRUN npm run build\n",
    NODE + "COPY . .\nRUN npm install -g serve@14\n",
    NODE + "COPY . .\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
    "FROM python:3.13\nCOPY . .\nRUN pip install .\n",
    "FROM python:3.13\nCOPY . .\nRUN pip install -e . -r requirements.txt\n",
    "FROM golang:1.25\nCOPY . .\nRUN go build -o /app .\n",
    "FROM debian:trixie\nCOPY . /src\nRUN apt-get install -y /src/tool.deb\n",
    NODE + "COPY <<EOF ./package.json\n{}\nEOF\nRUN npm ci\n",
    # Each stage counts alone.
    "FROM alpine:3.22 AS files\nCOPY . .\nFROM node:22\nRUN npm ci\n",
]


@pytest.mark.parametrize("text", EARLY)
def test_sources_come_before_the_install(text: str) -> None:
    (span,) = reported("DF202", text)
    assert span.startswith(("COPY", "ADD"))


def test_the_install_is_named_as_it_is_written() -> None:
    text = "FROM golang:1.25\nCOPY . .\nRUN go mod download\n"
    (finding,) = diagnostics("DF202", text, "Dockerfile")
    assert "comes before `go mod download` (line 3)" in finding.message


GENERIC = "copy the files that list the dependencies first, install, then copy the rest"
WORKSPACE = "copy {} and the package.json of each package of the workspace first, install, then copy the rest"
PACKAGE = {"package.json": "{}"}
ADVICE = [
    ("npm ci", PACKAGE | {"package-lock.json": ""}, "copy package.json and package-lock.json first, install, then copy the rest"),
    ("npm install", PACKAGE | {"bun.lock": ""}, "copy package.json and bun.lock first, install, then copy the rest"),
    ("npm install", PACKAGE | {"yarn.lock": "", "package-lock.json": ""}, "copy package.json and package-lock.json first, install, then copy the rest"),
    ("yarn install", PACKAGE | {"yarn.lock": ""}, "copy package.json and yarn.lock first, install, then copy the rest"),
    ("npm install", PACKAGE, "copy package.json first, install, then copy the rest"),
    ("npm install", {}, GENERIC),
    ("go mod download", {"go.mod": ""}, "copy go.mod first, install, then copy the rest"),
    ("go mod download", {"go.mod": "", "go.sum": ""}, "copy go.mod and go.sum first, install, then copy the rest"),
    ("composer install", {}, GENERIC),
    ("pip install -r requirements.txt", {}, "copy the requirements file first, install, then copy the rest"),
    ("pnpm install", PACKAGE | {"pnpm-workspace.yaml": "", "pnpm-lock.yaml": ""}, WORKSPACE.format("pnpm-lock.yaml") + "; `pnpm fetch` needs only the lock file"),
    ("npm ci", {"package.json": '{"workspaces": ["a"]}', "package-lock.json": ""}, WORKSPACE.format("package-lock.json")),
    ("bun install", PACKAGE | {"turbo.json": "", "bun.lock": ""}, WORKSPACE.format("bun.lock") + "; `turbo prune --docker` collects them"),
    ("npm install", PACKAGE | {"lerna.json": ""}, WORKSPACE.format("the lock file")),
]  # fmt: skip


@pytest.mark.parametrize(("command", "files", "help"), ADVICE)
def test_the_help_names_files_that_exist(command: str, files: dict[str, str], help: str) -> None:
    text = f"FROM debian:trixie\nCOPY . .\nRUN {command}\n"
    (finding,) = diagnostics("DF202", text, "Dockerfile", files)
    assert finding.help == help


def test_a_workspace_above_counts_where_it_may_be_the_context() -> None:
    text = "FROM node:22\nCOPY . .\nRUN pnpm install\n"
    files = {"apps/a/package.json": "{}", "pnpm-workspace.yaml": "", "pnpm-lock.yaml": ""}
    (finding,) = diagnostics("DF202", text, "apps/a/Dockerfile", files)
    assert (finding.help or "").startswith(WORKSPACE.format("pnpm-lock.yaml"))
    built = {"compose.yaml": "services:\n  a:\n    build: apps/a\n"}
    (finding,) = diagnostics("DF202", text, "apps/a/Dockerfile", files | built)
    assert finding.help == "copy package.json first, install, then copy the rest"


@pytest.mark.parametrize("text", IN_ORDER)
def test_sources_come_after_the_install(text: str) -> None:
    assert reported("DF202", text) == []


# --- dev-dependencies-shipped

SHIPPED = [
    ("RUN npm ci\n", "COPY --from=build /app/node_modules ./node_modules\n", "/app/node_modules"),
    (
        "RUN npm install\n",
        "COPY --from=build /app/node_modules/ ./node_modules/\n",
        "/app/node_modules/",
    ),
    ("RUN npm ci\n", "COPY --from=0 /app/node_modules ./node_modules\n", "/app/node_modules"),
    ("RUN npm ci\n", "COPY --from=build /app .\n", "/app"),
    (
        "RUN yarn install\n",
        "COPY --from=build /app/node_modules ./node_modules\n",
        "/app/node_modules",
    ),
    (
        "RUN pnpm install\n",
        "COPY --from=build /app/node_modules ./node_modules\n",
        "/app/node_modules",
    ),
    (
        "RUN npm ci --omit=dev\nRUN npm ci\n",
        "COPY --from=build /app/node_modules x\n",
        "/app/node_modules",
    ),
    (
        "ENV NODE_ENV=production\nRUN npm ci --include=dev\n",
        "COPY --from=build /app/node_modules x\n",
        "/app/node_modules",
    ),
    ("RUN poetry install\n", "COPY --from=build /app/.venv ./.venv\n", "/app/.venv"),
    ("RUN uv sync --frozen\n", "COPY --from=build /app/.venv ./.venv\n", "/app/.venv"),
    ("RUN composer install\n", "COPY --from=build /app/vendor ./vendor\n", "/app/vendor"),
]
NOT_SHIPPED = [
    ("RUN npm ci --omit=dev\n", "COPY --from=build /app/node_modules x\n"),
    ("RUN npm ci --only=production\n", "COPY --from=build /app/node_modules x\n"),
    (
        "RUN npm ci\nRUN npm run build\nRUN npm prune --omit=dev\n",
        "COPY --from=build /app/node_modules x\n",
    ),
    ("RUN npm ci\nRUN npm prune --production\n", "COPY --from=build /app/node_modules x\n"),
    (
        "RUN npm ci\nRUN rm -rf node_modules && npm ci --omit=dev\n",
        "COPY --from=build /app/node_modules x\n",
    ),
    ("ENV NODE_ENV=production\nRUN npm ci\n", "COPY --from=build /app/node_modules x\n"),
    ("ARG NODE_ENV\nRUN npm ci\n", "COPY --from=build /app/node_modules x\n"),
    ("RUN NODE_ENV=production npm ci\n", "COPY --from=build /app/node_modules x\n"),
    ("RUN yarn install --production\n", "COPY --from=build /app/node_modules x\n"),
    (
        "RUN yarn\nRUN yarn workspaces focus --production\n",
        "COPY --from=build /app/node_modules x\n",
    ),
    ("RUN pnpm install --prod\n", "COPY --from=build /app/node_modules x\n"),
    ("RUN npm ci\n", "COPY --from=build /app/dist ./dist\n"),
    ("RUN npm ci\n", "COPY --from=build /app/.next/standalone ./\n"),
    ("RUN npm ci\n", "COPY --from=build --exclude=node_modules /app .\n"),
    ("RUN npm ci\n", "COPY --from=other/image /app/node_modules x\n"),
    ("RUN npm install -g serve@14\n", "COPY --from=build /app/node_modules x\n"),
    ("RUN npm install lodash@4\n", "COPY --from=build /app/node_modules x\n"),
    ("RUN poetry install --only main\n", "COPY --from=build /app/.venv x\n"),
    ("RUN poetry install --without dev\n", "COPY --from=build /app/.venv x\n"),
    ("RUN uv sync --no-dev\n", "COPY --from=build /app/.venv x\n"),
    ("RUN composer install --no-dev\n", "COPY --from=build /app/vendor x\n"),
]


@pytest.mark.parametrize(("install", "copy", "span"), SHIPPED)
def test_development_dependencies_are_shipped(install: str, copy: str, span: str) -> None:
    assert reported("DF203", BUILD + install + FINAL + copy) == [span]


@pytest.mark.parametrize(("install", "copy"), NOT_SHIPPED)
def test_development_dependencies_are_not_shipped(install: str, copy: str) -> None:
    assert reported("DF203", BUILD + install + FINAL + copy) == []


@pytest.mark.parametrize(
    ("package", "count"),
    [
        ('{"name": "x", "dependencies": {}}', 0),
        ('{"name": "x", "devDependencies": {}}', 0),
        ('{"name": "x", "devDependencies": {"vite": "7"}}', 1),
        ('{"name": "x", "workspaces": ["a"]}', 1),
    ],
)
def test_package_json_decides_whether_there_are_any(package: str, count: int) -> None:
    text = BUILD + "RUN npm ci\n" + FINAL + "COPY --from=build /app/node_modules x\n"
    assert len(reported("DF203", text, package_json=package)) == count


# --- consecutive-run (as hadolint's DL3059)


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("RUN a\nRUN b\n", [3]),
        ("RUN a\n# why\nRUN b\nRUN c\n", [4, 5]),
        ("RUN a && b\nRUN c\n", []),
        ("RUN a\nRUN b | c\n", []),
        ("RUN a $(b)\nRUN c\n", []),
        ("RUN a\nENV X=1\nRUN b\n", []),
        ("RUN a\nRUN --network=none b\n", []),
        ("RUN --network=none a\nRUN --network=none b\n", [3]),
    ],
)
def test_consecutive_run(body: str, lines: list[int]) -> None:
    text = "FROM debian:trixie\n" + body
    assert [line for line, _ in places("DF207", text, "Dockerfile")] == lines


# --- archives, ADD, owners


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("COPY a.tar.gz /tmp/\nRUN tar xzf /tmp/a.tar.gz\n", 1),
        ("COPY a.tgz /tmp/b.tgz\nRUN tar -C / -xf /tmp/b.tgz\n", 1),
        ("COPY a.tar.xz /tmp/\nRUN tar --extract --file /tmp/a.tar.xz\n", 1),
        ("COPY a.tar.gz /tmp/\nRUN tar czf /tmp/b.tar.gz /x\n", 0),
        ("COPY a.tar.gz /tmp/\nRUN tar xzf /tmp/other.tar.gz\n", 0),
        ("COPY a.zip /tmp/\nRUN unzip /tmp/a.zip\n", 0),
        ("COPY --from=build /a.tar.gz /tmp/\nRUN tar xzf /tmp/a.tar.gz\n", 0),
        ("RUN tar xzf /tmp/a.tar.gz\nCOPY a.tar.gz /tmp/\n", 0),
    ],
)
def test_archive_is_copied_and_unpacked(body: str, count: int) -> None:
    assert len(reported("DF208", "FROM debian:trixie\n" + body)) == count


ADDED = [
    ("ADD . /app\n", "COPY . /app\n"),
    ("ADD app.py requirements.txt /app/\n", "COPY app.py requirements.txt /app/\n"),
    ("add --chown=1:1 a.txt /x\n", "copy --chown=1:1 a.txt /x\n"),
    ("ADD *.jar /app/\n", "COPY *.jar /app/\n"),
    ("ADD a.zip /x\n", "COPY a.zip /x\n"),
    ('ADD ["a b.txt", "/x"]\n', 'COPY ["a b.txt", "/x"]\n'),
    ("ONBUILD ADD . /app\n", "ONBUILD COPY . /app\n"),
    ("ADD <<EOF /x\ntext\nEOF\n", "COPY <<EOF /x\ntext\nEOF\n"),
]
KEPT = [
    "ADD https://example.com/a.txt /x\n",
    "ADD http://example.com/a.txt /x\n",
    "ADD git@github.com:a/b.git /x\n",
    "ADD ssh://git@example.com/a/b /x\n",
    "ADD https://github.com/a/b.git#v1 /x\n",
    "ADD a.tar.gz /x\n",
    "ADD a.tar /x\n",
    "ADD a.tar.zst /x\n",
    "ADD a.xz /x\n",
    "ADD $FILE /x\n",
    "ADD --checksum=sha256:00 a.txt /x\n",
    "ADD --unpack=true a.bin /x\n",
    "COPY . /app\n",
]


@pytest.mark.parametrize(("body", "expected"), ADDED)
def test_add_for_what_copy_does(body: str, expected: str) -> None:
    head = "FROM debian:trixie\n"
    assert len(reported("DF209", head + body)) == 1
    assert fixed("DF209", head + body, "Dockerfile") == head + expected


@pytest.mark.parametrize("body", KEPT)
def test_add_for_what_only_add_does(body: str) -> None:
    assert reported("DF209", "FROM debian:trixie\n" + body) == []


def test_the_fix_of_add_is_safe_only_where_no_archive_can_be_meant() -> None:
    def grade(source: str, files: dict[str, str]) -> str:
        text = f"FROM debian:trixie\nADD {source} /x\n"
        (finding,) = diagnostics("DF209", text, "Dockerfile", files)
        assert finding.fix is not None
        return finding.fix.applicability.label

    assert grade("app.py", {}) == "safe"
    assert grade("rootfs", {}) == "unsafe"
    assert grade("rootfs/", {}) == "safe"
    assert grade("rootfs", {"rootfs/a": ""}) == "safe"
    assert grade("*", {}) == "unsafe"


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("WORKDIR /app\nCOPY . .\nRUN chown -R node /app\n", 1),
        ("WORKDIR /app\nCOPY . .\nRUN chown -R node:node .\n", 1),
        ("COPY src /app/src\nRUN npm ci && chown --recursive node /app\n", 1),
        ("COPY --chown=node . /app\nRUN chown -R node /app\n", 0),
        ("COPY . /app\nRUN chown node /app\n", 0),
        ("COPY . /app\nRUN chown -R node /data\n", 0),
        ("COPY entrypoint.sh /app/\nRUN chown -R node /app\n", 0),
        ("RUN chown -R node /app\nCOPY . /app\n", 0),
        ("RUN mkdir /app && chown -R node /app\n", 0),
        ("COPY . $DIR\nRUN chown -R node $DIR\n", 0),
    ],
)
def test_owner_is_changed_in_a_second_layer(body: str, count: int) -> None:
    assert len(reported("DF215", "FROM node:22\n" + body)) == count


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("RUN npm ci\nCOPY . .\nRUN chown -R node /app\n", 1),
        ("COPY . .\nRUN npm run build\nRUN chown -R node /app\n", 1),
        ("COPY . .\nRUN composer install\nRUN chown -R node .\n", 1),
        ("RUN python -m venv /app/.venv && /app/.venv/bin/pip install x\nCOPY . .\nRUN chown -R node /app\n", 1),
        ("COPY --from=build /out/ /app/\nRUN chown -R node /app\n", 1),
        ("COPY . .\nRUN chown -R node /app\n", 0),
        ("COPY routes ./routes\nRUN chown -R node /app\n", 0),
        ("COPY . .\nRUN npm ci && chown -R node /app\n", 0),
        ("COPY . .\nRUN chown -R node /app\nRUN npm ci\n", 0),
        ("RUN npm i -g pnpm\nCOPY . .\nRUN chown -R node /app\n", 0),
        ("RUN pip install x\nCOPY . .\nRUN chown -R node /app\n", 0),
        ("RUN cd /srv\nCOPY web /srv/web/\nRUN npm ci\nRUN chown -R node /srv\n", 0),
    ],
)  # fmt: skip
def test_a_second_copy_of_few_files_is_for_stricter_presets(body: str, count: int) -> None:
    text = f"FROM node:22 AS build\nFROM node:22\nWORKDIR /app\n{body}"
    for preset, expected in (("recommended", count), ("production", 1)):
        assert len(under_preset("DF215", {"Dockerfile": text}, preset)) == expected


# --- single commands


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ("useradd -u 100000 app", 1),
        ("useradd --uid=1234567 app", 1),
        ("useradd -u 99999 app", 0),
        ("useradd -l -u 100000 app", 0),
        ("useradd --no-log-init -u 100000 app", 0),
        ("useradd -u $UID app", 0),
        ("useradd -g 100000 app", 0),
        ("adduser -u 100000 app", 0),
    ],
)
def test_useradd_with_a_high_number(command: str, count: int) -> None:
    assert len(reported("DF210", f"FROM debian:trixie\nRUN {command}\n")) == count


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ("wget https://example.com/a", 1),
        ("wget -O a https://example.com/a", 1),
        *(
            (f"wget {flag} https://example.com/a", 0)
            for flag in ("-q", "-nv", "-qO-", "--quiet", "-o log", "-a log", "--progress=dot:giga")
        ),
        ("apt-get install wget", 0),
        ("curl https://example.com/a", 0),
    ],
)
def test_wget_shows_its_progress(command: str, count: int) -> None:
    assert len(reported("DF211", f"FROM debian:trixie\nRUN {command}\n")) == count


@pytest.mark.parametrize(
    ("body", "count"),
    [
        ("RUN wget a\nRUN curl b\n", 1),
        ("RUN curl b && wget a\n", 1),
        ("RUN apt-get install -y wget curl\n", 0),
        ("RUN wget a\nFROM debian:trixie\nRUN curl b\n", 0),
        ("RUN curl a\nRUN curl b\n", 0),
    ],
)
def test_two_tools_to_download(body: str, count: int) -> None:
    assert len(reported("DF212", "FROM debian:trixie\n" + body)) == count


# --- npm

FLAGS = [
    ("npm ci --only=production", "npm ci --omit=dev"),
    ("npm ci --only production", "npm ci --omit=dev"),
    ("npm install --only=prod", "npm install --omit=dev"),
    ("npm install --production", "npm install --omit=dev"),
    ("npm install --production=true", "npm install --omit=dev"),
    ("npm ci --also=dev", "npm ci --include=dev"),
    ("npm ci --no-optional", "npm ci --omit=optional"),
    ("npm prune --production", "npm prune --omit=dev"),
    ("npm i -g --global-style x@1", "npm i -g --install-strategy=shallow x@1"),
]


@pytest.mark.parametrize(("before", "after"), FLAGS)
def test_deprecated_npm_flags(before: str, after: str) -> None:
    head = "FROM node:22\nRUN "
    assert fixed("DF213", head + before + "\n", "Dockerfile") == head + after + "\n"


@pytest.mark.parametrize(
    "command",
    [
        "npm ci --omit=dev",
        "npm ci",
        "npm run x --production",
        "yarn install --production",
        "npm ci --production=false",
    ],
)
def test_npm_flags_that_are_up_to_date(command: str) -> None:
    assert reported("DF213", f"FROM node:22\nRUN {command}\n") == []


def test_npm_decides_how_safe_the_new_flag_is() -> None:
    def grade(base: str, before: str = "") -> str:
        text = f"FROM {base}\n{before}RUN npm ci --only=production\n"
        findings = diagnostics("DF213", text, "Dockerfile")
        return findings[0].fix.applicability.label if findings and findings[0].fix else ""

    assert grade("node:20-alpine") == "safe"
    assert grade("node:22", "RUN npm install -g npm@6\n") == "unsafe"
    assert grade("example.com/base:1") == "unsafe"
    assert grade("node:14") == "", "npm 6 knows no --omit"


@pytest.mark.parametrize(
    ("copy", "files", "count"),
    [
        ("package.json package-lock.json ./", {}, 1),
        ("package*.json ./", {"package-lock.json": "{}"}, 1),
        ("package*.json ./", {"package.json": "{}"}, 0),
        (". .", {"package-lock.json": "{}"}, 1),
        (". .", {"package-lock.json": "{}", ".dockerignore": "package-lock.json\n"}, 0),
        ("api/package*.json ./", {"api/package-lock.json": "{}"}, 1),
        ("package.json ./", {"package-lock.json": "{}"}, 0),
    ],
)
def test_npm_install_where_a_lock_file_is_copied(
    copy: str, files: dict[str, str], count: int
) -> None:
    text = f"FROM node:22\nCOPY {copy}\nRUN npm install\n"
    assert len(diagnostics("DF214", text, "Dockerfile", files)) == count


@pytest.mark.parametrize(
    ("commands", "count"),
    [
        ("rm -rf node_modules package-lock.json && npm install", 0),
        ("rm ./package-*.json && npm install", 0),
        ("rm -f package-lock.json\nRUN npm install", 0),
        ("npm install && rm package-lock.json", 1),
        ("rm -rf node_modules && npm install", 1),
    ],
)
def test_npm_install_after_the_lock_file_is_deleted(commands: str, count: int) -> None:
    text = f"FROM node:22\nCOPY package.json package-lock.json ./\nRUN {commands}\n"
    assert len(reported("DF214", text)) == count


@pytest.mark.parametrize(
    "command",
    [
        "npm ci",
        "npm install -g x@1",
        "npm install x@1",
        "npm install --no-package-lock",
        "npm install --prefix ui",
    ],
)
def test_npm_calls_that_ci_cannot_replace(command: str) -> None:
    text = f"FROM node:22\nCOPY package-lock.json package.json ./\nRUN {command}\n"
    assert reported("DF214", text) == []
