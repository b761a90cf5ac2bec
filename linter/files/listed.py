"""A tree whose paths are all known from a list, such as a state of git or an archive.

Folders follow from the paths. Symbolic links are followed inside of the list; what they and other
paths lead to outside of it is asked of another tree, if there is one.
"""

from __future__ import annotations

import os
from abc import ABC, abstractmethod

from ..base.lazy import cached_property
from ..base.records import NamedTuple
from .disk import NotAFile
from .paths import is_within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator, Mapping

    from .disk import Tree

MAX_LINKS = 40
"""The most links that are followed for one path, as Linux has it."""

_MOST_IN_FOLDERS = 100_000_000
"""The most characters in the paths of all folders."""

FILE, EXECUTABLE, LINK, MODULE = "file", "executable", "link", "module"
"""What an entry is; ``MODULE`` is a submodule of git."""


class Entry(NamedTuple):
    """A path of the list: what it is, and what its content is found by."""

    type: str
    key: str


class Place(NamedTuple):
    """Where a path leads.

    ``inner`` is relative to the root of the list, with ``/`` (empty for the root itself); else
    ``tree`` is asked, about ``path``. Neither is set for a link that leads nowhere.
    """

    inner: str | None
    tree: Tree | None = None
    path: str = ""


_NOWHERE = Place(None)


class TooManyFolders(ValueError):
    """A list whose folders would not fit into memory."""


def is_safe(path: str) -> bool:
    """Whether a listed path leads nowhere else than it says, and not into ``.git``."""
    return not path.startswith("/") and not any(
        part in ("", ".", "..") or part.lower() == ".git" for part in path.split("/")
    )


