"""``python -m tests.bench.published``: composelint on the files of published studies.

Each folder is optional. ``--binnacle`` has the gold set's Dockerfiles, ``--shipwright`` the
files of ``data/broken-dockerfiles``, ``--parfum`` a built docker-parfum (``build/index.js``), which
is run on a sample of the others' files, or its published results (``NAME.json`` for
``NAME.Dockerfile``). hadolint is run beside it where it is on the search path or given as
``--hadolint PATH``. Results are in docs/benchmark.md.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from composelint.linter.engine.run import check_files
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.rule import Diagnostic, Severity
from composelint.linter.rulebook.selection import Selection
from composelint.linter.version import VERSION

from . import peers

REASONS = frozenset(("reading", "build", "start"))
"""The categories whose findings name a reason why a file does not build."""

CONTEXT = frozenset(("XF102", "XF108"))
"""The rules about files of the context, which the data do not have."""

AT_ONCE = 200

Found = Mapping[str, Sequence[Diagnostic]]


def main(argv: Sequence[str] | None = None) -> int:
    """Measure and print; returns the exit code."""
    options = _parser().parse_args(argv)
    print(f"composelint {VERSION}, {datetime.now(UTC):%Y-%m-%d}\n")
    if options.binnacle:
        _binnacle(_files(options.binnacle))
    if options.shipwright:
        _shipwright(_files(options.shipwright), options)
    if options.parfum:
        folders = [folder for folder in (options.binnacle, options.shipwright) if folder]
        files = [path for folder in folders for path in _files(folder)]
        if peers.is_published(options.parfum):
            names = {path.stem for path in options.parfum.glob("*.json")}
            files = [path for path in files if path.stem in names]
        _peers(_drawn(files, options.sample, options.seed), options)
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("python -m tests.bench.published", description=__doc__)
    parser.add_argument("--binnacle", type=Path, metavar="DIR")
    parser.add_argument("--shipwright", type=Path, metavar="DIR")
    parser.add_argument("--parfum", type=Path, metavar="DIR")
    parser.add_argument("--hadolint", default=shutil.which("hadolint"), metavar="PATH")
    parser.add_argument("--sample", type=int, default=150, help="files for docker-parfum")
    parser.add_argument(
        "--disagreements", type=int, default=0, help="print so many disagreements to judge"
    )
    parser.add_argument("--claims", type=int, default=0, help="print so many claims to judge")
    parser.add_argument("--seed", type=int, default=16)
    return parser


def _files(folder: Path) -> list[Path]:
    """The files of a folder that are not empty, by name."""
    return sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)


def _drawn(files: Sequence[Path], count: int, seed: int) -> list[Path]:
    """Some of the files, the same for the same seed."""
    return sorted(random.Random(seed).sample(files, min(count, len(files))))


def lint(files: Sequence[Path], preset: str = "recommended") -> dict[str, list[Diagnostic]]:
    """The findings for each file, as the only Dockerfile of a folder of its own."""
    found: dict[str, list[Diagnostic]] = {}
    before = Path.cwd()
    with tempfile.TemporaryDirectory(prefix="published-") as top:
        for start in range(0, len(files), AT_ONCE):
            folder = Path(top) / str(start)
            (folder / ".git").mkdir(parents=True)
            for path in files[start : start + AT_ONCE]:
                (folder / path.stem).mkdir()
                shutil.copyfile(path, folder / path.stem / "Dockerfile")
            os.chdir(folder)
            try:
                result = check_files(list(discover(["."])), Settings(selection=Selection(preset)))
            finally:
                os.chdir(before)
            for finding in result.diagnostics:
                found.setdefault(finding.path.split("/")[0], []).append(finding)
            print(f"\r{min(start + AT_ONCE, len(files))} files", end="", file=sys.stderr)
    print(file=sys.stderr)
    return found


def _binnacle(files: Sequence[Path]) -> None:
    """How many of the experts' files each of binnacle's rules is broken in, by ours."""
    rules = peers.counterparts("binnacle")
    found = lint(files, "all")
    templates = [
        path for path in files if re.search("%%[A-Z_]+%%", path.read_text("utf-8", "replace"))
    ]
    ours = [peers.reported(rules, found.get(path.stem, ())) for path in files]
    print(f"## binnacle's gold set: {len(files)} files, {len(templates)} of them templates\n")
    print("| Theirs | Ours | Files |\n|---|---|---:|")
    for name, codes in rules.items():
        count = sum(bool(each[name]) for each in ours)
        print(f"| {name} | {', '.join(codes)} | {count} ({_share(count, len(files))}) |")
    errors = [each for each in files if _certain(found.get(each.stem, ()))]
    print(f"\nFiles with an error: {len(errors)}\n")


def _certain(findings: Iterable[Diagnostic]) -> bool:
    """Whether a finding gives a certain reason why the file does not build."""
    return any(one.severity is Severity.ERROR and one.code not in CONTEXT for one in findings)


def _named(findings: Iterable[Diagnostic]) -> bool:
    """Whether a finding names a reason that may keep the file from building or its image from starting."""
    return any(
        one.category in REASONS and one.severity is not Severity.INFO and one.code not in CONTEXT
        for one in findings
    )


def _shipwright(files: Sequence[Path], options: argparse.Namespace) -> None:
    """The share of broken files with a reason, and the rules that give it."""
    found = lint(files)
    total = len(files)
    certain = sum(_certain(found.get(path.stem, ())) for path in files)
    named = sum(
        _certain(found.get(path.stem, ())) or _named(found.get(path.stem, ())) for path in files
    )
    print(f"## Shipwright's broken files: {total}\n")
    print(f"A certain reason (error): {certain} ({_share(certain, total)})")
    print(f"Any reason (reading, build, start; warnings too): {named} ({_share(named, total)})")
    if options.hadolint:
        print(f"hadolint, a rule of level error: {_hadolint(options.hadolint, files)}")
    errors = _by_rule(found, lambda one: one.severity is Severity.ERROR)
    warnings = _by_rule(found, lambda one: one.severity is Severity.WARNING)
    print("\n| Rule | Errors, files | Warnings, files |\n|---|---:|---:|")
    for code in sorted({*errors, *warnings}, key=lambda code: (-errors[code], -warnings[code])):
        print(f"| {code} | {errors[code]} | {warnings[code]} |")
    if options.claims:
        _print_claims(found, options)


def _by_rule(found: Found, counts: Callable[[Diagnostic], bool]) -> Counter[str]:
    """How many files each rule reports a reason in."""
    return Counter(
        code
        for findings in found.values()
        for code in {
            one.code
            for one in findings
            if one.category in REASONS and one.code not in CONTEXT and counts(one)
        }
    )


def _print_claims(found: Found, options: argparse.Namespace) -> None:
    """Claims drawn by seed, to be judged beside their source."""
    claims = [
        (name, one)
        for name, findings in sorted(found.items())
        for one in findings
        if one.category in REASONS and one.severity is Severity.ERROR and one.code not in CONTEXT
    ]
    for name, one in random.Random(options.seed).sample(claims, min(options.claims, len(claims))):
        print(f"{name}.Dockerfile:{one.start.line}: {one.code} {one.message}")


def _hadolint(program: str, files: Sequence[Path]) -> str:
    """The share of files in which hadolint reports an error."""
    bad = 0
    for start in range(0, len(files), AT_ONCE):
        part = files[start : start + AT_ONCE]
        done = subprocess.run(
            [program, "--no-fail", "--format", "json", "--failure-threshold", "none", *part],
            capture_output=True,
            text=True,
            check=False,
        )
        rows = json.loads(done.stdout or "[]")
        bad += len({row["file"] for row in rows if row["level"] == "error"})
    return f"{bad} ({_share(bad, len(files))})"


def _peers(files: Sequence[Path], options: argparse.Namespace) -> None:
    """What docker-parfum and hadolint report in a sample, beside what we do."""
    found = lint(files, "all")
    runs: list[tuple[str, str, list[peers.Lines | None]]] = []
    if options.parfum:
        runs.append(("docker-parfum", "parfum", peers.parfum(options.parfum, files)))
    if options.hadolint:
        runs.append(("hadolint", "hadolint", peers.hadolint(options.hadolint, files)))
    for title, tool, theirs in runs:
        comparison = peers.compare(tool, files, theirs, found)
        peers.print_table(title, comparison, peers.counterparts(tool))
        chosen = peers.drawn(comparison.disagreements, options.disagreements, options.seed)
        for one in chosen if options.disagreements else ():
            codes = ", ".join(one.codes)
            print(f"{one.file.name}: {one.peer} {one.theirs}, {codes} {one.ours}")


def _share(part: int, total: int) -> str:
    return f"{part / total:.1%}" if total else "0"


if __name__ == "__main__":
    sys.exit(main())
