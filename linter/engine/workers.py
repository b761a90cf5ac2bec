"""Work spread over several processes.

A process is a copy of this one (``fork``), so it needs no set-up; what it found comes back
as plain data through a pipe. Where copies cannot be made (Windows) or one of them fails, the
work is left to the caller.
"""

from __future__ import annotations

import marshal
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from .islands import Island


def spread(
    islands: Sequence[Island],
    work: Callable[[Island], Any],
    own: Callable[[Island], None],
    jobs: int,
) -> Iterator[tuple[Island, Any]]:
    """Islands with what ``work`` made of each in a copy, as plain data.

    A share of them is left to this process: ``own`` is called with each of those. What
    is missing in the end has to be done by the caller.
    """
    if not _can_fork():
        return
    shares = share_out(islands, jobs)
    children: list[tuple[int, Any]] = []
    try:
        children.extend(_start(share, work) for share in shares[1:])
        for island in shares[0]:
            own(island)
        for share, (_, pipe) in zip(shares[1:], children, strict=True):
            yield from zip(share, _received(pipe), strict=False)
    finally:
        for _, pipe in children:
            pipe.close()
        _end([child for child, _ in children])


def share_out(islands: Sequence[Island], jobs: int) -> list[list[Island]]:
    """Islands in shares of about the same number of files, the largest dealt first."""
    shares: list[list[Island]] = [[] for _ in range(jobs)]
    loads = [0] * jobs
    for island in sorted(islands, key=len, reverse=True):
        least = loads.index(min(loads))
        shares[least].append(island)
        loads[least] += len(island)
    return [share for share in shares if share]


def _can_fork() -> bool:
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and (threading is None or threading.active_count() == 1)


def _start(share: list[Island], work: Callable[[Island], Any]) -> tuple[int, Any]:
    """Start a copy of this process that does a share of the work."""
    receiver, sender = os.pipe()
    child = os.fork()
    if child:
        os.close(sender)
        return child, os.fdopen(receiver, "rb")
    # Nothing of what this process was about to do is the copy's business.
    code = 1
    try:
        os.close(receiver)
        data = marshal.dumps([work(island) for island in share])
        with os.fdopen(sender, "wb") as stream:
            stream.write(data)
        code = 0
    finally:
        os._exit(code)


def _received(pipe: Any) -> list[Any]:
    """What a copy found; nothing where it failed."""
    try:
        data: list[Any] = marshal.loads(pipe.read())
    except (EOFError, ValueError, TypeError):
        return []
    return data


def _end(children: Sequence[int]) -> None:
    """Wait for the copies; those that still run are of no use any more."""
    import signal
    from contextlib import suppress

    for child in children:
        with suppress(OSError):
            if os.waitpid(child, os.WNOHANG) == (0, 0):
                os.kill(child, signal.SIGTERM)
                os.waitpid(child, 0)
