"""The kind of a file by its content."""

from __future__ import annotations

import pytest
from composelint.linter.files.content import kind_of_text
from composelint.linter.files.kinds import COMPOSE, DOCKERFILE, ENV
from composelint.linter.files.recognition import is_compose_text

COMPOSE_TEXTS = [
    "services:\n  web:\n    image: nginx\n",
    "services:\r\n  web:\r\n    image: nginx\r\n",
    "# Ours.\nversion: '3'\n\nservices:   # all of them\n\n  # one\n  web:\n\n    # its image\n    image: nginx\n",
    "services:\n  web:\n    ports: ['80:80']\n    environment:\n      A: 1\n\n    build: .\n",
    'services:\n    "web":\n        "image": nginx\n',
    "services:\n  worker:\n    extends: base\n",
    "x-base: &base\n  image: nginx\nservices: &all\n  web:\n    <<: *base\n    build: .\n",
    "services:\n  lazy:\n    profiles: [x]\n  web:\n    image: nginx\n",
    '{"services": {"web": {"image": "nginx"}}}\n',
    '{\n  "version": "3",\n  "services": {\n    "web": {\n      "image": "nginx"\n    }\n  }\n}\n',
    "services: {web: {image: nginx}}\n",
]

OTHER_TEXTS = [
    "",
    "services:\n",
    "services: [docker:dind]\nimage: alpine\n",
    "services:\n  - docker:dind\nbuild:\n  image: alpine\n",
    "services:\n  web:\n    port: 80\n",
    "jobs:\n  test:\n    services:\n      db:\n        image: postgres\n",
    "services:\n  web:\n    port: 80\nimage: nginx\n",
    "apiVersion: v1\nkind: Pod\nspec:\n  containers:\n  - image: nginx\n",
    "# services:\n#   web:\n#     image: nginx\n",
    "These are our services:\n  web:\n    image: of the week\n",
]

DOCKERFILES = [
    "FROM alpine:3.22\n",
    "# syntax=docker/dockerfile:1\n\nARG TAG=3\nARG X\nFROM --platform=linux/amd64 alpine:${TAG} AS base\nRUN true\n",
    "from scratch\ncopy a /\n",
    "\ufeffFROM $BASE\r\nUSER 1\r\n",
]

ENV_FILES = ["A=1\n", "# Ours.\n\nexport A=1\nB.c-d=\n", "A=1\r\nB=2"]

UNCLEAR = [
    *OTHER_TEXTS,
    "from os import path\n",
    "From the desk of Alice\n",
    "FROM users SELECT *\n",
    "FORM alpine\n",
    "ARG A\nRUN x\n",
    "ARG A\n",
    "django==5.0\n",
    "A=1\necho hi\n",
    "# nothing\n",
    "node_modules\n*.log\n",
    "[section]\na=1\n",
]

KINDS = [
    *((text, COMPOSE) for text in COMPOSE_TEXTS),
    *((text, DOCKERFILE) for text in DOCKERFILES),
    *((text, ENV) for text in ENV_FILES),
    *((text, None) for text in UNCLEAR),
]


@pytest.mark.parametrize(("text", "kind"), KINDS)
def test_the_content_tells_the_kind(text: str, kind: str | None) -> None:
    assert kind_of_text(text) == kind
    assert is_compose_text(text) == (kind == COMPOSE)


@pytest.mark.parametrize(
    "text",
    [
        "services:\n" * 50_000,
        "services:\n" + "  a:\n" * 100_000,
        "services:\n  a:\n" + "    b: c\n" * 100_000,
        "services:\n" + " \n" * 100_000,
        "services:\n  a:\n" + "  \n" * 100_000,
        "services: {" * 50_000,
        "ARG a=" * 100_000,
        '{"services": {' + '"a": {' * 50_000,
        "{" + '"a": "b", ' * 50_000,
    ],
    ids=len,
)
def test_a_hostile_text_is_decided_soon(text: str) -> None:
    assert kind_of_text(text) is None
