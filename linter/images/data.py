"""The data files about images, each loaded once and only when it is needed."""

from __future__ import annotations

from functools import cache

from ..base.package import parse_own, read_own

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Entry = dict[str, Any]

KINDS = (
    "admin-panel",
    "app",
    "base",
    "broker",
    "build-tool",
    "cache",
    "database",
    "monitoring",
    "object-store",
    "other",
    "proxy",
    "runtime",
    "search",
    "web-server",
)
"""The kinds of images, one data file for each; the images in ``other`` have no kind."""


def load(name: str) -> dict[str, Any]:
    """The content of a data file, given its name without ``.json``."""
    return parse_own(_read(name))


@cache
def _read(name: str) -> bytes:
    return read_own(f"linter/images/{name}.json")


@cache
def _names_in(kind: str) -> dict[str, tuple[str | None, Entry]]:
    """Kind and entry of the images of one file by name and alias, patterns included."""
    document = load(kind)
    return {
        name: (document["kind"], entry)
        for canonical, entry in document["images"].items()
        for name in (canonical, *entry.get("aliases", ()))
    }


@cache
def prefixes() -> list[tuple[str, str | None, Entry]]:
    """The names that are patterns: the part before ``*``, kind and entry, longest first."""
    patterns = [
        (name[:-1], kind, entry)
        for file in KINDS
        for name, (kind, entry) in _names_in(file).items()
        if name.endswith("*")
    ]
    return sorted(patterns, key=lambda pattern: -len(pattern[0]))


@cache
def common() -> dict[str, Any]:
    """Operating systems, suites of distributions, and usual limits by kind."""
    return load("common")


@cache
def distributions() -> dict[str, Any]:
    """Releases, C libraries and users of distributions."""
    return load("distributions")


@cache
def gone() -> dict[str, Any]:
    """Hosts and package indexes that are no longer on the network, and since when."""
    return load("gone")


@cache
def lifecycle() -> dict[str, Any]:
    """The releases of products and when their support ends."""
    return load("lifecycle")


def find(name: str) -> tuple[str | None, Entry] | None:
    """Kind and entry of an image, given its short name; None for an unknown image."""
    # Searching the bytes of the files is much faster than parsing all of them.
    quoted = f'"{name}"'.encode()
    for file in KINDS:
        if quoted in _read(file) and name in (images := _names_in(file)):
            return images[name]
    return next(
        ((kind, entry) for prefix, kind, entry in prefixes() if name.startswith(prefix)), None
    )
