"""How far a run over a fleet is, on a terminal."""

from __future__ import annotations

import time

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..fleet.run import Progress as Counts


class Lines:
    """A context manager that shows a bar, numbers and the rate on standard error."""

    def __init__(self, start: Counts, dashboard: str) -> None:
        self._first = start.done
        self._begin = time.monotonic()
        self._console = Console(stderr=True)
        self._dashboard = dashboard
        self._progress = Progress(
            BarColumn(),
            MofNCompleteColumn(),
            TextColumn(
                "repositories · {task.fields[findings]:,} findings · {task.fields[rate]:.1f}/s"
            ),
            TimeRemainingColumn(),
            console=self._console,
            transient=True,
        )
        self._task = self._progress.add_task(
            "", total=start.total, completed=start.done, findings=start.findings, rate=0.0
        )

    def show(self, counts: Counts) -> None:
        """Show the numbers."""
        seconds = max(0.001, time.monotonic() - self._begin)
        self._progress.update(
            self._task,
            completed=counts.done,
            findings=counts.findings,
            rate=(counts.done - self._first) / seconds,
        )

    def __enter__(self) -> Lines:
        if self._dashboard:
            self._console.print(f"dashboard: {self._dashboard}", markup=False, highlight=False)
        self._progress.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.stop()
