"""Releases of products and the end of their support."""

from __future__ import annotations

from functools import cache

from ..base.records import NamedTuple
from . import data, tags


class Lifecycle(NamedTuple):
    """The release that a tag names and the day its support ends, as YYYY-MM-DD.

    ``end`` is None while no end is set. ``rolling`` marks products where a release is
    supported only until the next ones follow, within a year. ``taken`` is the date of the
    table.
    """

    product: str
    cycle: str
    end: str | None
    rolling: bool
    taken: str


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


def lifecycle_of(product: str, version: tags.Version) -> Lifecycle | None:
    """The release of a product that a version names; None for one that is not in the table.

    A short version (``8``) may name several releases. The one that is supported longest is
    returned: support for the version has certainly not ended before.
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
        return None
    _, name, end = max(named, key=rank)
    rolling = data.product(product).get("rolling", False)
    return Lifecycle(product, name, end, rolling, data.lifecycle_taken())
