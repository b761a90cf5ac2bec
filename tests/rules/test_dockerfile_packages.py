"""Package managers in RUN: caches, questions, recommended packages, upgrades."""

from __future__ import annotations

import pytest
from snippets import diagnostics, fixed, places, under_preset

DEBIAN = "FROM debian:trixie-slim\n"
ALPINE = "FROM alpine:3.22\n"
APT = "apt-get install -y --no-install-recommends tini"


def reported(code: str, text: str, **files: str) -> list[str]:
    """The texts of the places that a rule reports in a Dockerfile."""
    return [span for _, span in places(code, text, "Dockerfile", files)]


LEFT = [
    (DEBIAN + f"RUN apt-get update && {APT}\n", ["apt-get update"]),
    (DEBIAN + f"RUN apt update && {APT}\n", ["apt update"]),
    (DEBIAN + f"RUN sudo apt-get update && {APT}\n", ["apt-get update"]),
    (DEBIAN + f"RUN /usr/bin/apt-get update && {APT}\n", ["/usr/bin/apt-get update"]),
    (DEBIAN + f"RUN <<EOF\napt-get update\n{APT}\nEOF\n", ["apt-get update"]),
    # Other files are deleted, or the lists before they are fetched.
    (DEBIAN + f"RUN apt-get update && {APT} && rm -rf /tmp/x\n", ["apt-get update"]),
    (DEBIAN + f"RUN rm -rf /var/lib/apt/lists/* && apt-get update && {APT}\n", ["apt-get update"]),
    (
        DEBIAN + f"RUN apt-get update && {APT}\nRUN rm -rf /var/lib/apt/lists/*\n",
        ["apt-get update"],
    ),
    (DEBIAN + f"RUN apt-get update && {APT} && apt-get clean\n", ["apt-get update"]),
    (
        DEBIAN + f"RUN --mount=type=cache,target=/var/cache/apt apt-get update && {APT}\n",
        ["apt-get update"],
    ),
    (DEBIAN + f"ONBUILD RUN apt-get update && {APT}\n", ["apt-get update"]),
    # The final stage contains the layers of this one.
    (
        f"FROM debian:trixie-slim AS base\nRUN apt-get update && {APT}\nFROM base\nRUN true\n",
        ["apt-get update"],
    ),
    # sh of Debian is dash, which does not expand braces.
    (
        DEBIAN + f"RUN apt-get update && {APT} && rm -rf /var/lib/{{apt,cache}}/\n",
        ["apt-get update"],
    ),
    (
        f"FROM example/base\nRUN apt-get update && {APT} && rm -rf /var/lib/{{apt,x}}/\n",
        ["apt-get update"],
    ),
    (ALPINE + "RUN apk add tini\n", ["apk add"]),
    (ALPINE + "RUN apk add --update tini\n", ["apk add"]),
    (ALPINE + "RUN apk add $PACKAGES\n", ["apk add"]),
    (ALPINE + "RUN apk upgrade\n", ["apk upgrade"]),
    (ALPINE + "RUN apk update && apk add --no-cache tini\n", ["apk update"]),
    ("FROM almalinux:9\nRUN yum install -y httpd\n", ["yum install"]),
    ("FROM almalinux:9\nRUN yum install -y httpd && yum clean metadata\n", ["yum install"]),
    ("FROM almalinux:9\nRUN yum clean all && yum install -y httpd\n", ["yum install"]),
    ("FROM fedora:42\nRUN dnf install -y httpd\n", ["dnf install"]),
    ("FROM fedora:42\nRUN dnf -y module install nodejs:22\n", ["dnf -y module install"]),
    ("FROM redhat/ubi9-minimal:9.6\nRUN microdnf install httpd\n", ["microdnf install"]),
    ("FROM opensuse/leap:15.6\nRUN zypper -n in httpd\n", ["zypper -n in"]),
    ("FROM python:3.13-slim\nRUN pip install flask==3.1.2\n", ["pip install"]),
    ("FROM golang:1.26\nRUN pip install x==1 && rm -rf $GOPATH/src/*\n", ["pip install"]),
    ("FROM python:3.13-slim\nRUN python3 -m pip install flask==3.1.2\n", ["pip install"]),
    ("FROM python:3.13-slim\nRUN /venv/bin/pip install flask==3.1.2\n", ["/venv/bin/pip install"]),
    ("FROM python:3.13-slim\nENV PIP_NO_CACHE_DIR=0\nRUN pip install x==1\n", ["pip install"]),
    ("FROM node:22\nRUN npm ci\n", ["npm ci"]),
    ("FROM node:22\nRUN yarn install\n", ["yarn install"]),
    ("FROM node:22\nRUN yarn\n", ["yarn"]),
    ("FROM node:22\nRUN yarn install --cache-folder /var/yarn\n", ["yarn install"]),
]

