"""A run over a fleet: batches of repositories on the workers of a Dask cluster.

Few batches are under way at a time, so that the memory of no process grows with the fleet. A worker
that ends costs a retry: what it wrote is written again under the same name.
"""

from __future__ import annotations

import logging
import time
from contextlib import contextmanager, suppress
from queue import Empty, Queue

from ..base.records import NamedTuple
from ..version import VERSION
from .batches import Done, Item, Plan, lost, options_text, part_name, scan_batch
from .quick import kind_of_source, quick_commit
from .scan import fingerprint, utc

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from .limits import Limits
    from .sources import Source
    from .store import Store

MOST_IN_BATCH = 50
"""The most repositories of a batch."""
_BATCHES_PER_WORKER = 8
"""So many batches a worker gets at least, where there are enough repositories."""
_UNDER_WAY = 2
"""The batches that are under way for each worker."""
_PATIENCE = 1.0
"""Seconds until it is asked again whether the scheduler is there."""


_LOST = "the scheduler was lost; the same call goes on where this one ended"


class RunError(Exception):
    """A run that could not be finished, with a message that says why."""


class Progress(NamedTuple):
    """How far a run is."""

    done: int
    total: int
    findings: int
    states: dict[str, int]


@contextmanager
def cluster(scheduler: str, workers: int, dashboard: bool) -> Iterator[Any]:
    """A client of a scheduler, or of a cluster on this machine.

    Raises:
        RunError: if the scheduler does not answer.
    """
    import distributed

    # They have no types.
    Client: Any = distributed.Client
    LocalCluster: Any = distributed.LocalCluster

    logging.getLogger("distributed").setLevel(logging.CRITICAL)
    if scheduler:
        try:
            client = Client(scheduler, timeout="20s", set_as_default=False)
        except (OSError, ValueError) as error:
            raise RunError(f"{scheduler}: the scheduler does not answer: {error}") from None
        try:
            yield client
        finally:
            with suppress(Exception):
                client.close(timeout=2)
        return
    import dask

    # Workers would look every 10 ms at what they do.
    quiet = {
        "distributed.worker.profile.enabled": False,
        "distributed.admin.tick.interval": "100ms",
    }
    with (
        dask.config.set(quiet),
        LocalCluster(
            n_workers=workers or None,
            threads_per_worker=1,
            memory_limit=0,
            dashboard_address="127.0.0.1:0" if dashboard else None,
            silence_logs=logging.CRITICAL,
        ) as local,
        Client(local, set_as_default=False) as client,
    ):
        yield client


