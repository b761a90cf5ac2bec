"""What official tags were last built on."""

from __future__ import annotations

import pytest
from composelint.linter.images import facts_for, parse_reference
from composelint.linter.images.distributions import distribution_of
from composelint.linter.images.suites import suite_of

KNOWN = {
    # The first and the last of a release, and names for them.
    "python:2.7.14": "debian 8",
    "python:2.7.15-slim": "debian 9",
    "python:2.7": "debian 10",
    "python:3.6.4": "debian 8",
    "python:3.6.5": "debian 9",
    "python:3.6": "debian 11",
    "node:10": "debian 9",
    "node:carbon-slim": "debian 9",
    "php:5-apache": "debian 9",
    "ruby:2.6.2": "debian 9",
    "ruby:2.6.3": "debian 10",
    "java:latest": "debian 8",
    "java:openjdk-8-jre": "debian 8",
    "openjdk:8-jdk-slim": "debian 11",
    "postgres:11.16": "debian 9",
    "tomcat:8": "ubuntu 22.4",
    "python:3.6-alpine": "alpine 3.15",
    "node:10.0-alpine": "alpine 3.7",
    # They may move on.
    "python:3": "debian 13+",
    "ubuntu:latest": "ubuntu 26.4+",
    "golang:alpine": "alpine 3.24+",
}
UNKNOWN = [
    "python:3.6-alpine-slim",
    "python:3.6.4-fpm",
    "python:3.99.1",
    "python:3.6.4.1",
    "python:4",
    "python:",
    "mysql:5.7",
    "openjdk:17",
    "debian:testing",
    "nobody:1",
    "python:3.15-rc",
]


@pytest.mark.parametrize(("image", "expected"), KNOWN.items())
def test_a_tag_is_as_it_was_last_built(image: str, expected: str) -> None:
    name, _, tag = image.partition(":")
    suite = suite_of(name, tag)
    assert suite is not None
    release = ".".join(map(str, suite.release))
    assert f"{suite.distribution} {release}{'+' if suite.moves else ''}" == expected


@pytest.mark.parametrize("image", UNKNOWN)
def test_nothing_is_said_about_other_tags(image: str) -> None:
    name, _, tag = image.partition(":")
    assert suite_of(name, tag) is None


@pytest.mark.parametrize(
    ("image", "pinned", "text"),
    [
        ("python:3.7.2", False, "Debian 9"),
        ("python:3.7.2", True, "Debian"),
        ("python", False, "Debian 13 or newer"),
        ("debian:stable-slim", False, "Debian 13 or newer"),
        ("debian:testing", False, "Debian 14 or newer"),
        ("debian:stable", True, "Debian"),
        ("ubuntu:14.04.3", False, "Ubuntu 14.04"),
        ("alpine:edge", False, "Alpine 3.24 or newer"),
        ("alpine:3", False, "Alpine 3.24 or newer"),
        ("alpine:3.9.4", False, "Alpine 3.9"),
        ("node:10-alpine", False, "Alpine 3.11"),
        ("python:3.7.2-buster", False, "Debian 10"),
    ],
)
def test_the_distribution_follows(image: str, pinned: bool, text: str) -> None:
    reference = parse_reference(image)
    assert reference is not None
    facts = facts_for(reference)
    assert facts is not None
    distribution = distribution_of(facts, pinned)
    assert distribution is not None
    assert distribution.text == text
