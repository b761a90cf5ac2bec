"""Commands and tests in list form, and lists of `NAME=value`: what arrives is not what is written."""

from __future__ import annotations

import pytest

from .snippets import fixed, reported


def app(body: str) -> str:
    lines = "".join(f"    {line}\n" for line in body.split("\n"))
    return f"services:\n  app:\n    image: shop/app:2.1\n{lines}"


@pytest.mark.parametrize(
    ("code", "body", "place"),
    [
        ("CF149", 'healthcheck: {test: ["CMD-SHELL","pg_isready","-U","shop"]}', '"-U"'),
        ("CF149", "healthcheck:\n  test:\n    - CMD-SHELL\n    - curl -f http://x\n    - '|| exit 1'", "'|| exit 1'"),
        ("CF150", 'healthcheck: {test: ["CMD","pg_isready","-U","$${POSTGRES_USER}"]}', '"$${POSTGRES_USER}"'),
        ("CF150", 'healthcheck: {test: ["CMD","mysqladmin","ping","-p$$MYSQL_ROOT_PASSWORD"]}', '"-p$$MYSQL_ROOT_PASSWORD"'),
        ("CF150", 'entrypoint: [redis-server, --requirepass, $$REDIS_PASSWORD]', "$$REDIS_PASSWORD"),
        ("CF169", 'entrypoint: ["sh","-c"]\ncommand: ["echo","$$HOME","&&","sleep"]', '"$$HOME"'),
        ("CF169", 'entrypoint: ["/bin/sh","-c"]\ncommand: echo hello', "echo hello"),
        ("CF169", 'entrypoint: /bin/sh -c\ncommand: echo hello', "echo hello"),
        ("CF169", 'command: ["sh","-c","echo","hello"]', '"hello"'),
        ("CF169", 'command: ["bash","-eo","pipefail","-c","npm run build","npm start"]', '"npm start"'),
        ("CF262", 'environment:\n  - NAME="Some Server"', '"Some Server"'),
        ("CF262", "environment:\n  - NAME='x'", "'x'"),
        ("CF262", 'environment:\n  - NAME=""', '""'),
        ("CF262", 'environment:\n  - URL="http://${HOST:-x}/"', '"http://${HOST:-x}/"'),
        ("CF262", 'labels:\n  - traefik.http.routers.a.rule="Host(`a`)"', '"Host(`a`)"'),
        ("CF262", 'build:\n  context: .\n  args:\n    - V="1"', '"1"'),
        ("CF263", 'environment:\n  - "LF_HOST: host"', '"LF_HOST: host"'),
        ("CF263", "environment:\n  - LF_HOST:host", "LF_HOST:host"),
        ("CF264", "environment:\n  - A=1\n  - B=1\n  - A=2", "A=1"),
        ("CF264", "labels:\n  - a.b=1\n  - a.b=2", "a.b=1"),
    ],
)  # fmt: skip
def test_what_is_written_does_not_arrive(code: str, body: str, place: str) -> None:
    assert reported(code, app(body), files={"Dockerfile": "FROM nginx:1.30\n"}) == [place]


