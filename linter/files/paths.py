"""Paths as text: cleaned, joined, relative to folders; and the root of a project.

Paths of the linted tree are written with ``/`` and start from the working folder, unless they are
absolute. Only the last four functions ask what exists.
"""

from __future__ import annotations

import os

from .tree import current_tree

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def clean_path(path: str) -> str:
    """A path without ``.``, ``..`` and doubled slashes, as far as its text tells."""
    if path and path[0] != "." and path[-1] != "/" and "//" not in path and "/." not in path:
        return path  # as nearly all are
    absolute = path.startswith("/")
    parts: list[str] = []
    for part in path.split("/"):
        if part in ("", "."):
            continue
        if part == "..":
            if parts and parts[-1] != "..":
                parts.pop()
            elif not absolute:
                parts.append(part)
        else:
            parts.append(part)
    cleaned = "/".join(parts)
    return "/" + cleaned if absolute else cleaned or "."


def join_path(folder: str, path: str) -> str:
    """``path`` as seen from ``folder``, cleaned."""
    return clean_path(path if folder == "." or path.startswith("/") else f"{folder}/{path}")


def folder_of(path: str) -> str:
    """The folder of a file; ``.`` for the working folder."""
    head = path.rpartition("/")[0]
    return head or ("/" if path.startswith("/") else ".")


def folders_above(folder: str) -> Iterator[str]:
    """The folders above one, the nearest first, as far as its path names them."""
    while folder not in (".", "", "/") and not folder.endswith(".."):
        folder = folder_of(folder)
        yield folder


def seen_from(folder: str, path: str) -> str:
    """A path of the system relative to a folder, with ``/``; absolute if on another drive."""
    try:
        return os.path.relpath(path, folder).replace(os.sep, "/")
    except ValueError:
        return os.path.abspath(path).replace(os.sep, "/")


def beside(file: str, path: str) -> str:
    """A path as seen from the folder of a file: the same wherever the working folder is.

    Absolute paths, and those of somebody's home, are left as they are.
    """
    return path if path.startswith(("/", "~")) else seen_from(folder_of(file), path)


def below(folder: str, path: str) -> str | None:
    """A path relative to an absolute folder, with ``/``; None if it is not below it."""
    absolute = os.path.abspath(path)
    prefix = folder if folder.endswith(os.sep) else folder + os.sep
    if not absolute.startswith(prefix):
        return None
    return absolute[len(prefix) :].replace(os.sep, "/")


def is_within(folder: str, path: str) -> bool:
    """Whether an absolute path is a folder or below it, as far as its text tells."""
    return path == folder or path.startswith(folder.rstrip(os.sep) + os.sep)


def is_inside(folder: str, path: str) -> bool:
    """Whether a path with ``/`` is a folder or below it, as far as its text tells."""
    return path == folder or path.startswith(f"{folder}/")


def tidy(path: str) -> str:
    """A path as findings show it, with ``/``: relative if it is below the working folder."""
    normal = os.path.normpath(path)
    inside = below(os.getcwd(), normal) if os.path.isabs(normal) else None
    return inside or normal.replace(os.sep, "/")


def shown(path: str) -> str:
    """A path as people see it: relative to the working folder, absolute if that is far away."""
    absolute, working = os.path.abspath(path), os.getcwd()
    folder = os.path.dirname(absolute)
    is_near = is_within(working, absolute) or (
        folder != os.path.abspath(os.sep) and is_within(folder, working)
    )
    return seen_from(working, absolute) if is_near else absolute.replace(os.sep, "/")


def nearest_folder(path: str) -> str:
    """The absolute path of a folder, or of the folder of a file."""
    absolute = os.path.abspath(path)
    return absolute if current_tree().kind(absolute) == "folder" else os.path.dirname(absolute)


def is_root(folder: str) -> bool:
    """Whether a folder is the root of a repository."""
    # In worktrees and submodules .git is a file.
    return current_tree().kind(os.path.join(folder, ".git")) != "missing"


def tree_of(folder: str) -> str:
    """The folder outside of which nothing is read for the files in a folder.

    It is the repository of the working folder, or that folder without one, if the folder is in it;
    else the repository of the folder, or the folder itself.
    """
    root = find_root(".")
    return root if is_within(root, os.path.abspath(folder)) else find_root(folder)


def find_root(start: str) -> str:
    """The project's root: the nearest folder above with a ``.git``, else ``start`` itself."""
    folder = first = os.path.abspath(start)
    while not is_root(folder):
        parent = os.path.dirname(folder)
        if parent == folder:
            return first
        folder = parent
    return folder
