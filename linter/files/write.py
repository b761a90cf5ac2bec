"""Writing a file so that nothing is lost, whatever happens on the way."""

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
"""How long another run's work on a file is waited for; then it is done without a lock."""

_CHANGED = "the file has changed since it was read; nothing was written"


class WriteError(OSError):
    """A file that was not written; it is as it was. ``args`` are a path and a reason."""

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.args[1]}"


def replace_file(path: str, before: bytes, after: bytes, root: str) -> None:
    """Replace a file's content if it still is ``before``, or is ``after`` already.

    Of several runs that replace a file at once each waits for the one before it. The new text
    goes to a temporary file beside it, is flushed to the disk, and takes the old one's place in
    one step, with its mode and owner. A symbolic link is followed to a file below ``root``. A
    file with several names is written in place, so that they stay one.

    Raises:
        WriteError: where it cannot be written, has changed meanwhile, or lies outside ``root``.
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
                # Another run came to the same result.
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
    """Make a file that does not exist, with the folders above it.

    It appears with all its content, or not at all. One that has this content already, as when
    another run made it a moment ago, is fine.

    Raises:
        WriteError: where another file stands there, or it cannot be made.
    """
    folder = os.path.dirname(os.path.abspath(path))
    if not is_within(DISK.real(root), DISK.real(folder)):
        raise WriteError(path, "it lies outside the project; nothing was written")
    try:
        os.makedirs(folder, exist_ok=True)
        with _beside(os.path.abspath(path), content, 0o666) as temporary:
            _place(temporary, path)
    except FileExistsError as error:
        if not _is(path, content):
            raise WriteError(path, f"{error.strerror}; nothing was written") from None
    except OSError as error:
        raise WriteError(path, f"{error.strerror or error}; nothing was written") from None


def write_whole(path: str, content: bytes) -> None:
    """Write a file in one step, over any that exists: readers see the old content or the new.

    Raises:
        OSError: where it cannot be written.
    """
    target = DISK.real(path)
    exists = DISK.kind(target) != "missing"
    with _beside(target, content, 0o600 if exists else 0o666) as temporary:
        if exists:
            os.chmod(temporary, stat.S_IMODE(os.stat(target).st_mode))
        os.replace(temporary, target)


@contextmanager
def _held(target: str) -> Iterator[None]:
    """Keep other runs from replacing a file meanwhile, where the system has a way to.

    The lock is on the file itself, so that it leaves nothing behind; it goes with the process.
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
            # What was locked is no longer the file: another run has put a new one in its place.
            os.close(handle)
            handle = os.open(target, os.O_RDONLY)
        yield
    finally:
        os.close(handle)


@contextmanager
def _beside(target: str, content: bytes, mode: int = 0o600) -> Iterator[str]:
    """A temporary file with some content, in a file's folder; in the end it is gone.

    ``mode`` is its mode, from which the process's umask is taken.
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
        # It may have its place already, also where an interrupt comes.
        if os.path.exists(temporary):
            os.unlink(temporary)


def _place(temporary: str, path: str) -> None:
    """Give a file another name, unless something has it.

    Raises:
        FileExistsError: where something has it.
    """
    try:
        # Unlike a rename, this never takes the place of another file.
        os.link(temporary, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system where files have one name.
        if os.path.lexists(path):
            raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST)) from None
        os.replace(temporary, path)


def _is(path: str, content: bytes) -> bool:
    try:
        if not os.path.isfile(path) or os.path.getsize(path) != len(content):
            return False
        with open(path, "rb") as stream:
            return stream.read() == content
    except OSError:
        return False


def _write_beside(target: str, after: bytes, status: os.stat_result) -> bool:
    """Whether the file was replaced; it is not where it is another than ``status`` tells of."""
    with _beside(target, after) as temporary:
        os.chmod(temporary, stat.S_IMODE(status.st_mode))
        made = os.stat(temporary)
        if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
            os.chown(temporary, status.st_uid, status.st_gid)
        now = os.stat(target)
        if (now.st_ino, now.st_size, now.st_mtime_ns) != (
            status.st_ino,
            status.st_size,
            status.st_mtime_ns,
        ):
            # An editor, which knows nothing of our locks, has saved it meanwhile.
            return False
        os.replace(temporary, target)
        return True


def _write_in_place(target: str, before: bytes, after: bytes) -> None:
    # Unbuffered: what a buffer could not write would be in the way of the old text.
    with open(target, "r+b", buffering=0) as stream:
        try:
            _overwrite(stream, after)
        except BaseException:
            _overwrite(stream, before)
            raise


def _overwrite(stream: FileIO, content: bytes) -> None:
    stream.seek(0)
    rest = memoryview(content)
    while rest:
        rest = rest[stream.write(rest) :]
    stream.truncate()
    os.fsync(stream.fileno())
