"""Places that are no longer on the network: package indexes, hosts, protocols, apt-key."""

from __future__ import annotations

import pytest
from composelint.linter.images import data
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING
CODE = "DF135"
DEBIAN = "FROM debian:trixie\n"


def case(text: str, severity: Severity | None = None) -> Case:
    return Case(CODE, text, {}, severity)


GONE = [
    case("FROM debian:buster\nRUN apt-get update  #! apt-get update\n", ERROR),
    case("FROM debian:9-slim\nRUN apt update && apt install -y git  #! apt update\n", ERROR),
    case("FROM python:3.8-slim-buster\nRUN apt-get -q update  #! apt-get -q update\n", ERROR),
    case("FROM node:8\nRUN apt-get update  #! apt-get update\n", ERROR),
    case("FROM ubuntu:21.10\nRUN apt-get update  #! apt-get update\n", ERROR),
    case("FROM centos:7\nRUN yum install -y git  #! yum install\n", ERROR),
    case("FROM centos:8\nRUN dnf install -y git  #! dnf install\n", ERROR),
    case("FROM centos\nRUN yum install -y git  #! yum install\n", ERROR),
    case("FROM debian:wheezy\nRUN apt-get update  #! apt-get update\n", ERROR),
    case("FROM ubuntu:vivid\nRUN apt-get update  #! apt-get update\n", ERROR),
    case("FROM java:8\nRUN apt-get update  #! apt-get update\n", ERROR),
    case("FROM python:3.6.13-slim\nRUN apt-get update  #! apt-get update\n", ERROR),
    case("FROM node:14\nRUN apt-get update  #! apt-get update\n", ERROR),
    case("FROM python:3\nRUN apt-key add k  #! apt-key\n", ERROR),
    case("FROM debian:sid\nRUN apt-key add k  #! apt-key\n", ERROR),
    case("FROM debian:trixie\nRUN curl x | apt-key add -  #! apt-key\n", ERROR),
    case("FROM ubuntu:25.10\nRUN apt-key adv --recv x  #! apt-key\n", ERROR),
    case(DEBIAN + "RUN git clone git://github.com/a/b  #! git://github.com\n", ERROR),
    case(
        DEBIAN + "RUN gpg --keyserver ha.pool.sks-keyservers.net --recv x  #! sks-keyservers.net\n",
        ERROR,
    ),
    case(DEBIAN + "ADD https://dl.bintray.com/a/b.zip /  #! dl.bintray.com\n", ERROR),
    case(DEBIAN + "RUN curl -fO https://dl.bintray.com/a/b.zip  #! dl.bintray.com\n", ERROR),
    case(
        DEBIAN + "RUN wget http://repo1.maven.org/maven2/x.jar  #! http://repo1.maven.org\n", ERROR
    ),
    case(DEBIAN + "RUN git remote add a git://github.com/a/b  #! git://github.com\n", WARNING),
    # What adds sources leaves those that are there.
    case(
        "FROM debian:buster\nRUN echo deb x >> /etc/apt/sources.list && apt-get update  #! apt-get update\n",
        ERROR,
    ),
    case(
        "FROM debian:buster\nRUN echo deb x | tee /etc/apt/sources.list.d/a.list\nRUN apt-get update  #! apt-get update\n",
        ERROR,
    ),
    case(
        "FROM debian:buster\nCOPY a.list /etc/apt/sources.list.d/\nRUN apt-get update  #! apt-get update\n",
        ERROR,
    ),
    case(
        "FROM debian:buster\nCOPY a.conf /etc/nginx/\nRUN apt-get update  #! apt-get update\n",
        ERROR,
    ),
    case(
        "FROM centos:7\nRUN curl -o /etc/yum.repos.d/a.repo https://a.org/a.repo && yum install -y a  #! yum install\n",
        ERROR,
    ),
    case(
        "FROM centos:7\nRUN rpm -i http://a.org/epel-release.rpm && yum install -y a  #! yum install\n",
        ERROR,
    ),
    case(
        "FROM debian:buster\nRUN echo a > /etc/apt/apt.conf.d/a && apt-get update  #! apt-get update\n",
        ERROR,
    ),
    case(
        "FROM debian:buster\nCOPY setup.sh Gemfile /\nRUN apt-get update  #! apt-get update\n",
        ERROR,
    ),
    case(
        "FROM node:8\nRUN curl https://deb.nodesource.com/setup_20.x | bash -\nRUN apt-get update  #! apt-get update\n",
        ERROR,
    ),
    # Sources of old releases that a Dockerfile writes.
    case(
        "FROM debian:8\n"
        r'RUN printf "deb http://archive.debian.org/debian jessie main\ndeb http://security.debian.org jessie/updates main\n"'
        " > /etc/apt/sources.list && apt-get update  #! http://security.debian.org\n",
        ERROR,
    ),
    case(
        "FROM ubuntu\n"
        'RUN echo "deb http://archive.ubuntu.com/ubuntu precise main" > /etc/apt/sources.list'
        "  #! http://archive.ubuntu.com/ubuntu\n"
        "RUN apt-get update\n",
        ERROR,
    ),
    case(
        "FROM me/x\n"
        "RUN echo deb [x=y] http://deb.debian.org/debian buster-backports main | tee -a /etc/apt/sources.list.d/b.list"
        "  #! http://deb.debian.org/debian\n"
        "RUN apt-get update && apt-get install -y x\n",
        ERROR,
    ),
    case(
        "FROM python:3\n"
        "RUN echo deb http://deb.debian.org/debian bullseye-backports main > /etc/apt/sources.list.d/b.list"
        " && apt-get update  #! http://deb.debian.org/debian\n",
        ERROR,
    ),
    case(
        "FROM ubuntu\n"
        "RUN echo deb http://security.ubuntu.com/ubuntu vivid-security main >> /etc/apt/sources.list; "
        "apt-get update; true  #! http://security.ubuntu.com/ubuntu\n",
        WARNING,
    ),
    # What comes later changes nothing any more.
    case(
        "FROM debian:buster\nRUN apt-get update  #! apt-get update\nRUN make\nCOPY root ./\n", ERROR
    ),
    case(
        "FROM debian:buster\n"
        "RUN apt-get update && echo deb x > /etc/apt/sources.list  #! apt-get update\n",
        ERROR,
    ),
    case("FROM centos:7\nRUN yum install -y git && sh /s.sh  #! yum install\n", ERROR),
    # It may go unnoticed, or something else happens.
    case(
        DEBIAN + "RUN gpg --keyserver keys.gnupg.net --recv x  #! keys.gnupg.net\n",
        WARNING,
    ),
    case("FROM debian:buster\nRUN apt-get update; true  #! apt-get update\n", WARNING),
    case("ARG V=debian:buster\nFROM $V\nRUN apt-get update  #! apt-get update\n", WARNING),
    case(DEBIAN + "RUN curl -O https://dl.bintray.com/a/b.zip  #! dl.bintray.com\n", WARNING),
    case(
        DEBIAN + "RUN add-apt-repository ppa:webupd8team/java  #! ppa:webupd8team/java\n", WARNING
    ),
    case(
        "FROM me/x\nRUN add-apt-repository ppa:webupd8team/java && apt-get update\n"
        "RUN apt-get install -y git oracle-java8-installer  #! oracle-java8-installer\n",
        ERROR,
    ),
    case(
        DEBIAN + "RUN echo deb http://ppa.launchpad.net/webupd8team/java/ubuntu x main"
        " > /etc/apt/sources.list.d/j.list && apt-get install -y oracle-java${V}-installer"
        "  #! oracle-java${V}-installer\n",
        ERROR,
    ),
    case(
        DEBIAN + "RUN add-apt-repository ppa:webupd8team/java  #! ppa:webupd8team/java\n"
        "RUN apt-get install -y oracle-java8-installer || true\n",
        WARNING,
    ),
    case(
        DEBIAN + "RUN add-apt-repository ppa:webupd8team/java  #! ppa:webupd8team/java\n"
        "RUN add-apt-repository ppa:ts.sch.gr/ppa && apt-get install -y oracle-java8-installer\n",
        WARNING,
    ),
    case(
        DEBIAN + "RUN apt-get install -y oracle-java8-installer\n"
        "RUN add-apt-repository ppa:webupd8team/java  #! ppa:webupd8team/java\n",
        WARNING,
    ),
    case(
        DEBIAN
        + 'RUN echo "deb https://apt.dockerproject.org/repo x" > /etc/apt/sources.list.d/d.list'
        "  #! apt.dockerproject.org\n",
        WARNING,
    ),
    case(
        DEBIAN
        + "RUN curl https://deb.nodesource.com/setup_8.x | bash -  #! nodesource.com/setup_8.x\n",
        WARNING,
    ),
]

