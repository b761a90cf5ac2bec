"""Tools of the official node image, and what npm does to them."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING


def yarn(text: str, severity: Severity | None = None) -> Case:
    return Case("DF128", text, {}, severity)


def npm(text: str, severity: Severity | None = None) -> Case:
    return Case("DF167", text, {}, severity)


YARN = [
    yarn("FROM node:22\nRUN npm install -g yarn  #! yarn\n", ERROR),
    yarn("FROM node:8\nRUN npm i -g x yarn@1.22.19  #! yarn@1.22.19\n", ERROR),
    yarn("FROM node:10.18-alpine\nRUN npm i yarn -g  #! yarn\n", ERROR),
    yarn("FROM node:erbium-slim\nRUN npm install --global yarn  #! yarn\n", ERROR),
    yarn("FROM node:24\nRUN npm install -g yarn; true  #! yarn\n", WARNING),
    # No Yarn there, or an npm that overwrites it.
    yarn("FROM node:26\nRUN npm install -g yarn\n"),
    yarn("FROM node\nRUN npm install -g yarn\n"),
    yarn("FROM node:lts\nRUN npm install -g yarn\n"),
    yarn("FROM node:10.17\nRUN npm install -g yarn\n"),
    yarn("FROM node:9\nRUN npm install -g yarn\n"),
    yarn("FROM acme/node:22\nRUN npm install -g yarn\n"),
    # It may be overwritten, or goes elsewhere.
    yarn("FROM node:22\nRUN npm install -g --force yarn\n"),
    yarn("FROM node:22\nRUN npm install -gf yarn\n"),
    yarn("FROM node:22\nRUN rm -rf /usr/local/bin/yarn* && npm install -g yarn\n"),
    yarn("FROM node:22\nENV NPM_CONFIG_PREFIX=/home/node/.npm\nRUN npm install -g yarn\n"),
    yarn("FROM node:22\nUSER node\nRUN npm install -g yarn\n"),
    yarn("FROM node:22\nRUN npm install yarn\n"),
    yarn("FROM node:22\nRUN npm install -g yarn-deduplicate\n"),
    yarn("FROM node:22\nRUN npm install -g yarn || true\n"),
]

NPM = [
    npm("FROM node:8\nRUN npm install -g npm\nRUN npm install  #! npm install\n", ERROR),
    npm("FROM node:14-alpine\nRUN npm i npm@latest -g && npm ci  #! npm ci\n", ERROR),
    npm("FROM node:14\nRUN npm install -g npm\nRUN npm ci; true  #! npm ci\n", WARNING),
    npm("FROM node:16\nRUN npm install -g npm\nRUN npm install\n"),
    npm("FROM node\nRUN npm install -g npm\nRUN npm install\n"),
    npm("FROM node:8\nRUN npm install -g npm@6\nRUN npm install\n"),
    npm("FROM node:8\nRUN npm install -g npm@6 && npm install -g npm && npm ci\n"),
    npm("FROM node:8\nRUN npm install -g npm\n"),
    npm("FROM node:8\nRUN npm install npm\nRUN npm install\n"),
    npm("FROM node:8\nRUN npm install -g n && n 22 && npm install -g npm\nRUN npm install\n"),
    npm("FROM node:8\nRUN npm install -g npm || true\nRUN npm install\n"),
    npm("FROM acme/node:8\nRUN npm install -g npm\nRUN npm install\n"),
]


@pytest.mark.parametrize("case", [*YARN, *NPM], ids=name_of)
def test_bundled_tools(case: Case) -> None:
    check(case)
