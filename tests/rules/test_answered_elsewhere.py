"""Findings that another file of the repository, or another key of the service, answers."""

from __future__ import annotations

import json
import subprocess

import pytest
from checks import check_paths
from composelint.linter.engine.settings import Settings
from composelint.linter.rule import Applicability, Diagnostic
from composelint.linter.rulebook.selection import Selection
from snippets import project, texts


def found(
    code: str, files: dict[str, str], preset: str = "recommended", git: str = ""
) -> list[Diagnostic]:
    """The findings of a rule in a project; ``git`` is a file that git has."""
    with project(files) as folder:
        if git:
            for command in (["init", "-q"], ["add", "-f", git]):
                subprocess.run(["git", *command], cwd=folder, check=True)
        settings = Settings(selection=Selection(preset), debug=True)
        return [item for item in check_paths(["."], settings).reported if item.code == code]


def count(code: str, files: dict[str, str], preset: str = "recommended", git: str = "") -> int:
    """How many findings of a rule there are in a project; ``git`` is a file that git has."""
    return len(found(code, files, preset, git))


# --- CF006: what only an overlay takes from a service

_BASE = """\
services:
  app:
    image: shop/app:2.1
    volumes: [cache:/root/.cache]
    networks: [inner]
volumes:
  cache:
networks:
  inner:
"""


@pytest.mark.parametrize(
    ("base", "overlay", "expected"),
    [
        (_BASE, "volumes: !reset []", 0),
        (_BASE, "volumes: [other:/root/.cache]", 0),
        (_BASE, "networks: !override [default]", 0),
        (_BASE.replace("cache:/root", "./cache:/root"), "volumes: !reset []", 1),
        (_BASE.replace("networks: [inner]", "tty: true"), "volumes: !reset []", 1),
    ],
)
def test_a_volume_that_an_overlay_takes_away(base: str, overlay: str, expected: int) -> None:
    other = "volumes:\n  other:\n" if "other" in overlay else ""
    files = {
        "compose.yaml": base,
        "compose.prod.yaml": "# docker compose -f compose.yaml -f compose.prod.yaml up -d\n"
        f"services:\n  app:\n    {overlay}\n{other}",
    }
    assert count("CF006", files) == expected


# --- CF330: nothing is published on internal networks

_STORE = """\
services:
  db:
    image: postgres:17
    ports: ["5432:5432"]
    networks: [inner, outer]
networks:
  inner:
    internal: true
  outer:
"""


@pytest.mark.parametrize(
    ("compose", "expected"),
    [
        (_STORE, 1),
        (_STORE.replace("[inner, outer]", "[outer]"), 1),
        (_STORE.replace("[inner, outer]", "[inner]"), 0),
        (_STORE.replace("outer:\n", "outer:\n    internal: true\n"), 0),
        (_STORE.replace("[inner, outer]", "[inner]").replace("true", "${INNER:?}"), 1),
        (_STORE.replace("    networks: [inner, outer]\n", ""), 1),
    ],
)
def test_a_port_on_internal_networks(compose: str, expected: int) -> None:
    assert count("CF330", {"compose.yaml": compose}) == expected


# --- CF140, XF102: what Laravel Sail and DDEV set and bring

_SAIL = """\
services:
  laravel.test:
    build:
      context: ./vendor/laravel/sail/runtimes/8.4
      args:
        WWWGROUP: '${WWWGROUP}'
    image: sail-8.4/app
    environment:
      WWWUSER: '${WWWUSER}'
"""
_COMPOSER = '{"require-dev": {"laravel/sail": "^1.41"}}'


@pytest.mark.parametrize(
    ("files", "unset", "missing"),
    [
        ({"compose.yaml": _SAIL, "composer.json": _COMPOSER}, 0, 0),
        ({"compose.yaml": _SAIL, "composer.json": "{}"}, 1, 1),
        ({"compose.yaml": _SAIL}, 1, 1),
        ({"compose.yaml": _SAIL.replace("R}", "}"), "composer.json": _COMPOSER}, 1, 0),
        ({"compose.yaml": _SAIL.replace("vendor", "vendors"), "composer.json": _COMPOSER}, 0, 1),
    ],
)
def test_laravel_sail(files: dict[str, str], unset: int, missing: int) -> None:
    assert (count("CF140", files), count("XF102", files)) == (unset, missing)


