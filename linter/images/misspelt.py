"""Names of images that are almost those of official ones."""

from __future__ import annotations

from .official import official_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .reference import ImageReference

_SHORTEST = 5
_OWN_WORDS = frozenset(
    ("compose", "entry", "grade", "create", "ghosts", "persona", "postgrest", "trust")
)
"""Names that a program of one's own may have as well."""


def official_name_meant(reference: ImageReference) -> str | None:
    """The official image that a name without an owner most likely means.

    None for names that exist, and for those that have other letters than the official one: they may
    be the name of something else that is built here.
    """
    name = reference.name
    if (
        len(name) < _SHORTEST
        or name in _OWN_WORDS
        or not reference.repository.startswith("library/")
    ):
        return None
    known = official_names()
    if name in known:
        return None
    from ..base.suggest import distance
    from .facts import facts_for

    letters = set(name) - {"-", "_"}
    for other in sorted(known):
        if (
            len(other) >= _SHORTEST
            and abs(len(other) - len(name)) < 2
            and letters <= set(other)
            and distance(name, other, 1) == 1
        ):
            return other if facts_for(reference) is None else None
    return None
