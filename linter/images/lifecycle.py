"""Releases of products and the end of their support."""

from __future__ import annotations

from functools import cache, lru_cache

from ..base.records import NamedTuple
from . import data, tags


class Lifecycle(NamedTuple):
    """The release that a tag names and the day its support ends, as YYYY-MM-DD.

    ``end`` is None while no end is set. ``rolling`` marks products where a release is
    supported only until the next ones follow, within a year. ``taken`` is the date of the
    table. A release that is not in it has the end of those around it, and is not ``listed``.
    """

    product: str
    cycle: str
    end: str | None
    rolling: bool
    taken: str
    listed: bool = True

    @property
    def ended(self) -> str:
        """When support ended, for a sentence: "on" the day, or "before" it."""
        return f"{'on' if self.listed else 'before'} {self.end}"


@cache
def _releases(product: str) -> list[tuple[tags.Version, str, str | None]]:
    """The releases of a product: version, name and end; empty for an unknown product."""
    cycles: dict[str, str | None] = data.product(product).get("cycles", {})
    return [(tuple(map(int, cycle.split("."))), cycle, end) for cycle, end in cycles.items()]


def newest_release(product: str) -> str | None:
    """The newest supported release of a product, as its tags begin; None if there is none."""
    taken = data.lifecycle_taken()
    supported = [
        (numbers, name) for numbers, name, end in _releases(product) if not end or end > taken
    ]
    return max(supported)[1] if supported else None


@lru_cache(maxsize=512)
def lifecycle_of(product: str, version: tags.Version) -> Lifecycle | None:
    """The release of a product that a version names; None for one of which nothing is known.

    A short version (``8``) may name several releases. The one that is supported longest is
    returned: support for the version has certainly not ended before. A version that the table
    leaves out (nginx 1.13) has ended if the next release that it has, and all before that, have.
    """

    def rank(release: tuple[tags.Version, str, str | None]) -> tuple[int, str, tags.Version]:
        numbers, _, end = release
        return len(numbers) if len(numbers) <= len(version) else 0, end or "9999", numbers

    named = [
        release
        for release in _releases(product)
        if release[0][: len(version)] == version[: len(release[0])]
    ]
    if not named:
        return _between(product, version)
    _, name, end = max(named, key=rank)
    rolling = data.product(product).get("rolling", False)
    return Lifecycle(product, name, end, rolling, data.lifecycle_taken())


def _between(product: str, version: tags.Version) -> Lifecycle | None:
    """The release that a version names, where all around it and before it have ended; else None."""
    later = min((numbers for numbers, *_ in _releases(product) if numbers > version), default=None)
    if later is None:
        return None
    taken = data.lifecycle_taken()
    ends = [end for numbers, _, end in _releases(product) if numbers <= later]
    last = max(end or "9999" for end in ends)
    if last > taken:
        return None
    name = ".".join(map(str, version[: len(later)]))
    rolling = data.product(product).get("rolling", False)
    return Lifecycle(product, name, last, rolling, taken, listed=False)