@pytest.mark.parametrize(
    ("context", "package", "expected"),
    [
        ("./node_modules/@acme/tools/docker", "@acme/tools", 0),
        ("./node_modules/tools/docker", "tools", 0),
        ("./node_modules/tools/docker", "tool", 1),
        ("./node_modules/@acme/tools/docker", "@acme/tool", 1),
        ("./node_modules", "tools", 1),
    ],
)
def test_a_context_that_an_install_brings(context: str, package: str, expected: int) -> None:
    files = {
        "compose.yaml": f"services:\n  app:\n    build: {context}\n",
        "package.json": json.dumps({"dependencies": {package: "^1.0.0"}}),
    }
    assert count("XF102", files) == expected


@pytest.mark.parametrize(
    ("path", "name", "expected"),
    [
        (".ddev/docker-compose.cache.yaml", "DDEV_SITENAME", 0),
        (".ddev/docker-compose.cache.yaml", "SITENAME", 1),
        ("docker-compose.yaml", "DDEV_SITENAME", 1),
    ],
)
def test_ddev(path: str, name: str, expected: int) -> None:
    text = f"services:\n  cache:\n    image: shop/app:2.1\n    hostname: ${{{name}}}\n"
    assert count("CF140", {path: text}) == expected


# --- DF214: a lock file that npm ci refuses, or that is removed

_LOCK = {
    "lockfileVersion": 3,
    "packages": {
        "": {"dependencies": {"react": "^19.0.0"}},
        "node_modules/react": {"version": "19.0.0"},
    },
}
_LOCK_1 = {"lockfileVersion": 1, "dependencies": {"react": {"version": "19.0.0"}}}
_PLAIN = {"dependencies": {"react": "^19.0.0"}}
_NPM = "FROM node:24-alpine\nWORKDIR /app\nCOPY package*.json ./\nRUN npm install\n"


@pytest.mark.parametrize(
    ("dockerfile", "package", "lock", "expected"),
    [
        (_NPM, _PLAIN, _LOCK, 1),
        (_NPM, _PLAIN, _LOCK_1, 1),
        (_NPM, {"dependencies": {"react": "^19.0.0", "tooltip": "5"}}, _LOCK, 0),
        (_NPM, {**_PLAIN, "devDependencies": {"vite": "7"}}, _LOCK_1, 0),
        (_NPM, {"dependencies": {"react": "^18.0.0"}}, _LOCK, 0),
        (_NPM.replace("RUN", "RUN rm -rf node_modules package-lock.json &&"), _PLAIN, _LOCK, 0),
        (_NPM.replace("RUN", "RUN rm package-lock.json\nRUN"), _PLAIN, _LOCK, 0),
        (_NPM.replace("RUN", "RUN rm -f ./package*.json &&"), _PLAIN, _LOCK, 0),
        (_NPM.replace("RUN", "RUN rm -rf node_modules &&"), _PLAIN, _LOCK, 1),
        (_NPM.replace("install\n", "install && rm package-lock.json\n"), _PLAIN, _LOCK, 1),
    ],
)
def test_a_lock_file_that_does_not_fit(
    dockerfile: str, package: object, lock: object, expected: int
) -> None:
    files = {
        "Dockerfile": dockerfile,
        "package.json": json.dumps(package),
        "package-lock.json": json.dumps(lock),
    }
    assert count("DF214", files) == expected


@pytest.mark.parametrize(
    "lock", ["", "[]", "{", '{"packages": []}', '{"packages": {"": 1}}', "null"]
)
def test_a_lock_file_that_cannot_be_read(lock: str) -> None:
    files = {"Dockerfile": _NPM, "package.json": '{"dependencies": []}', "package-lock.json": lock}
    assert count("DF214", files) == 1


# --- DI002: the .env of Symfony belongs to git

_PHP = {"Dockerfile": "FROM php:8.4-fpm\nCOPY . /app\n", ".dockerignore": ".git\n"}


@pytest.mark.parametrize(
    ("name", "package", "git", "expected"),
    [
        (".env", "symfony/runtime", ".env", 0),
        (".env", "symfony/dotenv", ".env", 0),
        (".env", "symfony/dotenv", "", 1),
        (".env", "laravel/framework", ".env", 1),
        (".env.local", "symfony/runtime", ".env.local", 1),
    ],
)
def test_the_env_file_of_symfony(name: str, package: str, git: str, expected: int) -> None:
    manifest = json.dumps({"require": {package: "^7"}})
    files = {**_PHP, name: "APP_SECRET=4f1c9be07c2d\n", "composer.json": manifest}
    assert count("DI002", files, git=git) == expected


# --- DI002: what git has is only suggested to be kept out


