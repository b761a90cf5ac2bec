"""One thread that does the work, the most urgent first, so that the server can always listen."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from heapq import heappop, heappush
from itertools import count

from .garbage import relieve_at_once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

URGENT, USUAL, IDLE = range(3)
"""How urgent work is: what somebody waits for, what shows by itself, what can wait."""


class Worker:
    """Runs functions one after the other, those of a lower number first."""

    def __init__(self) -> None:
        self._ready = threading.Condition()
        self._waiting: list[tuple[int, int, Future[Any], Callable[[], Any]]] = []
        self._order = count()
        self._is_closed = False
        self._thread = threading.Thread(target=self._run, name="composelint", daemon=True)
        self._thread.start()

    def submit(self, work: Callable[[], Any], urgency: int = URGENT) -> Future[Any]:
        """Do some work as soon as nothing more urgent waits; it is skipped if it is cancelled."""
        future: Future[Any] = Future()
        with self._ready:
            if self._is_closed:
                future.cancel()
                return future
            heappush(self._waiting, (urgency, next(self._order), future, work))
            self._ready.notify()
        return future

    def is_wanted(self, urgency: int) -> bool:
        """Whether more urgent work waits."""
        waiting = self._waiting
        return bool(waiting) and waiting[0][0] < urgency

    def close(self) -> None:
        """Drop what waits, and end when the work that runs is done."""
        with self._ready:
            self._is_closed = True
            for _, _, future, _ in self._waiting:
                future.cancel()
            self._waiting.clear()
            self._ready.notify()

    def _run(self) -> None:
        while True:
            with self._ready:
                while not self._waiting and not self._is_closed:
                    self._ready.wait()
                if self._is_closed:
                    return
                _, _, future, work = heappop(self._waiting)
            if not future.set_running_or_notify_cancel():
                continue
            try:
                future.set_result(work())
            except BaseException as error:
                future.set_exception(error)
            del future, work
            relieve_at_once()
