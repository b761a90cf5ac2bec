"""``python -m tests.bench.changes``: how long it takes to lint a change, and other states than the disk.

Writes a repository of a thousand stacks with 22,000 findings, and lints a commit that touches one
Dockerfile; then 500 files from a bare repository and from the disk.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from .generate import write_compose_files, write_dockerfiles
from .measure import Command, Figures, compare, ratio

if TYPE_CHECKING:
    from collections.abc import Sequence

_COMPOSE = """\
services:
  web:
    build: ./web
    ports:
      - "{port}:3000"
    environment:
      DATABASE_URL: postgres://app:secret{number}@db:5432/app
    depends_on:
      - db
    healthcheck:
      test: ["CMD", "curl", "-f", "http://localhost:3000/health"]
  db:
    image: postgres:16
    environment:
      POSTGRES_PASSWORD: secret{number}
    volumes:
      - data:/var/lib/postgresql/data
  cache:
    image: redis
volumes:
  data:
"""
_DOCKERFILE = """\
FROM node:22-slim
WORKDIR /app
RUN apt-get update && apt-get install -y curl
COPY package.json .
RUN npm install
COPY . .
EXPOSE 3000
CMD npm start
"""
_INSTALL = "RUN apt-get update && apt-get install -y curl\n"
_FILES = {
    "web/Dockerfile": _DOCKERFILE,
    "web/package.json": '{"name": "web", "scripts": {"start": "node src/index.js"}}\n',
    "web/src/index.js": "require('http').createServer((q, r) => r.end('ok')).listen(3000)\n",
}


def write_stacks(folder: str, count: int) -> None:
    """Write a repository of stacks with the usual problems, and commit it."""
    for number in range(count):
        stack = os.path.join(folder, f"stack-{number:04}")
        os.makedirs(os.path.join(stack, "web", "src"))
        text = _COMPOSE.format(port=3000 + number, number=number)
        for path, content in (("compose.yaml", text), *_FILES.items()):
            with open(os.path.join(stack, path), "w", encoding="utf-8") as file:
                file.write(content)
    _git(folder, "init", "-q")
    commit(folder, "stacks")


def commit(folder: str, message: str) -> None:
    """Commit everything."""
    _git(folder, "add", "-A")
    _git(folder, "-c", "user.name=a", "-c", "user.email=a@localhost", "commit", "-qm", message)


def _git(folder: str, *arguments: str) -> None:
    subprocess.run(["git", "-C", folder, *arguments], check=True, stdout=subprocess.DEVNULL)


def main() -> int:
    """Measure and print; returns the exit code."""
    parser = argparse.ArgumentParser("python -m tests.bench.changes", description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument("--stacks", type=int, default=1000)
    options = parser.parse_args()
    program = os.path.join(os.path.dirname(sys.executable), "composelint")
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        stacks = os.path.join(folder, "stacks")
        os.mkdir(stacks)
        write_stacks(stacks, options.stacks)
        path = os.path.join(f"stack-{options.stacks // 2:04}", "web", "Dockerfile")
        with open(os.path.join(stacks, path), "w", encoding="utf-8") as file:
            file.write(_DOCKERFILE.replace(_INSTALL, ""))
        commit(stacks, "one Dockerfile")
        call = (program, "--no-cache", "--preset", "all")
        report = [*call, "--since", "HEAD~1", "--output-format", "json"]
        output = subprocess.run(report, cwd=stacks, capture_output=True, check=False).stdout
        print("brings:", [each["code"] for each in _new(json.loads(output))])
        _compare(
            "a commit that touches one Dockerfile",
            {
                "--since HEAD~1": Command((*call, "--since", "HEAD~1"), stacks, good=(0, 1)),
                "--since HEAD~1 --at HEAD": Command(
                    (*call, "--since", "HEAD~1", "--at", "HEAD"), stacks, good=(0, 1)
                ),
                "the Dockerfile by name": Command((*call, path), stacks, good=(0, 1)),
            },
            options.runs,
        )
        files = os.path.join(folder, "files")
        os.mkdir(files)
        write_compose_files(files, 250)
        write_dockerfiles(files, 250)
        _git(files, "init", "-q")
        commit(files, "files")
        bare = os.path.join(folder, "files.git")
        _git(folder, "clone", "-q", "--bare", files, bare)
        call = (program, "--no-cache")
        _compare(
            "500 files",
            {
                "bare repository": Command((*call, "--at", "HEAD"), bare, good=(0, 1)),
                "disk": Command(call, files, good=(0, 1)),
            },
            options.runs,
        )
    return 0


def _new(data: dict[str, list[dict[str, str]]]) -> Sequence[dict[str, str]]:
    return [each for each in data["diagnostics"] if each["suppressed"] is None]


def _compare(title: str, commands: dict[str, Command], runs: int) -> None:
    """Print the medians, and the ratios to the last command."""
    results = compare(commands, runs)
    print(title)
    last = list(results.values())[-1]
    for name, figures in results.items():
        if isinstance(figures, Figures) and isinstance(last, Figures):
            part = f"{ratio(figures, last):.2f}"
            print(f"  {name}: {figures.wall:.2f} s, {figures.cpu:.2f} s of processors; {part}")
        else:
            print(f"  {name}: {figures}")


if __name__ == "__main__":
    sys.exit(main())
