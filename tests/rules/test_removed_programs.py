"""Programs that newer releases of an official image do not have."""

from __future__ import annotations

import pytest
from composelint.linter.images import data
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def program(text: str, severity: Severity | None = None) -> Case:
    return Case("DF142", text, {}, severity)


CASES = [
    program("FROM node\nCOPY . .\nRUN yarn install  #! yarn\nRUN yarn build\n", ERROR),
    program("FROM node:alpine\nRUN apk add git && yarn  #! yarn\n", ERROR),
    program("FROM node:26-slim\nRUN npm ci && yarnpkg build  #! yarnpkg\n", ERROR),
    program("FROM node:26.1-alpine\nRUN yarn global add x; true  #! yarn\n", WARNING),
    program("FROM node:25\nRUN corepack enable  #! corepack\nRUN yarn install\n", ERROR),
    program("FROM node:latest AS a\nFROM a\nRUN corepack enable pnpm  #! corepack\n", ERROR),
    program("FROM ubuntu:16.04\nRUN locale-gen en_US.UTF-8  #! locale-gen\n", ERROR),
    program("FROM ubuntu\nENV LANG C\nRUN apt-get update && locale-gen en_US.UTF-8  #! locale-gen\n", ERROR),
    program("FROM node\nCOPY package.json /usr/src/app/\nRUN yarn install  #! yarn\n", ERROR),
    program("FROM node\nCOPY tools /usr/local/bin/\nRUN yarn install\n"),
    program("FROM node\nCOPY [\"rootfs\", \"/\"]\nRUN yarn install\n"),
    program("FROM golang:alpine\nRUN go-wrapper download  #! go-wrapper\n", ERROR),
    program("FROM golang:1.10\nRUN go-wrapper download\n"),
    program("FROM golang:1.11\nCOPY go-wrapper /usr/local/bin/\nRUN go-wrapper download\n"),
    # An older release, one that is not known, or another image.
    program("FROM node:24\nRUN corepack enable && yarn install\n"),
    program("FROM node:25\nRUN yarn install\n"),
    program("FROM node:lts-alpine\nRUN yarn install\n"),
    program("FROM node:buster\nRUN yarn install\n"),
    program("FROM acme/node:26\nRUN yarn install\n"),
    program("FROM debian\nRUN yarn install\n"),
    program("FROM ubuntu:14.04\nRUN locale-gen en_US.UTF-8\n"),
    program("FROM ubuntu:16.10\nRUN locale-gen en_US.UTF-8\n"),
    # Something may have brought it.
    program("FROM node\nRUN npm install -g yarn && yarn install\n"),
    program("FROM node\nRUN npm install -g corepack && corepack enable && yarn install\n"),
    program("FROM node:alpine\nRUN apk add --no-cache yarn\nRUN yarn install\n"),
    program("FROM node\nRUN curl -o- -L https://yarnpkg.com/install.sh | bash && yarn install\n"),
    program("FROM node\nENV PATH=/app/node_modules/.bin:$PATH\nRUN npm ci && yarn build\n"),
    program("FROM node\nRUN npm run setup && yarn build\n"),
    program("FROM node\nCOPY setup.sh /\nRUN /setup.sh\nRUN yarn build\n"),
    program("FROM node\nCOPY --from=node:24 /opt /opt\nRUN yarn build\n"),
    program("FROM node\nRUN apt-get install $PACKAGES\nRUN yarn build\n"),
    program("FROM ubuntu:18.04\nRUN apt-get install -y locales && locale-gen en_US.UTF-8\n"),
    program("FROM ubuntu:18.04\nRUN apt-get install -y postgresql && locale-gen en_US.UTF-8\n"),
    # Not surely.
    program("FROM node\nRUN yarn install || npm install\n"),
    program("FROM node\nRUN if [ -f yarn.lock ]; then yarn install; fi\n"),
    program("FROM node AS build\nRUN yarn install\nFROM nginx\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_removed_programs(case: Case) -> None:
    check(case)


def test_every_program_has_a_source() -> None:
    table = data.languages()["programs"]
    assert all(entry["source"].startswith("https://") for entry in table.values())
