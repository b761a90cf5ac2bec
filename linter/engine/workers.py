"""Spreads work over several processes.

A process is a copy of this one (``fork``), so it needs no set-up; its outcomes come back as plain
data through a pipe. If copies cannot be made (Windows) or one of them fails, the caller has to do
the work.
"""

from __future__ import annotations

import marshal
import mmap
import os
import struct
import sys

from .components import share_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from .components import Component

    Step = Callable[[], None]

_COUNT = struct.Struct("q")
_INTERVAL = 0.1
"""Seconds between two looks at how far the others are."""


def spread(
    components: Sequence[Component],
    work: Callable[[Component, Step], Any],
    own: Callable[[Component], None],
    jobs: int,
    step: Step,
) -> Iterator[tuple[Component, Any]]:
    """The components that other processes worked on, each with the plain data that ``work`` made.

    One share is left to this process: ``own`` is called with each component of it. The caller
    has to do those that neither process did. ``work`` gets a function to call after each step of it;
    for each of these calls ``step`` is called in this process.
    """
    if not _can_fork():
        return
    shares = share_out(components, jobs)
    steps = _Steps(len(shares), step)
    children: list[tuple[int, Any]] = []
    try:
        for number, share in enumerate(shares[1:]):
            children.append(_start(share, work, steps.counter(number)))
        for component in shares[0]:
            own(component)
            steps.pass_on()
        for share, (_, pipe) in zip(shares[1:], children, strict=True):
            yield from zip(share, _received(pipe, steps.pass_on), strict=False)
    finally:
        for _, pipe in children:
            pipe.close()
        _end([child for child, _ in children])


class _Steps:
    """Counts the steps of processes in memory that they share with this one."""

    def __init__(self, processes: int, step: Step) -> None:
        self._memory = mmap.mmap(-1, processes * _COUNT.size)
        self._step = step
        self._passed = 0

    def counter(self, number: int) -> Step:
        """What a process calls after each step; ``number`` is that of the process."""
        at, done = number * _COUNT.size, 0

        def count() -> None:
            nonlocal done
            done += 1
            _COUNT.pack_into(self._memory, at, done)

        return count

    def pass_on(self) -> None:
        """Call this process's ``step`` for the steps that the others did since the last time."""
        done = sum(count for (count,) in _COUNT.iter_unpack(self._memory[:]))
        for _ in range(done - self._passed):
            self._step()
        self._passed = done


def _can_fork() -> bool:
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and (threading is None or threading.active_count() == 1)


def _start(
    share: list[Component], work: Callable[[Component, Step], Any], step: Step
) -> tuple[int, Any]:
    """Start a copy of this process for a share of the work; returns its id and its pipe."""
    receiver, sender = os.pipe()
    child = os.fork()
    if child:
        os.close(sender)
        return child, os.fdopen(receiver, "rb")
    # The copy must not go on with what this process does next.
    code = 1
    try:
        os.close(receiver)
        data = marshal.dumps([work(component, step) for component in share])
        with os.fdopen(sender, "wb") as stream:
            stream.write(data)
        code = 0
    finally:
        os._exit(code)


def _received(pipe: Any, wait: Callable[[], None]) -> list[Any]:
    """The outcomes that a copy sent; none if it failed. ``wait`` is called now and then."""
    import select

    while not select.select([pipe], [], [], _INTERVAL)[0]:
        wait()
    try:
        data: list[Any] = marshal.loads(pipe.read())
    except (EOFError, ValueError, TypeError):
        return []
    wait()
    return data


def _end(children: Sequence[int]) -> None:
    """Wait for the copies; end those that still run, because nothing reads their outcomes."""
    import signal
    from contextlib import suppress

    for child in children:
        with suppress(OSError):
            if os.waitpid(child, os.WNOHANG) == (0, 0):
                os.kill(child, signal.SIGTERM)
                os.waitpid(child, 0)
