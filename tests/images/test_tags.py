"""Tags: their words and versions, and conditions for them."""

from __future__ import annotations

import pytest
from composelint.linter.images.tags import (
    UNKNOWN,
    base_of,
    holds,
    in_range,
    parse_tag,
    parse_version,
    split_words,
)


@pytest.mark.parametrize(
    ("tag", "version"),
    [
        ("16", (16,)),
        ("16-alpine", (16,)),
        ("3.12.4-slim-bookworm", (3, 12, 4)),
        ("v3.6", (3, 6)),
        ("v2.11.0-rc1", (2, 11, 0)),
        ("19beta3", (19,)),
        ("8u502-b07-jdk", (8,)),
        ("22.04", (22, 4)),
        ("2026.1.5-developer", (2026, 1, 5)),
        ("1.", (1,)),
        ("latest", None),
        ("alpine3.20", None),
        ("vanilla", None),
        ("", None),
        ("RELEASE.2025-09-07T16-13-09Z", None),
        # A date is not a version, and neither is a very large number.
        ("20240807", None),
        ("1234567890.1", None),
    ],
)
def test_a_tag_begins_with_a_version(tag: str, version: tuple[int, ...] | None) -> None:
    assert parse_version(tag) == version


def test_a_tag_is_split_into_words() -> None:
    assert split_words("17.0.9_9-jre+x") == ("17.0.9", "9", "jre", "x")


@pytest.mark.parametrize(
    ("version", "bounds", "expected"),
    [
        ((17,), "<18", True),
        ((18,), "<18", False),
        ((18,), ">=18", True),
        ((17, 9), ">=18", False),
        ((18, 0, 1), ">=18", True),
        ((5, 0), ">=5 <6", True),
        ((6,), ">=5 <6", False),
        ((4, 4), ">=5 <6", False),
        ((8, 0, 29), "<8.0.30", True),
        ((8, 0, 30), "<8.0.30", False),
        # A short version is the newest of its line.
        ((8,), "<8.0.30", False),
        ((8, 0), "<8.0.30", False),
        ((7,), "<8.0.30", True),
        ((1,), ">=1.19", True),
        ((0,), ">=1.19", False),
        (None, ">=5", None),
        (None, "<5", None),
    ],
)
def test_a_version_can_be_in_a_range(
    version: tuple[int, ...] | None, bounds: str, expected: bool | None
) -> None:
    assert in_range(version, bounds) is expected


@pytest.mark.parametrize(
    ("tag", "when", "expected"),
    [
        ("20-alpine3.19", {"tag": ["alpine*"]}, True),
        ("20-alpine3.19", {"tag": ["alpine"]}, False),
        ("alpine", {"tag": ["slim", "alpine"]}, True),
        ("20-slim", {"tag": ["slim"], "version": ">=18"}, True),
        ("20-slim", {"tag": ["slim"], "version": ">=22"}, False),
        ("20", {"tag": ["slim"], "version": ">=18"}, False),
        # One false part makes the condition false.
        ("latest", {"tag": ["slim"], "version": ">=18"}, False),
        ("slim", {"tag": ["slim"], "version": ">=18"}, None),
        (None, {"tag": ["slim"]}, None),
        (None, {"version": "<18"}, None),
    ],
)
def test_conditions_are_true_false_or_unknown(
    tag: str | None, when: dict[str, object], expected: bool | None
) -> None:
    parsed = UNKNOWN if tag is None else parse_tag(tag, "x")
    assert holds(when, parsed) is expected


def test_release_names_and_patterns_give_versions() -> None:
    aliases = {"jod": "22", "noble": "24.04"}
    assert parse_tag("lts-jod", "node", aliases).version == (22,)
    assert parse_tag("noble-20260101", "ubuntu", aliases).version == (24, 4)
    assert parse_tag("lts", "node", aliases).version is None
    assert parse_tag("2.17.2-pg16", "timescale/timescaledb", None, r"pg(\d+)").version == (16,)
    assert parse_tag("2.17.2", "timescale/timescaledb", None, r"pg(\d+)").version is None


def test_tags_of_windows_are_recognised() -> None:
    assert parse_tag("1.27-nanoserver-ltsc2025", "golang").windows
    assert not parse_tag("1.27-alpine", "golang").windows
    assert not UNKNOWN.windows


@pytest.mark.parametrize(
    ("text", "base"),
    [
        ("3.12-slim-bookworm", ("debian", "12")),
        ("8.0-jammy", ("ubuntu", "22.04")),
        ("20-alpine3.19", ("alpine-linux", "3.19")),
        ("8-jdk-alpine-3.24", ("alpine-linux", "3.24")),
        ("static-debian12", ("debian", "12")),
        ("16.4.0-debian-12-r0", ("debian", "12")),
        ("12.4.1-base-ubuntu22.04", ("ubuntu", "22.04")),
        ("20-alpine", None),
        ("20-alpine-3", None),
        ("debian", None),
        ("20-slim", None),
        ("alpine3.", None),
    ],
)
def test_words_tell_the_base(text: str, base: tuple[str, str] | None) -> None:
    suites = {"bookworm": ["debian", "12"], "jammy": ["ubuntu", "22.04"]}
    assert base_of(split_words(text), suites) == base
