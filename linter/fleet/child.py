"""The process that scans repositories for another one: what is asked comes in, rows go out.

It takes its limits before it reads anything, and the system ends it at the limit of time, even if
whatever started it is gone.
"""

from __future__ import annotations

import json
import os
import signal
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO, Any

_GRACE = 5.0
"""Seconds after the limit of time until the system ends this process: its parent does so before."""

_MOST_BYTES = 1 << 30
"""The most bytes of a message."""
_SIZE = 8
"""The bytes of the number that says how long a message is."""


def read_message(stream: IO[bytes]) -> Any:
    """The next message; None at the end of the stream."""
    head = stream.read(_SIZE)
    if len(head) < _SIZE:
        return None
    size = int.from_bytes(head, "big")
    if size > _MOST_BYTES:
        return None
    data = stream.read(size)
    return json.loads(data) if len(data) == size else None


def write_message(stream: IO[bytes], message: Any) -> None:
    """Write a message."""
    data = json.dumps(message, separators=(",", ":")).encode("ascii")
    stream.write(len(data).to_bytes(_SIZE, "big"))
    stream.write(data)
    stream.flush()


def main() -> None:
    """Scan what standard input asks for, and write the answers, until that input ends."""
    questions = os.fdopen(os.dup(0), "rb")
    answers = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        # What is run for a repository must not read or write the messages.
        os.dup2(null, number)
    started = read_message(questions)
    if started is None:
        return
    limits = started["limits"]
    _limit_memory(limits["memory"])
    import gc

    gc.set_threshold(50_000)
    # What is imported from here on is not looked for in the working folder (see -P).
    os.chdir(os.sep)
    from .inside import Inside

    inside = Inside(started["options"], limits)
    while (question := read_message(questions)) is not None:
        _limit_time(limits["seconds"] + _GRACE)
        try:
            answer = inside.scan(question["path"], question["revision"], question["known"])
        except MemoryError:
            # What is left of the memory is enough for this.
            answer = {"repositories": [{"state": "memory"}]}
        except Exception as error:
            why = f"internal error: {type(error).__name__}: {error}"
            answer = {"repositories": [{"state": "crashed", "why": why}]}
        _limit_time(0)
        write_message(answers, {**answer, "memory": _most_memory()})


def _limit_memory(size: int) -> None:
    """Limit the memory of this process and of each that it starts; no core is dumped."""
    try:
        import resource
    except ImportError:
        return
    # Of RLIMIT_AS the packs that git maps would be a part.
    for kind, most in ((resource.RLIMIT_DATA, size), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(kind)
        if hard == resource.RLIM_INFINITY or most < hard:
            resource.setrlimit(kind, (most, most))


def _limit_time(seconds: float) -> None:
    """Let the system end this process after some seconds, or not any more (0)."""
    if hasattr(signal, "setitimer"):
        signal.signal(signal.SIGALRM, signal.SIG_DFL)
        signal.setitimer(signal.ITIMER_REAL, seconds)


def _most_memory() -> int:
    """The most bytes of memory that this process has had; 0 where that is not known."""
    try:
        import resource
    except ImportError:
        return 0
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024
