"""What a tag says: its words, its version, and whether a condition on them holds.

Answers are three-valued: ``None`` means that the tag does not tell.
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


# Name in the tag, product of the life-cycle table, whether its versions have a dot.
_DISTRIBUTIONS = (
    ("alpine", "alpine-linux", True),
    ("debian", "debian", False),
    ("ubuntu", "ubuntu", True),
)


class Tag(NamedTuple):
    """A tag taken apart. ``words`` is ``None`` where the tag is not known at all."""

    words: tuple[str, ...] | None
    version: Version | None

    @property
    def windows(self) -> bool:
        """Whether it names a Windows image."""
        return any(word.startswith(_WINDOWS) for word in self.words or ())


UNKNOWN = Tag(None, None)


def split_words(text: str) -> tuple[str, ...]:
    """``3.12-slim-bookworm`` → ``("3.12", "slim", "bookworm")``."""
    return tuple(text.replace("_", "-").replace("+", "-").split("-"))


def parse_version(text: str) -> Version | None:
    """The numbers at the start of ``text`` (``v3.11.2`` → ``(3, 11, 2)``).

    A lone number of eight digits or more is a date, which says nothing of a version.
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
    """Take ``tag`` apart.

    ``aliases`` gives the versions behind release names (``jod`` → ``22``). ``pattern`` is a
    regular expression whose group 1 is the version, searched in ``name:tag``; it serves
    images whose tag does not begin with the version that matters.
    """
    words = split_words(tag)
    if pattern is not None:
        import re

        match = re.search(pattern, f"{name}:{tag}")
        return Tag(words, parse_version(match[1]) if match else None)
    for word in words:
        if aliases and word in aliases:
            return Tag(words, parse_version(aliases[word]))
    return Tag(words, parse_version(tag))


def at_least(version: Version, bound: Version) -> bool:
    """Whether ``version`` is ``bound`` or newer.

    A short version floats: ``8`` is the newest 8.x, so it is at least ``8.4``.
    """
    length = len(version)
    return version >= bound if length >= len(bound) else version >= bound[:length]


def in_range(version: Version | None, text: str) -> bool | None:
    """Whether ``version`` satisfies all of ``text``'s bounds, such as ``>=5 <6.2``."""
    if version is None:
        return None
    for bound in text.split():
        if bound.startswith(">="):
            wanted, number = True, bound[2:]
        else:
            wanted, number = False, bound[1:]
        if at_least(version, tuple(map(int, number.split(".")))) is not wanted:
            return False
    return True


def has_word(tag: Tag, patterns: list[str]) -> bool | None:
    """Whether one of the tag's words is among ``patterns``; ``alpine*`` is a prefix."""
    if tag.words is None:
        return None
    for pattern in patterns:
        if pattern.endswith("*"):
            prefix = pattern[:-1]
            if any(word.startswith(prefix) for word in tag.words):
                return True
        elif pattern in tag.words:
            return True
    return False


def holds(when: dict[str, Any], tag: Tag) -> bool | None:
    """Whether all parts of a case's condition hold for ``tag``."""
    answer: bool | None = True
    if "tag" in when:
        answer = has_word(tag, when["tag"])
    if answer is not False and "version" in when:
        fits = in_range(tag.version, when["version"])
        if fits is not True:
            answer = fits
    return answer


def base_of(words: tuple[str, ...], suites: dict[str, list[str]]) -> tuple[str, str] | None:
    """The distribution that the words name, as (product of the life-cycle table, cycle)."""
    for index, word in enumerate(words):
        if word in suites:
            product, cycle = suites[word]
            return product, cycle
        following = words[index + 1] if index + 1 < len(words) else ""
        for distribution, product, dotted in _DISTRIBUTIONS:
            if word.startswith(distribution):
                cycle = word[len(distribution) :] or following
                if _is_number(cycle) and ("." in cycle) is dotted:
                    return product, cycle
    return None


def _leading_digits(text: str) -> str:
    return text[: len(text) - len(text.lstrip(_DIGITS))]


def _is_number(text: str) -> bool:
    return text.replace(".", "", 1).isdecimal() and text[0] != "." and text[-1] != "."
