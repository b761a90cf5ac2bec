"""Forty secrets in all places that hold text: no output shows one of them."""

from __future__ import annotations

import re
import subprocess
from itertools import count
from pathlib import Path

import pytest
from checks import GIT, LayOut, Run
from composelint.linter.base.names import FORMATS

_numbers = count(10)


def plant() -> str:
    """A value that occurs nowhere else and looks like nothing but a password."""
    number = next(_numbers)
    return f"zQ{number}xW{number * 7 % 89}vKp{number * 31 % 97}T"


TEMPLATES = {
    "compose.yaml": """\
version: "3"
x-defaults:
  api_token: @
  nested: {db: {password: "@"}}
services:
  web:
    image: acme/web
    build:
      context: .
      args: {NPM_TOKEN: "@"}
    environment:
      DB_PASSWORD: "@"
      DATABASE_URL: postgres://shop:@@db:5432/shop
      JAVA_OPTS: "-Xmx1g -Ddb.password=@"
    labels:
      app.password: "@"
      app.url: "https://me:@@example.org"
    annotations:
      com.example.secret: @
    command: 'curl -H "Authorization: Bearer @" http://x && run --token=@'
    logging:
      driver: splunk
      options: {splunk-token: "@"}
    ports: ["80:80"]
  db:
    image: postgres
    env_file: db.env
    environment:
      - POSTGRES_PASSWORD=@
    entrypoint: ["redis-server", "--requirepass", "@"]
    command: >-
      mysql -uroot -p@
    healthcheck:
      test: ["CMD", "wget", "--header", "X-Api-Key: @", "http://x"]
    post_start:
      - command: ["curl", "-u", "me:@", "http://x"]
        environment: {HOOK_PASSWORD: "@"}
    pre_stop:
      - command: 'curl -b "session=@" http://x'
  worker:
    image: acme/worker
    privileged: true
    # the password: @
    healthcheck:
      test: "curl --proxy-header 'Proxy-Authorization: Basic @' http://x"
    depends_on: [nobody]
secrets:
  key: {content: "@"}
configs:
  app:
    content: |
      user = shop
      password = @
volumes:
  share:
    driver_opts: {o: "username=me,password=@", password: "@"}
""",
    "Dockerfile": """\
# syntax=docker/dockerfile:1
FROM alpine
ARG API_TOKEN=@
ENV SECRET_KEY="@" B=2
LABEL db_password=@
RUN apk add curl && curl -H "Authorization: token @" https://x | tar x
RUN wget --header="X-Api-Key: @" https://x
RUN cd /x && curl -u me:@ https://x -o y
RUN git clone https://me:@@example.org/x
RUN <<EOF
PGPASSWORD=@ psql
EOF
COPY <<EOF /app/config
password = @
EOF
# token=@
MAINTAINER me
HEALTHCHECK CMD curl -f -H 'Private-Token: @' http://localhost || exit 1
CMD ["curl", "-H", "Authorization: Bearer @", "http://x"]
""",
    "db.env": "POSTGRES_PASSWORD=@\nexport  API_KEY = '@'\nURL=amqp://me:@@mq\nBAD LINE password=@\n",
    ".env": "TOKEN=@\n TOKEN=@\n",
    ".dockerignore": "node_modules\npassword=@\n!password=@\n",
}


def planted() -> tuple[dict[str, str], list[str]]:
    """The files with a value for each ``@``, and the values; ``@@`` is a value and the sign."""
    values: list[str] = []

    def value(match: re.Match[str]) -> str:
        values.append(plant())
        return values[-1] + match[1]

    files = {path: re.sub("@(@?)", value, text) for path, text in TEMPLATES.items()}
    return files, values


FILES, VALUES = planted()


@pytest.fixture
def tree(lay_out: LayOut) -> Path:
    folder = lay_out(FILES)
    subprocess.run([*GIT, "init", "-q"], cwd=folder, check=True)
    return folder


def shown(*texts: str) -> list[str]:
    """The lines of the files whose value is in one of some texts."""
    lines = [line for text in FILES.values() for line in text.splitlines()]
    return [
        line
        for value in VALUES
        if any(value in text for text in texts)
        for line in lines
        if value in line
    ]


def test_there_are_forty() -> None:
    assert len(set(VALUES)) == len(VALUES) >= 40


@pytest.mark.parametrize("name", FORMATS)
def test_no_format_shows_one(tree: Path, run: Run, name: str) -> None:
    answer = run("--output-format", name, "--preset", "all", "--show-suppressed", "-v")
    assert "CF303" in answer.stdout
    assert shown(answer.stdout, answer.stderr) == []


@pytest.mark.parametrize(
    "options",
    [
        ["--diff"], ["--diff", "--unsafe-fixes"], ["--statistics"], ["--select", "CF4,CF2,DF4,DF9"],
        ["--select", "CF210,CF401,DF117,DF307", "--ignore", "CF301,CF302,CF303,DF304,DF315"],
        ["--fix", "--unsafe-fixes", "--show-fixes"], ["--fix-only", "--show-fixes"],
        ["--add-ignores"], ["compose.yaml"], ["Dockerfile", "db.env"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_no_call_shows_one(tree: Path, run: Run, options: list[str]) -> None:
    preset = [] if "--select" in options else ["--preset", "all"]
    answer = run(*preset, *options)
    assert answer.stdout or answer.stderr
    assert shown(answer.stdout, answer.stderr) == []


@pytest.mark.parametrize("rules", [["--preset", "all"], ["--select", "CF401,CF106"]], ids=" ".join)
@pytest.mark.parametrize("output_format", ["svg", "mermaid", "dot", "json"])
def test_no_picture_shows_one(tree: Path, run: Run, output_format: str, rules: list[str]) -> None:
    answer = run("graph", "--format", output_format, *rules)
    assert answer.exit_code == 0
    assert shown(answer.stdout, answer.stderr) == []


def test_the_baseline_holds_none(tree: Path, run: Run) -> None:
    run("baseline", "--preset", "all")
    text = (tree / ".composelint-baseline.json").read_text()
    assert "CF303" in text
    assert shown(text) == []


def test_a_warm_run_shows_none(tree: Path, run: Run) -> None:
    first = run("--preset", "all")
    (entry,) = tree.glob(".composelint_cache/*.json")
    assert shown(entry.read_text()) == []
    second = run("--preset", "all")
    assert second.stdout == first.stdout
    assert shown(second.stdout, second.stderr) == []


def test_show_secrets_shows_them(tree: Path, run: Run) -> None:
    """The test above would see them."""
    assert len(shown(run("--preset", "all", "--show-secrets").stdout)) >= 15
