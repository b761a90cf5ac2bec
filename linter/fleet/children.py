"""Processes that scan repositories, each one at a time and within limits.

A process is started anew, not copied: that of a Dask worker has threads. It scans one repository
after another, and another one takes its place when it had to be killed or has grown.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from threading import Lock, Timer

from .child import read_message, write_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    import subprocess
    from typing import Any

    from .limits import Limits

_MOST_MEMORY = 300 * 1024 * 1024
"""A process that has taken more memory is replaced after its answer."""
_MOST_SCANS = 2000
"""A process is replaced after so many repositories."""
_START = "from composelint.linter.fleet.child import main; main()"


class Children:
    """Processes for one way of scanning, which are started as they are needed.

    Args:
        options: the options by name.
        limits: the limits of each scan.
    """

    def __init__(self, options: dict[str, Any], limits: Limits) -> None:
        self._options = options
        self._limits = limits
        self._idle: list[_Child] = []
        self._lock = Lock()

    def scan(self, path: str, revision: str, known: str) -> dict[str, Any]:
        """The tables of a repository, as ``Inside.scan`` gives them, whatever happens."""
        with self._lock:
            child = self._idle.pop() if self._idle else None
        child = child or _Child(self._options, self._limits)
        answer = child.scan(path, revision, known)
        if child.is_fit:
            with self._lock:
                self._idle.append(child)
        else:
            child.end()
        return answer

    def end(self) -> None:
        """End all processes."""
        with self._lock:
            idle, self._idle = self._idle, []
        for child in idle:
            child.end()


class _Child:
    """One process."""

    def __init__(self, options: dict[str, Any], limits: Limits) -> None:
        self._options = options
        self._limits = limits
        self._process: subprocess.Popen[bytes] | None = None
        self._is_late = False
        self._scans = 0
        self._memory = 0

    @property
    def is_fit(self) -> bool:
        """Whether the process can scan another repository."""
        return (
            self._process is not None
            and not self._is_late
            and self._scans < _MOST_SCANS
            and self._memory < _MOST_MEMORY
        )

    def scan(self, path: str, revision: str, known: str) -> dict[str, Any]:
        """The tables of a repository; a row that says why if the process ended."""
        seconds = self._limits.seconds
        process = self._started()
        timer = Timer(seconds, self._kill_late)
        timer.daemon = True
        timer.start()
        answer: dict[str, Any] | None = None
        self._scans += 1
        try:
            if process.stdin is not None and process.stdout is not None:
                question = {"path": path, "revision": revision, "known": known}
                write_message(process.stdin, question)
                answer = read_message(process.stdout)
        except (OSError, ValueError):
            answer = None
        finally:
            timer.cancel()
        if answer is None:
            self.end()
            return {"repositories": [{**self._why(process.returncode), "seconds": seconds}]}
        self._memory = answer.pop("memory")
        row = answer["repositories"][0]
        if row["state"] == "memory":
            self.end()
            row["why"] = f"it took more than {self._limits.memory:,} bytes (--max-memory)"
        return answer

    def _why(self, code: int) -> dict[str, str]:
        """The state and the reason for a process that ended with an exit code."""
        if self._is_late:
            return {
                "state": "time",
                "why": f"it took more than {self._limits.seconds:g} s (--timeout)",
            }
        if code < 0:
            return {
                "state": "crashed",
                "why": f"the process that read it was ended by signal {-code}",
            }
        return {"state": "crashed", "why": f"the process that read it ended with exit code {code}"}

    def _started(self) -> subprocess.Popen[bytes]:
        import subprocess

        if self._process is None:
            self._process = subprocess.Popen(
                # Without -P the working folder, the repository, would be searched for modules.
                [sys.executable, "-P", "-c", _START],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
            if self._process.stdin is not None:
                with suppress(OSError):
                    write_message(
                        self._process.stdin,
                        {"options": self._options, "limits": self._limits._asdict()},
                    )
        return self._process

    def _kill_late(self) -> None:
        self._is_late = True
        self._kill()

    def _kill(self) -> None:
        """Kill the process and what it started."""
        process = self._process
        if process is None or process.returncode is not None:
            return
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(process.pid, 9)
            else:
                process.kill()

    def end(self) -> None:
        """End the process."""
        self._kill()
        process, self._process = self._process, None
        if process is None:
            return
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(OSError):
                    stream.close()
        process.wait()
