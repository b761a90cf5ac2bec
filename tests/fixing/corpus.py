"""Fixes each stack below some folders, and checks that nothing was broken, lost or left unfixed.

``python tests/fixing/corpus.py FOLDER... [--docker-compose PATH] [--preset NAME]``

Each folder is copied. For each stack, with safe fixes and with unsafe ones too: every file still
loads; no comment, anchor or blank line outside the fixed lines is lost; a second run changes nothing.
If the Docker Compose binary is given: it takes each stack that it took before, with the variables that
are set there (``.env`` and env files); every value of a variable still reaches a container; and its
output differs only at paths that the applied fixes declare. Exit code 1 if any of this fails; fixes
that were dropped are notes.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, NamedTuple

from composelint.linter.base.text import SourceFile
from composelint.linter.compose.discover import discover_stacks
from composelint.linter.config.options import Options
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files.discovery import discover
from composelint.linter.files.kinds import COMPOSE
from composelint.linter.files.reader import Reader
from composelint.linter.fixing.engine import FixResult
from composelint.linter.fixing.workspace import encoded, fix_workspace
from composelint.linter.source.yaml.parser import parse_yaml


def comments(path: str, text: str) -> Counter[str]:
    """The comments of a YAML file that are alone on their lines."""
    parsed = parse_yaml(SourceFile(path, text))
    source = parsed.source.text
    # A formatter takes the blanks behind a comment away.
    return Counter(
        source[item.start : item.end].rstrip() for item in parsed.comments if item.own_line
    )


def text_problems(outcome: FixResult) -> list[str]:
    """Messages about comments, anchors, newlines and blank lines that fixes have removed."""
    problems = []
    for path, after in outcome.after.items():
        before = outcome.before[path].text
        if path.endswith((".yml", ".yaml")):
            lost = comments(path, before) - comments(path, after)
            problems += [f"{path}: comment lost: {text}" for text in lost]
            if parse_yaml(SourceFile(path, after)).problems:
                problems.append(f"{path}: no longer loads")
            for mark in ("&", "*"):
                if Counter(before)[mark] > Counter(after)[mark]:
                    problems.append(f"{path}: an anchor or alias was lost")
        if before.endswith("\n") and not after.endswith("\n"):
            problems.append(f"{path}: the final newline was lost")
        if ("\r\n" in before) != ("\r\n" in after) and "\n" in before:
            problems.append(f"{path}: the line endings changed")
        blank = before.count("\n\n") - after.count("\n\n")
        fixes = [item.code for item in outcome.applied if item.path == path]
        # One fix takes all blank lines out of an instruction.
        if blank > len(fixes) and "DF004" not in fixes:
            problems.append(f"{path}: blank lines were lost")
    return problems


def resolved(binary: str, files: tuple[str, ...], variables: dict[str, str]) -> Any:
    """The model that Docker Compose prints of a stack; None if it refuses the stack."""
    command = [binary]
    for file in files:
        command += ["-f", os.path.abspath(file)]
    answer = subprocess.run(
        [*command, "config", "--format", "json", "--no-path-resolution"],
        env={**variables, "HOME": "/root", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
        cwd=os.path.dirname(os.path.abspath(files[0])),
    )  # fmt: skip
    return json.loads(answer.stdout) if answer.returncode == 0 else None


def paths_that_differ(before: Any, after: Any, path: str = "") -> list[str]:
    """The paths at which two models differ."""
    if before == after:
        return []
    if isinstance(before, dict) and isinstance(after, dict):
        return [
            path_below
            for key in sorted({*before, *after})
            for path_below in paths_that_differ(
                before.get(key), after.get(key), f"{path}.{key}".strip(".")
            )
        ]
    return [path]


def declared(outcome: FixResult) -> set[str]:
    """The parts of the stacks that the fixes declare: section, name and key."""
    return {".".join(change.path.replace("[", ".").split(".")[:3]) for change in outcome.changes}


class Stack(NamedTuple):
    """A stack and what Docker Compose makes of it; None where it refuses the stack."""

    files: tuple[str, ...]
    before: Any


def fix_stack(files: tuple[str, ...], unsafe: bool, preset: str) -> list[FixResult]:
    """The result of fixing one stack in memory, as the command line would."""
    options = Options(isolated=True, preset=preset, jobs=1, no_cache=True)
    return fix_workspace(open_workspace(files, options), unsafe)


def environments(model: Any) -> dict[str, Any]:
    """The variables of the services of a model."""
    services = (model or {}).get("services") or {}
    return {name: service.get("environment") or {} for name, service in services.items()}


def values_lost(before: Any, after: Any) -> list[str]:
    """The variables whose values no container gets any more."""
    values = {str(value) for each in environments(after).values() for value in each.values()}
    secrets = json.dumps((after or {}).get("secrets") or {})
    return [
        f"{service}.{name}"
        for service, variables in environments(before).items()
        for name, value in variables.items()
        if value is not None and str(value) not in values and str(value) not in secrets
    ]


class Restored:
    """Writes the fixed texts to the disk, and what was there before when it ends."""

    def __init__(self, outcomes: list[FixResult]) -> None:
        self.outcomes = outcomes
        self.saved: dict[str, bytes | None] = {}

    def __enter__(self) -> None:
        for outcome in self.outcomes:
            for path, text in {**outcome.created, **outcome.after}.items():
                target = Path(path)
                if path not in self.saved:
                    self.saved[path] = target.read_bytes() if target.exists() else None
                target.parent.mkdir(parents=True, exist_ok=True)
                mark = path in outcome.before and outcome.before[path].bom
                target.write_bytes(encoded(text, mark))

    def __exit__(self, *_: object) -> None:
        for path, data in self.saved.items():
            if data is None:
                Path(path).unlink()
            else:
                Path(path).write_bytes(data)


def check(stack: Stack, binary: str | None, unsafe: bool, preset: str) -> tuple[int, list[str]]:
    """Fix one stack; returns the number of applied fixes, and messages about problems."""
    outcomes = fix_stack(stack.files, unsafe, preset)
    problems = [problem for outcome in outcomes for problem in text_problems(outcome)]
    for outcome in outcomes:
        problems += [
            f"note: {drop.finding.path}: {drop.finding.code} dropped: {drop.reason}"
            for drop in outcome.dropped
        ]
        if not outcome.converged:
            problems.append("the fixes did not settle")
    applied = sum(len(outcome.applied) for outcome in outcomes)
    if not applied:
        return 0, problems
    with Restored(outcomes):
        if binary and stack.before is not None:
            after = resolved(binary, stack.files, {})
            if after is None:
                problems.append("Docker Compose no longer accepts it")
            else:
                lost = [] if unsafe_environment(outcomes) else values_lost(stack.before, after)
                problems += [f"the value of {name} is lost" for name in lost]
                allowed = {part for outcome in outcomes for part in declared(outcome)}
                for path in paths_that_differ(stack.before, after):
                    key = ".".join(path.split(".")[:3])
                    if not any(key.startswith(part) or part.startswith(key) for part in allowed):
                        problems.append(f"{path} changed, and no fix says so")
        again = fix_stack(stack.files, unsafe, preset)
        changed = [path for outcome in again for path in {**outcome.after, **outcome.created}]
        if changed:
            codes = sorted({item.code for outcome in again for item in outcome.applied})
            problems.append(f"a second run changes {changed} ({', '.join(codes)})")
    return applied, problems


def unsafe_environment(outcomes: list[FixResult]) -> bool:
    """Whether a fix changed variables and said so."""
    return any(".environment" in change.path for outcome in outcomes for change in outcome.changes)


def stacks_in(binary: str | None) -> list[Stack]:
    """The stacks of the working directory."""
    files = [item.path for item in discover(["."], respect_gitignore=False) if item.kind == COMPOSE]
    stacks = [stack.files for stack in discover_stacks(files, Reader("."))]
    return [Stack(files, resolved(binary, files, {}) if binary else None) for files in stacks]


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--docker-compose", metavar="PATH")
    parser.add_argument("--preset", default="all")
    parser.add_argument("--most", type=int, default=0, help="stop after so many stacks of a folder")
    options = parser.parse_args()
    totals: Counter[str] = Counter()
    for folder in options.folders:
        with tempfile.TemporaryDirectory() as copy:
            subprocess.run(["cp", "-a", f"{os.path.abspath(folder)}/.", copy], check=True)
            os.chdir(copy)
            for stack in stacks_in(options.docker_compose)[: options.most or None]:
                totals["stacks"] += 1
                totals["stacks that load"] += stack.before is not None
                for unsafe in (False, True):
                    grade = "unsafe" if unsafe else "safe"
                    try:
                        count, problems = check(
                            stack, options.docker_compose, unsafe, options.preset
                        )
                    except Exception as error:  # a defect, which must not end the run
                        count, problems = 0, [f"{type(error).__name__}: {error}"]
                    totals[f"{grade} fixes"] += count
                    totals[f"stacks changed by {grade} fixes"] += bool(count)
                    for problem in dict.fromkeys(problems):
                        is_note = problem.startswith("note: ")
                        totals["notes" if is_note else "problems"] += 1
                        print(f"{folder}: {':'.join(stack.files)}: {grade}: {problem}", flush=True)
            os.chdir("/")
        print(f"{folder}: {dict(totals)}", flush=True)
    return 1 if totals["problems"] else 0


if __name__ == "__main__":
    sys.exit(main())
