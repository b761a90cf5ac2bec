"""Image references taken apart, as distribution/reference does."""

from __future__ import annotations

import time

import pytest
from composelint.linter.source.imageref import parse_image

DIGEST = "sha256:" + "a" * 64

REFERENCES = [
    # text, registry, repository, tag, digest, full name
    ("nginx", "", "nginx", None, None, "docker.io/library/nginx"),
    ("nginx:1.27", "", "nginx", "1.27", None, "docker.io/library/nginx"),
    ("team/app:x", "", "team/app", "x", None, "docker.io/team/app"),
    ("docker.io/nginx", "docker.io", "nginx", None, None, "docker.io/library/nginx"),
    ("index.docker.io/a/b", "index.docker.io", "a/b", None, None, "docker.io/a/b"),
    ("ghcr.io/a/b:1", "ghcr.io", "a/b", "1", None, "ghcr.io/a/b"),
    ("localhost/a", "localhost", "a", None, None, "localhost/a"),
    ("reg:5000/a", "reg:5000", "a", None, None, "reg:5000/a"),
    ("reg:5000/a:1", "reg:5000", "a", "1", None, "reg:5000/a"),
    ("[::1]:5000/a:1", "[::1]:5000", "a", "1", None, "[::1]:5000/a"),
    (f"a@{DIGEST}", "", "a", None, DIGEST, "docker.io/library/a"),
    (f"a:1@{DIGEST}", "", "a", "1", DIGEST, "docker.io/library/a"),
]


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest", "canonical"), REFERENCES
)
def test_parts(
    text: str, registry: str, repository: str, tag: str | None, digest: str | None, canonical: str
) -> None:
    image = parse_image(text)
    assert (image.registry, image.repository) == (registry, repository)
    assert (image.tag, image.digest) == (tag, digest)
    assert image.canonical == canonical
    assert image.valid


VARIABLES = [
    ("nginx:${V:-1.27}", "nginx", "${V:-1.27}"),
    ("${R}/app:1", "${R}/app", "1"),
    ("$I:$T", "$I", "$T"),
    ("${I:-nginx:1}", "${I:-nginx:1}", None),
]


@pytest.mark.parametrize(("text", "name", "tag"), VARIABLES)
def test_variables_stay_in_their_part(text: str, name: str, tag: str | None) -> None:
    image = parse_image(text)
    assert (image.name, image.tag) == (name, tag)
    assert not image.valid


@pytest.mark.parametrize(
    "text", ["", "A", "a b", "a:", "a:b:c", "a@x", "-a", "a/", "/a", "a//b", "a:-x"]
)
def test_invalid(text: str) -> None:
    assert not parse_image(text).valid


@pytest.mark.parametrize(
    "text", ["a-" * 200_000, "a/" * 200_000, "a." * 200_000 + "/b", "_" * 400_000]
)
def test_hostile_references_take_linear_time(text: str) -> None:
    start = time.process_time()
    assert not parse_image(text).valid or text
    assert time.process_time() - start < 30  # no hang; speed is what the benchmark measures
