"""Runs a command as a child process and measures its time and memory."""

from __future__ import annotations

import os
import signal
import sys
import time
from statistics import median
from typing import NamedTuple

TIMEOUT = 300
"""Seconds after which a command is ended and counts as failed."""


class Command(NamedTuple):
    """A command line and the folder it runs in.

    ``per_file`` are paths that are each given to a process of its own, where the tool takes
    only one at a time. ``good`` are the exit codes that mean that the work was done; None
    for a tool whose codes do not tell it.
    """

    argv: tuple[str, ...]
    folder: str
    per_file: tuple[str, ...] = ()
    good: tuple[int, ...] | None = None


class Cost(NamedTuple):
    """The cost of one run: seconds of wall clock and of processors, MiB at the peak.

    The peak is that of the largest single process.
    """

    wall: float
    cpu: float
    peak: float


class Figures(NamedTuple):
    """The medians of some runs, and the runs."""

    wall: float
    cpu: float
    peak: float
    runs: tuple[Cost, ...]


def once(command: Command) -> Cost:
    """Run a command to its end without its output; returns the cost.

    Raises:
        RuntimeError: it does not start, fails, or is ended by a signal or the time limit.
    """
    lines = [[*command.argv, path] for path in command.per_file] or [[*command.argv]]
    costs = [_process(line, command) for line in lines]
    return Cost(
        sum(cost.wall for cost in costs),
        sum(cost.cpu for cost in costs),
        max(cost.peak for cost in costs),
    )


def _process(argv: list[str], command: Command) -> Cost:
    old_folder = os.getcwd()
    null = os.open(os.devnull, os.O_RDWR)
    os.chdir(command.folder)
    try:
        begin = time.perf_counter()
        child = os.posix_spawn(
            argv[0],
            argv,
            os.environ,
            file_actions=[(os.POSIX_SPAWN_DUP2, null, number) for number in range(3)],
        )
    except OSError as error:
        raise RuntimeError(f"{argv[0]}: {error.strerror}") from None
    finally:
        os.chdir(old_folder)
        os.close(null)
    signal.signal(signal.SIGALRM, lambda *_: os.kill(child, signal.SIGKILL))
    signal.alarm(TIMEOUT)
    _, status, usage = os.wait4(child, 0)
    wall = time.perf_counter() - begin
    signal.alarm(0)
    if os.WIFSIGNALED(status):
        raise RuntimeError(f"{os.path.basename(argv[0])} was ended by signal {os.WTERMSIG(status)}")
    code = os.WEXITSTATUS(status)
    if command.good is not None and code not in command.good:
        raise RuntimeError(f"{os.path.basename(argv[0])} ended with exit code {code}")
    unit = 1024 * 1024 if sys.platform == "darwin" else 1024
    return Cost(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / unit)


def compare(commands: dict[str, Command], runs: int) -> dict[str, Figures | str]:
    """Run the commands in turn, after one run each that is not counted.

    In turn, since the speed of a machine changes: the medians are then comparable. A
    command that fails has the reason as its result.
    """
    costs: dict[str, list[Cost]] = {name: [] for name in commands}
    failed: dict[str, str] = {}
    for round_number in range(runs + 1):
        for name, command in commands.items():
            if name in failed:
                continue
            try:
                cost = once(command)
            except RuntimeError as error:
                failed[name] = str(error)
                continue
            if round_number or runs == 1:
                costs[name].append(cost)
    return {name: failed.get(name) or _figures(costs[name]) for name in commands}


def _figures(costs: list[Cost]) -> Figures:
    return Figures(
        median(cost.wall for cost in costs),
        median(cost.cpu for cost in costs),
        median(cost.peak for cost in costs),
        tuple(costs),
    )


def ratio(ours: Figures, theirs: Figures) -> float:
    """Our time relative to theirs: the median of the ratios of the runs, pair by pair."""
    return median(one.wall / other.wall for one, other in zip(ours.runs, theirs.runs, strict=False))
