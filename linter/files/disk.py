"""What a tree of files answers, and the disk as one.

No module outside of this folder opens, looks up or lists files of a linted tree, and all of them ask
the tree that is linted (``tree.py``). Paths are those of the system: absolute, or relative to the
working folder.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator
    from typing import Protocol

    class Tree(Protocol):
        """A tree of files.

        The kind of a path is ``file``, ``folder``, ``link``, ``other`` (a pipe, a device) or
        ``missing``, which includes paths that cannot be looked up.
        """

        def kind(self, path: str, *, follow: bool = True) -> str:
            """The kind of a path: that of a link's target, or ``link`` unless ``follow``."""

        def read(self, path: str, most: int) -> bytes:
            """The content of a file, cut off after one byte more than ``most``.

            Raises:
                NotAFile: if it is not a regular file.
                OSError: if it cannot be read.
                ValueError: if the system does not accept the path.
            """

        def entries(self, folder: str) -> Iterator[tuple[str, str]]:
            """The names in a folder, in no order, each with its kind; links are not followed.

            Raises:
                OSError: if it cannot be listed.
                ValueError: if the system does not accept the path.
            """

        def real(self, path: str) -> str:
            """The absolute path with all links followed."""

        def is_own(self, path: str) -> bool:
            """Whether a path belongs to the user who runs the linter; True if that is not known."""

        def is_executable(self, path: str) -> bool | None:
            """Whether a file has an executable bit; None if the system has no file modes."""

        def sole_reader(self, path: str) -> int | None:
            """The user id of a file's owner if only the owner may read it; None otherwise or if unknown."""

        def stamp(self, path: str) -> Hashable:
            """A value that changes when the content of a file changes."""

        def kept_files(self, folder: str) -> tuple[list[str], list[str]] | None:
            """The files below a folder that git tracks or would track, as seen from there, sorted.

            And the folders that cannot be listed, as seen from the root. None if git cannot tell.
            """

        def is_tracked(self, folder: str, path: str) -> bool | None:
            """Whether git has a path, seen from a folder; None if git cannot tell."""

        def is_plain(self, folder: str, path: str) -> bool | None:
            """Whether git has it as a file that is not executable; None if it does not have it."""


MAX_FILE_BYTES = 4 * 1024 * 1024
"""The most bytes of a file that is read, unless the configuration has another limit."""


class NotAFile(OSError):
    """A folder, a pipe or a device that was to be read as a file."""


class Disk:
    """The disk of this machine, as a ``Tree``."""

    def kind(self, path: str, *, follow: bool = True) -> str:
        try:
            mode = (os.stat if follow else os.lstat)(path).st_mode
        except (OSError, ValueError):
            return "missing"
        if stat.S_ISREG(mode):
            return "file"
        if stat.S_ISDIR(mode):
            return "folder"
        return "link" if stat.S_ISLNK(mode) else "other"

    def read(self, path: str, most: int) -> bytes:
        # Reading from a pipe might never end.
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise NotAFile(0, "not a regular file", path)
        with open(path, "rb") as stream:
            return stream.read(most + 1)

    def entries(self, folder: str) -> Iterator[tuple[str, str]]:
        with os.scandir(folder) as entries:
            for entry in entries:
                if entry.is_symlink():
                    yield entry.name, "link"
                elif entry.is_dir(follow_symlinks=False):
                    yield entry.name, "folder"
                else:
                    is_file = entry.is_file(follow_symlinks=False)
                    yield entry.name, "file" if is_file else "other"

    def real(self, path: str) -> str:
        try:
            return os.path.realpath(path)
        except ValueError:
            return os.path.abspath(path)

    def is_own(self, path: str) -> bool:
        try:
            return os.stat(path).st_uid == os.getuid()
        except (OSError, AttributeError):
            return True

    def is_executable(self, path: str) -> bool | None:
        try:
            return None if os.name == "nt" else bool(os.stat(path).st_mode & 0o111)
        except (OSError, ValueError):
            return None

    def sole_reader(self, path: str) -> int | None:
        try:
            status = os.stat(path)
        except (OSError, ValueError):
            return None
        is_private = os.name == "posix" and not status.st_mode & 0o044
        return status.st_uid if is_private else None

    def stamp(self, path: str) -> tuple[int, int]:
        """The time of the last change in nanoseconds and the size; (0, 0) for a missing path."""
        try:
            status = os.stat(path)
        except OSError:
            return 0, 0
        return status.st_mtime_ns, status.st_size

    def kept_files(self, folder: str) -> tuple[list[str], list[str]] | None:
        from .git import files_of

        return files_of(folder)

    def is_tracked(self, folder: str, path: str) -> bool | None:
        from .git import is_tracked

        return is_tracked(folder, path)

    def is_plain(self, folder: str, path: str) -> bool | None:
        from .git import is_plain

        return is_plain(folder, path)


DISK = Disk()
