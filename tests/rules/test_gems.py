"""Calls of gem that the Ruby of an image refuses."""

from __future__ import annotations

import pytest
from composelint.linter.images import data
from composelint.linter.rule import Severity
from marked import Case, check, name_of

ERROR, WARNING = Severity.ERROR, Severity.WARNING
APT = "RUN apt-get update && apt-get install -y ruby\n"


def gem(text: str, severity: Severity | None = None) -> Case:
    return Case("DF146", text, {}, severity)


NEWER = [
    gem("FROM ruby:2.7.8\nRUN gem install bundler  #! bundler\n", ERROR),
    gem("FROM ruby:2.5-alpine3.7\nRUN gem install --no-document bundler  #! bundler\n", ERROR),
    gem("FROM ruby:2\nRUN gem install x:1 rails  #! rails\n", ERROR),
    gem("FROM ruby:2.6\nRUN gem install jekyll  #! jekyll\n", ERROR),
    gem(f"FROM ubuntu:14.04\n{APT}RUN gem install --no-ri bundler  #! bundler\n", ERROR),
    gem(f"FROM ubuntu:focal\n{APT}RUN gem install bundler  #! bundler\n", ERROR),
    gem("FROM alpine:3.8\nRUN apk add ruby ruby-dev && gem install bundler  #! bundler\n", ERROR),
    gem("FROM ruby:2.7\nRUN gem install bundler; true  #! bundler\n", WARNING),
    gem("FROM ubuntu:18.04\nRUN apt-add-repository ppa:brightbox/ruby-ng && apt-get install -y ruby2.6 ruby2.6-dev\nRUN gem install bundler  #! bundler\n", ERROR),
    gem("FROM ubuntu:18.04\nRUN apt-add-repository ppa:brightbox/ruby-ng && apt-get install -y ruby2.6 ruby2.7\nRUN gem install bundler\n"),
    gem("FROM debian:11\nRUN apt-get install -y ruby2.7\nRUN gem install bundler\n"),
    # Its gem takes an older release.
    gem("FROM ruby:3.0\nRUN gem install bundler\n"),
    gem("FROM ruby\nRUN gem install bundler\n"),
    gem(f"FROM ubuntu:22.04\n{APT}RUN gem install bundler\n"),
    gem(f"FROM debian:11\n{APT}RUN gem install bundler\n"),
    gem("FROM alpine:3.16\nRUN apk add ruby && gem install bundler\n"),
    # Ruby is new enough for the gem, or the gem is not in the table.
    gem("FROM ruby:2.7\nRUN gem install jekyll\n"),
    gem("FROM ruby:2.5\nRUN gem install rake\n"),
    # Another release, another Ruby, or not surely.
    gem("FROM ruby:2.7\nRUN gem install bundler:2.4.22\n"),
    gem("FROM ruby:2.7\nRUN gem install bundler -v 2.4.22\n"),
    gem("FROM ruby:2.7\nRUN gem install bundler --version=2.4.22\n"),
    gem("FROM ruby:2.7\nRUN gem install bundler --force\n"),
    gem("FROM ruby:2.7\nRUN gem install --conservative bundler\n"),
    gem("FROM ruby:2.7\nRUN gem update --system 3.3.22 && gem install bundler\n"),
    gem("FROM ruby:2.7\nRUN gem install bundler || true\n"),
    gem("FROM ruby:2.7\nRUN gem fetch bundler\n"),
    gem("FROM ruby:2.7\nRUN /opt/x/bin/gem install bundler\n"),
    gem("FROM ubuntu:18.04\nRUN gem install bundler\n"),
    gem(f"FROM ubuntu:18.04\n{APT}RUN rbenv install 3.3.0 && gem install bundler\n"),
    gem(f"FROM ubuntu:18.04\nRUN apt-add-repository ppa:brightbox/ruby-ng\n{APT}RUN gem install bundler\n"),
    gem(f"FROM ubuntu:18.04\n{APT}COPY --from=ruby:3.4 /usr/local /usr/local\nRUN gem install bundler\n"),
    gem("FROM ruby:2.7\nRUN gem sources -a https://x.example/ && gem install bundler\n"),
    gem(f"FROM ubuntu:14.04\n{APT}RUN apt-get install ruby2.0 && gem install bundler\n"),
    gem("FROM jruby:9.1\nRUN gem install bundler\n"),
    gem("FROM acme/ruby:2.7\nRUN gem install bundler\n"),
]  # fmt: skip

OPTIONS = [
    gem("FROM ruby:2.6\nRUN gem install x --no-ri --no-rdoc  #! --no-ri\n", ERROR),
    gem("FROM ruby\nRUN gem install x --no-rdoc --no-ri  #! --no-rdoc\n", ERROR),
    gem("FROM ruby:alpine\nRUN gem update --no-ri x  #! --no-ri\n", ERROR),
    gem(f"FROM ubuntu\n{APT}RUN gem install x --no-ri  #! --no-ri\n", ERROR),
    gem(f"FROM debian:12\n{APT}RUN gem install x:1 --no-rdoc  #! --no-rdoc\n", ERROR),
    gem("FROM ruby:3\nRUN gem install x --no-ri || true\n"),
    gem("FROM ruby:2.5\nRUN gem install x --no-ri --no-rdoc\n"),
    gem("FROM ruby:2\nRUN gem install x --no-ri --no-rdoc\n"),
    gem(f"FROM ubuntu:18.04\n{APT}RUN gem install x --no-ri\n"),
    gem("FROM ruby:3.4\nRUN gem install x --no-document\n"),
    gem("FROM ruby:3.4\nRUN gem install x -- --no-ri\n"),
]  # fmt: skip


@pytest.mark.parametrize("case", [*NEWER, *OPTIONS], ids=name_of)
def test_gems(case: Case) -> None:
    check(case)


def test_every_gem_has_a_source() -> None:
    table = data.languages()["gem"]
    assert all(entry["source"].startswith("https://") for entry in table["gems"].values())
