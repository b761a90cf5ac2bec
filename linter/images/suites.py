"""What official tags were last built on, where the tag itself does not say: ``python:3.7.3`` on Debian 9.

The table ``suites.txt`` has a line for each image: tags that are words (``latest+=13``), and versions by
the forms of the tags that have them. ``=,-slim 3.6=0:8,5:9 3+=13`` says that tags such as ``3.6.4`` and
``3.6.4-slim`` are built on Debian 8, those from ``3.6.5`` on Debian 9, and that ``3.6`` is the last of
them. ``*:`` gives a short tag that is not; ``?`` is not known; a number with a dot is a release of Ubuntu,
and ``a3.20`` one of Alpine.
``+`` marks tags that were still built when the table was made: they may move on to a newer release.
``tools/official_suites.py`` makes it.
"""

from __future__ import annotations

from functools import cache

from ..base.package import read_own
from ..base.records import NamedTuple
from .official import form_of, is_unstable
from .tags import parse_version

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .tags import Version


class Suite(NamedTuple):
    """The release of a distribution that a tag is built on; ``moves`` if it may follow newer ones."""

    distribution: str
    release: Version
    moves: bool


@cache
def _content() -> str:
    return read_own("linter/images/suites.txt").decode("utf-8")


def suite_of(name: str, tag: str) -> Suite | None:
    """What an official image's tag was last built on; None if that is not known."""
    content = _content()
    start = content.find(f"\n{name}\t") + 1
    if not start or "\n" in name or "\t" in name:
        return None
    _, words, *kinds = content[start : content.find("\n", start)].split("\t")
    written, form = form_of(tag)
    if not written:
        return _read(words, tag)
    if is_unstable(tag):
        return None
    for kind in kinds:
        forms, _, versions = kind.partition(" ")
        if (form or "=") in forms.split(","):
            return _of_version(versions, tuple(map(int, written)))
    return None


def _of_version(versions: str, version: Version) -> Suite | None:
    """The suite of a version; ``versions`` are those of its form."""
    if len(version) < 3:
        return _read(versions, ".".join(map(str, version)))
    if len(version) > 3:
        return None
    runs = _entry(versions, ".".join(map(str, version[:2])))
    if runs is None or ":" not in runs[0]:
        return None
    release = ""
    for run in runs[0].split(","):
        first, _, value = run.partition(":")
        if first != "*" and int(first) <= version[2]:
            release = value
    return _suite(release, False)


def _read(entries: str, key: str) -> Suite | None:
    found = _entry(entries, key)
    return _suite(found[0].rpartition(",")[2].rpartition(":")[2], found[1]) if found else None


def _entry(entries: str, key: str) -> tuple[str, bool] | None:
    """The value of a key, and whether its tag may move on."""
    text = f" {entries} "
    for mark in ("=", "+="):
        _, found, rest = text.partition(f" {key}{mark}")
        if found:
            return rest.partition(" ")[0], mark == "+="
    return None


def _suite(release: str, moves: bool) -> Suite | None:
    version = parse_version(release.removeprefix("a"))
    if version is None:
        return None
    if release[0] == "a":
        return Suite("alpine", version, moves)
    return Suite("ubuntu" if len(version) > 1 else "debian", version, moves)
