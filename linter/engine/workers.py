"""Spreads work over several processes.

A process is a copy of this one (``fork``), so it needs no set-up; its outcomes come back as plain
data through a pipe. If copies cannot be made (Windows) or one of them fails, the caller has to do
the work.
"""

from __future__ import annotations

import marshal
import os
import sys

from .components import share_out

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from .components import Component


def spread(
    components: Sequence[Component],
    work: Callable[[Component], Any],
    own: Callable[[Component], None],
    jobs: int,
) -> Iterator[tuple[Component, Any]]:
    """The components that other processes worked on, each with the plain data that ``work`` made.

    One share is left to this process: ``own`` is called with each component of it. The caller
    has to do those that neither process did.
    """
    if not _can_fork():
        return
    shares = share_out(components, jobs)
    children: list[tuple[int, Any]] = []
    try:
        children.extend(_start(share, work) for share in shares[1:])
        for component in shares[0]:
            own(component)
        for share, (_, pipe) in zip(shares[1:], children, strict=True):
            yield from zip(share, _received(pipe), strict=False)
    finally:
        for _, pipe in children:
            pipe.close()
        _end([child for child, _ in children])


def _can_fork() -> bool:
    threading = sys.modules.get("threading")
    return hasattr(os, "fork") and (threading is None or threading.active_count() == 1)


def _start(share: list[Component], work: Callable[[Component], Any]) -> tuple[int, Any]:
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
        data = marshal.dumps([work(component) for component in share])
        with os.fdopen(sender, "wb") as stream:
            stream.write(data)
        code = 0
    finally:
        os._exit(code)


def _received(pipe: Any) -> list[Any]:
    """The outcomes that a copy sent; none if it failed."""
    try:
        data: list[Any] = marshal.loads(pipe.read())
    except (EOFError, ValueError, TypeError):
        return []
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
