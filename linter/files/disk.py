"""The linted tree as it lies on the disk: the few questions that are asked about files.

Nothing outside of this folder opens, looks up or lists a file of a linted tree. Paths are the
system's: absolute, or seen from the working folder.
"""

from __future__ import annotations

import os
import stat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Protocol

    class Tree(Protocol):
        """A tree of files. What is at a path is a ``file``, a ``folder``, a ``link``, something
        ``other`` (a pipe, a device) or ``missing``, which includes what cannot be looked up."""

        def kind(self, path: str, *, follow: bool = True) -> str:
            """What is at a path: what a link leads to, or the link itself unless ``follow``."""

        def read(self, path: str, most: int) -> bytes:
            """The content of a file, cut off after one byte more than ``most``.

            Raises:
                NotAFile: for anything else that exists.
                OSError: where it cannot be read.
                ValueError: for a path that the system does not take.
            """

        def entries(self, folder: str) -> Iterator[tuple[str, str]]:
            """The names in a folder, in no order, each with its kind; links are not followed.

            Raises:
                OSError: where it cannot be listed.
                ValueError: for a path that the system does not take.
            """

        def real(self, path: str) -> str:
            """The absolute path with all links followed, as far as it exists."""


MAX_FILE_BYTES = 4 * 1024 * 1024
"""How large a file of the tree may be, unless the configuration says otherwise."""


class NotAFile(OSError):
    """A folder, a pipe or a device where a file is to be read."""


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
        # A pipe would never end, so what is opened has to be a file.
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

    def stamp(self, path: str) -> tuple[int, int]:
        """When a path was changed, in nanoseconds, and its size; (0, 0) where it is missing."""
        try:
            status = os.stat(path)
        except OSError:
            return 0, 0
        return status.st_mtime_ns, status.st_size


DISK = Disk()
