"""Package managers that the image does not have: certain ones are errors, unsure ones nothing."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING
CODE = "DF130"


def case(text: str, severity: Severity | None = None, **files: str) -> Case:
    named = {path.replace("__", "."): content for path, content in files.items()}
    return Case(CODE, text, named, severity)


MISSING = [
    case("FROM node:22-slim\nRUN apk add git  #! apk add\n", ERROR),
    case("FROM python:3.13-alpine\nRUN apt-get install -y git  #! apt-get install\n", ERROR),
    case("FROM alpine:3.22\nRUN apt update && apt install git  #! apt update\n", ERROR),
    case("FROM ubuntu:24.04\nRUN yum install -y git  #! yum install\n", ERROR),
    case("FROM debian:12\nRUN dnf -y install git  #! dnf -y install\n", ERROR),
    case("FROM mysql:8.4\nRUN apt-get update  #! apt-get update\n", ERROR),
    case("FROM almalinux:9\nRUN apk add git  #! apk add\n", ERROR),
    case("FROM node:22 AS build\nRUN true\nFROM build\nRUN apk add git  #! apk add\n", ERROR),
    case('FROM node:22\nSHELL ["/bin/bash", "-ec"]\nRUN apk add git; true  #! apk add\n', ERROR),
    case("FROM node:22\nRUN set -eux; apk add git; true  #! apk add\n", ERROR),
    # The version may be another one, but not the system.
    case("ARG V=22\nFROM node:${V}-alpine\nRUN apt-get update  #! apt-get update\n", ERROR),
    case(
        "ARG BASE=node:22\nFROM $BASE\nRUN apk add git  #! apk add\n",
        ERROR,
        compose__yaml="services:\n  a:\n    build: .\n",
    ),
    # The argument that Compose passes counts.
    case(
        "ARG BASE=node:22-alpine\nFROM $BASE\nRUN apk add git  #! apk add\n",
        ERROR,
        compose__yaml="services:\n  a:\n    build: {context: ., args: {BASE: debian:13}}\n",
    ),
    # Not certain: an argument, an image that is not official, a shell that goes on.
    case("ARG BASE=node:22\nFROM $BASE\nRUN apk add git  #! apk add\n", WARNING),
    case("FROM redhat/ubi9-minimal:9.6\nRUN dnf install git  #! dnf install\n", WARNING),
    case("FROM node:22\nRUN apk add git; true  #! apk add\n", WARNING),
    case(
        'FROM node:22\nSHELL ["bash", "--noprofile", "-c"]\nRUN apk add git; true  #! apk add\n',
        WARNING,
    ),
    case("FROM node:22\nRUN apk add git | tee log  #! apk add\n", WARNING),
]

SILENT = [
    case("FROM node:22-alpine\nRUN apk add git\n"),
    case("FROM node:22-slim\nRUN apt-get update && apt install -y git\n"),
    case("FROM almalinux:9\nRUN yum install -y git && dnf install -y curl\n"),
    # A question decides.
    case("FROM node:22\nRUN if command -v apk; then apk add git; else apt-get update; fi\n"),
    case("FROM node:22\nRUN command -v apk && apk add git\n"),
    case("FROM node:22\nRUN [ -f /sbin/apk ] && apk add git\n"),
    case("FROM node:22\nRUN apk add git || apt-get update\n"),
    case("FROM node:22\nRUN apt-get update || apk add git\n"),
    case("FROM node:22\nRUN (apk add git) || true\n"),
    case("FROM node:22\nRUN echo $(apk --version)\n"),
    case("FROM node:22\nRUN echo 'apk add git'\n"),
    # It may have been brought.
    case("FROM debian:13\nRUN apt-get update && apt-get install -y dnf && dnf install git\n"),
    case("FROM debian:13\nRUN apt-get install -y zypper\nRUN zypper in git\n"),
    case("FROM debian:13\nCOPY --from=alpine:3.22 /sbin/apk /sbin/apk\nRUN apk add git\n"),
    case("FROM debian:13\nCOPY --from=tools / /\nRUN apk add git\n"),
    case("FROM debian:13\nCOPY install.sh /\nRUN sh /install.sh\nRUN apk add git\n"),
    case("FROM debian:13\nADD rootfs.tar.xz /\nRUN apk add git\n"),
    case("FROM debian:13\nRUN ln -s /opt/apk /usr/bin/apk\nRUN apk add git\n"),
    case("FROM debian:13\nRUN chroot /alpine apk add git\n"),
    case("FROM debian:13\nRUN /alpine/sbin/apk add git\n"),
    case("FROM busybox\nADD debian.tar.xz .\nRUN apt-get update\n"),
    case("FROM busybox\nWORKDIR /\nADD debian.tar.xz ./\nRUN apt-get update\n"),
    case("FROM alpine:3.22\nCOPY scripts /usr/local/bin\nRUN apt-get update\n"),
    case("FROM alpine:3.22\nCOPY tools /tools\nENV PATH=/tools:$PATH\nRUN apt-get update\n"),
    case("FROM debian:13\nCOPY apk.static /opt/apk\nENV PATH=/opt:$PATH\nRUN apk add git\n"),
    case("FROM alpine:3.22\nRUN echo x > /usr/local/bin/apt-get\nRUN apt-get update\n"),
    case("FROM alpine:3.22\nRUN echo x | tee /usr/local/bin/apt-get\nRUN apt-get update\n"),
    case("FROM alpine:3.22\nRUN tar xf debian.tar -C / && apt-get update\n"),
    case("FROM wordpress:cli\nUSER root\nRUN apk add git\n"),
    # The base is not known.
    case("FROM acme/base\nRUN apk add git\n"),
    case("ARG BASE\nFROM $BASE\nRUN apk add git\n"),
    case("FROM openjdk:17\nRUN apt-get update\n"),
    case(
        "ARG BASE=node:22\nFROM $BASE\nRUN apk add git\n",
        compose__yaml="services:\n  a:\n    build: {context: ., args: {BASE: node:22-alpine}}\n",
    ),
    case(
        "ARG BASE=node:22\nFROM $BASE\nRUN apk add git\n",
        compose__yaml="services:\n  a:\n    build: {context: ., args: {BASE: '${X}'}}\n",
    ),
    case(
        "FROM node:22\nRUN apk add git\n",
        compose__yaml="services:\n  a:\n    build: {context: ., additional_contexts: {node: ./n}}\n",
    ),
    # A stage that no build uses.
    case("FROM node:22 AS builder\nRUN apk add git\nFROM alpine:3.22\nRUN apk add git\n"),
]


@pytest.mark.parametrize("case", [*MISSING, *SILENT], ids=name_of)
def test_package_managers(case: Case) -> None:
    check(case)