CLEAN = [
    DEBIAN + f"RUN apt-get update && {APT} && rm -rf /var/lib/apt/lists/*\n",
    DEBIAN + f"RUN apt-get update && {APT} && rm -rf /var/lib/apt/lists/\n",
    DEBIAN + f"RUN apt-get update && {APT} && rm -rf /var/lib/apt\n",
    DEBIAN
    + f'SHELL ["/bin/bash", "-c"]\nRUN apt-get update && {APT} && rm -rf /var/lib/{{apt,dpkg}}/\n',
    DEBIAN + f"RUN <<EOF\n#!/bin/bash\napt-get update && {APT} && rm -rf /var/lib/{{apt,x}}\nEOF\n",
    DEBIAN + f'RUN ["bash", "-c", "apt-get update && {APT} && rm -rf /var/lib/{{apt,cache}}/"]\n',
    "FROM example/base\nRUN yum install -y x && rm -rf /var/cache/{yum,x}/\n",
    DEBIAN + f"RUN apt-get update && {APT} && rm -rf /var/cache/* /var/lib/apt/lists/*\n",
    DEBIAN + f"RUN apt-get update && {APT} && apt-get dist-clean\n",
    DEBIAN + f"RUN apt-get update && {APT} && apt-get distclean\n",
    DEBIAN + f"RUN apt-get update && {APT} && find /var/lib/apt/lists -type f -delete\n",
    DEBIAN + f"RUN apt-get update && {APT} && /usr/local/bin/cleanup.sh\n",
    DEBIAN + f"RUN --mount=type=cache,target=/var/lib/apt apt-get update && {APT}\n",
    DEBIAN + f"RUN --mount=type=tmpfs,target=/var/lib/apt/lists apt-get update && {APT}\n",
    DEBIAN + f"RUN {APT}\n",
    # Not part of the image that runs.
    f"FROM debian:trixie-slim AS build\nRUN apt-get update && {APT}\nFROM scratch\nCOPY --from=build /x /x\n",
    DEBIAN + "RUN echo 'apt-get update'\n",
    DEBIAN + "COPY <<EOF /install.sh\napt-get update\nEOF\n",
    "FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN pip install flask\n",
    ALPINE + "RUN apk add --no-cache tini\n",
    ALPINE + "RUN apk --no-cache add tini\n",
    ALPINE + "RUN apk add tini && rm -rf /var/cache/apk/*\n",
    ALPINE + "RUN --mount=type=cache,target=/var/cache/apk apk add tini\n",
    ALPINE + "RUN apk add --no-network ./tini.apk\n",
    ALPINE + "RUN apk del tini\n",
    "FROM almalinux:9\nRUN yum install -y httpd && yum clean all\n",
    "FROM almalinux:9\nRUN yum install -y httpd && rm -rf /var/cache/yum\n",
    "FROM fedora:42\nRUN dnf install -y httpd && yum clean all\n",
    "FROM fedora:42\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y httpd\n",
    "FROM opensuse/leap:15.6\nRUN zypper -n in httpd && zypper clean\n",
    "FROM opensuse/leap:15.6\nRUN zypper -n in httpd && zypper cc -a\n",
    "FROM python:3.13-slim\nRUN pip install --no-cache-dir flask==3.1.2\n",
    "FROM python:3.13-slim\nRUN pip --no-cache-dir install flask==3.1.2\n",
    "FROM python:3.13-slim\nRUN pip install --no-cache-dir=1 flask==3.1.2\n",
    "FROM python:3.13-slim\nENV PIP_NO_CACHE_DIR=1\nRUN pip install flask==3.1.2\n",
    "FROM python:3.13-slim\nARG PIP_NO_CACHE_DIR=off_is_not_no\nRUN pip install flask==3.1.2\n",
    "FROM python:3.13-slim\nRUN PIP_NO_CACHE_DIR=1 pip install flask==3.1.2\n",
    "FROM python:3.13-slim\nRUN export PIP_NO_CACHE_DIR=1 && pip install flask==3.1.2\n",
    "FROM python:3.13-slim AS base\nENV PIP_NO_CACHE_DIR=1\nFROM base\nRUN pip install flask==3.1.2\n",
    "FROM python:3.13-slim\nRUN --mount=type=cache,target=/root/.cache/pip pip install flask==3.1.2\n",
    "FROM python:3.13-slim\nRUN --mount=type=cache,target=/root/.cache pip install flask==3.1.2\n",
    "FROM python:3.13-slim\nRUN --mount=type=cache,target=/root pip install flask==3.1.2\n",
    "FROM python:3.13-slim\nRUN --mount=type=cache,target=$HOME/.cache pip install flask==3.1.2\n",
    "FROM python:3.13-slim\nRUN pip install flask==3.1.2 && rm -rf ~/.cache\n",
    "FROM python:3.13-slim\nRUN pip install flask==3.1.2 && rm -rf $HOME/.cache/pip\n",
    "FROM python:3.13-slim\nRUN pip install flask==3.1.2 && pip cache purge\n",
    "FROM python:3.13-slim\nRUN pipx install poetry==2.1.4\n",
    "FROM python:3.13-slim\nRUN pip uninstall -y flask\n",
    "FROM node:22\nRUN npm ci && npm cache clean --force\n",
    "FROM node:22\nRUN yarn install --cache-folder /dev/shm/yarn\n",
    "FROM node:22\nRUN yarn install --cache-folder /var/yarn && rm -rf /var/yarn\n",
    "FROM node:22\nRUN yarn install --cache-folder $CACHE\n",
    "FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n",
    "FROM node:22\nENV npm_config_cache=/tmp/npm\nRUN npm ci\n",
    "FROM node:22\nRUN yarn install && yarn cache clean\n",
    "FROM node:22\nRUN yarn install --immutable\n",
    "FROM node:22\nRUN npm run build\n",
]


