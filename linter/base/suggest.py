"""The nearest of a set of names, and the hint "did you mean" that names it."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

CLAUSE = '; did you mean "{}"?'
"""Ends a message."""

SENTENCE = 'Did you mean "{}"?'
QUESTION = 'did you mean "{}"?'
PLAIN = "did you mean {}?"
"""The help of a finding."""


def did_you_mean(meant: str | None, form: str = CLAUSE) -> str:
    """The hint that names what was meant; empty if that is not known."""
    return form.format(meant) if meant else ""


def hint(name: str, known: Iterable[str], form: str = CLAUSE) -> str:
    """The hint that names the nearest of the known names; empty if none is close."""
    return did_you_mean(nearest(name, known), form)


def distance(left: str, right: str, limit: int) -> int:
    """The Damerau-Levenshtein distance (adjacent swaps count 1), or ``limit + 1`` beyond it."""
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        older, before, row = before, row, [i] + [0] * len(right)
        for j, b in enumerate(right, 1):
            cost = before[j - 1] + (a != b)
            cost = min(cost, before[j] + 1, row[j - 1] + 1)
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, older[j - 2] + 1)
            row[j] = cost
        if min(row) > limit:
            return limit + 1
    return row[-1]


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that ``name`` most likely means; None if none is close.

    Up to a third of the letters may differ, at least one and at most three.
    """
    if len(name) > 64:
        return None
    limit = max(1, min(3, len(name) // 3))
    least, closest = limit + 1, None
    folded = name.casefold().replace("-", "_")
    for candidate in known:
        edits = distance(folded, candidate.casefold().replace("-", "_"), limit)
        if edits < least:
            least, closest = edits, candidate
    return closest
