"""The distribution that an image is built on: its release, C library, users."""

from __future__ import annotations

from functools import cache

from ..base.records import NamedTuple
from . import data
from .tags import base_of, in_range, parse_version, split_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .facts import ImageFacts
    from .tags import Version


_MOVING = {
    "debian": {"stable": 0, "testing": 1, "unstable": 1, "sid": 1},
    "alpine": {"edge": 0, "latest": 0, "3": 0},
}
"""Tags that follow the releases of a distribution: how far they are ahead of the stable one."""

_FLOATING = frozenset(("apache", "cli", "current", "fpm", "latest", "lts", "slim", "stable"))
"""Words of tags that follow the newest release."""


class Distribution(NamedTuple):
    """A distribution, as far as an image's name tells.

    ``release`` is the one that the tag names. ``oldest`` and ``newest`` bound it where it is
    not named; None is no bound.
    """

    name: str
    title: str
    release: Version | None
    oldest: Version | None
    newest: Version | None

    @property
    def text(self) -> str:
        """The distribution for a message: ``Debian 12``, ``Debian 10 or older``."""
        if self.release is not None:
            release = ".".join(map(str, self.release))
            return f"{self.title} {_text(self.release) if self.name == 'ubuntu' else release}"
        if self.newest is not None:
            return f"{self.title} {_text(self.newest)} or older"
        return f"{self.title} {_text(self.oldest)} or newer" if self.oldest else self.title

    @property
    def glibc(self) -> Version | None:
        """The version of its GNU C library; None if unknown or if it has another library."""
        versions: dict[str, str] = _entry(self.name).get("glibc", {})
        text = versions.get(_text(self.release)) if self.release else None
        return parse_version(text) if text else None

    @property
    def is_externally_managed(self) -> bool | None:
        """Whether pip refuses to install into the distribution's Python (PEP 668)."""
        return self._since("externally_managed")

    @property
    def lacks_apt_key(self) -> bool | None:
        """Whether the release has no apt-key any more."""
        return self._since("without_apt_key")

    def _since(self, key: str) -> bool | None:
        bound = parse_version(_entry(self.name).get(key, ""))
        if bound is None:
            return None
        if self.oldest is not None and self.oldest >= bound:
            return True
        return False if self.newest is not None and self.newest < bound else None


def distribution_of(facts: ImageFacts, pinned: bool = False) -> Distribution | None:
    """The distribution that an image is built on; None if that is not known.

    ``pinned`` tells that a digest names the image, so that it may be an older one of its tag.
    """
    document = data.distributions()
    suites = data.common()["suites"]
    words = split_words("-".join(facts.distribution_words).lower())
    named = base_of(words, suites)
    built_on = None
    if named is None and not pinned and facts.os != "windows":
        from .suites import suite_of

        built_on = suite_of(facts.name, facts.tag)
    product = named[0].removesuffix("-linux") if named else ""
    name = product or document["systems"].get(facts.os or "")
    if built_on is not None:
        name = built_on.distribution
    elif not name or name not in document["distributions"] or facts.os in (None, "windows"):
        return None
    title = document["distributions"][name]["title"]
    if named is not None:
        release = parse_version(named[1])
    elif built_on is not None:
        release = None if built_on.moves else built_on.release
    else:
        release = facts.version if facts.name == name else None
    if release is not None and name in ("alpine", "ubuntu"):
        release = release[:2] if len(release) > 1 else None
    if release is not None and name == "debian":
        release = release[:1]
    if release is not None:
        return Distribution(name, title, release, release, release)
    if built_on is not None:
        return Distribution(name, title, None, built_on.release, None)
    newest = _bound("newest_suite", facts) if name == "debian" else None
    oldest = _bound("oldest_suite", facts) if name == "debian" else None
    if not pinned and "/" not in facts.name:
        floats: dict[str, list[str]] = _entry(name).get("floating_tags", {})
        if name == "alpine" or facts.name in floats:
            if facts.tag in floats.get(facts.name, ()):
                oldest = parse_version(_entry(name)["floating"])
        elif facts.tag and _FLOATING.issuperset(facts.tag.split("-")):
            oldest = parse_version(_entry(name).get("floating", ""))
        ahead = _MOVING.get(facts.name, {}).get(facts.tag.removesuffix("-slim"))
        stable = parse_version(_entry(name).get("stable", ""))
        if ahead is not None and stable is not None:
            oldest = (stable[0] + ahead, *stable[1:])
    return Distribution(name, title, None, oldest, newest)


def users_of(facts: ImageFacts) -> frozenset[str] | None:
    """The users that an image has; None if they are not known."""
    document = data.distributions()
    own: list[str] | None = document["users"].get(facts.name)
    if facts.os in ("distroless", "distroless-debug"):
        is_plain = facts.name.startswith("gcr.io/distroless/")
        return frozenset(_entry("distroless")["users"]) if is_plain else None
    distribution = distribution_of(facts)
    if own is None or distribution is None:
        return None
    return frozenset((*own, *_entry(distribution.name)["users"]))


def own_users(facts: ImageFacts) -> tuple[str, ...]:
    """The users that an image adds to those of its distribution."""
    return tuple(data.distributions()["users"].get(facts.name, ()))


@cache
def _entry(name: str) -> dict[str, Any]:
    entry: dict[str, Any] = data.distributions()["distributions"][name]
    return entry


def _bound(table: str, facts: ImageFacts) -> Version | None:
    """The release that an image's version is at most, or at least, built on."""
    ranges: dict[str, str] = data.distributions()[table].get(facts.name, {})
    for text, release in ranges.items():
        if in_range(facts.version, text):
            return parse_version(release)
    return None


def _text(version: Version) -> str:
    return ".".join(f"{part:02}" if at else str(part) for at, part in enumerate(version))
