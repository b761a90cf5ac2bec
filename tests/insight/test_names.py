"""Definitions and references of names: a cursor in a text leads to places."""

from __future__ import annotations

from pathlib import Path

import pytest
from composelint.linter.insight.names import definitions, highlights, links_of, names_of, references
from cursors import load, opened, shown

STACK = """\
services:
  web:
    image: nginx:1.30
    depends_on: [d‸b]
    networks: [front]
    volumes:
      - data:/data
    environment:
      DATABASE_URL: postgres://app:${PASSWORD}@db:5432/app
  "db":
    image: postgres:18
    network_mode: service:web
    profiles: [full]
    volumes_from:
      - web:ro
volumes:
  data:
networks:
  front:
"""
"""A stack with the cursor at a dependency; tests move it."""


def at(text: str, place: str) -> str:
    """A text with the cursor where ``place`` has it, instead of its own."""
    plain, target = text.replace("‸", ""), place.replace("‸", "")
    assert plain.count(target) == 1
    return plain.replace(target, place)


@pytest.fixture(autouse=True)
def _in_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


CASES = {
    "a service that is depended on": (
        {"compose.yaml": STACK},
        ["compose.yaml:10:4 db"],
        ["compose.yaml:10:4 db", "compose.yaml:4:18 db", "compose.yaml:9:48 db"],
    ),
    "a service whose network is shared": (
        {"compose.yaml": at(STACK, "service:w‸eb")},
        ["compose.yaml:2:3 web"],
        ["compose.yaml:12:27 web", "compose.yaml:15:9 web", "compose.yaml:2:3 web"],
    ),
    "the host in an address": (
        {"compose.yaml": at(STACK, "@‸db:5432")},
        ["compose.yaml:10:4 db"],
        ["compose.yaml:10:4 db", "compose.yaml:4:18 db", "compose.yaml:9:48 db"],
    ),
    "a volume": (
        {"compose.yaml": at(STACK, "- da‸ta:/data")},
        ["compose.yaml:17:3 data"],
        ["compose.yaml:17:3 data", "compose.yaml:7:9 data"],
    ),
    "a network, from its end": (
        {"compose.yaml": at(STACK, "[front‸]")},
        ["compose.yaml:19:3 front"],
        ["compose.yaml:19:3 front", "compose.yaml:5:16 front"],
    ),
    "a variable that .env sets": (
        {"compose.yaml": at(STACK, "${PASS‸WORD}"), ".env": "# local\nexport PASSWORD=x\n"},
        [".env:2:8 PASSWORD"],
        [".env:2:8 PASSWORD", "compose.yaml:9:38 PASSWORD"],
    ),
    "a service of an override": (
        {
            "compose.yaml": "services:\n  web:\n    image: nginx\n",
            "compose.override.yaml": "services:\n  w‸eb:\n    restart: always\n",
        },
        ["compose.override.yaml:2:3 web", "compose.yaml:2:3 web"],
        ["compose.override.yaml:2:3 web", "compose.yaml:2:3 web"],
    ),
    "an included service": (
        {
            "compose.yaml": "include: [db/db.yaml]\nservices:\n  web:\n    image: x\n    depends_on:\n      d‸b: {condition: service_started}\n",
            "db/db.yaml": "services:\n  db:\n    image: postgres\n",
        },
        ["db/db.yaml:2:3 db"],
        ["compose.yaml:6:7 db", "db/db.yaml:2:3 db"],
    ),
    "a service that is extended in another file": (
        {
            "compose.yaml": "services:\n  web:\n    extends: {file: base.yaml, service: we‸b}\n",
            "base.yaml": "services:\n  web:\n    image: nginx\n  other:\n    extends: web\n",
        },
        ["base.yaml:2:3 web"],
        ["base.yaml:2:3 web", "base.yaml:5:14 web", "compose.yaml:3:41 web"],
    ),
    "what an extended service depends on": (
        {
            "compose.yaml": "services:\n  web:\n    extends: {file: base.yaml, service: web}\n  d‸b: {image: postgres}\n",
            "base.yaml": "services:\n  web:\n    image: nginx\n    depends_on: [db]\n",
        },
        ["compose.yaml:4:3 db"],
        ["base.yaml:4:18 db", "compose.yaml:4:3 db"],
    ),
    "a dependency that a merge key brings": (
        {
            "compose.yaml": "x-base: &base\n  depends_on: [d‸b]\nservices:\n  web: {<<: *base, image: x}\n  db: {image: postgres}\n"
        },
        ["compose.yaml:5:3 db"],
        ["compose.yaml:2:16 db", "compose.yaml:5:3 db"],
    ),
    "an anchor": (
        {
            "compose.yaml": "# see &base\nx-base: &base  # &base\n  image: x\nservices:\n  a: *b‸ase\n  b: *base\n"
        },
        ["compose.yaml:2:10 base"],
        ["compose.yaml:2:10 base", "compose.yaml:5:7 base", "compose.yaml:6:7 base"],
    ),
    "the second of two anchors with one name": (
        {"compose.yaml": "x-a: &a {image: x}\nx-b: &a {image: y}\nservices:\n  a: *‸a\n"},
        ["compose.yaml:2:7 a"],
        ["compose.yaml:2:7 a", "compose.yaml:4:7 a"],
    ),
    "a profile": (
        {
            "compose.yaml": "services:\n  a: {image: x, profiles: [te‸st]}\n  b: {image: x, profiles: [test, all]}\n",
            ".env": "COMPOSE_PROFILES=all, test\n",
        },
        [],
        [".env:1:23 test", "compose.yaml:2:28 test", "compose.yaml:3:28 test"],
    ),
    "a stage": (
        {
            "Dockerfile": "FROM a AS base\nFROM Base AS build\nRUN --mount=from=base,target=/x true\nFROM scratch\nCOPY --from=ba‸se /x /\nCOPY --from=0 /y /\n",
            "compose.yaml": "services:\n  a:\n    build: {context: ., target: base}\n",
        },
        ["Dockerfile:1:11 base"],
        [
            "Dockerfile:1:11 base",
            "Dockerfile:2:6 Base",
            "Dockerfile:3:18 base",
            "Dockerfile:5:13 base",
            "Dockerfile:6:13 0",
            "compose.yaml:3:33 base",
        ],
    ),
    "a build argument": (
        {
            "Dockerfile": "ARG TAG=1\nFROM a:${TAG}\nARG TAG\nRUN echo \"$T‸AG\" \\\n  && echo '$TAG'\nENV V=${TAG}\n",
            "compose.yaml": "services:\n  a:\n    build:\n      context: .\n      args:\n        - TAG=2\n",
        },
        ["Dockerfile:3:5 TAG"],
        [
            "Dockerfile:1:5 TAG",
            "Dockerfile:2:10 TAG",
            "Dockerfile:3:5 TAG",
            "Dockerfile:4:12 TAG",
            "Dockerfile:5:13 TAG",
            "Dockerfile:6:9 TAG",
            "compose.yaml:6:11 TAG",
        ],
    ),
    "a variable of the image that a service replaces": (
        {
            "Dockerfile": "FROM a\nENV MODE=dev\nCMD run $MODE\n",
            "compose.yaml": "services:\n  a:\n    build: .\n    environment:\n      MO‸DE: prod\n",
        },
        ["Dockerfile:2:5 MODE"],
        ["Dockerfile:2:5 MODE", "compose.yaml:5:7 MODE"],
    ),
    "the path of a Dockerfile": (
        {
            "build/prod.Dockerfile": "FROM a\n",
            "compose.yaml": "services:\n  a:\n    build: {context: build, dockerfile: prod.‸Dockerfile}\n",
        },
        ["build/prod.Dockerfile:1:1"],
        [],
    ),
    "the path of an env file": (
        {
            "a.env": "A=1\n",
            "compose.yaml": "services:\n  a:\n    image: x\n    env_file: [./a‸.env]\n",
        },
        ["a.env:1:1"],
        [],
    ),
    "what COPY copies": (
        {"Dockerfile": "FROM a\nCOPY run‸.sh /\n", "run.sh": "#!/bin/sh\n"},
        ["run.sh:1:1"],
        [],
    ),
    "a secret with its default path": (
        {
            "compose.yaml": "services:\n  a: {image: x, secrets: [k‸ey]}\nsecrets:\n  key: {file: key.txt}\n"
        },
        ["compose.yaml:4:3 key"],
        ["compose.yaml:2:27 key", "compose.yaml:4:3 key"],
    ),
    "a name above a line that cannot be read": (
        {
            "compose.yaml": "services:\n  web:\n    image: x\n    depends_on: [d‸b]\n    command: [\n  db:\n    image: y\n"
        },
        ["compose.yaml:6:3 db"],
        ["compose.yaml:4:18 db", "compose.yaml:6:3 db"],
    ),
    "a stage of an inline Dockerfile": (
        {
            "compose.yaml": "services:\n  a:\n    build:\n      target: on‸e\n      args: {V: 2}\n      dockerfile_inline: |\n        FROM a AS one\n        ARG V\n        RUN echo $$V\n        FROM one\n"
        },
        ["compose.yaml:7:19 one"],
        ["compose.yaml:10:14 one", "compose.yaml:4:15 one", "compose.yaml:7:19 one"],
    ),
    "a build argument of an inline Dockerfile": (
        {
            "compose.yaml": "services:\n  a:\n    build:\n      args: {V: 2}\n      dockerfile_inline: |\n        FROM a AS one\n        ARG V\n        RUN echo $$‸V\n"
        },
        ["compose.yaml:7:13 V"],
        ["compose.yaml:4:14 V", "compose.yaml:7:13 V", "compose.yaml:8:20 V"],
    ),
    "a service in a file with other line endings and a mark at its start": (
        {
            "compose.yaml": "\ufeffservices:\r\n  web: {image: x}\r\n  b:\r\n    image: x\r\n    depends_on:\r\n      - we‸b\r\n"
        },
        ["compose.yaml:2:3 web"],
        ["compose.yaml:2:3 web", "compose.yaml:6:9 web"],
    ),
    "a variable in a heredoc": (
        {
            "Dockerfile": "FROM a\nARG V=1\nRUN <<END\n# it's\necho ${V‸}\nEND\nCOPY <<END /x\n$V\nEND\n"
        },
        ["Dockerfile:2:5 V"],
        ["Dockerfile:2:5 V", "Dockerfile:5:8 V", "Dockerfile:8:2 V"],
    ),
    "a secret of a build": (
        {
            "compose.yaml": "services:\n  a:\n    build: {context: ., secrets: [k‸ey]}\nsecrets:\n  key: {environment: KEY}\n",
            "Dockerfile": "FROM a\nRUN --mount=type=secret,id=key cat /run/secrets/key\n",
        },
        ["compose.yaml:5:3 key"],
        ["Dockerfile:2:28 key", "compose.yaml:3:35 key", "compose.yaml:5:3 key"],
    ),
    "a text that is no name": ({"compose.yaml": "ser‸vices:\n  a: {image: x}\n"}, [], []),
}


