"""Users that nothing makes: silent where a package, a script or a file may have made them."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING
CODE = "DF131"


def case(text: str, severity: Severity | None = None, compose: str = "") -> Case:
    return Case(CODE, text, {"compose.yaml": compose} if compose else {}, severity)


SERVICE = "services:\n  a:\n    build: .\n"

UNKNOWN = [
    case("FROM node:22-alpine\nUSER appuser  #! appuser\n", ERROR),
    case("FROM node:22\nUSER appuser:1000  #! appuser\n", ERROR),
    case("FROM node:22\nCOPY --chown=app:app . /app  #! app:app\n", ERROR),
    case("FROM alpine:3.22\nUSER node  #! node\n", ERROR),
    case(
        "FROM debian:13\nRUN apt-get update && apt-get install -y curl\nUSER app  #! app\n", ERROR
    ),
    case("FROM python:3.13\nRUN useradd other\nUSER app  #! app\n", ERROR),
    case("FROM python:3.13\nRUN mkdir /app && chown -R app /app\nUSER app  #! app\n", ERROR),
    case("FROM node:22 AS a\nRUN useradd app\nFROM node:22\nUSER app  #! app\n", ERROR),
    case("FROM node:22\nCOPY --chown=app . /app  #! app\nRUN useradd app\nUSER app\n", ERROR),
    case("FROM node:22\nENV WHO=app\nUSER $WHO  #! $WHO\n", ERROR),
    case("FROM nginx:1.30-alpine\nUSER www  #! www\n", ERROR),
    case("FROM gcr.io/distroless/static-debian12\nUSER app  #! app\n", WARNING),
    case("ARG B=node:22\nFROM $B\nUSER app  #! app\n", WARNING),
    case("FROM node:22\nUSER app  #! app\n", WARNING, SERVICE + "    user: '1000'\n"),
]

SILENT = [
    case("FROM node:22\nUSER node\nCOPY --chown=node:node . .\n"),
    case("FROM node:22\nUSER 1000:1000\nCOPY --chown=1000 . .\n"),
    case("FROM node:22\nUSER root\n"),
    case("FROM alpine:3.22\nUSER nobody\n"),
    case("FROM ubuntu:24.04\nUSER ubuntu\n"),
    case("FROM mcr.microsoft.com/dotnet/aspnet:9.0\nUSER app\n"),
    case("FROM gcr.io/distroless/static-debian12:nonroot\nUSER nonroot:nonroot\n"),
    case("FROM debian:13\nRUN useradd app\nUSER app\n"),
    case("FROM alpine:3.22\nRUN addgroup -S app && adduser -S app -G app\nUSER app\n"),
    case("FROM debian:13 AS a\nRUN useradd app\nFROM a\nUSER app\n"),
    case("FROM debian:13\nARG N=app\nRUN useradd $N\nUSER app\n"),
    case("FROM debian:13\nARG N\nUSER $N\n"),
    case("FROM debian:13\nRUN echo app:x:1::/:/bin/sh >> /etc/passwd\nUSER app\n"),
    case("FROM scratch\nCOPY --from=a /etc/passwd /etc/passwd\nUSER app\n"),
    case("FROM alpine:3.22\nCOPY --from=a /etc/passwd /etc/\nUSER app\n"),
    case("FROM alpine:3.22\nCOPY rootfs /\nUSER app\n"),
    case("FROM debian:13\nCOPY setup.sh /\nRUN /setup.sh\nUSER app\n"),
    case("FROM debian:13\nCOPY setup /usr/local/bin/\nRUN setup\nUSER app\n"),
    case("FROM debian:13\nRUN make-me-users\nUSER app\n"),
    case("FROM debian:13\nRUN curl -fsSL https://a.org/i.sh | bash\nUSER app\n"),
    # What is copied may hold it.
    case("FROM alpine:3.22\nCOPY rootfs ./\nUSER app\n"),
    case("FROM alpine:3.22\nWORKDIR /\nCOPY . .\nUSER app\n"),
    case("FROM alpine:3.22\nWORKDIR /etc\nCOPY files/ ./\nUSER app\n"),
    case("FROM debian:13\nRUN curl -L https://a.org/r.tgz | tar xz -C /\nUSER app\n"),
    case("FROM debian:13\nRUN tar -xf etc.tar --directory=/etc/\nUSER app\n"),
    case("FROM debian:13\nCOPY a /src\nRUN cp -a /src/. /\nUSER app\n"),
    case("FROM debian:13\nRUN xargs apt-get install -y < packages.txt\nUSER app\n"),
    case("FROM debian:13\nRUN dpkg --install /tmp/a.deb\nUSER app\n"),
    case("FROM python:3.13\nRUN python /tmp/make_users.py\nUSER app\n"),
    # Packages of others.
    case(
        "FROM debian:13\nRUN echo deb https://a.org / > /etc/apt/sources.list.d/a.list\n"
        "RUN apt-get update && apt-get install -y confluent-community\nUSER cp-kafka\n"
    ),
    # Packages that make it.
    case("FROM debian:13\nRUN apt-get update && apt-get install -y slapd\nUSER openldap\n"),
    case("FROM debian:13\nRUN apt-get update && apt-get install -y openssh-server\nUSER sshd\n"),
    case("FROM debian:13\nRUN apt-get update && apt-get install -y pgbouncer\nUSER postgres\n"),
    case("FROM debian:13\nRUN apt-get install -y percona-server-server\nUSER mysql\n"),
    case("FROM alpine:3.5\nUSER postgres\n"),
    case("FROM alpine:3.22\nRUN apk add postgresql16\nUSER postgres\n"),
    case("FROM debian:13\nRUN apt-get install -y mariadb-server\nUSER mysql\n"),
    case("FROM debian:13\nRUN apt-get install -y $PACKAGES\nUSER app\n"),
    case("FROM debian:13\nCOPY a.deb /\nRUN apt-get install -y /a.deb\nUSER app\n"),
    case("FROM debian:13\nRUN dpkg -i /a.deb\nUSER app\n"),
    # The users of the base are not known.
    case("FROM acme/base\nUSER app\n"),
    case("FROM jenkins/jenkins\nUSER jenkins\n"),
    case("FROM almalinux:9\nUSER app\n"),
]


@pytest.mark.parametrize("case", [*UNKNOWN, *SILENT], ids=name_of)
def test_unknown_users(case: Case) -> None:
    check(case)
