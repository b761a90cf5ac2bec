"""Tags and platforms that official images had: what is certainly a slip, and what may be newer."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import composelint.linter.images
import pytest
from composelint.linter.images import facts_for, parse_reference
from composelint.linter.images.official import (
    form_of,
    likely_tags,
    never_had,
    never_on,
    official,
    platform_slip,
    table,
    tag_slip,
)

NEVER = {
    # Words in another order, and words of other images.
    "node": "22-slim-bookworm 22-jammy 22-fpm 13.37 14.22 12-alpine3.20 lastest 22-alpinee",
    "python": "3.12-bookworm-slim 3.13-buster 3.6-bookworm 2.8",
    "postgres": "17-slim 9.7 16-jammy",
    "ubuntu": "22 23 nobel jamy",
    "mysql": "8-alpine alpine 10",
    "nginx": "apline stable-slim",
    "redis": "7-slim 3.9",
    "debian": "bookwrm",
    "golang": "1.13-trixie",
    "php": "8.2-alpine-fpm",
    "openjdk": "17-jre 21-jre-slim",
    "mongo": "7-alpine",
    "alpine": "3.20-slim",
}
EXISTS = {
    "node": "22 22-alpine 22.1.0-bookworm-slim lts current-slim argon-slim latest 4.0 iron",
    "python": "3.12 2.7 3-slim-trixie 3.12-slim-bookworm 3.5-jessie",
    "postgres": "16-alpine 9.6 16-bookworm alpine 12.3-alpine",
    "ubuntu": "22.04 noble trusty 14.04 noble-20240605",
    "mysql": "5.7 8.0-debian lts 8.4",
    "debian": "bookworm-slim 12.5 buster-20240612-slim stable sid",
    "php": "8.2-fpm-alpine 8.2-apache-bookworm 7.4-cli",
    "openjdk": "8-jre-alpine 8u292-jdk 11-jre-slim",
    "eclipse-temurin": "17.0.3_7-jre 21-jre-alpine",
    "traefik": "v3.1 3.1 v2.11",
    "maven": "3.8-openjdk-17 3.9-eclipse-temurin-21",
}
MAY_BE_NEWER = {
    # Versions, releases of distributions and variants that may come after the table.
    "node": "99 22.99 20-alpine3.99 22-forky 22-newvariant",
    "python": "3.99 4 3.12-slim-forky",
    "postgres": "99 18-alpine4.1",
    "golang": "1.999 1.999-alpine",
    "alpine": "3.99",
    # Release candidates and Windows are not in the table.
    "mongo": "7-windowsservercore-ltsc2099 9.0-rc",
    "redis": "9-rc1-slim",
}


def tags(table_of: dict[str, str]) -> list[tuple[str, str]]:
    return [(name, tag) for name, all_tags in table_of.items() for tag in all_tags.split()]


@pytest.mark.parametrize(("name", "tag"), tags(NEVER))
def test_a_tag_that_an_image_never_had(name: str, tag: str) -> None:
    image = official(name)
    assert image is not None
    assert never_had(image, tag)
    likely = likely_tags(image, tag)
    assert not any(never_had(image, other) for other in likely)
    assert tag not in likely


@pytest.mark.parametrize(("name", "tag"), tags(EXISTS) + tags(MAY_BE_NEWER))
def test_a_tag_that_an_image_has_or_may_have(name: str, tag: str) -> None:
    image = official(name)
    assert image is not None
    assert not never_had(image, tag)


@pytest.mark.parametrize(("name", "tag"), tags(NEVER) + tags(EXISTS) + tags(MAY_BE_NEWER))
def test_what_is_told_without_reading_all_forms_is_the_same(name: str, tag: str) -> None:
    image, reference = official(name), parse_reference(f"{name}:{tag}")
    assert image is not None
    assert reference is not None
    assert (tag_slip(reference) is not None) is never_had(image, tag)


@pytest.mark.parametrize(
    ("reference", "first"),
    [
        ("node:22-slim-bookworm", "node:22-bookworm-slim"),
        ("python:3.12-bookworm-slim", "python:3.12-slim-bookworm"),
        ("php:8.2-alpine-fpm", "php:8.2-fpm-alpine"),
        ("nginx:apline", "nginx:alpine"),
        ("node:lastest", "node:latest"),
        ("ubuntu:22", "ubuntu:22.04"),
        ("node:14.22", "node:14.21"),
        ("postgres:17-slim", "postgres:17"),
        ("docker.io/library/postgres:17-slim", "postgres:17"),
    ],
)
def test_the_likeliest_tag_is_named_first(reference: str, first: str) -> None:
    parsed = parse_reference(reference)
    assert parsed is not None
    slip = tag_slip(parsed)
    assert slip is not None
    assert slip.help.startswith(f"write {first}")
    assert table().taken in slip.message


@pytest.mark.parametrize(
    "reference",
    ["acme/postgres:17-slim", "ghcr.io/library/postgres:17-slim", "postgres", "shop:17-slim",
     "postgres:17-slim@sha256:" + "0" * 64],
)  # fmt: skip
def test_other_images_have_other_tags(reference: str) -> None:
    parsed = parse_reference(reference)
    assert parsed is not None
    assert tag_slip(parsed) is None


@pytest.mark.parametrize(
    ("name", "tag", "platform", "never"),
    [
        ("mysql", "5.7", "linux/arm64", True),
        ("mysql", "8.0", "linux/arm64/v8", False),
        ("mysql", "latest", "linux/arm64", False),
        ("node", "24", "linux/386", True),
        ("node", "8", "linux/386", False),
        ("node", "24", "linux/arm/v7", False),
        ("node", "24", "linux/arm/v5", True),
        ("node", "24", "linux/amd64", False),
        ("node", "24", "windows/amd64", False),
        ("node", "24", "linux/unknown", False),
    ],
)
def test_platforms(name: str, tag: str, platform: str, never: bool) -> None:
    image = official(name)
    assert image is not None
    _, architecture, *variant = platform.split("/")
    if platform.startswith("linux"):
        assert never_on(image, tag, architecture, "".join(variant)) is never
    reference = parse_reference(f"{name}:{tag}")
    assert reference is not None
    assert (platform_slip(reference, platform) is not None) is never


def test_the_table_is_of_a_day_and_has_the_official_images() -> None:
    assert date.fromisoformat(table().taken) > date(2026, 8, 1)
    names = "node postgres redis nginx python golang debian ubuntu alpine mysql mongo php rabbitmq"
    assert all(official(name) is not None for name in names.split())
    assert official("acme") is None
    assert official("# words") is None


NOTHING_TO_KNOW: set[str] = set()
"""Official images that are still made and need no entry: put a base with nothing to know here."""


def still_made() -> list[str]:
    """The official images of which some tag was made lately."""
    table_file = Path(composelint.linter.images.__file__).parent / "official.txt"
    lines = table_file.read_text(encoding="utf-8").splitlines()
    names = [line.split("\t", 1)[0] for line in lines if not line.startswith("#")]
    images = [image for name in names if (image := official(name)) is not None]
    return [image.name for image in images if any(last for *_, last in image.forms.values())]


def test_official_images_that_are_still_made_have_facts() -> None:
    names = still_made()
    assert len(names) > 120
    unknown = set()
    for name in names:
        reference = parse_reference(name)
        assert reference is not None
        if facts_for(reference) is None:
            unknown.add(name)
    assert unknown == NOTHING_TO_KNOW


@pytest.mark.parametrize(
    ("tag", "parts"),
    [
        ("22.1.0-alpine3.20", (("22", "1", "0"), "-alpine3.20")),
        ("v3.1", (("3", "1"), "v")),
        ("bookworm-20240612-slim", ((), "bookworm-#-slim")),
        ("8u292-jdk", (("8",), "u#-jdk")),
        ("17.0.3_7-jre", (("17", "0", "3"), "_#-jre")),
        ("latest", ((), "latest")),
    ],
)
def test_a_tag_is_a_version_and_a_form(tag: str, parts: tuple[tuple[str, ...], str]) -> None:
    assert form_of(tag) == parts
