"""Writing a file so that nothing is lost, whatever happens on the way."""

from __future__ import annotations

import os
import stat
import tempfile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from io import FileIO


class WriteError(OSError):
    """A file that was not written; it is as it was. ``args`` are a path and a reason."""

    def __str__(self) -> str:
        return f"{self.args[0]}: {self.args[1]}"


def replace_file(path: str, before: bytes, after: bytes, root: str) -> None:
    """Replace a file's content if it still is ``before``.

    The new text goes to a temporary file beside it, is flushed to the disk, and takes the
    old one's place in one step, with its mode and owner. A symbolic link is followed to a
    file below ``root``. A file with several names is written in place, so that they stay one.

    Raises:
        WriteError: where it cannot be written, has changed meanwhile, or lies outside ``root``.
    """
    target = os.path.realpath(path)
    if not target.startswith(root.rstrip("/") + "/"):
        raise WriteError(path, "the link leads out of the project; nothing was written")
    try:
        with open(target, "rb") as stream:
            current = stream.read()
            status = os.fstat(stream.fileno())
        if current != before:
            raise WriteError(path, "the file has changed since it was read; nothing was written")
        if not os.access(target, os.W_OK) or not status.st_mode & (
            stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH
        ):
            raise WriteError(path, "the file is read-only; nothing was written")
        if status.st_nlink > 1:
            _write_in_place(target, before, after)
        else:
            _write_beside(target, after, status)
    except WriteError:
        raise
    except OSError as error:
        raise WriteError(path, f"{error.strerror or error}; nothing was written") from None


def create_file(path: str, content: bytes, root: str) -> None:
    """Make a file that does not exist, with the folders above it.

    Raises:
        WriteError: where it exists or cannot be made.
    """
    folder = os.path.dirname(os.path.abspath(path))
    if not (os.path.realpath(folder) + "/").startswith(root.rstrip("/") + "/"):
        raise WriteError(path, "it lies outside the project; nothing was written")
    try:
        os.makedirs(folder, exist_ok=True)
        with open(path, "xb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
    except OSError as error:
        raise WriteError(path, f"{error.strerror or error}; nothing was written") from None


def _write_beside(target: str, after: bytes, status: os.stat_result) -> None:
    handle, temporary = tempfile.mkstemp(prefix=".composelint-", dir=os.path.dirname(target))
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(after)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(temporary, stat.S_IMODE(status.st_mode))
        made = os.stat(temporary)
        if (made.st_uid, made.st_gid) != (status.st_uid, status.st_gid):
            os.chown(temporary, status.st_uid, status.st_gid)
        os.replace(temporary, target)
    except BaseException:
        # An interrupt may come when it has its place already.
        if os.path.exists(temporary):
            os.unlink(temporary)
        raise


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
