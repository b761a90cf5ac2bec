"""A run without a cluster: what is given out, counted and told, when workers fail."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import Any

import pytest
from checks import write_files
from composelint.linter.fleet import run as runs
from composelint.linter.fleet.batches import Done
from composelint.linter.fleet.limits import Limits
from composelint.linter.fleet.query import Tables
from composelint.linter.fleet.run import Progress, Run, RunError
from composelint.linter.fleet.scan import call_options
from composelint.linter.fleet.sources import Source
from composelint.linter.fleet.store import Store
from distributed import KilledWorker
from hypothesis import given
from hypothesis import strategies as st
from repositories import SHOP


class Future:
    """A task that is done at once."""

    def __init__(self, act: Any) -> None:
        try:
            self.value, self.error = act(), None
        except Exception as error:
            self.value, self.error = None, error
        self.status = "error" if self.error else "finished"

    def result(self) -> Any:
        return self.value

    def exception(self) -> Any:
        return self.error

    def add_done_callback(self, tell: Any) -> None:
        tell(self)


class Client:
    """A cluster of one worker in this process; ``kills`` are the ids that end it, ``answer`` is what it
    answers or raises instead of scanning."""

    status = "running"

    def __init__(self, kills: Collection[str] = (), answer: Any = None) -> None:
        self.kills = frozenset(kills)
        self.answer = answer
        self.batches: list[list[str]] = []

    def nthreads(self) -> dict[str, int]:
        return {"worker": 1}

    def cancel(self, futures: Any, force: bool) -> None:
        """Nothing is under way."""

    def submit(self, scan: Any, plan: Any, items: Any, **more: Any) -> Future:
        ids = [item[0] for item in items]
        self.batches.append(ids)

        def act() -> Any:
            if self.kills.intersection(ids):
                raise KilledWorker("key", None, 3)
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer or scan(plan, items)

        return Future(act)


def sources(folder: Path, count: int) -> list[Source]:
    for number in range(count):
        write_files(SHOP, folder / f"r{number}")
    return [Source(f"r{number}", str(folder / f"r{number}")) for number in range(count)]


def scanned(folder: Path, client: Client, listed: list[Source]) -> Progress:
    store = Store(str(folder), make=True)
    run = Run(store, listed, call_options(trust=False), Limits())
    run.begin()
    run.scan(client, lambda progress: None)
    run.finish()
    return run.progress


@given(st.sets(st.integers(0, 5)), st.integers(1, 4))
def test_repositories_that_end_their_workers_are_rows_and_the_others_are_scanned(
    tmp_path_factory: pytest.TempPathFactory, kills: set[int], size: int
) -> None:
    folder = tmp_path_factory.mktemp("run")
    listed = [Source(f"r{number}", str(folder / "none")) for number in range(6)]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(runs, "MOST_IN_BATCH", size)
        patch.setattr(runs, "_BATCHES_PER_WORKER", 1)
        progress = scanned(folder / "out", Client({f"r{number}" for number in kills}), listed)
    states = {"lost": len(kills), "missing": 6 - len(kills)}
    assert progress.states == {state: count for state, count in states.items() if count}
    assert progress.done == 6
    rows = Tables(str(folder / "out")).rows("SELECT repository, state FROM repositories")
    assert sorted(rows) == [
        (f"r{number}", "lost" if number in kills else "missing") for number in range(6)
    ]


def test_what_a_batch_finds_is_in_the_tables(tmp_path: Path) -> None:
    client = Client()
    progress = scanned(tmp_path / "out", client, sources(tmp_path, 2))
    assert progress.states == {"ok": 2}
    rows = Tables(str(tmp_path / "out")).rows(
        "SELECT repository, count(*) FROM findings WHERE suppressed IS NULL GROUP BY ALL ORDER BY ALL"
    )
    assert [name for name, _ in rows] == ["r0", "r1"]
    assert sum(count for _, count in rows) == progress.findings > 0


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (tuple(Done("x", {}, 0, "/out: the disk is full (x)")), "the disk is full"),
        (ValueError("odd"), "a worker failed: ValueError: odd"),
    ],
)
def test_a_failure_ends_the_run_which_goes_on_later(tmp_path: Path, answer: Any, why: str) -> None:
    client = Client(answer=answer)
    listed = sources(tmp_path, 1)
    with pytest.raises(RunError, match=why):
        scanned(tmp_path / "out", client, listed)
    assert [record["finished"] for record in Store(str(tmp_path / "out")).runs()] == [None]
    assert scanned(tmp_path / "out", Client(), listed).states == {"ok": 1}
    (record,) = Store(str(tmp_path / "out")).runs()
    assert record["states"] == {"ok": 1}