@pytest.mark.parametrize(
    ("name", "text", "git", "expected"),
    [
        (".env", "DB_PASSWORD=k8Vw2nQ7tRz4\n", "", Applicability.UNSAFE),
        (".env", "DB_PASSWORD=k8Vw2nQ7tRz4\n", ".env", Applicability.SUGGESTION),
        # dotenv.config({path: "config.env"})
        ("config.env", "DB_PASSWORD=k8Vw2nQ7tRz4\n", "", Applicability.UNSAFE),
        ("config.env", "DB_PASSWORD=k8Vw2nQ7tRz4\n", "config.env", Applicability.SUGGESTION),
        ("tls/server.key", "-----BEGIN PRIVATE KEY-----\n", "", Applicability.UNSAFE),
        ("tls/server.key", "-----BEGIN PRIVATE KEY-----\n", "tls", Applicability.SUGGESTION),
    ],
)
def test_a_secret_file_that_git_has_may_be_needed(
    name: str, text: str, git: str, expected: Applicability
) -> None:
    files = {
        "Dockerfile": "FROM node:24-alpine\nCOPY . /app\n",
        ".dockerignore": ".git\n",
        name: text,
    }
    (finding,) = found("DI002", files, git=git)
    assert finding.fix is not None
    assert finding.fix.applicability is expected
    assert (f"git has {name}" in (finding.help or "")) == bool(git)


# --- DF123: images that are published for one platform


@pytest.mark.parametrize(
    ("image", "expected"),
    [
        ("eclipse-temurin:17-jre-alpine", 0),
        ("eclipse-temurin:17.0.9_9-jdk-alpine", 0),
        ("eclipse-temurin:21-jre-alpine", 1),
        ("eclipse-temurin:17-jre-jammy", 1),
        ("openjdk:11-jre-alpine", 0),
        ("adoptopenjdk/openjdk11:alpine", 1),
        ("mcr.microsoft.com/mssql/server:2022-latest", 0),
        ("mysql:5.7", 0),
        ("mysql:8.4", 1),
        ("node:24-alpine", 1),
    ],
)
def test_images_of_one_platform(image: str, expected: int) -> None:
    text = f"FROM --platform=linux/amd64 {image}\n"
    assert count("DF123", {"Dockerfile": text}) == expected


# --- CF312: devices that rules of control groups list

_DEV = "services:\n  zigbee:\n    image: koenkk/zigbee2mqtt:2.6.3\n    volumes: [/dev:/dev]\n"


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ("", 1),
        ("    device_cgroup_rules: ['c 188:* rmw', 'c 166:* rmw']\n", 0),
        ("    device_cgroup_rules: ['a *:* rwm']\n", 1),
        ("    device_cgroup_rules: ['c *:* rwm']\n", 1),
        ("    device_cgroup_rules: ['c 188:* rmw']\n    privileged: true\n", 1),
    ],
)
def test_devices_that_are_listed(more: str, expected: int) -> None:
    assert count("CF312", {"compose.yaml": _DEV + more}) == expected


# --- CF311: LocalStack starts containers for some services only


@pytest.mark.parametrize(
    ("image", "services", "expected"),
    [
        ("localstack/localstack:4.9", "SERVICES: lambda,s3", 0),
        ("localstack/localstack-pro:4.9", "SERVICES: ECS", 0),
        ("localstack/localstack:4.9", "SERVICES: s3", 1),
        ("localstack/localstack:4.9", "DEBUG: 1", 1),
        ("acme/aws:4.9", "SERVICES: lambda,s3", 1),
    ],
)
def test_localstack(image: str, services: str, expected: int) -> None:
    text = (
        f"services:\n  aws:\n    image: {image}\n    environment:\n      {services}\n"
        "    volumes: [/var/run/docker.sock:/var/run/docker.sock]\n"
    )
    assert count("CF311", {"compose.yaml": text}) == expected
    assert count("CF311", {"compose.yaml": text}, "hardened") == 1


# --- DF117: stages that developers run


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("uvicorn app:app --port $PORT --reload; true", 0),
        ("uvicorn app:app --port $PORT; echo stopped", 1),
    ],
)
def test_the_command_of_a_development_stage(command: str, expected: int) -> None:
    name = "dev" if "reload" in command else "run"
    text = f"FROM python:3.13-slim AS {name}\nENV PORT=80\nCMD {command}\nFROM scratch\nCOPY a /\n"
    assert count("DF117", {"Dockerfile": text}) == expected


# --- DF201: a start script that builds

