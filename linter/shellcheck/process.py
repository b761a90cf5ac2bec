"""Another program, run with limits to its time and to its output."""

from __future__ import annotations

import os
import signal
import subprocess
from threading import Thread
from time import monotonic

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_CHUNK = 65536


class Process:
    """A program that is running.

    ``output`` is what it wrote to standard output, ``code`` its exit code, ``problem`` why it
    was stopped (empty if it ended by itself); all three are valid after ``wait`` has returned.

    Raises:
        OSError: if it cannot be started.
    """

    def __init__(
        self, arguments: Sequence[str], folder: str, environment: Mapping[str, str], max_bytes: int
    ) -> None:
        self.output = b""
        self.code: int | None = None
        self.problem = ""
        self._max_bytes = max_bytes
        self._started = monotonic()
        # A process group of its own: ``kill`` ends the children too.
        self._process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._reader = Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        stream = self._process.stdout
        assert stream is not None
        chunks: list[bytes] = []
        size = 0
        while chunk := os.read(stream.fileno(), _CHUNK):
            chunks.append(chunk)
            size += len(chunk)
            if size > self._max_bytes:
                self.problem = f"it says more than {self._max_bytes:,} bytes"
                return
        self.output = b"".join(chunks)

    def wait(self, seconds: float) -> str:
        """Wait until this many seconds after its start, then stop it; returns the problem."""
        self._reader.join(max(0.0, self._started + seconds - monotonic()))
        if self._reader.is_alive():
            self.problem = f"it was stopped after {seconds:g} seconds"
        if not self.problem:
            try:
                self.code = self._process.wait(max(0.1, self._started + seconds - monotonic()))
            except subprocess.TimeoutExpired:
                self.problem = f"it was stopped after {seconds:g} seconds"
        self.kill()
        return self.problem

    def kill(self) -> None:
        """End it and its children, if they are still running."""
        if self._process.poll() is None or self._reader.is_alive():
            try:
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()
            except OSError:
                self._process.kill()
            self._process.wait()
            self._reader.join(1)
        if not self._reader.is_alive() and self._process.stdout is not None:
            self._process.stdout.close()
