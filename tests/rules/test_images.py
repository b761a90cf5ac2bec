"""Images of services: tags that move, ended releases, registries."""

from __future__ import annotations

import pytest
from composelint.linter.images import newest_release
from composelint.linter.rule import Severity
from composelint.rules.compose.images import is_mutable_tag
from snippets import diagnostics, places, under_preset

DIGEST = "@sha256:" + "4bcb9db66237237d03b55b969271728dd3d955eaaa254b9db8a3db94550b1885"


def service(image: str, more: str = "") -> str:
    return f"services:\n  app:\n    image: {image}\n{more}"


@pytest.mark.parametrize(
    "tag",
    [
        "latest", "stable", "edge", "nightly", "main", "master", "develop", "dev", "canary", "beta", "rolling", "lts",
        "alpine", "slim", "fpm", "apache", "bookworm", "slim-bookworm", "fpm-alpine", "latest-alpine", "lts-alpine",
        "latest-arm64", "alpine3.22", "slim-debian12", "management", "postgresql-latest", "prod", "release",
    ],
)  # fmt: skip
def test_tags_without_a_version(tag: str) -> None:
    assert is_mutable_tag(tag)


@pytest.mark.parametrize(
    "tag",
    [
        "1", "17", "1.28", "v2.1.0", "17-alpine", "8.4.x-latest", "RELEASE.2024-11-07T00-52-20Z", "2024.1", "20240101",
        "sha-8aff725", "a1b2c3d", "3-management", "jdk21", "22.04", "edge-20240101", "v1-main",
    ],
)  # fmt: skip
def test_tags_with_a_version(tag: str) -> None:
    assert not is_mutable_tag(tag)


@pytest.mark.parametrize(
    ("image", "untagged", "mutable"),
    [
        ("redis", True, False),
        ("docker.io/library/redis", True, False),
        ("localhost:5000/shop", True, False),
        ("redis:latest", False, True),
        ("redis:alpine", False, True),
        ("${IMAGE:-redis:latest}", False, True),
        ("redis:7.4", False, False),
        (f"redis{DIGEST}", False, False),
        (f"redis:latest{DIGEST}", False, False),
        ("${IMAGE}", False, False),
        ("redis:${TAG}", False, False),
        ("debian:bookworm", False, False),
        ("debian:bookworm-slim", False, False),
        ("debian:stable", False, True),
        ("ubuntu:noble", False, False),
        ("node:jod-alpine", False, False),
        ("gcr.io/distroless/static-debian12:nonroot", False, False),
        ("shop:local", False, False),
        ("shop:prod", False, True),
    ],
)
def test_untagged_and_mutable(image: str, untagged: bool, mutable: bool) -> None:
    assert bool(places("CF401", service(image))) is untagged
    assert bool(places("CF402", service(image))) is mutable


@pytest.mark.parametrize("code", ["CF401", "CF402", "CF403", "CF406"])
def test_images_that_are_built_here_are_left_alone(code: str) -> None:
    built = "services:\n  app:\n    build: .\n    image: shop:latest\n"
    files = {
        "composelint.toml": 'registries = ["ghcr.io"]\n',
        "Dockerfile": "FROM scratch\nCOPY a /\n",
    }
    assert places(code, built, preset="hardened", files=files) == []
    worker = built + "  worker:\n    image: shop:latest\n"
    assert places(code, worker, preset="hardened", files=files) == []
    never = service("shop:latest", "    pull_policy: never\n")
    assert places(code, never, preset="hardened", files=files) == []


@pytest.mark.parametrize(
    ("image", "fires"),
    [("redis:7.4", True), (f"redis:7.4{DIGEST}", False), (f"redis{DIGEST}", False), ("redis:latest", False), ("redis", False)],
)  # fmt: skip
def test_images_without_a_digest(image: str, fires: bool) -> None:
    assert bool(places("CF403", service(image), preset="hardened")) is fires


@pytest.mark.parametrize(
    ("image", "expected", "words"),
    [
        ("postgres:12", Severity.WARNING, "postgresql 12 ended on 2024-11-21"),
        ("node:18-alpine", Severity.WARNING, "18 ended"),
        ("python:3.8", Severity.WARNING, "python 3.8 ended"),
        ("debian:buster", Severity.WARNING, "debian 10 ended"),
        ("nginx:1.19", Severity.INFO, "nginx 1.19 ended"),
    ],
)
def test_releases_that_have_ended(image: str, expected: Severity, words: str) -> None:
    (finding,) = diagnostics("CF404", service(image))
    assert finding.severity is expected
    assert words in finding.message
    assert "newest" in finding.help


@pytest.mark.parametrize(
    "image",
    ["postgres:17", "postgres", "postgres:latest", "python:3", "node:22", "acme/postgres:12", "postgres:${V}", "openjdk:8"],
)  # fmt: skip
def test_supported_and_unknown_releases(image: str) -> None:
    assert places("CF404", service(image)) == []


