"""``python -m tests.growth [PART]…``: whether time grows with the input, not with its square.

For each dimension of the input, the processor time of a call for n is compared with that for 4n in
the same run: at most eight times. Dimensions whose names contain one of the parts are measured.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING

from .compose_files import dimensions as of_compose_files
from .dockerfiles import dimensions as of_dockerfiles
from .measure import MOST, Growth, measure

if TYPE_CHECKING:
    from collections.abc import Sequence

DIMENSIONS = {each.name: each for each in [*of_compose_files(), *of_dockerfiles()]}


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns 1 if a dimension grows too much."""
    parser = argparse.ArgumentParser("python -m tests.growth", description=__doc__)
    parser.add_argument("parts", nargs="*", metavar="PART")
    parser.add_argument(
        "--scale", type=float, default=0.125, help="times the size of each input; 1 finds more"
    )
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("-v", "--verbose", action="store_true", help="print all dimensions")
    options = parser.parse_args(argv)
    chosen = [
        name
        for name in DIMENSIONS
        if not options.parts or any(part in name for part in options.parts)
    ]
    start = time.monotonic()
    excessive = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        jobs = [(name, options.scale) for name in chosen]
        for name, growth in zip(chosen, pool.map(_measured, jobs), strict=True):
            if isinstance(growth, str):
                excessive += 1
                print(name, growth)
                continue
            if growth.ratio >= MOST:
                # Others use the machine: it counts if it is too much again, when the rest is done.
                again = pool.submit(_measured, (name, options.scale)).result()
                growth = again if isinstance(again, Growth) and again.ratio < MOST else growth
            is_excessive = growth.ratio >= MOST
            excessive += is_excessive
            if is_excessive or options.verbose:
                print(
                    f"{growth.ratio:6.2f} {growth.size:7} {growth.small * 1000:7.0f} {growth.large * 1000:7.0f} ms"
                    f"  {name}{'  TOO MUCH' if is_excessive else ''}",
                    flush=True,
                )
    times = os.times()
    processor = times.children_user + times.children_system
    print(
        f"{len(chosen)} dimensions, {excessive} too much, {time.monotonic() - start:.0f} s"
        f" ({processor:.0f} s of processor time)"
    )
    return bool(excessive)


def _measured(job: tuple[str, float]) -> Growth | str:
    """The growth of a dimension, or why it cannot be measured."""
    name, scale = job
    try:
        return measure(DIMENSIONS[name], scale)
    except RuntimeError as error:
        return str(error)


if __name__ == "__main__":
    sys.exit(main())
