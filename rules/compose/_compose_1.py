"""Whether a repository tells people to install a Docker Compose that still needs ``version``."""

from __future__ import annotations

import re
from functools import lru_cache

from ...linter.base.patterns import on_demand
from ...linter.files.naming import from_root
from ...linter.files.paths import folder_of, join_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model.project import Project

_OLD = r"v?1\.(?:[0-9]|1[0-9]|2[0-6])(?![0-9])(?:\.[0-9x]{1,2})?(?:-rc[0-9])?"
"""Versions before 1.27, which read a file without ``version`` as one of format 1."""

_TELLS = on_demand(
    rf"compose/releases/download/{_OLD}/"
    rf"|docker[-_]compose(?:[-_ ]?version)?[\"'`*]*(?:\s+version)?\s{{0,4}}(?:[:=(@]|==)?\s{{0,4}}"
    rf"[\"'`*]*{_OLD}(?!\S*\s{{0,3}}(?:\+|or\s+(?:above|higher|later|newer)|and\s+(?:above|up|later)))"
    r"(?![+\w])",
    re.IGNORECASE,
)
_FILES = on_demand(
    r"(?:.*\.(?:adoc|md|rst|sh|txt)|readme.*|install(?:ation|ing)?.*|makefile|jenkinsfile|"
    r"\.travis\.yml|\.gitlab-ci\.yml|requirements.*)\Z",
    re.IGNORECASE,
)
_FOLDERS = ("", "doc", "docs")
_MOST_FILES = 40
_MOST_NAMES = 2000
_MAX_LENGTH = 256 * 1024


@lru_cache(maxsize=16)
def asks_for_old_compose(project: Project, folder: str) -> str | None:
    """The file that tells to install a docker-compose before 1.27, if there is one.

    Documentation and scripts count in the folder of a Compose file and in those above it.
    """
    for path in _paths(project, folder):
        text = project.text(path)
        if text is not None and _TELLS.search(text[:_MAX_LENGTH]):
            return path
    return None


def _paths(project: Project, folder: str) -> Iterator[str]:
    """The files that may tell it, the nearest first."""
    reader = project.reader
    inside = reader.below_root(join_path(folder, "compose.yaml"))
    if inside is None:
        return
    count = 0
    named = from_root(reader)
    place = folder_of(inside)
    while True:
        for part in _FOLDERS:
            current = named(join_path(place, part) if part else place)
            if part and reader.kind(current) != "folder":
                continue
            for name in _names(project, current):
                yield join_path(current, name)
                count += 1
                if count >= _MOST_FILES:
                    return
        if place in ("", "."):
            return
        place = folder_of(place)


def _names(project: Project, folder: str) -> list[str]:
    """The names of the files in a folder that may tell it."""
    # The parts of a run ask for the same folders.
    chosen = project.reader.shared.chosen
    if ("old-compose", folder) in chosen:
        return chosen["old-compose", folder]
    names = []
    try:
        for number, (name, kind) in enumerate(project.reader.entries(folder)):
            if number >= _MOST_NAMES:
                break
            if kind != "folder" and _FILES.match(name):
                names.append(name)
    except OSError:
        names = []
    names.sort()
    chosen["old-compose", folder] = names
    return names