@pytest.mark.parametrize(("text", "spans"), LEFT, ids=[text for text, _ in LEFT])
def test_cache_stays_in_the_layer(text: str, spans: list[str]) -> None:
    assert reported("DF204", text) == spans


@pytest.mark.parametrize("text", CLEAN)
def test_cache_does_not_stay(text: str) -> None:
    assert reported("DF204", text) == []


def test_one_finding_for_each_run() -> None:
    text = (
        "FROM node:22\nRUN apt-get update && apt-get install -y x && pip install a==1 && npm ci\n"
    )
    (finding,) = diagnostics("DF204", text, "Dockerfile")
    assert [related.span.text for related in finding.related] == ["pip install", "npm ci"]
    assert finding.message == (
        "`apt-get update` leaves the package lists in the layer, and so stay pip's cache and npm's cache"
    )


def test_node_caches_are_advice() -> None:
    (finding,) = diagnostics("DF204", "FROM node:22\nRUN npm ci\n", "Dockerfile")
    assert finding.severity.label == "info"


def test_compose_target_decides_what_ships() -> None:
    text = f"FROM debian:trixie-slim AS app\nRUN true\nFROM app AS tools\nRUN apt-get update && {APT}\n"
    compose = "services:\n  app:\n    build:\n      context: .\n      target: app\n"
    assert reported("DF204", text) == ["apt-get update"]
    assert reported("DF204", text, **{"compose.yaml": compose}) == []


