"""Hover: what is shown about the place of a mark."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import ROOT, LayOut, part_of
from composelint.linter.files.kinds import kind_of_named
from composelint.linter.insight.hover import hover
from typed_texts import MARK, PROJECTS, load, unmarked

FILES = {
    "compose.yaml": """\
x-base: &base
  mem_limit: 256m
services:
  web:
    <<: *base
    image: nginx:1.30
    build: ./api
    ports:
      - "${PORT:-8080}:80"
    environment:
      DB_PASSWORD: ${PW}
      MODE: prod
      ZONE: ${ZONE}
    env_file: web.env
  db:
    image: postgres:17
    depends_on: [web]
""",
    "compose.override.yaml": "services:\n  web:\n    mem_limit: 512m\n",
    ".env": "PW=tulip-9481\nPORT=9000\n",
    "web.env": "MODE=dev\nLOG=debug\n",
    "api/Dockerfile": """\
ARG VERSION=3.12
FROM python:${VERSION}-slim AS base
RUN apt-get update && apt-get install -y curl git
ENV TOKEN=tulip-9481-token
WORKDIR /app
FROM base AS final
COPY main.py .
USER nobody
EXPOSE 8000
""",
}


def shown(path: str, text: str) -> tuple[str, str] | None:
    """The text that is shown at a mark, and the text of its place."""
    plain, offset = unmarked(text)
    assert Path(path).read_text() == plain, "the mark is the only difference"
    project, _ = load()
    found = hover(kind_of_named(path) or "", project, path, offset)
    return None if found is None else (found.text, found.span.text)


def at(path: str, needle: str) -> tuple[str, str] | None:
    """What is shown where a text with a mark occurs in one of the files."""
    plain, _ = unmarked(needle)
    text = FILES[path]
    assert text.count(plain) == 1, needle
    return shown(path, text.replace(plain, needle))


CASES = {
    "the meaning of a key": (
        "compose.yaml", "env¦_file:", "env_file", ["`services.web.env_file`", "`environment` wins over them"],
    ),
    "a value with the steps to it": (
        "compose.override.yaml", "mem¦_limit: 512m", "mem_limit",
        ["= `512m`", "set to 256m (compose.yaml:2)", "through the merge key", "replaced by 512m"],
    ),
    "a variable and where it is set": (
        "compose.yaml", "${PO¦RT:-8080}", "${PORT:-8080}",
        ["= `9000`, set in .env, line 2", "if it is not set or empty: `8080`"],
    ),
    "a variable that nothing sets": (
        "compose.yaml", "${ZO¦NE}", "${ZONE}", ["not set", "Docker Compose takes it as empty"],
    ),
    "a secret is masked": ("compose.yaml", "${P¦W}", "${PW}", ["= `***`, set in .env, line 1"]),
    "an image": (
        "compose.yaml", "postg¦res:17", "postgres:17",
        ["database", "listens on 5432/tcp", "keeps its data in `/var/lib/postgresql/data`",
         "newest known tag", "support of postgresql 17 ends on", "a health check that works"],
    ),
    "a service after the merge": (
        "compose.yaml", "  we¦b:\n", "web",
        ["**service `web`**", 'mem_limit: "512m"  # compose.override.yaml:3', '"***"'],
    ),
    "a service where it is named": ("compose.yaml", "[w¦eb]", "web", ["**service `web`**"]),
    "an alias": ("compose.yaml", "*b¦ase", "*base", ["**anchor `&base`**", "mem_limit: 256m"]),
    "an instruction": ("api/Dockerfile", "EXP¦OSE 8000", "EXPOSE", ["it publishes nothing"]),
    "a stage": (
        "api/Dockerfile", "AS fi¦nal", "final",
        ["starts from `python:3.12-slim`, through `base`", "user `nobody` (api/Dockerfile:8)",
         "folder `/app`", "packages: `curl`, `git`", "copied: `main.py to /app`",
         "exposes 8000", "`TOKEN=***`", "its image runs"],
    ),
    "a stage where it is named": ("api/Dockerfile", "FROM ba¦se AS final", "base", ["**stage `base`**"]),
    "the image of a stage": ("api/Dockerfile", "pyt¦hon:", "python:${VERSION}-slim", ["**image `python:3.12-slim`**"]),
    "a variable of a Dockerfile": ("api/Dockerfile", "${VER¦SION}", "VERSION", ["= `3.12`", "build argument, api/Dockerfile:1"]),
    "a variable of .env": (".env", "PO¦RT=9000", "PORT", ["used in compose.yaml:9"]),
    "a variable of a container": ("web.env", "LO¦G=debug", "LOG", ['for the containers of service "web"']),
    "a variable that is replaced": ("web.env", "MO¦DE=dev", "MODE", ["replaces it by `prod` (compose.yaml:12)"]),
}  # fmt: skip


@pytest.mark.parametrize(("path", "needle", "span", "texts"), CASES.values(), ids=CASES)
def test_what_is_shown(
    lay_out: LayOut, path: str, needle: str, span: str, texts: list[str]
) -> None:
    lay_out(FILES)
    found = at(path, needle)
    assert found is not None
    assert found[1] == span
    for text in texts:
        assert text in found[0]
    assert "tulip" not in found[0]


def test_nothing_is_shown_where_there_is_nothing(lay_out: LayOut) -> None:
    lay_out(FILES)
    project, _ = load()
    assert hover("compose", project, "other.yaml", 3) is None
    assert hover("compose", project, "compose.yaml", 10_000) is None
    assert hover("dockerfile", project, "none/Dockerfile", 0) is None
    assert hover("dockerignore", project, ".dockerignore", 0) is None


def test_a_key_in_a_broken_file_is_explained(lay_out: LayOut) -> None:
    text = "services:\n  web:\n    image: nginx\n    us\n    read_on¦ly: true\n"
    lay_out({"compose.yaml": text.replace(MARK, "")})
    found = shown("compose.yaml", text)
    assert found is not None
    assert "own file system is read-only" in found[0]


def test_a_variable_in_a_broken_file_has_its_value(lay_out: LayOut) -> None:
    text = "services:\n  web:\n    image: nginx:${TA¦G:-1}\n    us\n"
    lay_out({"compose.yaml": text.replace(MARK, ""), ".env": "TAG=1.30\n"})
    found = shown("compose.yaml", text)
    assert found is not None
    assert found[1] == "${TAG:-1}"
    assert "= `1.30`, set in .env, line 1" in found[0]


@pytest.mark.exhaustive
@pytest.mark.parametrize("path", PROJECTS, ids=lambda path: str(path.relative_to(ROOT)))
def test_every_place_of_every_project_can_be_asked(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(path.parent)
    project, _ = load(path.name)
    text = path.read_text()
    kind = kind_of_named(path.name) or ""
    for offset in part_of(range(0, len(text) + 1, 5)):
        found = hover(kind, project, path.name, offset)
        assert found is None or (found.text.strip() and found.span.start <= found.span.end)
