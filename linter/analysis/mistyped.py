"""Names that are almost names of variables that a program reads."""

from __future__ import annotations

from ..base.suggest import distance

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST = 8


def meant_by(name: str, known: Iterable[str]) -> str | None:
    """The only known name that one edit of letters makes out of a name; None for other names.

    ``NAME_FILE`` is known where ``NAME`` is. Names that differ in a number, or have an ``S`` more at
    their end, are names of their own.
    """
    names = set(known)
    if len(name) < _SHORTEST or name in names or name.removesuffix("_FILE") in names:
        return None
    near = [
        other
        for other in names
        if len(other) >= _SHORTEST
        and name != f"{other}S"
        and distance(name, other, 1) == 1
        and _digits(name) == _digits(other)
    ]
    return near[0] if len(near) == 1 else None


def _digits(name: str) -> str:
    return "".join(letter for letter in name if letter.isdecimal())
