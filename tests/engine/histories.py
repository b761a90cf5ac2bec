"""Generated histories: repositories of related stacks, edited at random, as git commits.

The names are few, so that edits often meet: a Compose file names a Dockerfile that another edit
renames, a README names the stack that a third one moves.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path
from random import Random

Files = dict[str, tuple[str, str]]
"""The mode and the content of each path."""

PLAIN, EXECUTABLE, LINK = "100644", "100755", "120000"
FOLDERS = ("", "apps/shop", "apps/blog", "apps/blog/web", "infra", "images/base", "shared")
IMAGES = (
    *("nginx", "nginx:1.27", "postgres:16", "redis", "node:20-slim", "shop/base", "shop/base:1"),
    *("ghcr.io/shop/api:2", "${IMAGE:-blog}:latest", "alpine:3.22", "python:3.12"),
)
CONTEXTS = (
    *(".", "./web", "../..", "../../images/base", "./missing", "../base", "apps/shop"),
    "https://example.com/shop.git",
)
DOCKERFILES = (
    "Dockerfile",
    "Dockerfile.dev",
    "web.Dockerfile",
    "apps/shop/Dockerfile",
    "Dockerfil",
)
ENV_FILES = ("app.env", ".env", "../../shared/common.env", "shared/common.env", "missing.env")
COMPOSE_NAMES = ("compose.yaml", "compose.override.yaml", "compose.prod.yaml", "common.compose.yml")
COMPOSE_PATHS = (
    *COMPOSE_NAMES,
    *("../blog/compose.yaml", "apps/shop/compose.yaml", "../../infra/compose.yaml"),
    *("../../shared/common.compose.yml", "infra/compose.yaml"),
)
SOURCES = (
    "./conf",
    "./conf/nginx.conf",
    "../../shared/conf",
    "./data",
    "/var/run/docker.sock",
    "db",
)
VARIABLES = ("TOKEN", "IMAGE", "PORT", "API_PASSWORD", "MODE", "SHOP_URL")
VALUES = ("", "x", "hunter2hunter2", "8080", "http://blog:3000", "s3cr3t-Value-9", "production")
SERVICES = ("web", "api", "db", "worker", "base")
COPIED = ("package.json", ".", "conf", "src", "apps/shop/package.json", "*.txt", "missing.txt")
RUNS = (
    *("apt-get update && apt-get install -y curl", "apk add --no-cache curl", "npm ci"),
    *("pip install -r requirements.txt", "curl -fsSL https://example.com/x | sh", "useradd app"),
)


def service(random: Random, name: str) -> str:
    """A service of a Compose file."""
    lines = [f"  {name}:"]

    def maybe(chance: float, *text: str) -> None:
        if random.random() < chance:
            lines.extend(f"    {line}" for line in text)

    if random.random() < 0.5:
        lines.append(f"    image: {random.choice(IMAGES)}")
    else:
        lines.append(f"    build: {{context: '{random.choice(CONTEXTS)}'")
        lines[-1] += f", dockerfile: {random.choice(DOCKERFILES)}" * (random.random() < 0.5)
        lines[-1] += f", target: {random.choice(('build', 'run'))}" * (random.random() < 0.2) + "}"
        maybe(0.3, f"image: {random.choice(IMAGES)}")
    maybe(0.3, f"env_file: [{random.choice(ENV_FILES)}]")
    maybe(0.2, f"container_name: {random.choice(('one', 'two'))}")
    maybe(0.3, f"ports: ['{random.choice(('80', '8080', '${PORT}'))}:80']")
    maybe(0.4, "environment:", f"  {random.choice(VARIABLES)}: '{random.choice(VALUES)}'")
    maybe(0.2, "environment:" if "environment:" not in str(lines) else "labels:",
          f"  {random.choice(VARIABLES)}: ${{{random.choice(VARIABLES)}}}")  # fmt: skip
    maybe(0.4, "volumes:", f"  - {random.choice(SOURCES)}:/srv/{random.choice('ab')}")
    maybe(0.3, "healthcheck: {test: [CMD, curl, -f, 'http://localhost:80/']}")
    maybe(0.3, f"depends_on: [{random.choice(SERVICES)}]")
    file = random.choice(COMPOSE_PATHS)
    maybe(0.15, f"extends: {{file: {file}, service: {random.choice(SERVICES)}}}")
    maybe(0.15, f"profiles: [{random.choice(('dev', 'ops'))}]")
    maybe(0.2, f"command: {random.choice(('npm start', './run.sh', 'python -m app'))}")
    maybe(0.1, "networks: [edge]")
    maybe(0.1, "restart: always")
    return "\n".join(lines) + "\n"


def compose_file(random: Random) -> str:
    text = ""
    if random.random() < 0.15:
        text += f"include: ['{random.choice(COMPOSE_PATHS)}']\n"
    if random.random() < 0.1:
        text += f"name: {random.choice(('shop', 'blog'))}\n"
    names = random.sample(SERVICES, random.randint(1, 3))
    text += "services:\n" + "".join(service(random, name) for name in names)
    if random.random() < 0.3:
        text += "volumes:\n  db: {}\n"
    if random.random() < 0.2:
        text += "networks:\n  edge: {external: true}\n"
    return text


def dockerfile(random: Random) -> str:
    text = f"FROM {random.choice(IMAGES).replace('${IMAGE:-blog}', 'blog')} AS build\n"
    if random.random() < 0.3:
        text += f"ARG {random.choice(VARIABLES)}={random.choice(('1', 'x'))}\n"
    for _ in range(random.randint(0, 2)):
        text += f"RUN {random.choice(RUNS)}\n"
    text += f"COPY {random.choice(COPIED)} /app/\n"
    if random.random() < 0.4:
        text += f"FROM {random.choice(('build', 'nginx:1.27', 'shop/base'))} AS run\n"
        text += f"COPY --from=build /app /app\nUSER {random.choice(('app', '1000', 'root'))}\n"
    if random.random() < 0.5:
        text += f"EXPOSE {random.choice(('80', '3000', '8080'))}\n"
    return text + random.choice(
        ("CMD npm start\n", 'CMD ["./run.sh"]\n', "", "CMD node server.js\n")
    )


def env_file(random: Random) -> str:
    text = "".join(
        f"{name}={random.choice(VALUES)}\n"
        for name in random.sample(VARIABLES, random.randint(0, 4))
    )
    if random.random() < 0.1:
        text += f"COMPOSE_FILE=compose.yaml:{random.choice(COMPOSE_NAMES)}\n"
    return text


def package_json(random: Random) -> str:
    start = random.choice(("node server.js", "next start", "PORT=8080 node ."))
    return f'{{"scripts": {{"start": "{start}"}}, "engines": {{"node": ">={random.choice("12")}8"}}}}\n'


def command(random: Random) -> str:
    """A call that says something about a stack or an image."""
    folder = random.choice(FOLDERS) or "."
    file = random.choice(COMPOSE_NAMES)
    return random.choice(
        (
            f"docker compose -f {folder}/{file} up -d",
            f"cd {folder} && docker compose -f compose.yaml -f {file} up",
            f"docker compose --env-file {folder}/app.env --profile dev up",
            f"docker build -t {random.choice(IMAGES)} -f {folder}/{random.choice(DOCKERFILES)} .",
            f"docker build --target run {folder}",
            f"cp {folder}/.env.example {folder}/.env",
            f"docker network create {random.choice(('edge', 'other'))}",
            f"docker stack deploy -c {folder}/{file} shop",
            f"export {random.choice(VARIABLES)}={random.choice(VALUES)}",
            "make all",
        )
    )


def page(random: Random) -> str:
    commands = "".join(f"    {command(random)}\n" for _ in range(random.randint(0, 2)))
    return f"# Shop\n\nStart {random.choice(FOLDERS)}:\n\n{commands}"


def workflow(random: Random) -> str:
    return (
        "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n"
        f"      - run: {command(random)}\n"
        "      - uses: docker/build-push-action@v6\n"
        f"        with: {{context: '{random.choice(FOLDERS) or '.'}', tags: '{random.choice(IMAGES)}'}}\n"
    )


def settings_file(random: Random) -> str:
    return random.choice(
        (
            "",
            f'ignore = ["{random.choice(("CF201", "DF", "XF101"))}"]\n',
            f'exclude = ["{random.choice(("apps/blog", "infra/**", "*.dev"))}"]\n',
            f'[[stack]]\nfiles = ["compose.yaml", "{random.choice(COMPOSE_NAMES)}"]\n',
            'preset = "production"\n',
            f'[[overrides]]\nfiles = ["{random.choice(FOLDERS) or "*"}/**"]\nignore = ["CF"]\n',
            "nonsense = \n",
        )
    )


def ignore_file(random: Random) -> str:
    return "".join(
        f"{random.choice(('*', '.env', 'app.env', 'conf', '!package.json', 'apps/**', 'web'))}\n"
        for _ in range(random.randint(0, 2))
    )


def shell_script(random: Random) -> str:
    return f"#!/bin/sh\n{command(random)}\nexec node server.js\n"


KINDS: tuple[tuple[float, tuple[str, ...], Callable[[Random], str]], ...] = (
    (9, COMPOSE_NAMES, compose_file),
    (6, ("Dockerfile", "Dockerfile.dev", "web.Dockerfile"), dockerfile),
    (4, (".env", "app.env", "common.env", ".env.example"), env_file),
    (2, ("package.json",), package_json),
    (2, ("README.md", "docs/usage.md", "Makefile", "Taskfile.yml", "justfile"), page),
    (1, (".github/workflows/ci.yml", ".gitlab-ci.yml"), workflow),
    (1, (".gitignore", ".dockerignore", "Dockerfile.dockerignore"), ignore_file),
    (0.7, ("composelint.toml",), settings_file),
    (1, ("run.sh", "deploy.sh", "conf/start"), shell_script),
    (1, ("conf/nginx.conf", "requirements.txt", "server.js", "src/index.js"), lambda _: "x\n"),
    (0.3, ("src/main/resources/application.yml",), lambda _: "server: {port: 8080}\n"),
    (0.3, ("docker-bake.hcl",), lambda random: f'target "x" {{ dockerfile = "{random.choice(DOCKERFILES)}" }}\n'),
)  # fmt: skip


def any_file(random: Random) -> tuple[str, str]:
    """A path and a content for it."""
    _, names, make = random.choices(KINDS, [weight for weight, *_ in KINDS])[0]
    folder = random.choice(FOLDERS)
    return f"{folder}/{random.choice(names)}".lstrip("/"), make(random)


def put(files: Files, path: str, mode: str, text: str) -> None:
    """Set a file, without what its path cannot be together with."""
    parts = path.split("/")
    for number in range(1, len(parts)):
        files.pop("/".join(parts[:number]), None)
    for other in [other for other in files if other.startswith(f"{path}/")]:
        del files[other]
    files[path] = mode, text


def edit(random: Random, files: Files) -> None:
    """Change one thing."""
    paths = sorted(files)
    kind = random.random()
    if not paths or kind < 0.25:
        path, text = any_file(random)
        put(files, path, EXECUTABLE if random.random() < 0.1 else PLAIN, text)
        return
    path = random.choice(paths)
    mode, text = files[path]
    if kind < 0.6 and mode != LINK:
        lines = text.splitlines(keepends=True)
        other = any_file(random)
        for _ in range(9):
            if other[0].rpartition("/")[2] == path.rpartition("/")[2]:
                break
            other = any_file(random)
        more = other[1].splitlines(keepends=True) or ["\n"]
        at = random.randint(0, len(lines))
        how = random.random()
        if how < 0.35:
            lines[at : at + 1] = []
        elif how < 0.6:
            lines[at:at] = [random.choice((*more, *lines))]
        elif how < 0.7:
            lines[:0] = ["# moved\n", "\n"]
        else:
            lines = more
        files[path] = mode, "".join(lines)
    elif kind < 0.72:
        del files[path]
    elif kind < 0.84:
        target = any_file(random)[0] if random.random() < 0.6 else f"{path}.old"
        put(files, target, *files.pop(path))
    elif kind < 0.92:
        old, new = random.choice(FOLDERS[1:]), random.choice((*FOLDERS[1:], "moved/here"))
        inside = [each for each in paths if each.startswith(f"{old}/")]
        if not new.startswith(f"{old}/") and not old.startswith(f"{new}/"):
            for each in inside:
                put(files, new + each[len(old) :], *files.pop(each))
    elif kind < 0.96:
        files[path] = mode if mode == LINK else PLAIN if mode == EXECUTABLE else EXECUTABLE, text
    else:
        target = any_file(random)[0]
        up = "../" * target.count("/")
        put(files, target, LINK, up + random.choice((*FOLDERS[1:], path, "gone")))


def history(seed: int, length: int, first: int = 25) -> list[Files]:
    """States of a repository, each some edits after the one before."""
    random = Random(seed)
    files: Files = {}
    for _ in range(first):
        path, text = any_file(random)
        put(files, path, PLAIN, text)
    states = [dict(files)]
    for _ in range(length):
        for _ in range(random.choice((1, 1, 1, 2, 3, 5))):
            edit(random, files)
        states.append(dict(files))
    return states


def commit_states(folder: Path, states: list[Files]) -> list[str]:
    """Make a repository with these states as its commits; returns their names."""
    subprocess.run(["git", "init", "-q", "-b", "main", str(folder)], check=True)
    stream = bytearray()
    for number, files in enumerate(states, 1):
        stream += b"commit refs/heads/main\nmark :%d\n" % number
        stream += b"committer A <a@example.com> %d +0000\ndata 1\nx\n" % (1_000_000_000 + number)
        stream += b"deleteall\n"
        for path, (mode, text) in sorted(files.items()):
            data = text.encode()
            stream += b'M %s inline "%s"\ndata %d\n%s\n' % (
                mode.encode(), path.encode(), len(data), data,
            )  # fmt: skip
    marks = folder / ".git" / "marks"
    subprocess.run(
        ["git", "-C", str(folder), "fast-import", "--quiet", f"--export-marks={marks}"],
        input=bytes(stream),
        check=True,
    )
    names = dict(line.split() for line in marks.read_text(encoding="ascii").splitlines())
    return [names[f":{number}"] for number in range(1, len(states) + 1)]
