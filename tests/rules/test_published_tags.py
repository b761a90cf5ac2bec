"""Tags and platforms that official images never had, in stacks and Dockerfiles."""

from __future__ import annotations

import pytest
from snippets import diagnostics

SERVICES = [
    ("image: node:24-slim-bookworm", "CF407", 1),
    ("image: docker.io/library/node:24-slim-bookworm", "CF407", 1),
    ("image: 'node:${TAG:-24-slim-bookworm}'", "CF407", 1),
    ("image: node:24-bookworm-slim", "CF407", 0),
    ("image: acme/node:24-slim-bookworm", "CF407", 0),
    ("image: 'node:${TAG}'", "CF407", 0),
    # The image is built here, or is there already.
    ("image: node:24-slim-bookworm\n    build: .", "CF407", 0),
    ("image: node:24-slim-bookworm\n    pull_policy: never", "CF407", 0),
    ("image: node:24\n    platform: linux/386", "CF408", 1),
    ("image: node:24\n    platform: linux/amd64", "CF408", 0),
    ("image: acme/node:24\n    platform: linux/386", "CF408", 0),
    ("image: node:24\n    platform: '${PLATFORM}'", "CF408", 0),
]


@pytest.mark.parametrize(("text", "code", "count"), SERVICES)
def test_services(text: str, code: str, count: int) -> None:
    findings = diagnostics(code, f"services:\n  a:\n    {text}\n")
    assert len(findings) == count
    if count:
        place = text.rpartition(": ")[2].strip("'")
        assert findings[0].span.text.strip("'") == place


DOCKERFILES = [
    ("FROM node:24-slim-bookworm\n", "DF426", "node:24-slim-bookworm"),
    ("ARG T=24-slim-bookworm\nFROM node:$T\n", "DF426", "node:$T"),
    ("FROM node:24-bookworm-slim\n", "DF426", ""),
    ("FROM node:24 AS postgres\nFROM postgres\n", "DF426", ""),
    ("ARG T\nFROM node:$T\n", "DF426", ""),
    ("FROM --platform=linux/386 node:24\n", "DF427", "linux/386"),
    ("FROM --platform=linux/amd64 node:24\n", "DF427", ""),
    ("FROM --platform=$BUILDPLATFORM node:24\n", "DF427", ""),
    ("FROM --platform=linux/386 scratch\n", "DF427", ""),
]


@pytest.mark.parametrize(("text", "code", "place"), DOCKERFILES)
def test_dockerfiles(text: str, code: str, place: str) -> None:
    findings = diagnostics(code, text, "Dockerfile")
    assert [item.span.text for item in findings] == ([place] if place else [])