CLEANUPS = [
    # The layout of the lines above is kept.
    (
        "RUN apt-get update && \\\n    apt-get install -y x\n",
        "RUN apt-get update && \\\n    apt-get install -y x && \\\n    rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "RUN apt-get update \\\n    && apt-get install -y x\n",
        "RUN apt-get update \\\n    && apt-get install -y x \\\n    && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "RUN set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y x\n",
        "RUN set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y x; \\\n\trm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "RUN apt-get update && apt-get install -y x\n",
        "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\n",
    ),
    # CRLF stays CRLF, and a comment between the lines stays where it is.
    (
        "RUN apt-get update \\\r\n    # why\r\n    && apt-get install -y x\r\n",
        "RUN apt-get update \\\r\n    # why\r\n    && apt-get install -y x \\\r\n    && rm -rf /var/lib/apt/lists/*\r\n",
    ),
    ("RUN apk update && apk add x\n", "RUN apk add --no-cache x\n"),
    ("RUN apk update \\\n  && apk add x\n", "RUN apk add --no-cache x\n"),
    (
        "RUN apk add x && pip install y==1\n",
        "RUN apk add --no-cache x && pip install --no-cache-dir y==1\n",
    ),
    ("RUN npm ci\n", "RUN npm ci && npm cache clean --force\n"),
    # The rest of the RUN may delete the folder, or the program: it cleans up where it has run.
    (
        "RUN mkdir -p /tmp/x && \\\n  cd /tmp/x && \\\n  npm install undici@6.27.0 && \\\n"
        "  cp -r node_modules/undici /usr/lib/ && \\\n  rm -rf /tmp/x\n",
        "RUN mkdir -p /tmp/x && \\\n  cd /tmp/x && \\\n  npm install undici@6.27.0 && \\\n"
        "  npm cache clean --force && \\\n"
        "  cp -r node_modules/undici /usr/lib/ && \\\n  rm -rf /tmp/x\n",
    ),
    (
        "RUN cd /tmp/x \\\n    && npm install a \\\n    && rm -rf /tmp/x\n",
        "RUN cd /tmp/x \\\n    && npm install a \\\n    && npm cache clean --force \\\n    && rm -rf /tmp/x\n",
    ),
    (
        "RUN cd /tmp/x \\\n    && npm install a && npm install b && rm -rf /tmp/x \\\n    && true\n",
        "RUN cd /tmp/x \\\n    && npm install a && npm install b && npm cache clean --force"
        " && rm -rf /tmp/x \\\n    && true\n",
    ),
    (
        "RUN set -e; \\\n  cd /tmp/x; \\\n  yarn install; \\\n  rm -rf /tmp/x\n",
        "RUN set -e; \\\n  cd /tmp/x; \\\n  yarn install; \\\n  yarn cache clean; \\\n  rm -rf /tmp/x\n",
    ),
    (
        "RUN cd /tmp/x && npm ci | tee log && cd / && rm -rf /tmp/x\n",
        "RUN cd /tmp/x && npm ci | tee log && npm cache clean --force && cd / && rm -rf /tmp/x\n",
    ),
    (
        "RUN (cd /tmp/x && npm ci) && rm -rf /tmp/x\n",
        "RUN (cd /tmp/x && npm ci && npm cache clean --force) && rm -rf /tmp/x\n",
    ),
    (
        "RUN apk add npm && npm install a && apk del npm\n",
        "RUN apk add --no-cache npm && npm install a && npm cache clean --force && apk del npm\n",
    ),
    (
        "RUN dnf install -y a && cd /tmp/x && make && rm -rf /tmp/x\n",
        "RUN dnf install -y a && dnf clean all && cd /tmp/x && make && rm -rf /tmp/x\n",
    ),
    # Each manager cleans up for itself; where two would at one place, one command follows another.
    (
        "RUN apt-get update && apt-get install -y x && npm ci && make\n",
        "RUN apt-get update && apt-get install -y x && npm ci && npm cache clean --force && make"
        " && rm -rf /var/lib/apt/lists/*\n",
    ),
    (
        "RUN apt-get update && apt-get install -y x && npm ci\n",
        "RUN apt-get update && apt-get install -y x && npm ci && rm -rf /var/lib/apt/lists/*"
        " && npm cache clean --force\n",
    ),
    # Only in some cases, or in another shell: at the end, if nothing is deleted before it.
    (
        "RUN if test -f a; then npm ci; fi && make\n",
        "RUN if test -f a; then npm ci; fi && make && npm cache clean --force\n",
    ),
    ("RUN cd /tmp/x && if test -f a; then npm ci; fi && rm -rf /tmp/x\n", None),
    ("RUN cd /tmp/x && npm ci || true; rm -rf /tmp/x\n", None),
    # No fix where it is not certain to be right.
    ("RUN apt-get update; apt-get install -y x\n", None),
    ("RUN apt-get update && apt-get install -y x;\n", None),
    ("RUN apt-get update && apt-get install -y x # why\n", None),
    ("RUN apt-get update && apt-get install -y x &\n", None),
    ("RUN <<EOF\napt-get update\napt-get install -y x\nEOF\n", None),
    # A later RUN takes the lists, unless it fetches its own.
    ("RUN apt-get update\nRUN apt-get install -y x\n", None),
    ("RUN apt-get update\nRUN apt-get upgrade -y\n", None),
    ("RUN apt-get update && apt-get install -y x\nRUN a\nRUN apt-get install -y y\n", None),
    (
        "RUN apt-get update && apt-get install -y x\nRUN apt-get update && apt-get install -y y && rm -rf /var/lib/apt/lists/*\n",
        "RUN apt-get update && apt-get install -y x && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y y && rm -rf /var/lib/apt/lists/*\n",
    ),
    ('RUN ["sh", "-c", "apk add x"]\n', None),
    ("RUN sh -c 'apk add x'\n", None),
    ("RUN apk update \\\n  # why\n  && apk add x\n", None),
    ("RUN apk -- add x\n", None),
]


