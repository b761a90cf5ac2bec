"""Image references: which ones Docker accepts, and how their parts are named."""

from __future__ import annotations

import pytest
from checks import no_hang
from composelint.linter.images import parse_reference, reference_problem

DIGEST = "sha256:" + "0a" * 32


@pytest.mark.parametrize(
    ("text", "registry", "repository", "tag", "digest", "name"),
    [
        ("postgres", "docker.io", "library/postgres", None, None, "postgres"),
        ("postgres:16-alpine", "docker.io", "library/postgres", "16-alpine", None, "postgres"),
        (f"postgres@{DIGEST}", "docker.io", "library/postgres", None, DIGEST, "postgres"),
        (f"postgres:16@{DIGEST}", "docker.io", "library/postgres", "16", DIGEST, "postgres"),
        ("library/postgres", "docker.io", "library/postgres", None, None, "postgres"),
        ("docker.io/postgres:16", "docker.io", "library/postgres", "16", None, "postgres"),
        ("docker.io/library/postgres", "docker.io", "library/postgres", None, None, "postgres"),
        ("index.docker.io/postgres", "docker.io", "library/postgres", None, None, "postgres"),
        ("bitnami/redis:7", "docker.io", "bitnami/redis", "7", None, "bitnami/redis"),
        ("docker.io/bitnami/redis", "docker.io", "bitnami/redis", None, None, "bitnami/redis"),
        ("localhost/x", "localhost", "x", None, None, "localhost/x"),
        ("localhost:5000/x", "localhost:5000", "x", None, None, "localhost:5000/x"),
        ("localhost:5000/x:1", "localhost:5000", "x", "1", None, "localhost:5000/x"),
        # No slash: the part after the colon is a tag, not a port.
        ("localhost:5000", "docker.io", "library/localhost", "5000", None, "localhost"),
        ("ghcr.io/a/b/c:v1", "ghcr.io", "a/b/c", "v1", None, "ghcr.io/a/b/c"),
        ("quay.io/keycloak/keycloak", "quay.io", "keycloak/keycloak", None, None, None),
        ("mcr.microsoft.com/dotnet/aspnet:8.0", "mcr.microsoft.com", None, "8.0", None, None),
        ("127.0.0.1:80/x", "127.0.0.1:80", "x", None, None, None),
        ("[::1]:5000/x", "[::1]:5000", "x", None, None, None),
        # An upper-case first part is a registry; an upper-case repository is an error.
        ("App/app", "App", "app", None, None, "App/app"),
        ("my_registry.com/x", "my_registry.com", "x", None, None, None),
        ("a__b/c--d:x_Y.z-1", "docker.io", "a__b/c--d", "x_Y.z-1", None, None),
        ("x:" + "t" * 128, "docker.io", "library/x", "t" * 128, None, "x"),
        ("x@sha512:" + "b" * 128, "docker.io", "library/x", None, "sha512:" + "b" * 128, "x"),
        # Mirrors of Docker Hub.
        ("public.ecr.aws/docker/library/redis:7", "public.ecr.aws", None, "7", None, "redis"),
        ("mirror.gcr.io/library/redis", "mirror.gcr.io", None, None, None, "redis"),
        ("mirror.gcr.io/grafana/loki:3.0.0", "mirror.gcr.io", None, "3.0.0", None, "grafana/loki"),
        ("registry-1.docker.io/library/redis", "registry-1.docker.io", None, None, None, "redis"),
        ("registry.hub.docker.com/library/redis", None, None, None, None, "redis"),
        ("mcr.microsoft.com/mirror/docker/library/ubuntu:22.04", None, None, None, None, "ubuntu"),
        (
            "gitlab.example.com/g/dependency_proxy/containers/node:22",
            None,
            None,
            None,
            None,
            "node",
        ),
        ("arm64v8/postgres:16", "docker.io", "arm64v8/postgres", "16", None, "postgres"),
        # An unknown registry is not a mirror.
        ("registry.example.com/library/redis", None, None, None, None, None),
        ("public.ecr.aws/lambda/python:3.12", None, None, None, None, None),
        ("amd64/a/b", "docker.io", "amd64/a/b", None, None, "amd64/a/b"),
    ],
)
def test_valid_references_have_parts(
    text: str,
    registry: str | None,
    repository: str | None,
    tag: str | None,
    digest: str | None,
    name: str | None,
) -> None:
    reference = parse_reference(text)
    assert reference is not None
    assert reference_problem(text) is None
    if registry is not None:
        assert reference.registry == registry
    if repository is not None:
        assert reference.repository == repository
    if tag is not None or digest is not None or registry is not None:
        assert (reference.tag, reference.digest) == (tag, digest)
    assert reference.name == (name or f"{reference.registry}/{reference.repository}").removeprefix(
        "docker.io/"
    )


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("App:1.0", "the repository name must be lower-case"),
        ("app/App", "the repository name must be lower-case"),
        ("quay.io/App", "the repository name must be lower-case"),
        ("nginx :1.0", "it contains a space"),
        ("nginx\n", "it contains a space"),
        ("nginx:1.0 ", '"1.0 " is not a valid tag'),
        ("nginx:", 'the tag after ":" is missing'),
        (":1.0", "the name is missing"),
        ("nginx:-1", '"-1" is not a valid tag'),
        ("nginx:.1", '".1" is not a valid tag'),
        ("nginx:1:2", '"1:2" is not a valid tag'),
        ("nginx:é", '"é" is not a valid tag'),
        ("nginx:${TAG}", '"${TAG}" is not a valid tag'),
        ("x:" + "t" * 129, "the tag is longer than 128 characters"),
        ("a//b", '"" is not a valid part of a repository name'),
        ("a/", '"" is not a valid part of a repository name'),
        ("-a", '"-a" is not a valid part of a repository name'),
        ("a-", '"a-" is not a valid part of a repository name'),
        ("a..b", '"a..b" is not a valid part of a repository name'),
        ("a___b", '"a___b" is not a valid part of a repository name'),
        ("a/b:c/d", '"b:c" is not a valid part of a repository name'),
        ("http://host/x", '"http:" is not a registry'),
        ("reg:port/a", '"reg:port" is not a registry'),
        ("x@", '"" is not a digest algorithm; use sha256, sha384 or sha512'),
        (
            "x@md5:" + "a" * 32,
            '"md5" is not a digest algorithm; use sha256, sha384 or sha512',
        ),
        ("x@sha256:" + "a" * 63, "a sha256 digest has 64 lower-case hexadecimal digits"),
        ("x@sha256:" + "A" * 64, "a sha256 digest has 64 lower-case hexadecimal digits"),
        ("b" * 64, "64 hexadecimal digits are an image ID, not a name"),
        ("docker.io/" + "y" * 248, "the repository name is longer than 255 characters"),
        ("y" * 5000, "it is too long"),
    ],
)
def test_invalid_references_have_a_problem(text: str, problem: str) -> None:
    assert reference_problem(text) == problem
    assert parse_reference(text) is None


@pytest.mark.parametrize(
    ("text", "name", "tag", "digest"),
    [
        ("node", "node", None, None),
        ("node:20", "node", "20", None),
        ("localhost:5000/a/node:20", "localhost:5000/a/node", "20", None),
        (f"ghcr.io/a/b:1.2@{DIGEST}", "ghcr.io/a/b", "1.2", DIGEST),
        (f"node@{DIGEST}", "node", None, DIGEST),
    ],
)
def test_parts_have_offsets(text: str, name: str, tag: str | None, digest: str | None) -> None:
    reference = parse_reference(text)
    assert reference is not None
    assert text[: reference.name_end] == name
    assert (reference.tag, reference.digest) == (tag, digest)


@pytest.mark.parametrize(
    "text", ["a" * 4095 + "-", "a-" * 2048, "a." * 2000 + "-/x", "a.-" * 1300 + "/x", "/" * 4096]
)
def test_hostile_text_takes_linear_time(text: str) -> None:
    with no_hang():
        assert parse_reference(text) is None
