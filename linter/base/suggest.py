"""The nearest of a set of names, and the hint "did you mean" that names it."""

from __future__ import annotations

from .wording import or_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

CLAUSE = '; did you mean "{}"?'
"""Ends a message."""

QUESTION = 'did you mean "{}"?'
PLAIN = "did you mean {}?"
"""The help of a finding."""


def did_you_mean(meant: str | None, form: str = CLAUSE) -> str:
    """The hint that names what was meant; empty if that is not known."""
    return form.format(meant) if meant else ""


def hint(name: str, known: Iterable[str], form: str = CLAUSE) -> str:
    """The hint that names the nearest of the known names; empty if none is close."""
    return did_you_mean(nearest(name, known), form)


def choice_hint(name: str, choices: Iterable[str], form: str = CLAUSE) -> str:
    """As ``hint`` for a closed set of names, of which people also write only the beginning."""
    listed = list(choices)
    meant = nearest(name, listed)
    if meant is None and len(name) >= 3:
        meant = next((each for each in listed if each.startswith(name.casefold())), None)
    return did_you_mean(meant, form)


_LETTERS_FOR_DIGITS = str.maketrans("OIL", "011")


def code_hint(code: str, known: Iterable[str]) -> str:
    """The hint for a code: letters and a number, such as CF201.

    Codes all resemble each other: one that differs in a digit is not a guess at what is meant. A
    digit more or less, two that are swapped, and a letter for a digit are, if few codes are so near.
    """
    upper = code.upper()
    letters = upper[: next((at for at, char in enumerate(upper) if char.isdigit()), 0)]
    digits = upper[len(letters) :].translate(_LETTERS_FOR_DIGITS)
    listed = dict.fromkeys(known)
    if letters + digits in listed:
        return did_you_mean(letters + digits)
    near = [
        each
        for each in listed
        if (len(each) != len(upper) or sorted(each) == sorted(upper))
        and each[-1:].isdigit()
        and distance(upper, each, 1) == 1
    ]
    return f"; did you mean {or_list(near)}?" if 0 < len(near) <= 6 else ""


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