def test_the_support_of_the_distribution_counts() -> None:
    (finding,) = diagnostics("CF404", service("mariadb:10-focal"))
    assert "ubuntu 20.04 ended" in finding.message


def test_the_newest_release_is_one_that_is_supported() -> None:
    newest = newest_release("postgresql")
    assert newest is not None
    assert int(newest) >= 18
    assert newest_release("no-such-product") is None


@pytest.mark.parametrize(
    ("image", "fires"),
    [
        ("openjdk:17", True),
        ("bitnami/redis:7.4", True),
        ("eclipse-temurin:21", False),
        ("acme/openjdk:17", False),
    ],
)
def test_deprecated_images(image: str, fires: bool) -> None:
    assert bool(diagnostics("CF405", service(image))) is fires


@pytest.mark.parametrize(
    ("image", "allowed"),
    [
        ("redis:7.4", True),
        ("ghcr.io/acme/app:1.0", True),
        ("ghcr.io/other/app:1.0", False),
        ("quay.io/acme/app:1.0", False),
        ("${IMAGE}", True),
    ],
)
def test_registries(image: str, allowed: bool) -> None:
    from composelint.linter.config.settings import Config

    config = Config(registries=("docker.io", "ghcr.io/acme"))
    assert bool(places("CF406", service(image), config=config)) is not allowed
    assert places("CF406", service(image)) == []


FOLLOWED = {
    "watchtower's label": ("    labels: [com.centurylinklabs.watchtower.enable=true]\n", True),
    "as a boolean": ("    labels: {com.centurylinklabs.watchtower.enable: true}\n", True),
    "refused": ("    labels: [com.centurylinklabs.watchtower.enable=false]\n", False),
    "Podman's label": ("    labels: [io.containers.autoupdate=registry]\n", True),
    "another label": ("    labels: [com.centurylinklabs.watchtower.scope=a]\n", False),
    "Watchtower beside it": ("  tower:\n    image: nickfedor/watchtower:1.12.0\n", True),
    "it asks for a label": (
        "  tower:\n    image: nickfedor/watchtower:1.12.0\n    environment: {WATCHTOWER_LABEL_ENABLE: 'true'}\n",
        False,
    ),
    "an option that asks for one": (
        "  tower:\n    image: nickfedor/watchtower:1.12.0\n    command: --label-enable --cleanup\n",
        False,
    ),
    "it only tells": (
        "  tower:\n    image: nickfedor/watchtower:1.12.0\n    command: [--monitor-only]\n",
        False,
    ),
    "it does not run": (
        "  tower:\n    image: nickfedor/watchtower:1.12.0\n    scale: 0\n",
        False,
    ),
    "refused beside it": (
        "    labels: [com.centurylinklabs.watchtower.enable=false]\n  tower:\n    image: nickfedor/watchtower:1.12.0\n",
        False,
    ),
    "another program beside it": ("  tower:\n    image: shop/tower:1.12.0\n", False),
}


@pytest.mark.parametrize("case", FOLLOWED)
@pytest.mark.parametrize(
    ("code", "image"), [("CF401", "shop/web"), ("CF402", "shop/web:production")]
)
def test_tags_that_an_updater_follows(code: str, image: str, case: str) -> None:
    more, is_followed = FOLLOWED[case]
    assert bool(places(code, service(image, more))) is not is_followed


def test_an_updater_does_not_excuse_its_own_tag() -> None:
    assert places("CF402", "services:\n  tower:\n    image: nickfedor/watchtower:latest\n")


@pytest.mark.parametrize(
    ("code", "image", "is_default"),
    [
        ("CF402", "shop/web:${TAG:-latest}", True),
        ("CF402", "${IMAGE:-shop/web:latest}", True),
        ("CF402", '"shop/web:${TAG:-stable}-alpine"', True),
        ("CF401", "${IMAGE:-shop/web}", True),
        ("CF402", "shop/web:latest", False),
        ("CF402", "${REGISTRY:-ghcr.io}/shop/web:latest", False),
        ("CF401", "${REGISTRY:-ghcr.io}/shop/web", False),
    ],
)
def test_who_deploys_chooses_the_default_of_a_variable(
    code: str, image: str, is_default: bool
) -> None:
    assert (
        bool(under_preset(code, {"compose.yaml": service(image)}, "recommended")) is not is_default
    )
    assert len(under_preset(code, {"compose.yaml": service(image)}, "production")) == 1


@pytest.mark.parametrize(
    ("image", "codes"),
    [
        ("minio/minio", ["CF405"]),
        ("minio/minio:latest", ["CF405"]),
        ("redis:7.4", []),
        ("shop/web", ["CF401"]),
    ],
)
def test_one_finding_about_an_image_that_is_given_up(image: str, codes: list[str]) -> None:
    found = [code for code in ("CF401", "CF402", "CF404", "CF405") if places(code, service(image))]
    assert found == codes


def test_where_the_images_of_minio_are() -> None:
    [finding] = diagnostics("CF405", service("minio/minio:latest"))
    assert "quay.io/minio/minio still has them, without updates" in finding.message