def test_lists_that_a_later_stage_uses() -> None:
    text = "FROM debian:trixie-slim AS a\nRUN apt-get update\nFROM a\nRUN apt-get install -y x\n"
    (finding,) = diagnostics("DF204", text, "Dockerfile")
    assert finding.fix is None
    assert "line 4 needs these" in finding.help


@pytest.mark.parametrize(("text", "expected"), CLEANUPS, ids=[text for text, _ in CLEANUPS])
def test_fix_of_caches(text: str, expected: str | None) -> None:
    head = "FROM debian:trixie-slim\n".replace("\n", "\r\n" if "\r" in text else "\n")
    assert reported("DF204", head + text) != []
    assert fixed("DF204", head + text, "Dockerfile") == head + (expected or text)


ASKS = [
    (DEBIAN + "RUN apt-get install tini\n", ["apt-get install"]),
    (DEBIAN + "RUN apt-get -q install tini\n", ["apt-get -q install"]),
    (DEBIAN + "RUN apt-get remove tini\n", ["apt-get remove"]),
    # The option of one call does not answer another one.
    (
        DEBIAN + "RUN apt-get install --assume-yes a\nRUN apt-get install tini\n",
        ["apt-get install"],
    ),
    (DEBIAN + "RUN apt-get upgrade\n", ["apt-get upgrade"]),
    (DEBIAN + "RUN apt-get -f install\n", ["apt-get -f install"]),
    (DEBIAN + "RUN DEBIAN_FRONTEND=noninteractive apt-get install tini\n", ["apt-get install"]),
    ("FROM almalinux:9\nRUN yum install httpd\n", ["yum install"]),
    ("FROM fedora:42\nRUN dnf in httpd\n", ["dnf in"]),
    ("FROM fedora:42\nRUN dnf group install web\n", ["dnf group install"]),
    ("FROM opensuse/leap:15.6\nRUN zypper install httpd\n", ["zypper install"]),
    ("FROM opensuse/leap:15.6\nRUN zypper patch\n", ["zypper patch"]),
]
ANSWERED = [
    *(
        DEBIAN + f"RUN apt-get install {flag} tini\n"
        for flag in ("-y", "--yes", "--assume-yes", "-qq", "-q -q", "-q=2", "-yq", "-qy")
    ),
    DEBIAN + "RUN apt-get -y install tini\n",
    DEBIAN + "RUN apt-get install -o APT::Get::Assume-Yes=true tini\n",
    DEBIAN + "RUN yes | apt-get install tini\n",
    DEBIAN + "RUN apt-get install $APT_OPTIONS tini\n",
    DEBIAN + "RUN apt-get install -s tini\n",
    DEBIAN
    + "RUN echo 'APT::Get::Assume-Yes \"true\";' > /etc/apt/apt.conf.d/90yes\nRUN apt-get install tini\n",
    DEBIAN + "RUN apt-get update\n",
    DEBIAN + "RUN echo apt-get install tini\n",
    "FROM almalinux:9\nRUN yum -y install httpd\n",
    "FROM almalinux:9\nRUN yum install --assumeyes httpd\n",
    "FROM fedora:42\nRUN dnf install --setopt=assumeyes=1 httpd\n",
    "FROM opensuse/leap:15.6\nRUN zypper -n install httpd\n",
    "FROM opensuse/leap:15.6\nRUN zypper --non-interactive install httpd\n",
    "FROM opensuse/leap:15.6\nRUN zypper install -y httpd\n",
    "FROM opensuse/leap:15.6\nRUN zypper install --no-confirm httpd\n",
    "FROM opensuse/leap:15.6\nRUN zypper refresh\n",
]


