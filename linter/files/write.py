"""Writes files so that nothing is lost, even if the process is interrupted."""

from __future__ import annotations

import errno
import os
import stat
import time
from contextlib import contextmanager

from .disk import DISK
from .paths import is_within

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from io import FileIO

WAIT_SECONDS = 2.0
"""The longest time to wait for the lock of another run; then the file is written without it."""

_CHANGED = "the file has changed since it was read; nothing was written"


class WriteError(OSError):
    """A file that was not written and did not change. ``args`` are the path and the reason."""

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.args[1]}"


def replace_file(path: str, before: bytes, after: bytes, root: str) -> None:
    """Replace the content of a file, unless it has changed since it was read.

    If several runs replace a file at the same time, each waits for the one before it. The new
    content is written to a temporary file beside it, is flushed to the disk, and replaces the old
    file in one step, with its mode and owner. A symbolic link is followed to a file below
    ``root``. A file with several names (hard links) is written in place, so that it keeps them.

    Args:
        path: the file.
        before: the content that was read.
        after: the new content.
        root: the folder outside of which nothing is written.

    Raises:
        WriteError: if it cannot be written, has another content, or is outside of ``root``.
    """
    target = DISK.real(path)
    if not is_within(DISK.real(root), target):
        raise WriteError(path, "the link leads out of the project; nothing was written")
    try:
        with _held(target):
            with open(target, "rb") as stream:
                current = stream.read()
                status = os.fstat(stream.fileno())
            if current == after:
                # Another run has written the same.
                return
            if current != before:
                raise WriteError(path, _CHANGED)
            if not os.access(target, os.W_OK) or not status.st_mode & (
                stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
            ):
                raise WriteError(path, "the file is read-only; nothing was written")
            if status.st_nlink > 1:
                _write_in_place(target, before, after)
            elif not _write_beside(target, after, status):
                raise WriteError(path, _CHANGED)
    except WriteError:
        raise
    except OSError as error:
        raise WriteError(path, f"{error.strerror or error}; nothing was written") from None


def create_file(path: str, content: bytes, root: str) -> None:
    """Make a new file, and the folders above it.

    It appears with all its content, or not at all. It may exist with this content already, as if
    another run has just made it.

    Raises:
        WriteError: if it exists with another content, cannot be made, or is outside of ``root``.
    """
    folder = os.path.dirname(os.path.abspath(path))
    if not is_within(DISK.real(root), DISK.real(folder)):
        raise WriteError(path, "it is outside of the project; nothing was written")
    try:
        os.makedirs(folder, exist_ok=True)
        with _beside(os.path.abspath(path), content, 0o666) as temporary:
            _place(temporary, path)
    except FileExistsError as error:
        if not _has_content(path, content):
            raise WriteError(path, f"{error.strerror}; nothing was written") from None
    except OSError as error:
        raise WriteError(path, f"{error.strerror or error}; nothing was written") from None


def write_whole(path: str, content: bytes) -> None:
    """Write a file in one step, whether it exists or not: readers see the old or the new content.

    Raises:
        OSError: if it cannot be written.
    """
    target = DISK.real(path)
    exists = DISK.kind(target) != "missing"
    with _beside(target, content, 0o600 if exists else 0o666) as temporary:
        if exists:
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)


def make_folder(path: str) -> None:
    """Create a folder for reports, unless it exists.

    Raises:
        WriteError: if it cannot be created.
    """
    try:
        os.makedirs(path, exist_ok=True)
    except OSError as error:
        raise WriteError(path, error.strerror or str(error)) from None


