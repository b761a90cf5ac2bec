"""Fixes everything in a copy of a folder and checks that nothing else changed.

``python tests/fixing/corpus.py FOLDER... [--docker-compose PATH] [--unsafe]``

For every Compose file and Dockerfile below each folder: after fixing, every file still
loads; no comment, anchor or blank line outside the fixed lines is lost; a second run
changes nothing; and, if the Docker Compose binary is given, its resolved output before
and after differs only at paths that the applied fixes declare. Exit code 1 if any of this fails.
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
from typing import Any

from composelint.linter.base.text import SourceFile
from composelint.linter.compose.discover import discover_stacks
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.files.kinds import COMPOSE
from composelint.linter.files.reader import Reader
from composelint.linter.fixing.engine import Choice, FixResult, fix_files
from composelint.linter.rulebook.selection import Selection
from composelint.linter.source.yaml.parser import parse_yaml


def fix_folder(unsafe: bool, preset: str) -> tuple[FixResult, list[str]]:
    """Fix the working directory; returns the outcome and the Compose files."""
    settings = Settings(selection=Selection(preset), debug=True)
    files = list(discover(["."], respect_gitignore=False))
    outcome = fix_files(files, settings, Choice(unsafe=unsafe))
    return outcome, [item.path for item in files if item.kind == COMPOSE]


def comments(path: str, text: str) -> Counter[str]:
    """The comments of a YAML file that are alone on their lines."""
    parsed = parse_yaml(SourceFile(path, text))
    source = parsed.source.text
    return Counter(source[item.start : item.end] for item in parsed.comments if item.own_line)


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
        if before.endswith("\n") != after.endswith("\n"):
            problems.append(f"{path}: the final newline changed")
        if ("\r\n" in before) != ("\r\n" in after) and "\n" in before:
            problems.append(f"{path}: the line endings changed")
        blank = before.count("\n\n") - after.count("\n\n")
        fixes = [item.code for item in outcome.applied if item.path == path]
        # One fix takes all blank lines out of an instruction.
        if blank > len(fixes) and "DF004" not in fixes:
            problems.append(f"{path}: blank lines were lost")
    return problems


def resolved(binary: str, files: tuple[str, ...]) -> Any:
    """The model that Docker Compose prints of a stack; None if it refuses the stack."""
    command = [binary]
    for file in files:
        command += ["-f", os.path.abspath(file)]
    answer = subprocess.run(
        [*command, "config", "--format", "json", "--no-path-resolution"],
        env={"HOME": "/root", "PATH": "/usr/bin:/bin"}, capture_output=True, text=True, check=False,
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


def check(folder: str, binary: str | None, unsafe: bool, preset: str) -> tuple[int, list[str]]:
    """Check one folder; returns the number of applied fixes, and messages about problems."""
    with tempfile.TemporaryDirectory() as copy:
        subprocess.run(["cp", "-a", f"{folder}/.", copy], check=True)
        os.chdir(copy)
        files = [
            item.path for item in discover(["."], respect_gitignore=False) if item.kind == COMPOSE
        ]
        stacks = [stack.files for stack in discover_stacks(files, Reader("."))]
        outcome, _ = fix_folder(unsafe, preset)
        before = {stack: resolved(binary, stack) for stack in stacks} if binary else {}
        problems = text_problems(outcome)
        problems += [
            f"{drop.finding.span.file.path}: {drop.finding.code} dropped: {drop.reason}"
            for drop in outcome.dropped
        ]
        if not outcome.converged:
            problems.append("the fixes did not settle")
        for path, text in {**outcome.created, **outcome.after}.items():
            Path(path).parent.mkdir(parents=True, exist_ok=True)
            mark = "\ufeff" if path in outcome.before and outcome.before[path].bom else ""
            Path(path).write_bytes((mark + text).encode("utf-8", "surrogatepass"))
        allowed = declared(outcome)
        for stack, model_before in before.items():
            model_after = resolved(binary or "", stack)
            if model_before is not None and model_after is None:
                problems.append(f"{stack}: Docker Compose no longer accepts it")
            elif model_before is not None:
                for path in paths_that_differ(model_before, model_after):
                    key = ".".join(path.split(".")[:3])
                    if not any(key.startswith(part) or part.startswith(key) for part in allowed):
                        problems.append(f"{stack}: {path} changed, and no fix says so")
        again, _ = fix_folder(unsafe, preset)
        if again.after or again.created:
            problems.append(f"a second run changes {sorted({**again.after, **again.created})}")
        os.chdir("/")
        return len(outcome.applied), problems


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folders", nargs="+")
    parser.add_argument("--docker-compose", metavar="PATH")
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--preset", default="recommended")
    options = parser.parse_args()
    failed = 0
    for folder in options.folders:
        count, problems = check(
            os.path.abspath(folder), options.docker_compose, options.unsafe, options.preset
        )
        print(f"{folder}: {count} fixes, {len(problems)} problems")
        for problem in problems:
            print(f"  {problem}")
        failed += len(problems)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
