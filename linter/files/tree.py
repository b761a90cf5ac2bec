"""The tree that is linted: by default the disk, else what ``use_tree`` says.

Configuration, discovery and every reader ask ``current_tree()``, so that one call reads one state
of the files and nothing besides: the disk, the disk below texts of an editor (``Overlay``), a state
of git (``git_tree.py``) or an archive (``archive.py``). What belongs to the machine and not to the
linted tree (the user's configuration, the cache, plug-ins, what is written) is on the disk.
"""

from __future__ import annotations

import os
from contextvars import ContextVar

from .disk import DISK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping
    from types import TracebackType

    from .disk import Tree

_CURRENT: ContextVar[Tree] = ContextVar("tree", default=DISK)


def current_tree() -> Tree:
    """The tree that is linted."""
    return _CURRENT.get()


class use_tree:
    """Makes a tree the linted one in a ``with`` statement, for the thread that runs it."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree

    def __enter__(self) -> Tree:
        self._token = _CURRENT.set(self._tree)
        return self._tree

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        _CURRENT.reset(self._token)


class Overlay:
    """Texts in memory laid over a tree.

    Args:
        below: the tree.
        texts: contents by path, relative to the working folder or absolute; None for a path that
            is deleted.
    """

    def __init__(self, below: Tree, texts: Mapping[str, bytes | None]) -> None:
        self._below = below
        self._texts = {os.path.abspath(path): data for path, data in texts.items()}
        self._names: dict[str, dict[str, str]] = {}
        for path, data in self._texts.items():
            kind = "file" if data is not None else "missing"
            while True:
                folder, name = os.path.split(path)
                if folder == path:
                    break
                names = self._names.setdefault(folder, {})
                if name in names and kind != "file":
                    break
                names[name] = kind
                if kind == "missing":
                    break  # Its folder is there or not, as before.
                path, kind = folder, "folder"

    def kind(self, path: str, *, follow: bool = True) -> str:
        path = os.path.abspath(path)
        if path in self._texts:
            return "file" if self._texts[path] is not None else "missing"
        below = self._below.kind(path, follow=follow)
        return "folder" if below == "missing" and self._holds(path) else below

    def _holds(self, folder: str) -> bool:
        """Whether there are texts in a folder or below it."""
        return any(kind != "missing" for kind in self._names.get(folder, {}).values())

    def read(self, path: str, most: int) -> bytes:
        path = os.path.abspath(path)
        if path not in self._texts:
            return self._below.read(path, most)
        data = self._texts[path]
        if data is None:
            raise FileNotFoundError(2, "No such file or directory", path)
        return data[: most + 1]

    def entries(self, folder: str) -> Iterator[tuple[str, str]]:
        folder = os.path.abspath(folder)
        own = self._names.get(folder, {})
        try:
            for name, kind in self._below.entries(folder):
                if name not in own or (own[name] == "folder" and kind in ("folder", "link")):
                    yield name, kind
                    continue
                if own[name] != "missing":
                    yield name, own[name]
        except FileNotFoundError:
            if not self._holds(folder):
                raise
        for name, kind in own.items():
            if kind != "missing" and self._below.kind(os.path.join(folder, name)) == "missing":
                yield name, kind

    def real(self, path: str) -> str:
        return self._below.real(path)

    def is_own(self, path: str) -> bool:
        return self._below.is_own(path)

    def is_executable(self, path: str) -> bool | None:
        return self._below.is_executable(path)

    def sole_reader(self, path: str) -> int | None:
        return None if os.path.abspath(path) in self._texts else self._below.sole_reader(path)

    def stamp(self, path: str) -> Hashable:
        absolute = os.path.abspath(path)
        return self._texts[absolute] if absolute in self._texts else self._below.stamp(path)

    def kept_files(self, folder: str) -> tuple[list[str], list[str]] | None:
        answer = self._below.kept_files(folder)
        if answer is None:
            return None
        listed, unlisted = answer
        names = set(listed)
        start = os.path.join(os.path.abspath(folder), "")
        for path, data in self._texts.items():
            if path.startswith(start):
                inner = path[len(start) :].replace(os.sep, "/")
                if data is not None:
                    names.add(inner)
                else:
                    names.discard(inner)
        return sorted(names), unlisted

    def is_tracked(self, folder: str, path: str) -> bool | None:
        return self._below.is_tracked(folder, path)

    def is_plain(self, folder: str, path: str) -> bool | None:
        return self._below.is_plain(folder, path)
