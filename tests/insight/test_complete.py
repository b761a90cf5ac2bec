"""Completion: what may be written where the mark is."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import ROOT, LayOut, no_hang, part_of
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.resolve import resolve
from composelint.linter.compose.schema import check
from composelint.linter.files.kinds import kind_of_named
from composelint.linter.insight.complete import complete
from composelint.linter.insight.completions import Completion, plain_text
from composelint.linter.insight.cursor import cursor_at
from composelint.linter.insight.keys import keys_at
from composelint.linter.source.yaml.nodes import Mapping
from composelint.linter.source.yaml.parser import parse_yaml
from typed_texts import MARK, PROJECTS, complete_in, labels, load, unmarked

WEB = "services:\n  web:\n    image: nginx:1.30\n"
DB = "services:\n  db:\n    image: postgres:17\n"

FIRST = {
    "se¦": ["services", "secrets"],
    WEB + "    hea¦": ["healthcheck"],
    WEB + "    depends_on:\n      - ¦\n  db:\n    image: postgres\n": ["db"],
    WEB + "    depends_on:\n      ¦\n  db:\n    image: postgres\n": ["db", "- db"],
    WEB + "    depends_on:\n      db:\n        condition: ¦": [
        "service_completed_successfully",
        "service_healthy",
        "service_started",
    ],
    WEB + "    depends_on:\n      db:\n        ¦": ["condition", "required", "restart"],
    WEB + "    restart: ¦": ["always", "no", "on-failure", "unless-stopped"],
    WEB + "    read_only: ¦": ["false", "true"],
    WEB + "    cap_add: [BI¦]": ["NET_BIND_SERVICE", "SYS_PTRACE"][:1],
    WEB + "    cap_drop:\n      - A¦": ["ALL"],
    WEB + "    stop_signal: ¦": ["SIGTERM", "SIGINT", "SIGQUIT"],
    WEB + "    networks:\n      - ¦\nnetworks:\n  back:\n  front:\n": ["back", "front"],
    WEB + "    secrets: [¦]\nsecrets:\n  key: {file: a}\n": ["key"],
    WEB + "    network_mode: ¦\n  db:\n    image: a\n": ["bridge", "host", "none", "service:db"],
    WEB + "    ports:\n      - ¦": ["127.0.0.1:80:80", "80:80"],
    WEB + "    ulimits:\n      nof¦": ["nofile"],
    WEB + "    logging:\n      driver: l¦": ["local", "fluentd", "journald"][:1],
    WEB + "    deploy:\n      res¦": ["resources", "restart_policy"],
    "services:\n  db:\n    image: postgres:1¦": ["postgres:18"],
    "services:\n  db:\n    image: postg¦": ["postgres:18"],
    "services:\n  db:\n    image: ¦": ["nginx:1.31", "postgres:18"],
    DB + "    environment:\n      ¦": ["POSTGRES_PASSWORD"],
    DB + "    volumes:\n      - ¦\nvolumes:\n  data:\n": ["data:/var/lib/postgresql/data"],
    DB + "    healthcheck:\n      test: ¦": [],
    WEB + "    <¦\nx: &base {}\n": ["<<: *base"],
    WEB + "    user: *¦\nx: &base a\n": ["*base"],
    WEB + "    # ¦": ["# composelint: ignore[RULE]", "# composelint: file-ignore[RULE]"],
    WEB + "    # composelint: ignore[CF201, healthcheck-tool¦]": ["CF212 healthcheck-tool-missing"],
}
"""The first completions of Compose files without a project; an empty list for anything."""


@pytest.mark.parametrize("text", FIRST, ids=repr)
def test_the_first_completions_are_those_that_fit(text: str) -> None:
    found = labels(complete_in(text))
    assert found
    assert found[: len(FIRST[text])] == FIRST[text]


INLINE = "services:\n  web:\n    build:\n      dockerfile_inline: |\n"


def test_a_dockerfile_inside_a_compose_file_is_completed_as_one() -> None:
    stages = "        FROM node:22 AS build\n        FROM nginx\n"
    assert labels(complete_in(f"{INLINE}{stages}        COPY --from=¦\n"))[0] == "build"
    text, offset = unmarked(f"{INLINE}{stages}        STOP¦\n")
    (item,) = complete("compose", "compose.yaml", text, offset)
    assert (item.label, text[item.start : item.end]) == ("STOPSIGNAL", "STOP")
    assert labels(complete_in(INLINE + "        FROM node:22\n      tar¦\n"))[0] == "target"


NOTHING = (
    WEB + "    command: |\n      ¦",
    WEB + "    image: nginx\n      ¦",
    WEB + "    x-own:\n      ¦",
    "services:\n  ¦",
    WEB + "    # see below ¦ there",
)


@pytest.mark.parametrize("text", NOTHING, ids=repr)
def test_nothing_is_offered_where_nothing_is_known(text: str) -> None:
    assert labels(complete_in(text)) == []


def test_keys_that_are_set_are_not_offered_again() -> None:
    found = labels(complete_in(WEB + "    ¦\n    user: x\n"))
    assert "image" not in found
    assert "user" not in found
    assert found[:3] == ["build", "command", "ports"]
    assert labels(complete_in("services:\n  web:\n    us¦er: x\n"))[0] == "user"


def inserted(text: str, label: str, path: str = "compose.yaml", kind: str = "compose") -> str:
    """The text after the completion with a label is chosen at the mark."""
    plain, _ = unmarked(text)
    item = next(item for item in complete_in(text, path, kind) if item.label == label)
    return plain[: item.start] + plain_text(item) + plain[item.end :]


INSERTED = {
    (WEB + "    lo¦", "logging"): WEB
    + "    logging:\n      driver: local\n      options:\n        max-size: 10m",
    (WEB + "    hea¦", "healthcheck"): WEB
    + '    healthcheck:\n      test: ["CMD", "curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1/"]\n'
    "      interval: 30s\n      timeout: 5s\n      retries: 3\n      start_period: 30s",
    (WEB + "    restart: ¦", "no"): WEB + '    restart: "no"',
    (WEB + "    restart: 'a¦'", "always"): WEB + "    restart: 'always'",
    (WEB + "    us¦er: x", "user"): WEB + "    user: x",
    (WEB + "    cpus: ¦", "0.5"): WEB + "    cpus: 0.5",
    (WEB + "    ports: [¦]", "80:80"): WEB + '    ports: ["80:80"]',
    (WEB + "    user: ${¦", "HOME"): "",
    (
        "services:\n  web:\n    image: ngi¦nx:1.1\n",
        "nginx:1.31",
    ): "services:\n  web:\n    image: nginx:1.31\n",
    (WEB + "    depends_on:\n      ¦\n  db:\n    image: a\n", "db"): WEB
    + "    depends_on:\n      db:\n        condition: service_started\n  db:\n    image: a\n",
    (WEB + "    depends_on:\n      ¦\n  db:\n    image: a\n", "- db"): WEB
    + "    depends_on:\n      - db\n  db:\n    image: a\n",
    (WEB + "    # composelint: ignore[CF2¦]", "CF201 missing-memory-limit"): "",
}


@pytest.mark.parametrize("case", [case for case, text in INSERTED.items() if text], ids=repr)
def test_a_completion_replaces_the_word(case: tuple[str, str]) -> None:
    assert inserted(*case) == INSERTED[case]


STACK = {
    "compose.yaml": "services:\n  web:\n    image: nginx:1.30\n    build: ./app\n",
    "compose.override.yaml": "services:\n  cache:\n    image: redis:8\nnetworks:\n  back:\n",
    ".env": "TAG=1.2\nDB_PASSWORD=tulip-9481\n",
    "app/Dockerfile": "ARG VERSION=1\nFROM node:22 AS build\nFROM nginx:1.30 AS final\n",
    "app/main.js": "",
    "app/package.json": "{}",
}

IN_STACK = {
    "of another file": (
        "services:\n  web:\n    image: a\n    depends_on: [¦]\n", ["cache"]
    ),
    "a network of another file": ("services:\n  web:\n    networks: [¦\n", ["back"]),
    "variables, those that are set first": (
        "services:\n  web:\n    image: a:${¦\n", ["COMPOSE_PROJECT_NAME", "DB_PASSWORD", "HOME", "PATH", "PWD", "TAG"]
    ),
    "variables without braces": ("services:\n  web:\n    image: a:$TA¦\n", ["TAG"]),
    "folders": ("services:\n  web:\n    build:\n      context: ./¦\n", ["./app"]),
    "env files": ("services:\n  web:\n    env_file: ¦\n", ["./.env"]),
}  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), IN_STACK.values(), ids=IN_STACK)
def test_names_come_from_all_files_of_the_stack(
    lay_out: LayOut, text: str, expected: list[str]
) -> None:
    lay_out(STACK)
    assert labels(complete_in(text, loaded=True))[: len(expected)] == expected


def test_a_section_is_offered_what_services_use_and_other_files_have(lay_out: LayOut) -> None:
    lay_out(STACK)
    text = "services:\n  web:\n    image: a\n    networks: [front, back]\n    volumes: [data:/a]\n"
    found = complete_in(f"{text}networks:\n  ¦\n", loaded=True)
    assert [(item.label, item.detail) for item in found] == [
        ("front", 'service "web" uses it'),
        ("back", "of another file"),
    ]
    assert labels(complete_in(f"{text}volumes:\n  ¦\n", loaded=True)) == ["data"]
    found = complete_in("services:\n  ¦\n", "compose.override.yaml", loaded=True)
    assert [(item.label, plain_text(item)) for item in found] == [("web", "web:\n    ")]


@pytest.mark.parametrize(
    ("line", "expected"),
    [("target: ¦", ["build", "final"]), ("args:\n        ¦", ["VERSION"]), ("dockerfile: ¦", ["Dockerfile"])],
)  # fmt: skip
def test_a_build_knows_its_dockerfile(lay_out: LayOut, line: str, expected: list[str]) -> None:
    lay_out(STACK)
    text = f"services:\n  web:\n    build:\n      context: ./app\n      {line}\n"
    assert labels(complete_in(text, loaded=True))[: len(expected)] == expected


def test_secrets_are_masked_in_what_is_known_of_a_variable(lay_out: LayOut) -> None:
    lay_out(STACK)
    found = complete_in("services:\n  web:\n    image: a:${¦\n", loaded=True)
    details = {item.label: item.detail for item in found}
    assert details["TAG"] == "1.2 (set in .env, line 1)"
    assert details["DB_PASSWORD"] == "*** (set in .env, line 2)"


def test_defaults_of_build_arguments_that_are_secrets_are_masked(lay_out: LayOut) -> None:
    lay_out({**STACK, "app/Dockerfile": "ARG NPM_TOKEN=tulip-9481\nARG VERSION=1\nFROM a\n"})
    text = "services:\n  web:\n    build:\n      context: ./app\n      args:\n        ¦\n"
    found = {item.label: item.detail for item in complete_in(text, loaded=True)}
    assert found["NPM_TOKEN"] == "default ***"
    assert found["VERSION"] == "default 1"


def test_nothing_is_told_of_variables_for_a_secret(lay_out: LayOut) -> None:
    lay_out({**STACK, ".env": "TULIP=tulip-9481\n"})
    text = "services:\n  web:\n    image: a\n    environment:\n      DB_PASSWORD: ${TUL¦\n"
    assert [(item.label, item.detail) for item in complete_in(text, loaded=True)] == [("TULIP", "")]


def test_findings_of_the_line_are_the_first_rules(lay_out: LayOut) -> None:
    lay_out(STACK)
    text = 'version: "3"  # composelint: ignore[¦]\nservices:\n  web:\n    image: nginx:1.30\n'
    assert labels(complete_in(text, loaded=True))[0].startswith("CF004 ")


DOCKERFILES = {
    "FR¦": ["FROM"],
    "FROM nginx:1.30\nHEAL¦": ["HEALTHCHECK"],
    "FROM node:22 AS build\nFROM ¦": ["build"],
    "FROM node:22 ¦": ["AS"],
    "FROM --platform=¦": ["$BUILDPLATFORM", "$TARGETPLATFORM", "linux/amd64"],
    "FROM node:22 AS build\nFROM nginx\nCOPY --from=¦": ["build"],
    "FROM nginx\nCOPY --ch¦": ["--chmod=", "--chown="],
    "FROM node:22\nUSER app\nCOPY --chown=¦": [
        "app:app",
        "node:node",
        "1000:1000",
        "nobody:nobody",
    ],
    "FROM nginx\nRUN --mount=type=¦": ["bind", "cache", "secret", "ssh", "tmpfs"],
    "FROM nginx\nRUN --mount=type=cache,sharing=¦": ["locked", "private", "shared"],
    "FROM nginx\nRUN --mount=¦": ["type="],
    "FROM a AS deps\nFROM nginx\nRUN --mount=from=¦": ["deps"],
    "FROM nginx\nRUN --network=¦": ["default", "host", "none"],
    "ARG V=1\nFROM node:${¦": ["V"],
    "FROM node:22\nENV A=1 B=2\nRUN echo $¦": ["A", "B", "PATH"][:2],
    "FROM nginx\nSTOPSIGNAL ¦": ["SIGTERM", "SIGINT"],
    "FROM nginx\nEXPOSE ¦": ["80"],
    "FROM nginx\nHEALTHCHECK ¦": ["CMD", "NONE"],
    "FROM node:22\nUSER ¦": ["node", "1000", "nobody"],
    "FROM nginx\nONBUILD ¦": ["RUN"],
    "FROM nginx\nRUN \\\n  --mount=type=¦": ["bind"],
    "# ¦": ["# composelint: ignore[RULE]"],
    "FROM nginx\n# composelint: ignore[DF13¦]": ["DF130"],
    "FROM postgres:1¦": ["postgres:18"],
}


@pytest.mark.parametrize("text", DOCKERFILES, ids=repr)
def test_dockerfiles(text: str) -> None:
    found = labels(complete_in(text, "Dockerfile", "dockerfile"))
    expected = DOCKERFILES[text]
    assert [label[: len(name)] for label, name in zip(found, expected, strict=False)] == expected


def test_instructions_before_the_first_stage_are_from_and_arg() -> None:
    assert labels(complete_in(MARK, "Dockerfile", "dockerfile")) == ["FROM", "ARG"]
    item = complete_in("FROM a\nwor¦", "Dockerfile", "dockerfile")[0]
    assert plain_text(item) == "workdir /app"


def test_files_of_the_context_are_offered_as_sources(lay_out: LayOut) -> None:
    lay_out({**STACK, "app/.dockerignore": "package.json\n"})
    text = "FROM nginx\nCOPY ¦"
    found = labels(complete_in(text, "app/Dockerfile", "dockerfile", loaded=True))
    assert "main.js" in found
    assert "package.json" not in found


def test_patterns_of_an_ignore_file_come_from_the_tree(lay_out: LayOut) -> None:
    lay_out({**STACK, "app/.dockerignore": "x\n", "app/src/a.js": ""})
    found = labels(complete_in("main.js\n¦", "app/.dockerignore", "dockerignore", loaded=True))
    assert found[:3] == ["Dockerfile", "package.json", "src/"]
    assert "main.js" not in found
    assert ".git" in found
    inner = labels(complete_in("src/¦", "app/.dockerignore", "dockerignore", loaded=True))
    assert inner == ["src/a.js"]
    assert labels(complete_in("!m¦", "app/.dockerignore", "dockerignore", loaded=True)) == [
        "main.js"
    ]


def test_an_env_file_is_asked_for_the_variables_that_are_missing(lay_out: LayOut) -> None:
    lay_out({"compose.yaml": "services:\n  a:\n    image: a:${TAG}\n    user: ${ID:-1}\n"})
    found = complete_in("ID=3\n¦", ".env", "env", loaded=True)
    assert [(item.label, item.insert, item.detail) for item in found] == [
        ("TAG", "TAG=", "used in compose.yaml, line 3")
    ]
    assert labels(complete_in("A=1\nB=${¦", ".env", "env", loaded=True)) == ["A"]


# --- properties


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_place_of_every_project_can_be_completed(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    project, result = load(path.name)
    text = path.read_text()
    kind = kind_of_named(path.name) or ""
    with no_hang():
        for offset in part_of(range(0, len(text) + 1, 1 if len(text) < 500 else 5)):
            found = complete(kind, path.name, text, offset, project, result)
            assert all(0 <= item.start <= offset <= item.end <= len(text) for item in found)


def errors(text: str) -> set[str]:
    """The problems of a Compose file's syntax and shape, as texts."""
    yaml = parse_yaml(SourceFile("compose.yaml", text))
    found = {f"syntax {problem.message}" for problem in yaml.problems}
    for document in yaml.documents:
        root = resolve(document).root
        if isinstance(root, Mapping):
            found |= {
                f"{error.kind} {error.message}"
                for error in check(root)
                if error.kind not in UNDECIDED
            }
    return found


