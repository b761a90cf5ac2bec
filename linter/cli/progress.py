"""A progress bar on standard error, for a long run."""

from __future__ import annotations

import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from rich.progress import Progress

PATIENCE = 1.0
"""Seconds before the bar appears."""
_INTERVAL = 0.1
"""Seconds between two drawings."""


class Bar:
    """A context manager that shows how much is done; it shows nothing for a short run."""

    def __init__(self, total: int | None) -> None:
        self._total = total
        self._begin = time.monotonic()
        self._done = 0
        self._drawn = 0.0
        self._progress: Progress | None = None

    def step(self) -> None:
        """Count one more stack or Dockerfile as done."""
        self._done += 1
        if self._progress is None:
            if time.monotonic() - self._begin < PATIENCE:
                return
            from rich.console import Console
            from rich.progress import Progress

            # A thread that draws would keep this process from being copied.
            self._progress = Progress(
                console=Console(stderr=True), transient=True, auto_refresh=False
            )
            self._progress.add_task("linting", total=self._total)
            self._progress.start()
        now = time.monotonic()
        if now - self._drawn >= _INTERVAL:
            self._drawn = now
            done = self._done if self._total is None else min(self._done, self._total)
            self._progress.update(self._progress.task_ids[0], completed=done, refresh=True)

    def __enter__(self) -> Bar:
        return self

    def __exit__(self, *error: object) -> None:
        if self._progress is not None:
            self._progress.stop()
