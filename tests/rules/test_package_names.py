"""Packages that the release of the distribution does not have."""

from __future__ import annotations

import pytest
from composelint.linter.rule import Severity
from marked import Case, check, name_of
from snippets import diagnostics

ERROR, WARNING = Severity.ERROR, Severity.WARNING
CODE = "DF421"


def case(text: str, severity: Severity | None = None) -> Case:
    return Case(CODE, text, {}, severity)


CASES = [
    # The first release without it, and the last one with it.
    case("FROM debian:12\nRUN apt-get install -y git python-dev  #! python-dev\n", ERROR),
    case("FROM debian:11\nRUN apt-get install -y git python-dev\n"),
    case("FROM debian:13\nRUN apt-get install -y software-properties-common  #! software-p\n", ERROR),
    case("FROM debian:12\nRUN apt-get install -y software-properties-common\n"),
    case("FROM debian:stable\nRUN apt-get install -y mysql-client  #! mysql-client\n", ERROR),
    case("FROM debian:testing\nRUN apt-get install -y mysql-client  #! mysql-client\n", ERROR),
    case("FROM debian:sid\nRUN apt-get install -y mysql-client\n"),
    case("FROM debian:sid\nRUN apt-get install -y python-dev  #! python-dev\n", ERROR),
    case("FROM python:3\nRUN apt-get install -y libmysqlclient-dev  #! libmysqlclient-dev\n", ERROR),
    case("FROM ubuntu\nRUN apt-get install -y libmysqlclient-dev\n"),
    case("FROM mysql:8.0.36-debian\nRUN apt-get install -y mysql-client python-dev  #! python-dev\n", ERROR),
    case("FROM ubuntu:14.04\nRUN apt-get install -y openjdk-8-jdk  #! openjdk-8-jdk\n", ERROR),
    case("FROM ubuntu:16.04\nRUN apt-get install -y openjdk-8-jdk\n"),
    case("FROM ubuntu:22.04\nRUN apt-get install -y python-numpy\n"),
    case("FROM ubuntu\nRUN apt-get install -y python-numpy  #! python-numpy\n", ERROR),
    # All of a call, and names that begin alike.
    case("FROM debian:12\nRUN apt-get install -y php5-x php5 a  #! php5-x #! php5\n", ERROR),
    case("FROM debian:12\nRUN apt-get install -y php5x xphp5-x ./php5 php5/sid\n"),
    case("FROM debian:12\nRUN apt-get install -y python-dev=2.7 python-dev:amd64  #! python-dev=2.7 #! python-dev:amd64\n", ERROR),
    # Alpine.
    case("FROM alpine:3.12\nRUN apk add git python  #! python\n", ERROR),
    case("FROM alpine:3.11\nRUN apk add git python\n"),
    case("FROM alpine\nRUN apk add --virtual python .x py2-pip  #! py2-pip\n", ERROR),
    case("FROM alpine:edge\nRUN apk add 'python2>2.6'  #! 'python2>2.6'\n", ERROR),
    case("FROM golang:alpine\nRUN apk add bzr  #! bzr\n", ERROR),
    case("FROM python:3.6.15-alpine\nRUN apk add python2\n"),
    case("FROM alpine:3.22\nRUN apk add py-pip php84 python@edge\n"),
    case("FROM alpine\nRUN echo x >> /etc/apk/repositories && apk add python\n"),
    case("FROM alpine\nRUN apk add -X http://a/b python\n"),
    case("FROM alpine\nRUN apk add --repository=http://a/b python\n"),
    case("FROM alpine\nRUN apk add -X http://a/b python\nRUN apk add python  #! python\n", ERROR),
    # It may go unnoticed; aptitude goes on; the distribution is another one.
    case("FROM alpine\nRUN apk add python; true  #! python\n", WARNING),
    case("FROM alpine\nRUN apk add python || true\n"),
    case("FROM debian:12\nRUN aptitude install -y python-dev\n"),
    case("FROM debian:12\nRUN apk add python\n"),
    # What comes later brings no sources any more.
    case(
        "FROM ubuntu\n"
        "RUN apt-get install -y python-pip  #! python-pip\n"
        "RUN add-apt-repository ppa:x/y\n"
        "COPY etc /etc/\n",
        ERROR,
    ),
    case("FROM ubuntu\nRUN add-apt-repository ppa:x/y\nRUN apt-get install -y python-pip\n"),
    case("FROM ubuntu\nCOPY etc /etc/\nRUN apt-get install -y python-pip\n"),
    case("FROM ubuntu\nRUN ./setup.sh && apt-get install -y python-pip\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=name_of)
def test_package_names(case: Case) -> None:
    check(case)


@pytest.mark.parametrize("package", ["php5", "php5-gd"])
def test_an_image_with_php_needs_no_package_of_it(package: str) -> None:
    text = f"FROM php:8.4-cli-trixie\nRUN apt-get update && apt-get install -y {package}\n"
    [finding] = diagnostics(CODE, text, "Dockerfile", preset="all")
    assert finding.help is not None
    assert "docker-php-ext-install" in finding.help
    assert "install php" not in finding.help