@pytest.mark.parametrize(("text", "spans"), ASKS, ids=[text for text, _ in ASKS])
def test_manager_asks(text: str, spans: list[str]) -> None:
    assert reported("DF415", text) == spans


@pytest.mark.parametrize("text", ANSWERED)
def test_manager_does_not_ask(text: str) -> None:
    assert reported("DF415", text) == []


def test_one_fix_answers_all_calls_of_a_run() -> None:
    text = "FROM debian:trixie-slim\nRUN apt-get install x && apt-get remove y && zypper in z\n"
    expected = "FROM debian:trixie-slim\nRUN apt-get install -y x && apt-get remove -y y && zypper -n in z\n"
    assert len(reported("DF415", text)) == 1
    assert fixed("DF415", text, "Dockerfile") == expected


RECOMMENDS = [
    DEBIAN + "RUN apt-get install -y git\n",
    DEBIAN + "RUN apt install -y git\n",
    DEBIAN + "RUN apt-get install -y ./tini.deb\n",
    DEBIAN + "RUN apt-get install -y -o APT::Install-Suggests=false git\n",
    DEBIAN + "RUN apt-get install -y -o APT::Install-Recommends=0 a\nRUN apt-get install -y git\n",
]
NO_RECOMMENDS = [
    DEBIAN + f"RUN {APT}\n",
    DEBIAN + "RUN apt-get --no-install-recommends install -y tini\n",
    DEBIAN + "RUN apt-get install -y -o APT::Install-Recommends=false tini\n",
    DEBIAN + "RUN apt-get install -y -o APT::Install-Recommends=0 tini\n",
    DEBIAN + "RUN apt-get install -y --install-recommends tini\n",
    DEBIAN
    + "RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/01\nRUN apt-get install -y tini\n",
    DEBIAN
    + 'COPY <<EOF /etc/apt/apt.conf.d/01\nAPT::Install-Recommends "0";\nEOF\nRUN apt-get install -y tini\n',
    DEBIAN + "RUN apt-get install -s tini\n",
    DEBIAN + "RUN apt-get upgrade -y\n",
    "FROM debian:trixie-slim AS build\nRUN apt-get install -y gcc\nFROM scratch\nCOPY --from=build /x /x\n",
]


@pytest.mark.parametrize("text", RECOMMENDS)
def test_recommended_packages_are_installed(text: str) -> None:
    assert len(reported("DF205", text)) == 1


@pytest.mark.parametrize("text", NO_RECOMMENDS)
def test_recommended_packages_are_not_installed(text: str) -> None:
    assert reported("DF205", text) == []


