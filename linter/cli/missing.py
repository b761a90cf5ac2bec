"""What to say about a path, a profile or a service that does not exist, and what may be meant."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from shlex import quote

from ..base.suggest import did_you_mean, hint, nearest
from ..base.wording import and_list
from ..files.disk import DISK
from . import VERBS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ..model.project import Project

_OTHER_WORDS = {
    "explain": "rule",
    "fix": "--fix",
    "fmt": "format",
    "help": "--help",
    "lint": "check",
    "list": "rules",
    "scan": "check",
    "version": "--version",
}
"""What other linters call verbs, and what it is called here."""


def missing_path(path: str) -> str:
    """The message for a path that does not exist: it may be a misspelt verb, or another file."""
    if path in _behind("--add-ignores"):
        return f"{path}: no such file or folder; a reason follows a =: --add-ignores={quote(path)}"
    meant = None
    if sys.argv[1:2] == [path]:
        # Only the first word can be a verb.
        meant = _OTHER_WORDS.get(path) or nearest(
            path, sorted(VERBS, key=lambda verb: abs(len(verb) - len(path)))
        )
    meant = meant or _neighbour(path)
    return f"{path}: no such file or folder{did_you_mean(meant)}"


def _behind(option: str) -> list[str]:
    """The words of the call that follow an option."""
    return [word for before, word in pairwise(sys.argv[1:]) if before == option]


def _neighbour(path: str) -> str | None:
    """A file or folder beside a missing path, with nearly the same name."""
    folder, name = os.path.split(path)
    try:
        entries = sorted(entry for entry, _ in DISK.entries(folder or "."))
    except OSError:
        return None
    near = nearest(name, entries)
    return near and os.path.join(folder, near)


def unknown_profiles(asked: Sequence[str], projects: Iterable[Project]) -> list[str]:
    """The messages for profiles that no service of these projects has.

    Docker Compose takes them without a word, and starts what has no profile.
    """
    stacks = [stack for project in projects for stack in project.stacks]
    if not stacks:
        return []
    known = sorted({name for stack in stacks for name in stack.loaded.profiles})
    listed = f"; there are {and_list(known, '')}" if known else "; no service has profiles"
    return [
        f'no service has the profile "{name}"{hint(name, known) or listed}'
        for name in asked
        if name not in (*known, "*")
    ]


def unknown_services(asked: Sequence[str], projects: Iterable[Project]) -> list[str]:
    """The messages for names that no service of these projects has."""
    stacks = [stack for project in projects for stack in project.stacks]
    known = sorted({name for stack in stacks for name in stack.services})
    listed = f"; there are {and_list(known, '', 8)}" if known else ""
    return [
        f'no service is called "{name}"{hint(name, known) or listed}'
        for name in asked
        if name not in known
    ]