class Listed(ABC):
    """A tree of listed paths, as a ``Tree``.

    Args:
        root: the absolute path of the folder that the paths are relative to.
        listed: what each path is.
        around: what is asked about paths outside of the root.
    """

    def __init__(self, root: str, listed: Mapping[str, Entry], around: Tree | None = None) -> None:
        self.root = root
        self.listed = listed
        self._around = around
        self._links: dict[str, str] = {}

    @abstractmethod
    def content(self, entry: Entry, path: str, most: int) -> bytes:
        """The content of an entry, cut off after one byte more than ``most``.

        Raises:
            OSError: if it cannot be read.
        """

    def beside(self, inner: str) -> Tree | None:
        """The tree that is asked about a path inside of the root that the list does not contain."""
        return None

    def more_entries(self, inner: str) -> Mapping[str, str]:
        """The names in a folder that the list does not contain, each with its kind."""
        return {}

    @cached_property
    def folders(self) -> dict[str, dict[str, str]]:
        """The kinds of the names in each folder."""
        return self._folders()

    def _folders(self) -> dict[str, dict[str, str]]:
        folders: dict[str, dict[str, str]] = {"": {}}
        room = _MOST_IN_FOLDERS
        for path, entry in self.listed.items():
            kind = _KINDS[entry.type]
            while True:
                folder, _, name = path.rpartition("/")
                names = folders.get(folder)
                if names is not None:
                    names[name] = kind
                    break
                folders[folder] = {name: kind}
                room -= len(folder)
                if room < 0:
                    raise TooManyFolders("it has too many folders")
                path, kind = folder, "folder"
        return folders

    @cached_property
    def _has_links(self) -> bool:
        return any(entry.type in (LINK, MODULE) for entry in self.listed.values())

    def _place(self, path: str, follow: bool = True, links: int = 0) -> Place:
        """Where a path leads; the last link is followed only if ``follow``."""
        absolute = os.path.abspath(path)
        if not is_within(self.root, absolute):
            if self._around is None:
                return _NOWHERE
            # The path may have links that lead here: /tmp is one on some systems.
            real = self._around.real(absolute)
            if not is_within(self.root, real):
                return Place(None, self._around, absolute)
            absolute = real
        inner = absolute[len(self.root) :].strip(os.sep).replace(os.sep, "/")
        if not self._has_links:
            return self._inside(inner)
        entry = self.listed.get(inner)
        if entry is None and inner in self.folders:
            return Place(inner)
        at = 0
        while at >= 0:
            at = inner.find("/", at + 1)
            head = inner if at < 0 else inner[:at]
            entry = self.listed.get(head)
            if entry is None:
                if head not in self.folders:
                    break
                continue
            if entry.type == LINK and (follow or at >= 0):
                if links >= MAX_LINKS:
                    return _NOWHERE
                folder = os.path.dirname(os.path.join(self.root, head))
                rest = "" if at < 0 else inner[at + 1 :]
                return self._place(
                    os.path.join(folder, self._target(head, entry), rest), follow, links + 1
                )
            if entry.type == MODULE and at >= 0:
                break
        return self._inside(inner)

    def _inside(self, inner: str) -> Place:
        if inner in self.listed or inner in self.folders:
            return Place(inner)
        beside = self.beside(inner)
        if beside is None:
            return Place(inner)
        return Place(None, beside, os.path.join(self.root, inner))

    def _target(self, path: str, entry: Entry) -> str:
        """What a link leads to, as it is written."""
        target = self._links.get(path)
        if target is None:
            try:
                target = os.fsdecode(self.content(entry, path, 4096))
            except OSError:
                target = path.rpartition("/")[2]  # It leads to itself, and so nowhere.
            self._links[path] = target
        return target

    def kind(self, path: str, *, follow: bool = True) -> str:
        if "\0" in path:
            return "missing"
        place = self._place(path, follow)
        if place.tree is not None:
            return place.tree.kind(place.path, follow=follow)
        if place.inner is None:
            return "missing"
        entry = self.listed.get(place.inner)
        if entry is not None:
            return _KINDS[entry.type]
        return "folder" if place.inner in self.folders else "missing"

    def read(self, path: str, most: int) -> bytes:
        place = self._place(path)
        if place.tree is not None:
            return place.tree.read(place.path, most)
        entry = None if place.inner is None else self.listed.get(place.inner)
        if entry is not None and entry.type in (FILE, EXECUTABLE):
            return self.content(entry, path, most)
        if self.kind(path) == "missing":
            raise FileNotFoundError(2, "No such file or directory", path)
        raise NotAFile(0, "not a regular file", path)

    def entries(self, folder: str) -> Iterator[tuple[str, str]]:
        place = self._place(folder)
        if place.tree is not None:
            yield from place.tree.entries(place.path)
            return
        names = None if place.inner is None else self.folders.get(place.inner)
        if names is None:
            kind = self.kind(folder)
            if kind == "folder":
                # A submodule: an empty folder if it is not there.
                inside = self.beside(f"{place.inner}/.")
                if inside is not None:
                    yield from inside.entries(os.path.join(self.root, place.inner or ""))
                return
            if kind == "missing":
                raise FileNotFoundError(2, "No such file or directory", folder)
            raise NotADirectoryError(20, "Not a directory", folder)
        yield from names.items()
        for name, kind in self.more_entries(place.inner or "").items():
            if name not in names:
                yield name, kind

    def real(self, path: str) -> str:
        place = self._place(path)
        if place.tree is not None:
            return place.tree.real(place.path)
        if place.inner is None:
            return os.path.abspath(path)
        return (
            os.path.join(self.root, place.inner.replace("/", os.sep)) if place.inner else self.root
        )

    def is_own(self, path: str) -> bool:
        place = self._place(path)
        return True if place.tree is None else place.tree.is_own(place.path)

    def is_executable(self, path: str) -> bool | None:
        place = self._place(path)
        if place.tree is not None:
            return place.tree.is_executable(place.path)
        entry = self._entry(place)
        return None if entry is None else entry.type == EXECUTABLE

    def _entry(self, place: Place) -> Entry | None:
        return None if place.inner is None else self.listed.get(place.inner)

    def sole_reader(self, path: str) -> int | None:
        place = self._place(path)
        return None if place.tree is None else place.tree.sole_reader(place.path)

    def stamp(self, path: str) -> Hashable:
        place = self._place(path)
        if place.tree is not None:
            return place.tree.stamp(place.path)
        entry = self._entry(place)
        return None if entry is None else (self.root, entry.key)

    def kept_files(self, folder: str) -> tuple[list[str], list[str]] | None:
        return None

    def is_tracked(self, folder: str, path: str) -> bool | None:
        return None

    def is_plain(self, folder: str, path: str) -> bool | None:
        return None

    def inner(self, folder: str, path: str = "") -> str | None:
        """A path, seen from a folder, as the list has it: no link is followed; None if outside."""
        absolute = os.path.abspath(os.path.join(folder, path))
        if not is_within(self.root, absolute):
            return None
        return absolute[len(self.root) :].strip(os.sep).replace(os.sep, "/")

    def below(self, inner: str) -> list[str]:
        """The listed paths below a folder, as seen from there, sorted."""
        if not inner:
            return sorted(self.listed)
        start = f"{inner}/"
        return sorted(path[len(start) :] for path in self.listed if path.startswith(start))


_KINDS = {FILE: "file", EXECUTABLE: "file", LINK: "link", MODULE: "folder"}