_COMPILED = (
    "FROM python:3.13-slim\nRUN apt-get update && apt-get install -y --no-install-recommends gcc\n"
    "COPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\n"
)
_START = '{copy}\nENTRYPOINT ["/start.sh"]\n'


@pytest.mark.parametrize(
    ("more", "script", "expected"),
    [
        (
            _START.format(copy="COPY start.sh /"),
            "cd /app/x\nA=1 B='x' pip install -e .\nexec app",
            0,
        ),
        (_START.format(copy="COPY . /"), "if ! test -f x; then make; fi\nexec app\n", 0),
        (_START.format(copy="COPY docker /"), "g++ -o x x.cc && exec app\n", 0),
        (_START.format(copy="COPY start.sh /"), "echo make it so\nexec app\n", 1),
        (_START.format(copy="COPY start.sh /"), "# pip install -e .\nexec app\n", 1),
        (_START.format(copy="COPY other.txt /"), "make\n", 1),
        ('COPY start.sh /\nCMD ["app"]\n', "make\n", 1),
    ],
)
def test_a_script_that_builds_at_start(more: str, script: str, expected: int) -> None:
    files = {
        "Dockerfile": _COMPILED + more,
        "requirements.txt": "numpy\n",
        "docker/start.sh" if "docker" in more else "start.sh": script,
        ".dockerignore": ".git\n",
    }
    assert count("DF201", files) == expected


# --- DF301, DF205, CF311: a developer's tool box

_BOX = (
    "FROM node:24-bookworm-slim\nWORKDIR /app\nRUN apt-get update && apt-get install -y ffmpeg "
    "docker.io && rm -rf /var/lib/apt/lists/*\n"
)
_TERMINAL = (
    "services:\n  app:\n    build: .\n    tty: true\n"
    "    volumes: [./:/app, /var/run/docker.sock:/var/run/docker.sock]\n"
)


@pytest.mark.parametrize(
    ("dockerfile", "compose", "root", "socket"),
    [
        (_BOX, _TERMINAL, 0, 0),
        (_BOX, _TERMINAL.replace("tty", "stdin_open"), 0, 0),
        (_BOX.replace("docker.io", "jq"), _TERMINAL, 0, 1),
        (_BOX, _TERMINAL.replace("    tty: true\n", ""), 1, 1),
        (_BOX, _TERMINAL + '    ports: ["3000:3000"]\n', 1, 1),
        (_BOX, _TERMINAL + "    command: npm start\n", 1, 1),
        (_BOX + 'CMD ["node", "server.js"]\n', _TERMINAL, 1, 1),
    ],
)
def test_a_box_of_tools(dockerfile: str, compose: str, root: int, socket: int) -> None:
    files = {"Dockerfile": dockerfile, "compose.yaml": compose}
    found = [count(code, files) for code in ("DF301", "DF205", "CF311")]
    assert found == [root, root, socket]


# --- DF301: an image that only copies files


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("cp -r /app/build/. /static/", 0),
        ('["cp", "-r", "/app/build/.", "/static/"]', 0),
        ("mkdir -p /static && cp -r /app/build /static", 0),
        ("cp -r build /static && node server.js", 1),
        ("node server.js", 1),
    ],
)
def test_an_image_that_only_copies(command: str, expected: int) -> None:
    text = f"FROM node:24-alpine\nWORKDIR /app\nCOPY build build\nCMD {command}\n"
    assert count("DF301", {"Dockerfile": text, "build/a": ""}) == expected


# --- CF250, CF340: stacks that Spring Boot starts

_MYSQL = (
    "services:\n  mysql:\n    image: mysql:8.4\n    environment:\n      MYSQL_ROOT_PASSWORD: secret\n"
    '    ports: ["3306:3306"]\n  shop:\n    image: shop/web:2.1\n    environment:\n      ADMIN_PASSWORD: secret\n'
    '    ports: ["8080:8080"]\n'
)
_APP = "  app:\n    build: .\n"


@pytest.mark.parametrize(
    ("files", "kept", "guessed"),
    [
        ({"compose.yaml": _MYSQL, "build.gradle": "x 'o:spring-boot-docker-compose'"}, 0, 0),
        ({"compose.yaml": _MYSQL, "pom.xml": "<a>spring-boot-docker-compose</a>"}, 0, 0),
        ({"compose.yaml": _MYSQL, "build.gradle": "x 'o:spring-boot-starter-web'"}, 1, 1),
        ({"deploy.yaml": _MYSQL, "build.gradle": "x 'o:spring-boot-docker-compose'"}, 1, 1),
        (
            {
                "compose.yaml": _MYSQL + _APP,
                "build.gradle": "x 'o:spring-boot-docker-compose'",
                "Dockerfile": "FROM eclipse-temurin:21\nCOPY app.jar /\nCMD java -jar /app.jar\n",
            },
            1,
            1,
        ),
    ],
)
def test_a_stack_that_spring_starts(files: dict[str, str], kept: int, guessed: int) -> None:
    assert (count("CF250", files), count("CF340", files) > 0) == (kept, guessed)


