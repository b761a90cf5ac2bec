"""How the processor time of a call grows with its input."""

from __future__ import annotations

import gc
import os
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from click.testing import CliRunner
from composelint.linter.cli.main import cli

if TYPE_CHECKING:
    from .dimension import Dimension, Files

FACTOR = 4
MOST = 6.0
"""How many times the time may grow where the input grows four times: between 4 and its square."""
LEAST = 0.015
"""The smaller input takes these seconds more than one; its size grows until it does."""
LONGEST = 120_000
"""Longer files are not made for the smaller input: what takes no time there grows as it likes."""
_ROUNDS = 6
"""How often a growth that is too much is measured again: the least time of each size counts."""


class Growth(NamedTuple):
    """The processor seconds for a size, four times the size, and one."""

    size: int
    small: float
    large: float
    empty: float

    @property
    def ratio(self) -> float:
        """How the time grows that exceeds the call for one."""
        return (self.large - self.empty) / max(self.small - self.empty, LEAST / 2)


def measure(dimension: Dimension, scale: float) -> Growth:
    """The growth of one dimension; repeated while it is too much, since others use the machine."""
    with tempfile.TemporaryDirectory(prefix="growth-") as place:
        folder = Path(place)
        before = Path.cwd()
        try:
            return _measure(dimension, max(1, int(dimension.size * scale)), folder)
        finally:
            os.chdir(before)


def _measure(dimension: Dimension, size: int, folder: Path) -> Growth:
    def seconds(count: int) -> float:
        target = folder / str(count)
        if not target.exists():
            _write(target, dimension.files(count))
        os.chdir(target)
        return _call(dimension.args)

    seconds(1)
    empty = seconds(1)
    small = seconds(size)
    while small - empty < LEAST and _length(dimension.files(size)) < LONGEST:
        size *= 4 if small - empty < LEAST / 5 else 2
        small = seconds(size)
    growth = Growth(size, small, seconds(size * FACTOR), empty)
    for _ in range(_ROUNDS):
        if growth.ratio < MOST:
            return growth
        small, large = min(growth.small, seconds(size)), min(growth.large, seconds(size * FACTOR))
        growth = Growth(size, small, large, min(growth.empty, seconds(1)))
    # A bound between the two sizes, such as that of a line, is a step and no growth: from the larger
    # one on it shows which it is.
    size *= FACTOR
    beyond = Growth(size, growth.large, seconds(size * FACTOR), growth.empty)
    return min(growth, beyond, key=lambda each: each.ratio)


def _length(files: Files) -> int:
    return sum(map(len, files.values()))


def _write(folder: Path, files: Files) -> None:
    (folder / ".git").mkdir(parents=True)
    for path, text in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")


def _call(args: tuple[str, ...]) -> float:
    """The processor seconds of a call in this process."""
    # What is there since the first call is not looked through each time.
    gc.collect()
    gc.freeze()
    start = time.process_time()
    result = CliRunner().invoke(cli, [*args, "--no-cache", "--jobs", "1"])
    seconds = time.process_time() - start
    if result.exit_code not in (0, 1) or "LN005" in result.output:
        raise RuntimeError(f"exit code {result.exit_code}: {result.output[-2000:]}")
    return seconds
