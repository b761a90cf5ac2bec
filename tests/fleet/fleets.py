"""Fleets of small repositories, and runs over them in processes of their own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from composelint import fleet
from composelint.linter.fleet.query import Tables
from repositories import SHOP, bare

COUNT = 12


def make_fleet(folder: Path, count: int = COUNT) -> Path:
    """A folder of bare repositories, no two of which are alike."""
    for number in range(count):
        name = f"services: {{s{number}: {{image: 'redis:{number % 4 + 3}'}}}}\n"
        bare(folder / f"r{number:02}.git", {**SHOP, "extra/compose.yaml": name})
        # Only the clone is part of the fleet.
        (folder / f"r{number:02}.git.work").rename(folder.with_name(f"{folder.name}.{number}"))
    return folder


def call(*arguments: str | Path, limit: int = 0, **options: Any) -> subprocess.Popen[str]:
    """A call of the program; ``limit`` is the most bytes of any file that it writes."""

    def limit_files() -> None:
        import resource

        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    return subprocess.Popen(
        [sys.executable, "-m", "composelint", "fleet", *map(str, arguments)],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        preexec_fn=limit_files if limit else None,
        **options,
    )


def run(*arguments: str | Path, limit: int = 0, seconds: float = 300) -> tuple[int, str]:
    """The exit code and what a call writes to standard error."""
    process = call(*arguments, limit=limit)
    try:
        _, errors = process.communicate(timeout=seconds)
    finally:
        process.kill()
    return process.returncode, errors


TABLES = ("repositories", "stacks", "files", "images", "findings")
_OF_A_RUN = "* EXCLUDE (run, part, started, seconds, shared)"


def rows(folder: Path) -> dict[str, list[tuple[Any, ...]]]:
    """All rows of a fleet, without what differs from run to run."""
    tables = Tables(str(folder))
    return {
        "repositories": tables.rows(f"SELECT {_OF_A_RUN} FROM repositories ORDER BY repository"),
        **{
            name: tables.rows(f"SELECT * EXCLUDE (run, part) FROM {name} ORDER BY ALL")
            for name in TABLES[1:]
        },
    }


def rows_of_single_scans(sources: Sequence[Path]) -> dict[str, int]:
    """The number of rows that scans of single repositories give, by table."""
    counts = dict.fromkeys(TABLES, 0)
    for source in sources:
        for name, more in fleet.scan_repository(source).tables.items():
            counts[name] += len(more)
    return counts


@contextmanager
def processes(*commands: Sequence[str | Path]) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Programs that run until the end of a ``with`` statement."""
    started: list[subprocess.Popen[bytes]] = []
    try:
        started.extend(
            subprocess.Popen(
                [sys.executable, *map(str, command)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            for command in commands
        )
        yield started
    finally:
        for process in started:
            process.kill()
            process.wait()
