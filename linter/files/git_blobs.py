"""The contents of blobs, from a git that runs on."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from subprocess import Popen

_MAX_KEPT = 64_000_000
"""The most bytes of blobs that are kept in memory."""
_STARTED: list[Blobs] = []


def end_git() -> None:
    """End every running git of this process; one that is asked again starts again."""
    while _STARTED:
        _STARTED.pop().close()


class Blobs:
    """The contents of a repository's blobs, which a running git gives one by one.

    Args:
        call: gives the arguments (None: no git) and the variables for a command of git.
    """

    def __init__(self, call: Callable[..., tuple[list[str] | None, dict[str, str]]]) -> None:
        self._call = call
        self._process: Popen[bytes] | None = None
        self._owner = 0
        self._kept: dict[str, bytes] = {}
        self._room = _MAX_KEPT

    def read(self, oid: str, path: str, most: int) -> bytes:
        """The content of a blob, cut off after one byte more than ``most``.

        Raises:
            OSError: if it is not there, such as in a partial clone.
        """
        data = self._kept.get(oid)
        if data is None:
            data = self._read(oid, path, most)
            if len(data) <= min(most, self._room):
                self._room -= len(data)
                self._kept[oid] = data
        return data[: most + 1]

    def _read(self, oid: str, path: str, most: int) -> bytes:
        process = self._running()
        if process.stdin is None or process.stdout is None:
            raise OSError(32, "git has no pipes", path)
        try:
            process.stdin.write(f"{oid}\n".encode("ascii"))
            process.stdin.flush()
            header = process.stdout.readline().split()
        except OSError:
            header = []
        if len(header) != 3 or header[1] != b"blob":
            if not header:
                self.close()  # git ends where it would have to fetch.
            why = "git does not have its content: the clone is a partial one, or it is damaged"
            raise OSError(5, why, path)
        size = int(header[2])
        if size > most:
            data = process.stdout.read(most + 1)
            self.close()  # Rather than to read what is left.
            return data
        data = process.stdout.read(size + 1)
        return data[:size]

    def _running(self) -> Popen[bytes]:
        """A running git, started by this process."""
        import subprocess

        if (
            self._process is not None
            and self._owner == os.getpid()
            and self._process.poll() is None
        ):
            return self._process
        arguments, environment = self._call("cat-file", "--batch")
        if arguments is None:
            raise OSError(2, "git is missing")
        self._process = subprocess.Popen(
            arguments,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
        )
        self._owner = os.getpid()
        _STARTED.append(self)
        return self._process

    def close(self) -> None:
        """End the running git, if there is one."""
        process, self._process = self._process, None
        if process is None or self._owner != os.getpid():
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                try:
                    stream.close()
                except OSError:
                    continue  # git has ended.
        process.kill()
        process.wait()