SILENT = [
    case("FROM debian:bullseye\nRUN apt-get update\n"),
    case("FROM debian\nRUN apt-get update\n"),
    case("FROM ubuntu:18.04\nRUN apt-get update\n"),
    case("FROM node:20\nRUN apt-get update\n"),
    case("FROM node:8-alpine\nRUN apk update\n"),
    case("FROM alpine:3.5\nRUN apk update\n"),
    case("FROM python:3.6.15\nRUN apt-get update\n"),
    case("FROM java:8-alpine\nRUN apk update\n"),
    case(f"FROM python:3.6.13@sha256:{'a' * 64}\nRUN apt-get update\n"),
    case(f"FROM centos@sha256:{'a' * 64}\nRUN yum install -y git\n"),
    case("FROM quay.io/centos/centos:stream9\nRUN yum install -y git\n"),
    case("FROM amazonlinux:1\nRUN yum install -y git\n"),
    # Other sources.
    case("FROM debian:buster\nCOPY root ./\nRUN apt-get update\n"),
    case("FROM debian:buster\nWORKDIR /etc/apt\nCOPY sources .\nRUN apt-get update\n"),
    case("FROM debian:buster\nRUN apt-get -o Dir::Etc::SourceList=/a.list update\n"),
    case("FROM centos:7\nRUN yum --disablerepo='*' install -y /tmp/a\n"),
    case("FROM centos:7\nRUN yum localinstall -y /tmp/a.rpm\n"),
    case("FROM debian:buster\nRUN echo deb x > /etc/apt/sources.list && apt-get update\n"),
    case("FROM debian:buster\nRUN echo deb http://archive.debian.org x >> /etc/apt/sources.list && apt-get update\n"),
    case("FROM debian:buster\nRUN mv /etc/apt/sources.list.d/a /etc/apt/sources.list && apt-get update\n"),
    case("FROM debian:buster\nCOPY a.list /etc/apt/sources.list\nRUN apt-get update\n"),
    case("FROM centos:7\nRUN curl -o /etc/yum.repos.d/CentOS-Base.repo https://a.org/a && yum install -y a\n"),
    case("FROM centos:7\nRUN rpm -i http://a.org/centos-release.rpm && yum install -y a\n"),
    case("FROM debian:buster\nRUN echo 'Acquire::http { Proxy x; };' > /etc/apt/apt.conf.d/a && apt-get update\n"),
    case("FROM ubuntu:24.10\nRUN echo x > /etc/apt/sources.list.d/ubuntu.sources && apt-get update\n"),
    case("FROM debian:buster\nADD root.tar.gz /\nRUN apt-get update\n"),
    case("FROM debian:buster\nCOPY --from=a a.b /\nRUN apt-get update\n"),
    # Sources of old releases that are not asked, or may be another file's.
    case("FROM ubuntu\nRUN echo deb http://archive.ubuntu.com/ubuntu precise main > /etc/apt/sources.list\n"),
    case("FROM ubuntu\nRUN echo deb http://archive.ubuntu.com/ubuntu precise main > /a && apt-get update\n"),
    case("FROM ubuntu\nRUN echo deb http://archive.ubuntu.com/ubuntu jammy main > /etc/apt/sources.list && apt-get update\n"),
    case("FROM ubuntu\nRUN echo deb http://a.org/ubuntu precise main > /etc/apt/sources.list && apt-get update\n"),
    case("FROM ubuntu\nRUN echo deb http://archive.ubuntu.com/ubuntu jessie main > /etc/apt/sources.list && apt-get update\n"),
    case("FROM debian:12\nRUN echo deb http://deb.debian.org/debian bullseye main > /etc/apt/sources.list && apt-get update\n"),
    case("FROM ubuntu\nRUN echo deb http://archive.ubuntu.com/ubuntu precise main > /etc/apt/sources.list && rm /etc/apt/sources.list && apt-get update\n"),
    case("FROM ubuntu\nRUN echo deb http://archive.ubuntu.com/ubuntu precise main > /etc/apt/sources.list\nCOPY a.list /etc/apt/sources.list\nRUN apt-get update\n"),
    case("FROM ubuntu\nRUN echo deb http://archive.ubuntu.com/ubuntu precise main > /etc/apt/sources.list\nRUN echo deb http://a.org x > /etc/apt/sources.list && apt-get update\n"),
    case("FROM ubuntu\nRUN echo deb http://archive.ubuntu.com/ubuntu precise main > /etc/apt/sources.list && ./fix.sh && apt-get update\n"),
    case("FROM ubuntu\nRUN echo deb http://archive.ubuntu.com/ubuntu precise main > /etc/apt/sources.list && (apt-get update || true)\n"),
    # Another address, or a part of another one.
    case(DEBIAN + "COPY .gitconfig /root/\nRUN git clone git://github.com/a/b\n"),
    case(DEBIAN + "RUN git -c url.https://github.com/.insteadOf=git://github.com/ clone git://github.com/a/b\n"),
    case(DEBIAN + "RUN gpg --keyserver-options ca-cert-file=/sks-keyservers.netCA.pem --recv-keys A\n"),
    case(DEBIAN + "RUN wget https://mirror.example/http://repo1.maven.org/a.jar\n"),
    case("FROM debian:buster\nRUN sed -i s/deb.debian/archive.debian/ /etc/apt/sources.list && apt-get update\n"),
    case("FROM debian:buster\nCOPY sources.list /etc/apt/\nRUN apt-get update\n"),
    case("FROM debian:buster AS a\nRUN echo deb x > /etc/apt/sources.list\nFROM a\nRUN apt-get update\n"),
    case("FROM centos:7\nRUN sed -i s/mirror.centos/vault.centos/ /etc/yum.repos.d/*.repo\nRUN yum install -y x\n"),
    case("FROM debian:buster\nRUN apt-get update || true\n"),
    case("FROM debian:buster\nCOPY s.sh /\nRUN sh /s.sh && apt-get update\n"),
    case("FROM debian:buster\nCOPY s.sh /\nRUN /s.sh && apt-get update\n"),
    case("FROM debian:buster\nCOPY s.sh /bin/\nRUN s.sh\nRUN apt-get update\n"),
    case("FROM debian:buster\nARG S=true\nRUN $S && apt-get update\n"),
    case("FROM debian:buster\nENV http_proxy=http://p\nRUN apt-get update\n"),
    # Nothing asks there.
    case(DEBIAN + "RUN git config --global url.https://github.com.insteadOf git://github.com && git clone git://github.com/a/b\n"),
    case(DEBIAN + "RUN git clone https://github.com/a/b\n"),
    case(DEBIAN + "RUN gpg --keyserver keyserver.ubuntu.com --recv x\n"),
    case(DEBIAN + "RUN gpg --keyserver pool.sks-keyservers.net --recv x || gpg --keyserver a.org --recv x\n"),
    case(DEBIAN + "RUN echo 'was at git://github.com/a/b'\n"),
    case(DEBIAN + "# git://github.com/a/b\nRUN true\n"),
    case(DEBIAN + "RUN wget https://repo1.maven.org/maven2/x.jar\n"),
    case(DEBIAN + "RUN curl https://deb.nodesource.com/setup_22.x | bash -\n"),
    case("FROM debian:bookworm\nRUN apt-key add k\n"),
    case("FROM debian\nRUN if command -v apt-key; then apt-key add k; fi\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", [*GONE, *SILENT], ids=name_of)
def test_gone_from_network(case: Case) -> None:
    check(case)


def test_every_place_has_a_date_and_a_source() -> None:
    table = data.gone()
    entries = [*table["hosts"], *table["archived"].values()]
    assert all(entry["since"] <= table["taken"] for entry in entries)
    assert all(entry["source"].startswith("https://") for entry in (*entries, table["node"]))


def test_every_package_has_sources() -> None:
    for group in data.gone()["packages"]:
        assert group["names"]
        assert all(source.startswith("https://") for source in group["sources"])


def test_no_package_is_in_two_groups_of_a_distribution() -> None:
    for system in ("debian", "ubuntu", "alpine"):
        names = [
            name for group in data.gone()["packages"] if system in group for name in group["names"]
        ]
        assert len(names) == len(set(names))
