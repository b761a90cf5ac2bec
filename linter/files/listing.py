"""Lists the paths below a folder, such as a build context.

Folders that package managers and version control fill are listed without their content: so the
listing is the same before and after ``npm install``, and short.
"""

from __future__ import annotations

import os
from bisect import bisect_left

from ..base.records import NamedTuple
from .kinds import FILLED_FOLDERS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class Reader(Protocol):
        """What lists the folders of a project, and knows what it may list."""

        def kind(self, path: str) -> str:
            """The kind of a path, such as ``folder``."""

        def entries(self, folder: str) -> Iterator[tuple[str, str]]:
            """The names in a folder, each with its kind."""


MAX_ENTRIES = 20_000
MAX_DEPTH = 8
"""The most paths and the deepest folder of a listing."""

CLOSED_FOLDERS = FILLED_FOLDERS | {".gradle", ".next", ".nuxt", ".turbo"}
"""Folders whose content is not listed."""


class Listing(NamedTuple):
    """Paths relative to the folder, with ``/``, sorted; ``complete`` unless a limit was reached."""

    files: tuple[str, ...]
    folders: tuple[str, ...]
    complete: bool

    def has(self, path: str) -> bool:
        """Whether it contains a file or folder."""
        return _contains(self.files, path) or _contains(self.folders, path)


def _contains(paths: tuple[str, ...], path: str) -> bool:
    """Whether a path is one of sorted paths."""
    index = bisect_left(paths, path)
    return index < len(paths) and paths[index] == path


EMPTY = Listing((), (), False)


def list_folder(reader: Reader, folder: str) -> Listing:
    """List a folder of the project; links to other folders are not followed."""
    if reader.kind(folder) != "folder":
        return EMPTY
    files: list[str] = []
    folders: list[str] = []
    complete = True
    todo = [("", 0)]
    while todo:
        inner, depth = todo.pop()
        try:
            for name, kind in reader.entries(os.path.join(folder, inner)):
                path = f"{inner}/{name}" if inner else name
                if kind != "folder":
                    files.append(path)
                    continue
                folders.append(path)
                if name in CLOSED_FOLDERS:
                    continue
                if depth < MAX_DEPTH:
                    todo.append((path, depth + 1))
                else:
                    complete = False
        except OSError:
            complete = False
        if len(files) + len(folders) > MAX_ENTRIES:
            complete = False
            break
    return Listing(tuple(sorted(files)), tuple(sorted(folders)), complete)
