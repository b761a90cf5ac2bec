"""Paths as text: cleaning, joining, and the root of a project."""

from __future__ import annotations

import os


def clean_path(path: str) -> str:
    """A path without ``.``, ``..`` and doubled slashes, as far as its text tells."""
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
    tidy = "/".join(parts)
    return "/" + tidy if absolute else tidy or "."


def join_path(folder: str, path: str) -> str:
    """``path`` as seen from ``folder``, tidied."""
    return clean_path(path if path.startswith("/") else f"{folder}/{path}")


def folder_of(path: str) -> str:
    """The folder that a file lies in; ``.`` for the working directory."""
    head = path.rpartition("/")[0]
    return head or ("/" if path.startswith("/") else ".")


def find_root(start: str) -> str:
    """The project's root: the nearest folder above with a ``.git``, else ``start`` itself."""
    folder = os.path.abspath(start)
    while True:
        # In worktrees and submodules .git is a file.
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        parent = os.path.dirname(folder)
        if parent == folder:
            return os.path.abspath(start)
        folder = parent


def tidy(path: str) -> str:
    """A path as it is shown: relative to the working folder where it lies below, with ``/``."""
    normal = os.path.normpath(path)
    if os.path.isabs(normal):
        here = os.getcwd()
        if normal.startswith(here + os.sep):
            normal = normal[len(here) + 1 :]
    return normal.replace(os.sep, "/")
