"""``composelint why``: the value at a path of a stack, and the steps that made it."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path as FilePath

import pytest
from checks import ROOT, LayOut, Run
from composelint.linter.compose.nodes import entries_of, go_text, items_of
from composelint.linter.insight.key_paths import NoSuchPath, parse_path, shown_path
from composelint.linter.insight.why import explain
from composelint.linter.model.stack import Stack
from composelint.linter.secrets.shown import Masking
from composelint.linter.source.yaml.nodes import Node, Scalar
from hypothesis import given
from hypothesis import strategies as st
from typed_texts import load

Path = tuple[str | int, ...]

FILES = {
    "compose.yaml": """\
x-base: &base
  mem_limit: 256m
  restart: always
services:
  web:
    <<: *base
    image: nginx:1.29
    ports:
      - "${PORT:-8080}:80"
    environment:
      - DB_PASSWORD=${PW}
      - MODE=prod
    env_file: web.env
    volumes:
      - ./data:/data
    labels:
      traefik.enable: "true"
  api:
    extends: web
    mem_limit: ${MEM}
    build: ./api
    depends_on: [web]
""",
    "compose.override.yaml": """\
services:
  web:
    mem_limit: 512m
    volumes:
      - ./other:/data
    labels: !reset []
  db:
    image: postgres:${TAG}
    environment: [MEM]
""",
    ".env": "PW=tulip-9481\nMEM=1g\nTAG=${MEM}-${LATER}\nLATER=x\n",
    "web.env": "LOG=debug\nMODE=dev\n",
    "api/Dockerfile": """\
ARG VERSION=3.12
FROM python:${VERSION}-slim AS base
ENV MODE=dev TOKEN=abcdef1234
WORKDIR /app
USER nobody
FROM base AS final
WORKDIR src
ENV MODE=prod
CMD ["python", "x.py"]
""",
}

CASES = {
    "a merge key and an override": (
        "services.web.mem_limit",
        """\
services.web.mem_limit = 512m
  compose.yaml:2:14           set to 256m
  compose.yaml:6:9            through the merge key << of &base
  compose.override.yaml:3:16  replaced by 512m
""",
    ),
    "services. may be left out, and the default of a variable counts": (
        "web.ports[0].published",
        """\
services.web.ports[0].published = 8080
  compose.yaml:9:9  written in the short form ${PORT:-8080}:80
  -                 PORT is not set: its default is 8080
  -                 published of that is 8080
""",
    ),
    "a service that is extended, and a variable of .env": (
        "api.mem_limit",
        """\
services.api.mem_limit = 1g
  compose.yaml:19:14  it extends the service "web"
  compose.yaml:2:14   set to 256m
  compose.yaml:6:9    through the merge key << of &base
  compose.yaml:20:16  replaced by ${MEM}
  .env:2:1            MEM is 1g, set in .env, line 2
""",
    ),
    "a secret is masked wherever it stands": (
        "web.environment.DB_PASSWORD",
        """\
services.web.environment.DB_PASSWORD = ***
  compose.yaml:11:9  set to DB_PASSWORD=${PW}
  .env:1:1           PW is ***, set in .env, line 1
""",
    ),
    "environment wins over env_file": (
        "web.environment.MODE",
        """\
services.web.environment.MODE = prod
  web.env:2:1        set to dev in the env file web.env
  compose.yaml:12:9  replaced by MODE=prod
""",
    ),
    "a variable that only an env file sets": (
        "web.environment.LOG",
        """\
services.web.environment.LOG = debug
  web.env:1:1  set to debug in the env file web.env
""",
    ),
    "a variable that is passed on": (
        "db.environment.MEM",
        """\
services.db.environment.MEM = 1g
  compose.override.yaml:9:19  set to MEM
  -                           without a value, that of the variable MEM is passed on
  .env:2:1                    MEM is 1g, set in .env, line 2
""",
    ),
    "what a variable refers to counts if it stands above": (
        "db.image",
        """\
services.db.image = postgres:1g-
  compose.override.yaml:8:12  set to postgres:${TAG}
  .env:3:1                    TAG is 1g-, set in .env, line 3
  .env:2:1                    MEM is 1g, set in .env, line 2
  -                           LATER is not set: nothing takes its place
""",
    ),
    "a mount that replaces another": (
        "web.volumes[0]",
        """\
services.web.volumes[0]:
  type: bind
  source: other
  target: /data
  bind:
    create_host_path: true

  compose.yaml:15:9          set to ./data:/data, which has the same target
  compose.override.yaml:5:9  replaced by ./other:/data
  -                          that means type bind, source other, target /data
""",
    ),
    "what !reset removes": (
        "web.labels.traefik.enable",
        """\
