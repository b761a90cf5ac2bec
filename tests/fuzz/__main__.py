"""``python -m tests.fuzz [TARGET]…``: fuzzing for as long as wanted, guided by coverage.

Needs atheris (``pip install atheris``), a development tool that the test suite does not use.
Inputs that crash, hang or take too much memory are kept in the folder of ``--findings``; made
small, they belong into ``crashers/TARGET``, which the test suite replays.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from .seeds import seeds
from .targets import TARGETS

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_SECONDS = 5
"""The processor time that one input may take."""
HANG_SECONDS = 60
"""The time after which an input is interrupted; other programs may use the machine meanwhile."""
MEMORY_MIB = 1024


def main(argv: Sequence[str] | None = None) -> int:
    """Fuzz the targets in turn; returns the number of targets with a finding."""
    parser = argparse.ArgumentParser("python -m tests.fuzz", description=__doc__)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of {', '.join(TARGETS)}")
    parser.add_argument("--seconds", type=int, default=60, help="for each target")
    parser.add_argument("--findings", default="", help="a folder for what is found")
    parser.add_argument("--corpus", default="", help="a folder that keeps inputs between runs")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args(argv)
    if options.one:
        return _fuzz(options.targets[0], options)
    corpus = options.corpus or tempfile.mkdtemp(prefix="fuzz-")
    findings = options.findings or os.path.join(corpus, "findings")
    failed_targets = 0
    for name in options.targets or TARGETS:
        begin = time.monotonic()
        command = [sys.executable, "-m", "tests.fuzz", name, "--one", "--corpus", corpus]
        command += ["--findings", findings, "--seconds", str(options.seconds)]
        run = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        count = next(
            (
                line.rpartition(":")[2].strip()
                for line in run.stderr.splitlines()
                if line.startswith("stat::number_of_executed_units")
            ),
            "?",
        )
        seconds = time.monotonic() - begin
        verdict = "clean" if run.returncode == 0 else f"FOUND (exit {run.returncode})"
        print(f"{name:<12} {count:>10} inputs in {seconds:5.0f} s: {verdict}", flush=True)
        if run.returncode:
            failed_targets += 1
            print("\n".join((run.stdout + run.stderr).splitlines()[-60:]), flush=True)
    return failed_targets


def _fuzz(name: str, options: argparse.Namespace) -> int:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    target = TARGETS[name]
    inputs = os.path.abspath(os.path.join(options.corpus, name))
    findings = os.path.abspath(os.path.join(options.findings, name)) + os.sep
    os.makedirs(inputs, exist_ok=True)
    os.makedirs(findings, exist_ok=True)
    with atheris.instrument_imports(include=["composelint"]):
        for number, data in enumerate(seeds(name)):
            with open(os.path.join(inputs, f"seed-{number:04}"), "wb") as stream:
                stream.write(data)
            target.check(data)
    words = os.path.join(findings, "words")
    with open(words, "w", encoding="ascii") as stream:
        for word in target.words:
            escaped = "".join(f"\\x{byte:02x}" for byte in word.encode())
            stream.write(f'"{escaped}"\n')

    def check(data: bytes) -> None:
        start = time.process_time()
        target.check(data)
        seconds = time.process_time() - start
        assert seconds < MOST_SECONDS, f"{seconds:.1f} seconds"

    # Files that the input names must not exist.
    os.chdir(tempfile.mkdtemp(prefix="fuzz-empty-"))
    atheris.Setup(
        [
            sys.argv[0],
            inputs,
            f"-dict={words}",
            f"-artifact_prefix={findings}",
            f"-max_total_time={options.seconds}",
            f"-timeout={HANG_SECONDS}",
            f"-rss_limit_mb={MEMORY_MIB}",
            "-max_len=6000",
            "-len_control=20",
            "-print_final_stats=1",
            "-verbosity=0",
        ],
        check,
    )
    atheris.Fuzz()
    return 0


if __name__ == "__main__":
    sys.exit(main())