# --- CF201: a cache where hardly anything has a limit

_LIMIT = "    mem_limit: 1G\n"


@pytest.mark.parametrize(
    ("limits", "image", "expected"),
    [
        ((1, 0, 0), "redis:8.2", 0),
        ((1, 1, 0), "redis:8.2", 1),
        ((1, 1, 1), "redis:8.2", 1),
        ((0, 0, 0), "redis:8.2", 0),
        ((1, 0, 0), "postgres:17", 1),
    ],
)
def test_a_cache_among_others(limits: tuple[int, ...], image: str, expected: int) -> None:
    others = "".join(
        f"  app{index}:\n    image: shop/app{index}:2.1\n{_LIMIT * limit}"
        for index, limit in enumerate(limits)
    )
    with texts({"compose.yaml": f"services:\n  store:\n    image: {image}\n{others}"}):
        found = check_paths(
            ["."], Settings(selection=Selection("recommended"), debug=True)
        ).reported
    stores = [item for item in found if item.code == "CF201" and '"store"' in item.message]
    assert len(stores) == expected


# --- CF319: what the makers of an image ask for


@pytest.mark.parametrize(
    ("image", "option", "expected"),
    [
        ("netdata/netdata:v2.7", "apparmor=unconfined", 0),
        ("netdata/netdata:v2.7", "apparmor:unconfined", 0),
        ("netdata/netdata:v2.7", "seccomp=unconfined", 1),
        ("acme/netdata:v2.7", "apparmor=unconfined", 1),
    ],
)
def test_profiles_that_makers_switch_off(image: str, option: str, expected: int) -> None:
    text = f"services:\n  it:\n    image: {image}\n    security_opt: [{option}]\n"
    assert count("CF319", {"compose.yaml": text}) == expected
    assert count("CF319", {"compose.yaml": text}, "hardened") == 1


# --- files that were put aside

_OLD = "services:\n  web:\n    image: nginx:latest\n    privileged: true\n    build: ./gone\n"


@pytest.mark.parametrize(
    ("name", "page", "expected"),
    [
        ("temp.yaml", "", 0),
        ("docker-compose.old.yml", "", 0),
        ("docker-compose.old.yml", "Run docker compose -f docker-compose.old.yml up", 1),
        ("template.yaml", "", 1),
        ("docker-compose.gold.yml", "", 1),
        ("compose.yaml", "", 1),
    ],
)
def test_a_compose_file_that_was_put_aside(name: str, page: str, expected: int) -> None:
    files = {name: _OLD, "README.md": page}
    assert count("CF310", files) == expected
    assert count("XF102", files) == 1
    assert count("CF310", files, "hardened") == 1


@pytest.mark.parametrize(("folder", "expected"), [("clutter", 0), ("cluster", 1)])
def test_a_folder_that_was_put_aside(folder: str, expected: int) -> None:
    text = 'FROM golang:1.26\nCOPY . /src\nRUN cd /src && go build -o /app .\nCMD ["/app"]\n'
    assert count("DF201", {f"{folder}/Dockerfile": text}) == expected


# --- CF402: an image of which the workflow pushes one tag only


@pytest.mark.parametrize(
    ("tags", "advice"),
    [
        ("shop/web:latest", "the workflow pushes this tag alone"),
        ("shop/web:latest,shop/web:${{ github.sha }}", "name the version"),
        ("shop/api:latest", "name the version"),
    ],
)
def test_advice_on_an_image_with_one_tag(tags: str, advice: str) -> None:
    workflow = f"on: push\njobs:\n  a:\n    steps:\n      - uses: docker/build-push-action@v6\n        with:\n          push: true\n          tags: {tags}\n"
    files = {
        "compose.yaml": "services:\n  web:\n    image: shop/web:latest\n",
        ".github/workflows/main.yml": workflow,
    }
    with texts(files):
        found = check_paths(
            ["."], Settings(selection=Selection("recommended"), debug=True)
        ).reported
    (finding,) = [item for item in found if item.code == "CF402"]
    assert (finding.help or "").startswith(advice)
