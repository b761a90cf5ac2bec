"""What the documentation, scripts and workflows of a repository say about a file.

They are the files that also tell which Compose files are given together (``compose/evidence.py``).
Nothing is run: lines that name the file are read, a line that goes on in the next one as one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import islice

from ..base.records import NamedTuple
from ..compose.evidence import MAX_DOCUMENTS, MAX_LENGTH, distance, is_document
from ..files.naming import from_root
from ..files.paths import folder_of, folders_above, seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.project import Project

_MAX_LINE = 2_000
"""How many characters of a line are looked at."""
_CONTINUED = r"[\\`^]\r?\n"


class Said(NamedTuple):
    """A line of a document."""

    document: str
    line: str


@lru_cache(maxsize=8)
def documents(project: Project, near: str = ".") -> tuple[str, ...]:
    """The paths of the documents of a project, those nearest to a folder first."""
    root = seen_from(project.reader.base, project.reader.root)
    listing = project.listing(root)
    # The parts of a run ask for the same ones.
    paths = project.reader.shared.chosen.get(("documents", root))
    if paths is None:
        named = from_root(project.reader)
        paths = [named(file) for file in listing.files if is_document(file)]
        project.reader.shared.chosen["documents", root] = paths
    return tuple(sorted(paths, key=lambda path: distance(near, path))[:MAX_DOCUMENTS])


def lines_naming(project: Project, name: str, near: str = ".") -> Iterator[Said]:
    """The lines of documents that contain a name, the nearest documents first."""
    for document in documents(project, near):
        text = project.text(document)
        if text is not None and name in text:
            yield from (Said(document, line) for line in lines_of(text) if name in line)


def lines_of(text: str) -> list[str]:
    """The lines of a text, continued ones joined, each up to a length."""
    joined = re.sub(_CONTINUED, " ", text[:MAX_LENGTH])
    return [line[:_MAX_LINE] for line in joined.splitlines()]


# --- what makes a file

MAX_SEARCHES = 100
"""The most missing files of a project whose maker is searched."""
_MAX_LINES = 200
_MAX_COMMAND = 500
"""How many lines that name a file are looked at, and how much of each."""

_MAKEFILE = r"(?:makefile|justfile|\.mk|\.mak|\.just)[^/]*\Z"

_INTO = r"(?:(?<![\w-])(?:-o|-O|--?out[\w-]*|--dest)(?:[ \t]+|=)|(?<=[^\s>=-])[ \t]*>>?[ \t]*)"
_MAKERS = r"(?<![\w.-])(?:mkdir|touch|tee)(?![\w.-])"
_COPIERS = r"(?<![\w.-])(?:cp|mv|ln|rsync|scp|Copy-Item|git[ \t]+clone)(?![\w.-])"
_PACKERS = r"(?<![\w.-])(?:tar[ \t]+-?\w*c\w*f|zip(?:[ \t]+-\w+)*)[ \t]+"
_FETCHERS = r"(?<![\w.-])(?:curl|wget|git[ \t]+clone|gh[ \t]+release)(?![\w.-])"


def maker_of(project: Project, path: str) -> str | None:
    """The document with a command or target that makes a missing file or folder; None without one.

    A folder above it that is missing, too, may be made instead.
    """
    searched = _searched(project)
    if len(searched) >= MAX_SEARCHES:
        return None
    searched.add(path)
    missing = [path]
    for folder in folders_above(path):
        if folder in (".", "/", "..") or project.reader.kind(folder) != "missing":
            break
        missing.append(folder)
    for place in missing:
        name = place.rstrip("/").rpartition("/")[2]
        if len(name) < 2:
            continue
        for said in islice(lines_naming(project, name, folder_of(place)), _MAX_LINES):
            if _makes(said, project.reader.below_root(place) or place, name):
                return said.document
    return None


@lru_cache(maxsize=1)
def _searched(project: Project) -> set[str]:
    """The missing files of a project whose maker was searched."""
    return set()


def _makes(said: Said, path: str, name: str) -> bool:
    """Whether a line has a command, or is a target of a Makefile, that makes a file or folder."""
    escaped = re.escape(name)
    written = rf"[\"']?((?:[^\s\"'`;|&<>()=]*/)?){escaped}"
    token = rf"{written}/?[\"'`]?(?=[\s;|&)`,}}]|$)"
    patterns = [
        rf"{_INTO}{token}",
        rf"{_PACKERS}{token}",
        rf"{_MAKERS}[^\n;|&]*?[ \t]{token}",
        rf"{_COPIERS}[^\n;|&]*?[ \t]{token}[ \t]*(?=$|[;|&`#)])",
        rf"{_FETCHERS}[^\n;|&]*?://\S*?()/{escaped}(?:\.git)?[\"'`]?(?=[\s;|&)`]|$)",
    ]
    if re.search(_MAKEFILE, said.document, re.IGNORECASE):
        patterns.append(rf"^(?:[\w./$(){{}}-]+[ \t]+)*{written}[ \t]*:(?![=/])")
    line = said.line[:_MAX_COMMAND]
    return any(
        _is_of(match[1], path) for pattern in patterns for match in re.finditer(pattern, line)
    )


def _is_of(folder: str, path: str) -> bool:
    """Whether a folder as a command writes it may be that of a path from the root."""
    parts = [part for part in folder.split("/") if part not in ("", ".", "..")]
    while parts and any(mark in parts[0] for mark in "$({%"):
        del parts[0]
    own = path.rstrip("/").split("/")[:-1]
    return len(parts) <= len(own) and parts == own[len(own) - len(parts) :]
