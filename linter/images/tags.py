"""The words and the version in a tag, and whether a condition on them holds.

Answers are three-valued: None means that the tag does not say.
"""

from __future__ import annotations

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

Version = tuple[int, ...]

_WINDOWS = ("windowsservercore", "nanoserver")
_MAX_DIGITS = 9
_DATE_DIGITS = 8
_DIGITS = "0123456789"

# The name in a tag, the product in the table of releases, whether its versions have a dot,
# and the first release for which there are images.
_DISTRIBUTIONS = (
    ("alpine", "alpine-linux", True, (2, 6)),
    ("debian", "debian", False, (6,)),
    ("ubuntu", "ubuntu", True, (10, 4)),
)


class Tag(NamedTuple):
    """The parts of a tag. ``words`` is None if the tag is unknown."""

    words: tuple[str, ...] | None
    version: Version | None

    @property
    def windows(self) -> bool:
        """Whether the tag names a Windows image."""
        return any(word.startswith(_WINDOWS) for word in self.words or ())


UNKNOWN = Tag(None, None)


def split_words(text: str) -> tuple[str, ...]:
    """``3.12-slim-bookworm`` → ``("3.12", "slim", "bookworm")``."""
    return tuple(text.replace("_", "-").replace("+", "-").split("-"))


def parse_version(text: str) -> Version | None:
    """The numbers at the start of a text (``v3.11.2`` → ``(3, 11, 2)``); None without any.

    A single number of eight digits or more is a date, not a version.
    """
    parts: list[str] = []
    for part in text.removeprefix("v").split("."):
        digits = _leading_digits(part)
        if not digits:
            break
        parts.append(digits)
        if digits != part:
            break
    if not parts or any(len(part) > _MAX_DIGITS for part in parts):
        return None
    if len(parts) == 1 and len(parts[0]) >= _DATE_DIGITS:
        return None
    return tuple(map(int, parts))


def parse_tag(
    tag: str, name: str, aliases: dict[str, str] | None = None, pattern: str | None = None
) -> Tag:
    """The parts of a tag.

    ``aliases`` gives the versions of release names (``jod`` → ``22``). ``pattern`` is a
    regular expression whose group 1 is the version, searched in ``name:tag``: for images
    whose tag does not begin with the version that matters.
    """
    words = split_words(tag)
    if pattern is not None:
        import re

        match = re.search(pattern, f"{name}:{tag}")
        return Tag(words, parse_version(match[1]) if match else None)
    named = next((aliases[word] for word in words if word in aliases), tag) if aliases else tag
    return Tag(words, parse_version(named))


def at_least(version: Version, bound: Version) -> bool:
    """Whether a version is ``bound`` or newer.

    A short version floats: ``8`` is the newest 8.x, so it is at least ``8.4``.
    """
    length = len(version)
    return version >= bound if length >= len(bound) else version >= bound[:length]


def in_range(version: Version | None, text: str) -> bool | None:
    """Whether a version is within all bounds of a text such as ``>=5 <6.2``."""
    if version is None:
        return None
    for bound in text.split():
        limit = tuple(map(int, bound.lstrip("<>=").split(".")))
        if at_least(version, limit) is not bound.startswith(">="):
            return False
    return True


def has_word(tag: Tag, patterns: list[str]) -> bool | None:
    """Whether a word of the tag matches one of the patterns; ``alpine*`` matches by prefix."""
    if tag.words is None:
        return None
    return any(
        word.startswith(pattern[:-1]) if pattern.endswith("*") else word == pattern
        for pattern in patterns
        for word in tag.words
    )


def holds(when: dict[str, Any], tag: Tag) -> bool | None:
    """Whether all parts of a case's condition hold for a tag."""
    has_tag = has_word(tag, when["tag"]) if "tag" in when else True
    if has_tag is False or "version" not in when:
        return has_tag
    fits = in_range(tag.version, when["version"])
    return has_tag if fits else fits


def base_of(words: tuple[str, ...], suites: dict[str, list[str]]) -> tuple[str, str] | None:
    """The distribution that the words of a tag name (product of the table, release).

    ``debian-1`` is the first revision of an image on Debian, not Debian 1: a number counts only
    from the first release that has images.
    """
    for index, word in enumerate(words):
        if word in suites:
            product, cycle = suites[word]
            return product, cycle
        following = words[index + 1] if index + 1 < len(words) else ""
        for distribution, product, dotted, first in _DISTRIBUTIONS:
            if word.startswith(distribution):
                cycle = word[len(distribution) :] or following
                if _is_number(cycle) and ("." in cycle) is dotted:
                    version = parse_version(cycle)
                    return (product, cycle) if version and version >= first else None
    return None


def _leading_digits(text: str) -> str:
    return text[: len(text) - len(text.lstrip(_DIGITS))]


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and text[0] != "." and text[-1] != "."
