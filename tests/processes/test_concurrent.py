"""Several runs on one tree at the same time, with ``--fix`` and the cache: nothing is lost."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

COMPOSE = """\
version: "3.8"
services:
  web:
    build: .
    ports:
      - "8080:80"
    # a comment that stays
    environment:
      STACK: {stack}
      API_PASSWORD: hunter2-{stack}
  db:
    image: postgres:16.4
"""
DOCKERFILE = """\
FROM node:22.11-alpine
MAINTAINER someone
ENV KEY value
RUN apk add curl
"""
STACKS = [f"stack-{number:02}" for number in range(6)]
ROUNDS = 3
FILES = [f"{stack}/{name}" for stack in STACKS for name in ("compose.yaml", "Dockerfile")]


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    folder = tmp_path / "tree"
    (folder / ".git").mkdir(parents=True)
    reset(folder)
    return folder


def reset(folder: Path) -> None:
    """Restore every file to its text before fixes, and delete files that fixes created."""
    for name in files_of(folder):
        (folder / name).unlink()
    for stack in STACKS:
        (folder / stack).mkdir(exist_ok=True)
        (folder / stack / "compose.yaml").write_text(COMPOSE.format(stack=stack))
        (folder / stack / "Dockerfile").write_text(DOCKERFILE)


def files_of(folder: Path) -> list[str]:
    """The paths of all files but the cache."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and ".composelint_cache" not in path.parts
    )


def texts(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in files_of(folder)}


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    # On a CI system there is no cache.
    variables = {name: text for name, text in os.environ.items() if name != "CI"}
    return subprocess.Popen(
        [sys.executable, "-m", "composelint", "check", "--output-format", "concise", *arguments],
        cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def run_together(folder: Path, *calls: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Run calls at the same time; returns exit codes, outputs and error outputs."""
    runs = [start(folder, *call) for call in calls]
    outputs = [run.communicate(timeout=120) for run in runs]
    return [(run.returncode, *output) for run, output in zip(runs, outputs, strict=True)]


def assert_no_temporary_files(folder: Path) -> None:
    cache = folder / ".composelint_cache"
    names = [path.name for path in folder.rglob("*") if path.name.startswith(".composelint-")]
    names += [path.name for path in cache.glob("*.tmp")]
    assert names == []


@pytest.mark.parametrize("options", [("--fix",), ("--fix", "--unsafe-fixes")])
def test_concurrent_runs_leave_the_same_texts_as_one_run(
    options: tuple[str, ...], tree: Path
) -> None:
    ((code, _, _),) = run_together(tree, options)
    expected = texts(tree)
    before = COMPOSE.format(stack=STACKS[0])
    assert expected["stack-00/compose.yaml"] != before
    for _ in range(ROUNDS):
        reset(tree)
        answers = run_together(tree, options, options, options)
        assert texts(tree) == expected
        # A later run finds the files fixed, or reports that they have changed; no other failure.
        for status, _, errors in answers:
            messages = [line for line in errors.splitlines() if "composelint: " in line]
            assert status == code or (status == 2 and messages), errors
            assert all("changed since it was read" in line for line in messages), errors
        assert_no_temporary_files(tree)


def test_concurrent_runs_do_not_undo_fixes_of_each_other(tree: Path) -> None:
    fixes = {
        "obsolete-version": ("compose.yaml", lambda text: "version:" not in text),
        "maintainer": ("Dockerfile", lambda text: "MAINTAINER" not in text),
        "legacy-key-value": ("Dockerfile", lambda text: "ENV KEY=value" in text),
        "package-cache-left": ("Dockerfile", lambda text: "--no-cache" in text),
    }
    calls = [("--fix-only", "--isolated", "--select", name) for name in fixes]
    for _ in range(ROUNDS):
        reset(tree)
        for (name, is_fixed), (status, _, errors) in zip(
            fixes.values(), run_together(tree, *calls), strict=True
        ):
            for stack in STACKS:
                path = f"{stack}/{name}"
                # A fix is in the file unless its run has reported that it was refused.
                is_refused = f"{path}: the file has changed since it was read" in errors
                assert is_fixed((tree / path).read_text()) != is_refused, (path, errors)
            assert status == (2 if "nothing was written" in errors else 0)
        # Files have complete fixes only: with the remaining fixes all files are the same.
        (answer,) = run_together(tree, ("--fix-only", "--isolated", "--select", ",".join(fixes)))
        assert answer[0] == 0
        assert len({(tree / stack / "Dockerfile").read_text() for stack in STACKS}) == 1
        for stack in STACKS:
            expected = COMPOSE.format(stack=stack).partition("\n")[2]
            assert (tree / stack / "compose.yaml").read_text() == expected
        assert files_of(tree) == sorted(FILES)
        assert_no_temporary_files(tree)


def test_the_cache_is_not_stale_after_concurrent_runs(tree: Path) -> None:
    lint: tuple[str, ...] = ()
    fix = ("--fix-only",)
    for number in range(ROUNDS):
        reset(tree)
        changed = tree / STACKS[number] / "compose.yaml"
        changed.write_text(changed.read_text().replace("postgres:16.4", "postgres"))
        answers = run_together(tree, lint, fix, lint, fix)
        assert not [errors for _, _, errors in answers if "Traceback" in errors]
        (cached,) = run_together(tree, lint)
        (cached_again,) = run_together(tree, lint)
        (uncached,) = run_together(tree, ("--no-cache",))
        assert cached == cached_again == uncached
        assert f"{STACKS[number]}/compose.yaml" in uncached[1]
        assert_no_temporary_files(tree)
    assert list((tree / ".composelint_cache").glob("*.json"))
