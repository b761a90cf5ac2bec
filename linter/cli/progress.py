"""A progress bar on standard error, for a terminal and a run that takes its time."""

from __future__ import annotations

import sys
import time

from .console import is_terminal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 1.0
"""Seconds of silence before a bar appears."""


class Bar:
    """Shows how much is done; nothing on a short run or without a terminal."""

    def __init__(self, total: int, wanted: bool) -> None:
        self._total = total
        self._wanted = wanted and is_terminal(sys.stderr)
        self._begin = time.monotonic()
        self._done = 0
        self._progress: Progress | None = None

    def step(self) -> None:
        """Tell that one more stack or Dockerfile is done."""
        self._done += 1
        if not self._wanted:
            return
        if self._progress is None:
            if time.monotonic() - self._begin < PATIENCE:
                return
            from rich.console import Console
            from rich.progress import Progress

            self._progress = Progress(console=Console(stderr=True), transient=True)
            self._progress.add_task("linting", total=self._total)
            self._progress.start()
        self._progress.update(self._progress.task_ids[0], completed=self._done)

    def close(self) -> None:
        """Take the bar away."""
        if self._progress is not None:
            self._progress.stop()
