"""Compares findings with those that were there before.

A finding is recognised by its fingerprint (rule, file, logical path and evidence), never by its
line; findings that are alike are counted. A baseline file and the state that a change began with
are two ways to say what was there before.
"""

from __future__ import annotations

from collections import Counter

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from .fingerprints import fingerprint, secrets_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Hashable, Iterable, Mapping, Sequence

    from ..rule import Diagnostic

_PATH = on_demand(r"[\w./@+-]+")

BEFORE = "before"
"""Why a finding is not reported that was there before."""


class Tally:
    """Takes findings as accepted until their number is reached.

    ``accepted`` is the number of findings that are accepted, by what those that are alike have in
    common; None for any.
    """

    def __init__(self, accepted: Mapping[Hashable, int | None]) -> None:
        self._accepted = accepted
        self.taken: dict[Hashable, int] = {}

    def accept(self, key: Hashable) -> bool:
        """Whether one more finding is accepted."""
        limit = self._accepted.get(key, 0)
        taken = self.taken.get(key, 0)
        if limit is not None and taken >= limit:
            return False
        self.taken[key] = taken + 1
        return True


class Compared(NamedTuple):
    """What a change did: findings of the new state, of the old state, and how many stayed."""

    new: list[Diagnostic]
    fixed: list[Diagnostic]
    before: int


def compare(
    old: Iterable[Diagnostic], new: Sequence[Diagnostic], renames: Mapping[str, str]
) -> Compared:
    """Compare the reported findings of two states.

    Args:
        old: the findings of the state before.
        new: those of the state after.
        renames: the new path of each file that was renamed, by the old one.
    """
    gone, added = list(old), list(new)
    # Those on lines that stayed as they are come first: of several that are alike the new one is
    # then the one on a new line. What a rename changed in texts comes last.
    moved = _moved_names(renames)

    def by_message(finding: Diagnostic, renames: Mapping[str, str]) -> Hashable:
        return _by_message(finding, renames, moved if renames else {})

    for key_of in (_by_line, _by_fingerprint, *((by_message,) if renames else ())):
        keys = [key_of(finding, renames) for finding in gone]
        tally = Tally(Counter(keys))
        added = [finding for finding in added if not tally.accept(key_of(finding, {}))]
        matched = Tally(tally.taken)
        gone = [each for each, key in zip(gone, keys, strict=True) if not matched.accept(key)]
    return Compared(added, gone, len(new) - len(added))


def _by_line(finding: Diagnostic, renames: Mapping[str, str]) -> Hashable:
    place = finding.span.origin
    line = place.file.line_text(place.file.line_of(place.start))
    return (_by_fingerprint(finding, renames), line)


def _by_fingerprint(finding: Diagnostic, renames: Mapping[str, str]) -> Hashable:
    path = renames.get(finding.path, finding.path)
    return (fingerprint(finding, path), tuple(sorted(secrets_of(finding))))


def _by_message(
    finding: Diagnostic, renames: Mapping[str, str], moved: Mapping[str, str]
) -> Hashable:
    """What findings have in common that differ by the names of renamed files.

    A finding of the first state that has none of these names is equal to no other one.
    """

    def now(found: re.Match[str]) -> str:
        folder, slash, name = found[0].rpartition("/")
        return moved.get(found[0]) or f"{folder}{slash}{moved.get(name, name)}"

    path = renames.get(finding.path, finding.path)
    message = _PATH.sub(now, finding.message) if moved else finding.message
    is_moved = path != finding.path or message != finding.message
    if moved and not is_moved and _PATH.sub(now, finding.evidence) == finding.evidence:
        return id(finding)
    return (finding.code, path, finding.subject, message)


def _moved_names(renames: Mapping[str, str]) -> dict[str, str]:
    """The new path or name of each file and folder that was renamed, by the old one."""
    moved: dict[str, str] = {}
    for old, new in renames.items():
        while old and new and old != new:
            moved.setdefault(old, new)
            old, _, name = old.rpartition("/")
            new, _, other = new.rpartition("/")
            if name != other:
                moved.setdefault(name, other)
                break
    return moved
