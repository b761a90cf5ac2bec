"""Which files a run reads, and what each of them is.

Inside a git work tree a folder's files are those that git tracks or would track, so
nested ``.gitignore`` files, the global excludes and sparse checkouts all count. A file
that is named is always taken.
"""

from __future__ import annotations

import os

from ..base.records import NamedTuple
from .globs import is_excluded
from .kinds import COMPOSE, kind_of, kind_of_named
from .paths import find_root, tidy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

EXCLUDED_FOLDERS = frozenset(
    (
        ".bzr", ".direnv", ".eggs", ".git", ".hg", ".mypy_cache", ".nox", ".pnpm-store",
        ".pytest_cache", ".ruff_cache", ".svn", ".terraform", ".tox", ".venv", ".yarn",
        "__pycache__", "bower_components", "node_modules", "site-packages", "venv",
    )
)  # fmt: skip
"""Folders that are never searched. ``build`` and ``dist`` are not among them: checkouts live there."""


_DEFAULT_COMPOSE = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""The names that Docker Compose looks for by itself."""


class Found(NamedTuple):
    """A file to lint. ``named`` tells whether the user gave its path."""

    path: str
    kind: str
    named: bool


class MissingPath(FileNotFoundError):
    """A path on the command line that does not exist."""


def discover(
    paths: Sequence[str],
    *,
    exclude: Sequence[str] = (),
    force_exclude: bool = False,
    respect_gitignore: bool = True,
) -> Iterator[Found]:
    """The files to lint under ``paths``, sorted within each folder that is searched.

    Raises:
        MissingPath: for a path that does not exist.
    """
    seen: set[str] = set()
    for path in paths:
        shown = tidy(path)
        if os.path.isdir(path):
            files = sorted(_files(path, exclude, respect_gitignore))
            for folder in _in_the_way(path):
                holds_some = any(file.startswith(folder + "/") for file in files)
                if not (holds_some or folder in seen or is_excluded(folder, exclude)):
                    seen.add(folder)
                    yield Found(folder, COMPOSE, False)
            for file in files:
                kind = kind_of(file)
                if kind and file not in seen:
                    seen.add(file)
                    yield Found(file, kind, False)
        elif os.path.lexists(path):
            if shown in seen or (
                force_exclude and (in_excluded_folder(shown) or is_excluded(shown, exclude))
            ):
                continue
            seen.add(shown)
            kind = kind_of_named(path)
            if kind:
                yield Found(shown, kind, True)
        else:
            raise MissingPath(path)


def _in_the_way(path: str) -> Iterator[str]:
    """Folders where a Compose file is looked for: a searched one, and those right below it.

    Docker makes such a folder, an empty one, when a file that is not there is mounted; Docker
    Compose then fails on it.
    """
    places = [path, *(os.path.join(path, name) for name in _DEFAULT_COMPOSE)]
    for place in places:
        if os.path.basename(os.path.normpath(place)) in _DEFAULT_COMPOSE and os.path.isdir(place):
            yield tidy(place)


def project_files(root: str) -> Iterator[str]:
    """Every file of the known kinds below a project's root, from the working folder.

    What git ignores and the folders of package managers are left out.
    """
    for path in sorted(_files(root, (), True)):
        yield os.path.relpath(path).replace(os.sep, "/") if os.path.isabs(path) else path


def _files(folder: str, exclude: Sequence[str], respect_gitignore: bool) -> Iterable[str]:
    if respect_gitignore and os.path.exists(os.path.join(find_root(folder), ".git")):
        listed = _git_files(folder)
        if listed is not None:
            return [
                path
                for name in listed
                if kind_of(name)
                and not in_excluded_folder(name)
                and os.path.isfile(path := tidy(os.path.join(folder, name)))
                and not is_excluded(path, exclude)
            ]
    return _walk(folder, exclude)


def _git_files(folder: str) -> list[str] | None:
    """What git tracks or would track below a folder; None where git does not answer."""
    import subprocess

    try:
        answer = subprocess.run(
            ["git", "-C", folder, "ls-files", "-coz", "--exclude-standard"],
            capture_output=True,
            timeout=60,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if answer.returncode:
        return None
    names = {os.fsdecode(name) for name in answer.stdout.split(b"\0") if name}
    return sorted(names)


def _walk(folder: str, exclude: Sequence[str]) -> Iterator[str]:
    for base, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if name not in EXCLUDED_FOLDERS)
        for name in names:
            if kind_of(name):
                path = tidy(os.path.join(base, name))
                if not is_excluded(path, exclude):
                    yield path


def in_excluded_folder(path: str) -> bool:
    """Whether a path below the searched folder lies in one that is never searched."""
    return not EXCLUDED_FOLDERS.isdisjoint(path.split("/")[:-1])
