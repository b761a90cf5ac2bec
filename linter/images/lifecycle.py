"""x"""

from __future__ import annotations

from datetime import date
from functools import cache

from ..base.records import NamedTuple
from . import data, tags


class Lifecycle(NamedTuple):
    """The release that a tag names and the day its support ends.

    ``end`` is ``None`` while no end is set. ``rolling`` marks products where a release is
    supported only until the next ones follow, within a year. ``taken`` is the date of the
    table.
    """

    product: str
    cycle: str
    end: date | None
    rolling: bool
    taken: date


@cache
def _cycles(product: str) -> list[tuple[tags.Version, str, str | None]]:
    """The releases of a product and when they end; nothing for one that is not known."""
    cycles: dict[str, str | None] = data.lifecycle()["products"].get(product, {}).get("cycles", {})
    return [(tuple(map(int, cycle.split("."))), cycle, end) for cycle, end in cycles.items()]


def newest_release(product: str) -> str | None:
    """The newest release of a product of the life-cycle table that is supported."""
    taken = data.lifecycle()["taken"]
    supported = [item for item in _cycles(product) if item[2] is None or item[2] > taken]
    return max(supported)[1] if supported else None


def _lifecycle(product: str, version: tags.Version) -> Lifecycle | None:
    """The release of ``product`` that ``version`` names.

    A short version (``8``) may name several releases; the one that is supported longest
    stands for them, so that nothing is said to have ended that may not have.
    """
    best: tuple[tags.Version, str, str | None] | None = None
    rank: tuple[int, str, tags.Version] | None = None
    for item in _cycles(product):
        cycle, _, end = item
        shared = min(len(cycle), len(version))
        if cycle[:shared] != version[:shared]:
            continue
        within = len(cycle) if len(cycle) <= len(version) else 0
        here = (within, end or "9999", cycle)
        if rank is None or here > rank:
            best, rank = item, here
    if best is None:
        return None
    document = data.lifecycle()
    return Lifecycle(
        product,
        best[1],
        date.fromisoformat(best[2]) if best[2] else None,
        document["products"][product].get("rolling", False),
        date.fromisoformat(document["taken"]),
    )
