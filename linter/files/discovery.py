"""Finds the files to lint, and the kind of each.

Where there is git, the files of a folder are those that it tracks or would track, so nested
``.gitignore`` files, the global excludes and sparse checkouts all count. A file that is named is
always taken.
"""

from __future__ import annotations

import os

from ..base.names import BASELINE_FILE
from ..base.records import NamedTuple
from .disk import MAX_FILE_BYTES
from .globs import is_excluded
from .kinds import (
    COMPOSE,
    COMPOSE_NAMES,
    FILLED_FOLDERS,
    FOLDER,
    TEMPLATE,
    UNKNOWN,
    is_about,
    is_template_name,
    kind_of,
    kind_of_named,
)
from .paths import find_root, is_root, is_within, seen_from, shown, tidy
from .tree import current_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

EXCLUDED_FOLDERS = FILLED_FOLDERS | {".bzr", ".direnv", ".eggs"}
"""Folders that are never searched. They do not include ``build`` and ``dist``: some projects keep
their sources there."""


class InputFile(NamedTuple):
    """A file to lint, with its kind (see ``kinds.py``); ``named`` if the user gave its path.

    Files that are named and of no kind, and folders that cannot be listed, are among them: the run
    reports them.
    """

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
) -> Iterator[InputFile]:
    """The files to lint under ``paths``, sorted within each folder that is searched.

    Raises:
        MissingPath: if a path does not exist.
    """
    yielded: set[str] = set()
    for path in paths:
        name = tidy(path)
        if current_tree().kind(path) == "folder":
            unlisted: list[str] = []
            files = sorted(_files(path, exclude, respect_gitignore, unlisted))
            for folder in unlisted:
                if folder not in yielded and not is_excluded(folder, exclude):
                    yielded.add(folder)
                    yield InputFile(folder, FOLDER, folder == name)
            for folder in _folders_like_files(path):
                is_empty = not any(file.startswith(folder + "/") for file, _ in files)
                if is_empty and folder not in yielded and not is_excluded(folder, exclude):
                    yielded.add(folder)
                    yield InputFile(folder, COMPOSE, False)
            for file, kind in files:
                if file not in yielded:
                    yielded.add(file)
                    yield InputFile(file, kind, False)
        elif current_tree().kind(path, follow=False) == "missing":
            raise MissingPath(path)
        elif name not in yielded and not (
            force_exclude and (in_excluded_folder(name) or is_excluded(name, exclude))
        ):
            yielded.add(name)
            named_kind = kind_of_named(path)
            if named_kind is None:
                # A hook names whatever its pattern matches, such as Dockerfile.md.
                is_other = force_exclude and is_about(path)
                named_kind = UNKNOWN if is_other else _kind_by_content(path)
            yield InputFile(name, named_kind, True)


def _kind_by_content(path: str) -> str:
    """The kind of a named file whose name does not tell it."""
    from .content import kind_of_text

    try:
        data = current_tree().read(path, MAX_FILE_BYTES)
    except OSError:
        return UNKNOWN
    return kind_of_text(data.decode("utf-8", "replace")) or UNKNOWN


def _folders_like_files(path: str) -> Iterator[str]:
    """The folders with the name of a Compose file: a searched folder, and those directly in it.

    Docker makes such a folder, an empty one, when a missing file is mounted; Docker Compose then
    fails on it.
    """
    for place in (path, *(os.path.join(path, name) for name in COMPOSE_NAMES)):
        name = tidy(place)
        if name.rpartition("/")[2] in COMPOSE_NAMES and current_tree().kind(place) == "folder":
            yield name


def project_files(root: str) -> Iterator[tuple[str, str]]:
    """The files below a project's root, as seen from the working folder, each with its kind.

    Files that git ignores and the folders of package managers are left out.
    """
    for path, kind in sorted(_files(root, (), True, [])):
        yield seen_from(".", path) if os.path.isabs(path) else path, kind


def usual_baseline(folder: str) -> str | None:
    """The path of the baseline in a folder, as people see it; None if there is none."""
    path = os.path.join(folder, BASELINE_FILE)
    return shown(path) if current_tree().kind(path) == "file" else None


def _files(
    folder: str, exclude: Sequence[str], respect_gitignore: bool, unlisted: list[str]
) -> Iterable[tuple[str, str]]:
    """The files below a folder, each with its kind; those of no known kind are left out.

    Adds the folders that cannot be listed to a list.
    """
    if respect_gitignore and is_root(find_root(folder)):
        listed = current_tree().kept_files(folder)
        if listed is not None:
            names, closed = listed
            # git names them as seen from the root.
            root, searched = find_root(folder), os.path.abspath(folder)
            paths = (os.path.join(root, name) for name in closed)
            unlisted += [seen_from(".", path) for path in paths if is_within(searched, path)]
            return [
                (path, kind)
                for name in names
                if (kind := _possible_kind(name))
                and not in_excluded_folder(name)
                and current_tree().kind(path := tidy(os.path.join(folder, name))) == "file"
                and not is_excluded(path, exclude)
                and _has_kind(path, kind)
            ]
        # Without git, or where it refuses the repository, the .gitignore files are read here.
        from .reader import Reader

        reader = Reader(find_root(folder))
        walked = _walk(folder, exclude, unlisted)
        return [(path, kind) for path, kind in walked if not reader.is_ignored_by_git(path)]
    return _walk(folder, exclude, unlisted)


def _walk(folder: str, exclude: Sequence[str], unlisted: list[str]) -> Iterator[tuple[str, str]]:
    """Like ``_files``, whatever git ignores."""
    folders = [folder]
    while folders:
        base = folders.pop()
        try:
            for name, type_ in current_tree().entries(base):
                path = os.path.join(base, name)
                if type_ == "folder":
                    if name not in EXCLUDED_FOLDERS:
                        folders.append(path)
                    continue
                kind = _possible_kind(name)
                # As with git, a broken link is not linted.
                if kind and (type_ != "link" or current_tree().kind(path) == "file"):
                    path = tidy(path)
                    if not is_excluded(path, exclude) and _has_kind(path, kind):
                        yield path, kind
        except OSError:
            unlisted.append(tidy(base))


def _possible_kind(path: str) -> str | None:
    """The kind of a file by its name; any YAML file may be a Compose file."""
    kind = kind_of(path)
    if kind is not None:
        return kind
    if path.endswith((".yml", ".yaml")):
        return COMPOSE
    return TEMPLATE if is_template_name(path) else None


def _has_kind(path: str, kind: str) -> bool:
    """Whether a file has the kind that its name allows."""
    if kind != COMPOSE or kind_of(path):
        return True
    from .recognition import is_compose_file

    return is_compose_file(path)


def in_excluded_folder(path: str) -> bool:
    """Whether a path has a folder that is never searched."""
    return not EXCLUDED_FOLDERS.isdisjoint(path.split("/")[:-1])