ALONE = [
    DEBIAN + "RUN apt-get update\nRUN apt-get install -y tini\n",
    DEBIAN + "RUN apt-get update && rm -rf /tmp/x\n",
    DEBIAN + "RUN apt-get -y update\n",
    ALPINE + "RUN apk update\n",
    "FROM opensuse/leap:15.6\nRUN zypper refresh\n",
    ALPINE + "RUN apk update\nRUN apk add tini\n",
    ALPINE + "RUN apk update\nRUN apk add --no-cache tini\nRUN apk add curl\n",
]
NOT_ALONE = [
    ALPINE + "RUN apk update\nRUN apk add --no-cache tini\n",
    ALPINE + "RUN apk update\nRUN apk upgrade --no-cache\nRUN apk add --no-cache tini\n",
    DEBIAN + f"RUN apt-get update && {APT}\n",
    DEBIAN + "RUN apt-get update && apt-get upgrade -y\n",
    DEBIAN + "RUN apt-get update && ./install.sh\n",
    DEBIAN + "RUN apt-get update && npx playwright install --with-deps\n",
    DEBIAN + "RUN apt-get update && $INSTALL tini\n",
    "FROM almalinux:9\nRUN yum update -y\n",
    "FROM opensuse/leap:15.6\nRUN zypper -n update\n",
]


@pytest.mark.parametrize("text", ALONE)
def test_lists_are_fetched_alone(text: str) -> None:
    assert len(reported("DF206", text)) == 1


@pytest.mark.parametrize("text", NOT_ALONE)
def test_lists_are_used_where_they_are_fetched(text: str) -> None:
    assert reported("DF206", text) == []


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("apt-get -y dist-upgrade", 1),
        ("apt full-upgrade -y", 1),
        ("zypper -n dup", 1),
        ("dnf -y distro-sync", 1),
        ("apt-get -y upgrade", 0),
        ("zypper -n update", 0),
        ("dnf -y upgrade", 0),
        ("echo dist-upgrade", 0),
    ],
)
def test_distribution_upgrades(command: str, expected: int) -> None:
    assert len(reported("DF313", DEBIAN + f"RUN {command}\n")) == expected


@pytest.mark.parametrize(
    ("command", "help"),
    [
        ("apk add tini", "use `apk add --no-cache`, which needs no `apk update`"),
        ("apk update && apk add tini", "use `apk add --no-cache`, which needs no `apk update`"),
        ("apk upgrade", "use `apk upgrade --no-cache`"),
        (
            "apk update && apk upgrade",
            "use `apk upgrade --no-cache`, which needs no `apk update`; use `apk upgrade --no-cache`",
        ),
    ],
)
def test_help_names_the_command_at_hand(command: str, help: str) -> None:
    (finding,) = diagnostics("DF204", ALPINE + f"RUN {command}\n", "Dockerfile")
    assert finding.help == help


@pytest.mark.parametrize(
    ("command", "count"),
    [
        ("npm i -g pnpm", 0),
        ("npm install --global pnpm@10", 0),
        ("yarn global add turbo", 0),
        ("npm i -g pnpm turbo", 1),
        ("npm ci", 1),
        ("npm i -g pnpm && npm ci", 1),
        ("npm install express", 1),
    ],
)
def test_the_cache_of_one_global_package_is_small(command: str, count: int) -> None:
    files = {"Dockerfile": f"FROM node:22\nRUN {command}\n"}
    under = {
        preset: under_preset("DF204", files, preset) for preset in ("recommended", "production")
    }
    assert {preset: len(found) for preset, found in under.items()} == {
        "recommended": count,
        "production": 1,
    }


@pytest.mark.parametrize(
    ("base", "before", "packages", "after"),
    [
        # Without its certificates curl refuses every https:// address.
        ("debian:12-slim", "", "-y curl jq", "-y --no-install-recommends curl ca-certificates jq"),
        ("ubuntu:24.04", "", "-y git=1:2", "-y --no-install-recommends git=1:2 ca-certificates"),
        ("debian:12", "", "-y ca-certificates wget", "-y --no-install-recommends ca-certificates wget"),
        ("debian:12", "", "-y vim", "-y --no-install-recommends vim"),
        ("debian:12", "RUN apt-get install -y --no-install-recommends ca-certificates\n", "-y curl", "-y --no-install-recommends curl"),
        ("node:22", "", "-y curl vim", "-y --no-install-recommends curl vim"),
    ],
)  # fmt: skip
def test_certificates_that_only_a_recommendation_brought_are_named(
    base: str, before: str, packages: str, after: str
) -> None:
    text = f"FROM {base}\n{before}RUN apt-get update && apt-get install {packages}\n"
    assert fixed("DF205", text, "Dockerfile", preset="hardened").endswith(f"install {after}\n")