def write_report(path: str, content: bytes) -> None:
    """Write a file in one step, or into a pipe or device.

    Where no file can be made beside it, or where it is a mount of its own, it is written in place,
    and is empty if that fails: no part of a report looks like a whole one.

    Raises:
        OSError: if it cannot be written.
    """
    if DISK.kind(path) not in ("file", "missing"):
        with open(path, "wb", buffering=0) as stream:
            _write_all(stream, content)
        return
    try:
        write_whole(path, content)
    except OSError as error:
        if error.errno not in _IN_PLACE or DISK.kind(path) != "file":
            raise
        with open(path, "r+b", buffering=0) as stream:
            try:
                _overwrite(stream, content)
            except BaseException:
                stream.truncate(0)
                raise


_IN_PLACE = (errno.EACCES, errno.EPERM, errno.EBUSY, errno.EXDEV)
"""Errors that say nothing about the file itself: the folder is not ours, or the file is a mount."""


@contextmanager
def _held(target: str) -> Iterator[None]:
    """Lock a file against other runs, if the system can.

    The lock is on the file itself, so that no file is left over; it ends with the process.
    """
    try:
        import fcntl
    except ImportError:
        yield
        return
    until = time.monotonic() + WAIT_SECONDS
    handle = os.open(target, os.O_RDONLY)
    try:
        while True:
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() < until:
                    time.sleep(0.005)
                    continue
            except OSError:
                # A file system without locks.
                break
            if os.path.samestat(os.fstat(handle), os.stat(target)) or time.monotonic() > until:
                break
            # Another run has replaced the file, so the lock is on the old one.
            os.close(handle)
            handle = os.open(target, os.O_RDONLY)
        yield
    finally:
        os.close(handle)


@contextmanager
def _beside(target: str, content: bytes, mode: int = 0o600) -> Iterator[str]:
    """A temporary file with some content, in the folder of a file; it is deleted in the end.

    ``mode`` is its mode, reduced by the process's umask.
    """
    temporary = os.path.join(os.path.dirname(target), f".composelint-{os.urandom(6).hex()}")
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    handle = os.open(temporary, flags, mode)
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        yield temporary
    finally:
        # If it has replaced the file, it does not exist any more.
        if os.path.exists(temporary):
            os.unlink(temporary)


def _place(temporary: str, path: str) -> None:
    """Give a file another name.

    Raises:
        FileExistsError: if another file has that name.
    """
    try:
        # Unlike a rename, this never replaces another file.
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without hard links.
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        os.replace(temporary, path)


def _has_content(path: str, content: bytes) -> bool:
    """Whether a file has some content."""
    try:
        if not os.path.isfile(path) or os.path.getsize(path) != len(content):
            return False
        with open(path, "rb") as stream:
            return stream.read() == content
    except OSError:
        return False


def _write_beside(target: str, after: bytes, status: os.stat_result) -> bool:
    """Replace a file, unless it has changed since ``status``; returns whether it was replaced."""
    with _beside(target, after) as temporary:
        os.chmod(temporary, stat.S_IMODE(status.st_mode))
        created = os.stat(temporary)
        if (created.st_uid, created.st_gid) != (status.st_uid, status.st_gid):
            os.chown(temporary, status.st_uid, status.st_gid)
        if _version(os.stat(target)) != _version(status):
            # An editor, which does not use our locks, has saved it meanwhile.
            return False
        os.replace(temporary, target)
        return True


def _version(status: os.stat_result) -> tuple[int, int, int]:
    """Values of a file that differ after each change."""
    return status.st_ino, status.st_size, status.st_mtime_ns


def _write_in_place(target: str, before: bytes, after: bytes) -> None:
    """Overwrite a file; if that fails, with its old content."""
    # Unbuffered: a buffer would keep what it could not write, and write it again.
    with open(target, "r+b", buffering=0) as stream:
        try:
            _overwrite(stream, after)
        except BaseException:
            _overwrite(stream, before)
            raise


def _write_all(stream: FileIO, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[stream.write(rest) :]


def _overwrite(stream: FileIO, content: bytes) -> None:
    stream.seek(0)
    _write_all(stream, content)
    stream.truncate()
    os.fsync(stream.fileno())