@pytest.mark.parametrize(
    ("code", "body"),
    [
        ("CF149", 'healthcheck: {test: ["CMD-SHELL","pg_isready -U shop"]}'),
        ("CF149", 'healthcheck: {test: ["CMD","pg_isready","-U","shop"]}'),
        ("CF149", 'healthcheck: {test: ["CMD-SHELL","curl $$1","-","http://x"]}'),
        ("CF149", 'healthcheck: {test: ["CMD-SHELL"]}'),
        ("CF150", 'healthcheck: {test: ["CMD-SHELL","pg_isready -U $${POSTGRES_USER}"]}'),
        ("CF150", 'healthcheck: {test: ["CMD","sh","-c","pg_isready -U $${POSTGRES_USER}"]}'),
        ("CF150", 'healthcheck: {test: ["CMD","/check.sh","$$HOST"]}'),
        ("CF150", "healthcheck: {test: [CMD, mongosh, --eval, 'db.x({$$GT: 1})']}"),
        ("CF150", 'healthcheck: {test: ["CMD","pg_isready","-U","${POSTGRES_USER}"]}'),
        ("CF150", 'healthcheck: {test: ["CMD","gosu","postgres","sh","-c","echo $$A"]}'),
        ("CF150", 'healthcheck: {test: ["CMD","grep","end$$"]}'),
        ("CF169", 'entrypoint: ["sh","-c"]\ncommand: ["echo $$HOME && sleep 5"]'),
        ("CF169", "entrypoint: [sh, -c]\ncommand: \"'echo hello'\""),
        ("CF169", 'command: ["sh","-c","exec \\"$$@\\"","--","a"]'),
        ("CF169", 'command: ["sh","-c","echo hello"]'),
        ("CF169", 'command: ["sh","-c","--","echo hello"]'),
        ("CF169", 'entrypoint: ["sh","-c"]\ncommand: -- "echo hello"'),
        ("CF150", 'entrypoint: [/app/run, $$PORT]'),
        ("CF169", 'entrypoint: ["sh","-c","echo $$0 $$1"]\ncommand: ["a","b"]'),
        ("CF169", 'command: ["python","-c","print(1)","a"]'),
        ("CF169", 'entrypoint: ["sh","/entry.sh","-c"]\ncommand: ["a","b"]'),
        ("CF262", 'environment:\n  - "NAME=Some Server"\n  - NAME2=a"b"\n  - NAME3="a" b "c"'),
        ("CF262", "environment:\n  - 'NAME=\"quoted\"'"),
        ("CF262", 'environment:\n  NAME: "Some Server"'),
        ("CF262", 'labels:\n  - com.example.description="text"'),
        ("CF263", 'environment:\n  - LF_HOST=host: x\n  - LF_HOST\n  - "a:b"\n  - "URL=http://x: y"'),
        ("CF263", 'environment:\n  LF_HOST: host'),
        ("CF263", 'labels:\n  - "note: text"'),
        ("CF264", "environment:\n  - A=1\n  - B=2\n  - a=3\n  - C\n  - $A=1\n  - $A=2"),
    ],
)  # fmt: skip
def test_what_is_written_arrives(code: str, body: str) -> None:
    assert reported(code, app(body), files={"Dockerfile": "FROM nginx:1.30\n"}) == []


@pytest.mark.parametrize(
    ("code", "body", "new"),
    [
        ("CF149", 'healthcheck: {test: ["CMD-SHELL","pg_isready","-U","shop"]}', 'healthcheck: {test: ["CMD","pg_isready","-U","shop"]}'),
        ("CF149", 'healthcheck: {test: ["CMD-SHELL","curl -f http://x","|| exit 1"]}', ""),
        ("CF262", 'environment:\n  - NAME="Some Server"', 'environment:\n  - "NAME=Some Server"'),
        ("CF262", "environment:\n  - NAME='{\"a\":1}'", "environment:\n  - 'NAME={\"a\":1}'"),
        ("CF263", 'environment:\n  - "LF_HOST: host"', 'environment:\n  - "LF_HOST=host"'),
    ],
)  # fmt: skip
def test_a_fix_writes_what_was_meant(code: str, body: str, new: str) -> None:
    assert fixed(code, app(body)) == app(new or body)


@pytest.mark.parametrize(
    ("code", "text", "place"),
    [
        ("CF003", "x-v: &vols ['./a:/a']\nservices:\n  app:\n    image: a/b:1\n    volumes: [*vols, './c:/c']\n", "*vols"),
        ("CF002", "x-v: &list [a]\nservices:\n  app:\n    <<: *list\n    image: a/b:1\n", "*list"),
        ("XF110", "include: [{path: i.yaml, env_file: nope}]\n", "nope"),
        ("CF141", app("environment:\n  - PASSWORD_HASH=$2b$12$abcdefghijklmnopqrstuv"), "$2b$12$abcdefghijklmnopqrstuv"),
        ("CF141", app("labels:\n  - users=admin:$apr1$abcdefgh$ijklmnopqrstuvwxyz0123"), "$apr1$abcdefgh$ijklmnopqrstuvwxyz0123"),
    ],
)  # fmt: skip
def test_the_place_of_what_yaml_and_compose_cannot_read(code: str, text: str, place: str) -> None:
    files = {"i.yaml": "services:\n  z:\n    image: a/b:1\n"}
    assert reported(code, text, files=files) == [place]