@pytest.mark.parametrize("case", CASES)
def test_a_name_leads_to_its_definition_and_its_references(case: str) -> None:
    files, defined, referred = CASES[case]
    project, path, offset = opened(files)
    offset -= files[path].startswith("\ufeff")
    assert shown(definitions(project, path, offset)) == sorted(defined)
    assert shown(references(project, path, offset)) == sorted(referred)


def test_references_may_leave_out_the_definitions() -> None:
    project, path, offset = opened({"compose.yaml": STACK})
    assert shown(references(project, path, offset, declaration=False)) == [
        "compose.yaml:4:18 db",
        "compose.yaml:9:48 db",
    ]


def test_highlights_are_those_of_the_file_and_tell_what_defines() -> None:
    project, path, offset = opened(
        {
            "compose.yaml": "services:\n  w‸eb: {image: x}\n  b: {image: x, depends_on: [web]}\n",
            "compose.override.yaml": "services:\n  web: {restart: always}\n",
        }
    )
    found = highlights(project, path, offset)
    assert [(span.text, span.file.line_of(span.start), defines) for span, defines in found] == [
        ("web", 2, True),
        ("web", 3, False),
    ]


def test_official_images_link_to_their_pages_and_others_do_not() -> None:
    opened(
        {
            "Dockerfile": "FROM python:3.14 AS one‸\nFROM one\nFROM acme/app\nFROM ghcr.io/a/b\nFROM $X\n",
            "compose.yaml": "services:\n  a: {image: 'postgres:18'}\n  b: {image: mine}\n",
        }
    )
    project = load()
    found = [
        link.url for path in ("Dockerfile", "compose.yaml") for link in links_of(project, path)
    ]
    assert found == ["https://hub.docker.com/_/python", "https://hub.docker.com/_/postgres"]


PROJECTS = Path(__file__).parents[1] / "projects"


@pytest.mark.parametrize("name", [path.name for path in PROJECTS.iterdir() if path.is_dir()])
def test_the_references_of_each_definition_contain_it(
    name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(PROJECTS / name)
    project = load()
    places = [place for places in names_of(project).places.by_key.values() for place in places]
    for place in places:
        if place.defines:
            spans = references(project, place.span.file.path, place.span.start)
            assert place.span in spans