UNDECIDED = ("empty", "missing-property", "type", "cast", "pattern")
"""What depends on the value that people type at a tab stop."""


def accepted(text: str, offset: int, item: Completion) -> bool:
    """Whether the text with a completion has no errors that it had not before."""
    after = text[: item.start] + plain_text(item) + text[item.end :]
    return errors(after) <= errors(text)


KINDS = {
    "top": "¦",
    "service": "services:\n  web:\n    ¦",
    "service with keys": "services:\n  web:\n    image: nginx:1.30\n    ¦\n    user: a\n",
    "build": "services:\n  web:\n    build:\n      ¦",
    "deploy": "services:\n  web:\n    image: a\n    deploy:\n      ¦",
    "healthcheck": "services:\n  web:\n    image: a\n    healthcheck:\n      ¦",
    "volumes": "services:\n  web:\n    image: a\n    volumes:\n      - ¦",
    "a mount": "services:\n  web:\n    image: a\n    volumes:\n      - type: bind\n        target: /a\n        ¦",
    "ports": "services:\n  web:\n    image: nginx\n    ports:\n      - ¦",
    "dependencies": "services:\n  web:\n    image: a\n    depends_on:\n      ¦\n  db:\n    image: b\n",
    "restart": "services:\n  web:\n    image: a\n    restart: ¦",
    "capabilities": "services:\n  web:\n    image: a\n    cap_add: [¦]",
    "network": "networks:\n  a:\n    ¦",
    "volume": "volumes:\n  a:\n    ¦",
    "secret": "secrets:\n  a:\n    ¦",
    "flow": "services:\n  web: {image: a, ¦}",
    "watch": "services:\n  web:\n    image: a\n    develop:\n      watch:\n        - ¦",
}


@pytest.mark.parametrize("text", KINDS.values(), ids=KINDS)
def test_the_schema_accepts_what_is_inserted(text: str) -> None:
    plain, offset = unmarked(text)
    found = complete("compose", "compose.yaml", plain, offset)
    assert found
    refused = [item.label for item in found if not accepted(plain, offset, item)]
    assert refused == []


def test_every_key_of_the_schema_is_offered_somewhere_and_has_a_meaning() -> None:
    for path in ((), ("services", "web"), ("services", "web", "build"), ("networks", "a")):
        for key in keys_at(path).values():
            assert key.meaning, key.name


def test_a_cursor_in_a_very_long_file_is_found_in_time() -> None:
    text = "services:\n" + "".join(f"  s{number}:\n    image: a\n" for number in range(5_000))
    with no_hang():
        assert cursor_at(text + "    ", len(text) + 4).path == ("services", "s4999")
        assert complete("compose", "compose.yaml", text + "    ", len(text) + 4)
