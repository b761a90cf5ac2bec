"""pip and the Python of the distribution, npm and its lock file, npm and its folder."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING
APT = "RUN apt-get update && apt-get install -y python3-pip\n"


def pip(text: str, severity: Severity | None = None) -> Case:
    return Case("DF132", text, {}, severity)


PIP = [
    pip(f"FROM debian:12\n{APT}RUN pip3 install x  #! pip3 install\n", ERROR),
    pip(f"FROM debian:trixie-slim\n{APT}RUN pip install -r r.txt  #! pip install\n", ERROR),
    pip(f"FROM ubuntu:24.04\n{APT}RUN python3 -m pip install x  #! pip install\n", ERROR),
    pip(f"FROM ubuntu\n{APT}RUN pip3 install x  #! pip3 install\n", ERROR),
    pip(f"FROM node:22-bookworm\n{APT}RUN pip3 install x  #! pip3 install\n", ERROR),
    pip(f"FROM node:22-slim\n{APT}RUN pip3 install x  #! pip3 install\n", ERROR),
    pip(f"FROM debian:12\n{APT}RUN pip3 install x; true  #! pip3 install\n", WARNING),
    pip(f"FROM debian:12 AS a\n{APT}FROM a\nRUN pip3 install x  #! pip3 install\n", ERROR),
    # Older, or not known to be newer.
    pip(f"FROM debian:11\n{APT}RUN pip3 install x\n"),
    pip(f"FROM ubuntu:22.04\n{APT}RUN pip3 install x\n"),
    pip(f"FROM node:16\n{APT}RUN pip3 install x\n"),
    # Allowed, elsewhere, or another Python.
    pip(f"FROM debian:12\n{APT}RUN pip3 install --break-system-packages x\n"),
    pip(f"FROM debian:12\nENV PIP_BREAK_SYSTEM_PACKAGES=1\n{APT}RUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}RUN PIP_BREAK_SYSTEM_PACKAGES=1 pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}RUN rm /usr/lib/python3*/EXTERNALLY-MANAGED && pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}RUN python3 -m venv /v\nENV PATH=/v/bin:$PATH\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}RUN python3 -m venv /v && . /v/bin/activate && pip install x\n"),
    pip(f"FROM debian:12\n{APT}RUN pip3 install --target /x x\n"),
    pip(f"FROM debian:12\n{APT}RUN pip3 download x\n"),
    pip(f"FROM debian:12\n{APT}RUN pip3 install x || true\n"),
    pip("FROM python:3.13-bookworm\nRUN pip install x\n"),
    pip(f"FROM python:3.13-bookworm\n{APT}RUN pip install x\n"),
    pip("FROM debian:12\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}COPY --from=python:3.13 /usr/local /usr/local\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}RUN curl -fsSLO https://repo.anaconda.com/i.sh\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}RUN virtualenv /e\nENV PATH=/e/bin:$PATH\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}RUN rm -f /usr/lib/python3*/EXT*\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}ENV PATH=/opt/python/bin:$PATH\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}ENV PIP_TARGET=/x\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}COPY pip /root/.config/pip/\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}COPY etc /etc\nRUN pip3 install x\n"),
    pip(f"FROM debian:12\n{APT}RUN pip3 install --dry-run x\n"),
    pip(f"FROM ubuntu:24.04\n{APT}RUN python3.11 -m pip install x\n"),
    # Alpine.
    pip("FROM alpine:3.19\nRUN apk add py3-pip && pip3 install x  #! pip3 install\n", ERROR),
    pip("FROM alpine\nRUN apk add --no-cache py-pip\nRUN pip install x  #! pip install\n", ERROR),
    pip("FROM alpine:edge\nRUN apk add python3 py3-pip && pip install x  #! pip install\n", ERROR),
    pip("FROM node:alpine\nRUN apk add py3-pip && pip install x  #! pip install\n", ERROR),
    pip("FROM alpine\nRUN apk add python3 && python3 -m ensurepip  #! python3 -m ensurepip\n", ERROR),
    pip("FROM alpine:3.18\nRUN apk add python3 && python3 -m ensurepip\n"),
    pip("FROM debian:12\nRUN apt-get install -y python3 && python3 -m ensurepip\n"),
    pip("FROM alpine\nRUN apk add python3 && python3 -m ensurepip --root /x\n"),
    pip("FROM alpine\nRUN apk add python3 && rm -f /usr/lib/python3*/EXTERNALLY-MANAGED && python3 -m ensurepip\n"),
    pip("FROM alpine:3.18\nRUN apk add py3-pip && pip3 install x\n"),
    pip("FROM openjdk:alpine\nRUN apk add py3-pip && pip3 install x\n"),
    pip(f"FROM ubuntu@sha256:{'a' * 64}\nRUN apt-get update && apt-get install -y python3-pip && pip3 install x\n"),
    pip(f"FROM alpine:latest@sha256:{'a' * 64}\nRUN apk add py3-pip && pip3 install x\n"),
    pip("FROM node:10-alpine\nRUN apk add py3-pip && pip3 install x\n"),
    pip("FROM docker:stable\nRUN apk add py3-pip && pip3 install x\n"),
    pip("FROM python:alpine\nRUN apk add py3-pip && pip3 install x\n"),
    pip("FROM alpine\nRUN apk add python py-pip && pip install x\n"),
    pip("FROM alpine\nRUN apk add py3-pip py-setuptools && pip install x\n"),
    pip("FROM alpine\nRUN apk add -X http://x.example/alpine/v3.18/main py3-pip && pip install x\n"),
    pip("FROM alpine\nRUN apk add py3-pip && pip install --break-system-packages x\n"),
    pip("FROM alpine\nRUN pip3 install x\n"),
]  # fmt: skip

LOCK = {"package.json": "{}", "package-lock.json": "{}"}
NODE = "FROM node:22\nWORKDIR /app\n"


def npm(text: str, severity: Severity | None = None, **more: str) -> Case:
    files = {**LOCK, **{name.replace("__", "."): text for name, text in more.items()}}
    return Case("DF133", text, files, severity)


NPM = [
    npm(NODE + "COPY package.json .\nRUN npm ci  #! npm ci\n", ERROR),
    npm(NODE + "COPY package.json /app/\nCOPY src src\nRUN npm ci  #! npm ci\nCOPY . .\n", None, __dockerignore="package-lock.json\n"),
    npm(NODE + "COPY package*.json ./\nRUN npm ci  #! npm ci\n", WARNING, __dockerignore="package-lock.json\n"),
    npm(NODE + "COPY . .\nRUN npm ci  #! npm ci\n", WARNING, __dockerignore="*-lock.json\n"),
    npm(NODE + "COPY . .\nRUN npm ci  #! npm ci\n", ERROR, __dockerignore="*-lock.json\n", compose__yaml="services: {a: {build: .}}\n"),
    npm(NODE + "COPY package*.json ./\nRUN npm ci\n"),
    npm(NODE + "COPY package.json package-lock.json ./\nRUN npm ci\n"),
    npm(NODE + "COPY package.json npm-shrinkwrap.json ./\nRUN npm ci\n"),
    npm(NODE + "COPY . .\nRUN npm ci\n"),
    npm(NODE + "COPY package.json .\nCOPY --from=x /package-lock.json .\nRUN npm ci\n"),
    npm(NODE + "COPY package.json .\nRUN npm install\nRUN npm ci\n"),
    npm(NODE + "COPY package.json .\nRUN npm install\n"),
    npm(NODE + "COPY package.json .\nRUN curl -o package-lock.json https://a.org/l && npm ci\n"),
    npm(NODE + "COPY package.json .\nRUN --mount=type=bind,source=package-lock.json,target=package-lock.json npm ci\n"),
    npm(NODE + "COPY package.json .\nRUN [ -f package-lock.json ] && npm ci\n"),
    npm(NODE + "COPY package.json .\nRUN npm ci || npm install\n"),
    npm(NODE + "COPY package.json $FILES ./\nRUN npm ci\n"),
    npm(NODE + "COPY app/package.json app/\nRUN cd app && npm ci\n"),
    npm("FROM acme/node\nRUN npm ci\n"),
    # The base may hold one, or it comes under another name, or with a folder.
    npm("FROM acme/node\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\n"),
    npm("FROM node:8-onbuild\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\n"),
    npm(NODE + "COPY package.json ./\nCOPY locks/a.json ./package-lock.json\nRUN npm ci\n"),
    npm(NODE + "COPY package.json ./\nCOPY my.app/ ./\nRUN npm ci\n"),
    npm(NODE + "COPY package.json ./\nCOPY my.app ./\nRUN npm ci\n", **{"my.app/x": ""}),
    npm(NODE + "COPY package.json ./\nCOPY rootfs /\nRUN npm ci\n"),
    npm("FROM node:22\nCOPY apps /src\nWORKDIR /src/web\nCOPY package.json ./\nRUN npm ci\n"),
    npm(NODE + "COPY package.json ./\nRUN echo '{}' > package-lock.json && npm ci\n"),
]  # fmt: skip


def user(text: str) -> Case:
    return Case("DF134", text, {})


WRITE = [
    user(NODE + "USER node\nRUN npm ci  #! npm ci\n"),
    user(NODE + "COPY --chown=node . .\nUSER node\nRUN npm install  #! npm install\n"),
    user("FROM node:22\nWORKDIR /usr/src/app\nCOPY . .\nUSER 1000\nRUN npm ci  #! npm ci\n"),
    user(NODE + "RUN npm ci\nUSER node\n"),
    user(NODE + "RUN chown node /app\nUSER node\nRUN npm ci\n"),
    user(
        "FROM node:22\nRUN mkdir -p /app && chown node /app\nWORKDIR /app\nUSER node\nRUN npm ci\n"
    ),
    user("FROM node:22\nUSER node\nWORKDIR /app\nRUN npm ci\n"),
    user("FROM node:22\nCOPY --chown=node . /app\nWORKDIR /app\nUSER node\nRUN npm ci\n"),
    user("FROM node:22\nWORKDIR /home/node\nUSER node\nRUN npm ci\n"),
    user(NODE + "USER node\nRUN npm install -g x\n"),
    user(NODE + "USER node\nUSER root\nRUN npm ci\n"),
    user("FROM acme/node\nWORKDIR /app\nUSER node\nRUN npm ci\n"),
]


@pytest.mark.parametrize("case", [*PIP, *NPM, *WRITE], ids=name_of)
def test_installs_that_cannot_work(case: Case) -> None:
    check(case)
