"""How messages name files that were looked for from the root: as seen from the working folder."""

from __future__ import annotations

from functools import partial

from .paths import clean_path, folder_of, join_path, seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from .reader import Reader


def from_root(reader: Reader) -> Callable[[str], str]:
    """What turns a path that starts from the root into one that starts from the working folder."""
    inside = reader.below_root("x")
    if inside == "x":  # The working folder is the root.
        return clean_path
    if inside is None:
        return partial(join_path, seen_from(reader.base, reader.root))
    return partial(seen_from, folder_of(inside))