class Run:
    """One run of a fleet.

    Args:
        store: the folder, which this run has locked.
        sources: the repositories.
        options: the options of the scans, as ``call_options`` makes them.
        limits: the limits of each scan.
        again: scan also what has not changed.
    """

    def __init__(
        self,
        store: Store,
        sources: Sequence[Source],
        options: dict[str, Any],
        limits: Limits,
        *,
        again: bool = False,
    ) -> None:
        self.store = store
        self.sources = sources
        self.limits = limits
        configuration = fingerprint(options, limits)
        runs = store.runs()
        # One that was broken off goes on.
        goes_on = bool(runs) and not runs[-1]["finished"]
        number = runs[-1]["run"] if goes_on else (runs[-1]["run"] + 1 if runs else 1)
        self.plan = Plan(
            store.folder, number, options_text(options), [*limits], configuration, VERSION
        )
        self.record: dict[str, Any] = {
            "run": number,
            "started": runs[-1]["started"] if goes_on else utc(time.time()),
            "finished": None,
            "version": VERSION,
            "configuration": configuration,
            "repositories": len(sources),
        }
        known = {} if again else store.known(configuration)
        self._items = [
            Item(source.id, source.path, source.revision, known.get(source.id, ""))
            for source in sources
        ]
        self.progress = Progress(0, len(sources), 0, {})

    def begin(self) -> None:
        """Write what the run is about.

        Raises:
            RunError: if it cannot be written.
        """
        try:
            self.store.sweep()
            self.store.write_sources(self.plan.run, self.sources)
            self.store.write_run(self.record)
        except OSError as error:
            raise self._unwritten(error) from None

    def skip_unchanged(self) -> int:
        """Leave out what this machine can see to be unchanged; returns the number of the others."""
        left = []
        for item in self._items:
            kind = kind_of_source(item.path) if item.known else ""
            # To hash an archive takes longer: that is left to the workers.
            is_quick = kind in ("bare", "checkout")
            commit = quick_commit(item.path, kind, item.revision, 0) if is_quick else ""
            if not commit or commit != item.known:
                left.append(item)
        skipped = len(self._items) - len(left)
        self._items = left
        if skipped:
            self._count(Done("", {"unchanged": skipped}))
        return len(left)

    def scan(self, client: Any, tell: Callable[[Progress], None]) -> None:
        """Scan the repositories; ``tell`` is called after each batch.

        Raises:
            RunError: if the scheduler is lost, or a part cannot be written. What was done stays done.
        """
        workers = max(1, sum(client.nthreads().values()))
        batches = self._batches(workers)
        finished: Queue[Any] = Queue()
        under_way: dict[Any, list[Item]] = {}
        try:
            while True:
                while len(under_way) < workers * _UNDER_WAY and (items := next(batches, None)):
                    self._submit(client, items, under_way, finished)
                if not under_way:
                    break
                try:
                    future = finished.get(timeout=_PATIENCE)
                except Empty:
                    self._check(client)
                    continue
                self._take(client, future, under_way.pop(future), under_way, finished)
                tell(self.progress)
        except OSError as error:
            raise self._unwritten(error) from None
        finally:
            if under_way:
                with suppress(Exception):
                    client.cancel(list(under_way), force=True)

    def finish(self) -> None:
        """Write that the run has come to its end.

        Raises:
            RunError: if it cannot be written.
        """
        record = {**self.record, "finished": utc(time.time()), "states": self.progress.states}
        try:
            self.store.write_run(record)
        except OSError as error:
            raise self._unwritten(error) from None

    def _unwritten(self, error: OSError) -> RunError:
        return RunError(f"{self.store.folder}: {error.strerror or error}")

    def _batches(self, workers: int) -> Iterator[list[Item]]:
        """The repositories in batches, as they are needed."""
        share = -(-len(self._items) // (workers * _BATCHES_PER_WORKER))
        size = max(1, min(MOST_IN_BATCH, share))
        for start in range(0, len(self._items), size):
            yield self._items[start : start + size]

    def _submit(
        self, client: Any, items: list[Item], under_way: dict[Any, list[Item]], finished: Queue[Any]
    ) -> None:
        part = part_name(self.plan.run, [item.id for item in items])
        # The name of a task that is gone is free again; a retry of a part has another one.
        future = client.submit(
            scan_batch,
            tuple(self.plan),
            [tuple(item) for item in items],
            key=f"scan-{part}-{time.monotonic_ns()}",
            pure=False,
        )
        under_way[future] = items
        future.add_done_callback(finished.put)

    def _take(
        self,
        client: Any,
        future: Any,
        items: list[Item],
        under_way: dict[Any, list[Item]],
        finished: Queue[Any],
    ) -> None:
        """Count a batch that is done, or give its repositories out one by one."""
        from asyncio import CancelledError

        from distributed import KilledWorker
        from distributed.comm.core import CommClosedError

        try:
            if future.status == "finished":
                self._count(Done(*future.result()))
                return
            self._check(client)
            error = future.exception()
        except (CommClosedError, CancelledError, TimeoutError):
            raise RunError(_LOST) from None
        if not isinstance(error, KilledWorker):
            raise RunError(f"a worker failed: {type(error).__name__}: {error}")
        if len(items) > 1:
            for item in items:
                self._submit(client, [item], under_way, finished)
            return
        (item,) = items
        part = part_name(self.plan.run, [item.id])
        self.store.write_part(self.plan.run, part, [lost(item, self.plan.configuration)])
        self._count(Done(part, {"lost": 1}))

    @staticmethod
    def _check(client: Any) -> None:
        """Raise ``RunError`` if the scheduler is gone."""
        if client.status != "running":
            raise RunError(_LOST)

    def _count(self, done: Done) -> None:
        if done.failure:
            raise RunError(done.failure)
        states = dict(self.progress.states)
        for state, count in done.states.items():
            states[state] = states.get(state, 0) + count
        count = sum(done.states.values())
        findings = self.progress.findings + done.findings
        self.progress = Progress(self.progress.done + count, self.progress.total, findings, states)