services.web.labels["traefik.enable"] is not in the model
  compose.yaml:17:23          set to true
  compose.override.yaml:6:20  !reset on services.web.labels removes it
""",
    ),
    "a default of Docker Compose": (
        "api.depends_on.web.required",
        """\
services.api.depends_on.web.required = true
  compose.yaml:22:18  written in the short form web
  -                   required of that is true
""",
    ),
    "a short form": (
        "api.build.context",
        """\
services.api.build.context = api
  compose.yaml:21:12  written in the short form ./api
  -                   context of that is api
""",
    ),
}


@pytest.mark.parametrize(("key", "shown"), CASES.values(), ids=CASES)
def test_each_step_has_its_place(lay_out: LayOut, run: Run, key: str, shown: str) -> None:
    lay_out(FILES)
    assert run("why", key).output == shown
    assert run("why", "compose.yaml", key).output == shown


def test_secrets_are_shown_if_asked_for(lay_out: LayOut, run: Run) -> None:
    lay_out(FILES)
    assert "tulip-9481" not in run("why", "services").output
    assert "tulip-9481" in run("why", "web.environment.DB_PASSWORD", "--show-secrets").output


STAGES = {
    "user": "final.user = nobody",
    "base.workdir": "base.workdir = /app",
    "workdir": "final.workdir = /app/src",
    "env.MODE": "final.env.MODE = prod",
    "stages.base.env.MODE": "base.env.MODE = dev",
    "env.TOKEN": "final.env.TOKEN = ***",
    "from": "final.from = python:3.12-slim",
    "cmd": 'final.cmd = ["python", "x.py"]',
}


@pytest.mark.parametrize(("key", "shown"), STAGES.items(), ids=STAGES)
def test_a_stage_has_what_its_instructions_set(
    lay_out: LayOut, run: Run, key: str, shown: str
) -> None:
    lay_out(FILES)
    assert run("why", "api/Dockerfile", key).output.startswith(f"{shown}\n  api/Dockerfile:")


def test_secrets_of_build_arguments_are_masked(lay_out: LayOut, run: Run) -> None:
    lay_out(
        {
            "Dockerfile": "ARG TOKEN=tulip-9481\nFROM a:${TOKEN}\nARG TOKEN\nCMD x --password=tulip-9481\n"
        }
    )
    for key in ("from", "arg.TOKEN", "cmd"):
        assert "tulip" not in run("why", "Dockerfile", key).output
        assert "tulip" in run("why", "Dockerfile", key, "--show-secrets").output


WRONG = {
    ("compose.yaml", "web.mem_limt"): 'services.web has no "mem_limt"; did you mean "mem_limit"?',
    ("compose.yaml", "services.wev"): 'services has no "wev"; did you mean "web"?',
    ("compose.yaml", "wev.image"): 'the stack has no "wev"; did you mean "web"?',
    ("compose.yaml", "web.ports[7]"): "services.web.ports has 1 item, counted from 0",
    ("compose.yaml", "web.ports.target"): "is a list of 1 item: write services.web.ports[0]",
    ("compose.yaml", "web.user"): 'services.web has no "user"; it may be set: User,',
    ("compose.yaml", "web.image.tag"): 'is a single value; there is nothing called "tag" in it',
    ("compose.yaml", "web["): "web[: a bracket is not closed",
    ("api/Dockerfile", "basee.user"): 'no stage or property "basee"; did you mean "base"?',
    ("api/Dockerfile", "final.usr"): 'a stage has no "usr"; did you mean "user"?',
    ("api/Dockerfile", "env.NOPE"): "nothing sets final.env.NOPE",
}


@pytest.mark.parametrize(("where", "message"), WRONG.items(), ids=map(str, WRONG))
def test_a_wrong_path_says_what_may_be_meant(
    lay_out: LayOut, run: Run, where: tuple[str, str], message: str
) -> None:
    lay_out(FILES)
    result = run("why", *where)
    assert message in result.stderr
    assert result.exit_code == 2


UNREAD = {
    "services:\n  web:\n    image: [a\n": "compose.yaml:3:12: Docker Compose refuses this stack: the list",
    "services:\n  web:\n    image: a\n    ports: [http]\n": "compose.yaml:4:13: Docker Compose refuses",
    "\udcff": "compose.yaml: byte 0xff at offset 0 is not UTF-8",
}


@pytest.mark.parametrize(("text", "message"), UNREAD.items(), ids=map(str, range(len(UNREAD))))
def test_what_cannot_be_loaded_is_said(
    tmp_path: FilePath, run: Run, text: str, message: str
) -> None:
    (tmp_path / "compose.yaml").write_bytes(text.encode("utf-8", "surrogateescape"))
    assert message in run("why", str(tmp_path), "web.user").stderr.replace(f"{tmp_path}/", "")


def test_no_secret_is_in_what_is_said_about_a_refused_stack(lay_out: LayOut, run: Run) -> None:
    lay_out({"compose.yaml": "services:\n  db:\n    image: a\n    DB_PASSWORD=tulip-9481\n"})
    result = run("why", "compose.yaml", "db.image")
    assert "refuses this stack" in result.stderr
    assert "tulip" not in result.output


def test_a_file_alone_is_answered_with_what_is_missing(lay_out: LayOut, run: Run) -> None:
    lay_out(FILES)
    result = run("why", "compose.yaml")
    assert result.exit_code == 2
    assert "compose.yaml: name a value after it, such as services.web.image" in result.stderr


def test_json_has_the_places(lay_out: LayOut, run: Run) -> None:
    lay_out(FILES)
    data = json.loads(run("why", "api.mem_limit", "--format", "json").output)
    (answer,) = data["answers"]
    assert (answer["path"], answer["value"]) == ("services.api.mem_limit", "1g")
    assert answer["steps"][-1] == {
        "kind": "variable",
        "message": "MEM is 1g, set in .env, line 2",
        "file": ".env",
        "line": 2,
        "column": 1,
    }


def test_included_files_and_files_that_are_extended_have_their_places(
    lay_out: LayOut, run: Run
) -> None:
    lay_out(
        {
            "compose.yaml": "include: [parts/db.yaml]\nservices:\n  db: {mem_limit: 2g}\n"
            "  web: {image: a, extends: {file: base.yaml, service: web}}\n",
            "parts/db.yaml": "services:\n  db:\n    image: postgres:${V}\n    mem_limit: 1g\n",
            "parts/.env": "V=17\n",
            "base.yaml": "services:\n  web: {mem_limit: 64m}\n",
        }
    )
    assert run("why", "compose.yaml", "db.image").output == (
        "services.db.image = postgres:17\n"
        "  compose.yaml:1:11   parts/db.yaml is included\n"
        "  parts/db.yaml:3:12  set to postgres:${V}\n"
        "  parts/.env:1:1      V is 17, set in parts/.env, line 1\n"
    )
    assert "replaced by 2g" in run("why", "compose.yaml", "db.mem_limit").output
    assert 'it extends the service "web" of base.yaml' in run("why", "web.mem_limit").output


_NAMES = st.text(min_size=1, max_size=5).filter(lambda text: '"' not in text)


@given(st.lists(_NAMES, min_size=1, max_size=4))
def test_a_path_is_read_as_it_is_shown(names: list[str]) -> None:
    assert parse_path(shown_path(tuple(names))) == tuple(names)


@given(st.text(max_size=30))
def test_any_text_is_a_path_or_says_why_not(text: str) -> None:
    with contextlib.suppress(NoSuchPath):
        assert parse_path(text)


STACKS = sorted(
    path
    for folder in ("tests/projects", "examples")
    for path in (ROOT / folder).rglob("*compose*.y*ml")
    if "drafts" not in path.parts
)


def paths_in(node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Every path in a node, with what is there."""
    if path:
        yield path, node
    for entry in entries_of(node):
        yield from paths_in(entry.value, (*path, entry.name))
    for index, item in enumerate(items_of(node)):
        yield from paths_in(item, (*path, index))


def assert_explained(stack: Stack) -> None:
    """Each value of a stack is found by its path, and a step stands where it comes from."""
    for path, node in paths_in(stack.tree):
        answer = explain(stack, shown_path(path), Masking(show=True))
        assert answer.path == shown_path(path)
        if not isinstance(node, Scalar):
            continue
        if node.value is not None:
            assert answer.value == go_text(node.value)
        origin = node.span.origin
        places = [step.span.origin for step in answer.steps if step.span is not None]
        if any(step.kind == "default" for step in answer.steps):
            continue
        assert any(
            (place.file.path == origin.file.path and place.start <= origin.start <= place.end)
            or place.file.line_of(place.start) == origin.file.line_of(origin.start)
            for place in places
        ), (path, answer)  # fmt: skip


@pytest.mark.parametrize("path", STACKS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_value_of_every_stack_is_explained(
    path: FilePath, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    project, _ = load(path.name)
    assert project.stacks
    for stack in project.stacks:
        assert_explained(stack)


def test_every_value_of_a_merged_stack_is_explained(lay_out: LayOut) -> None:
    lay_out(FILES)
    project, _ = load()
    (stack,) = project.stacks
    assert_explained(stack)
    assert explain(stack, "services.api.mem_limit").value == "1g"
