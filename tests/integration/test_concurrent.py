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
    lay_out(folder)
    return folder


def lay_out(folder: Path) -> None:
    """Put every file back to what has to be fixed, and take away what fixes made."""
    for name in listed(folder):
        (folder / name).unlink()
    for stack in STACKS:
        (folder / stack).mkdir(exist_ok=True)
        (folder / stack / "compose.yaml").write_text(COMPOSE.format(stack=stack))
        (folder / stack / "Dockerfile").write_text(DOCKERFILE)


def listed(folder: Path) -> list[str]:
    """The files of a tree, without the cache's own."""
    return sorted(
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and ".composelint_cache" not in path.parts
    )


def texts(folder: Path) -> dict[str, str]:
    return {name: (folder / name).read_text() for name in listed(folder)}


def start(folder: Path, *arguments: str) -> subprocess.Popen[str]:
    # On a CI system there would be no cache.
    variables = {name: text for name, text in os.environ.items() if name != "CI"}
    return subprocess.Popen(
        [sys.executable, "-m", "composelint", "check", "--output-format", "concise", *arguments],
        cwd=folder, env=variables, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip


def together(folder: Path, *calls: tuple[str, ...]) -> list[tuple[int, str, str]]:
    """Exit codes, outputs and error outputs of runs that start at the same time."""
    runs = [start(folder, *call) for call in calls]
    outputs = [run.communicate(timeout=120) for run in runs]
    return [(run.returncode, *output) for run, output in zip(runs, outputs, strict=True)]


def no_scratch_files(folder: Path) -> None:
    cache = folder / ".composelint_cache"
    left = [path.name for path in folder.rglob("*") if path.name.startswith(".composelint-")]
    left += [path.name for path in cache.glob("*.tmp")]
    assert left == []


@pytest.mark.parametrize("how", [("--fix",), ("--fix", "--unsafe-fixes")])
def test_runs_that_fix_the_same_leave_what_one_leaves(how: tuple[str, ...], tree: Path) -> None:
    ((code, _, _),) = together(tree, how)
    alone = texts(tree)
    before = COMPOSE.format(stack=STACKS[0])
    assert alone["stack-00/compose.yaml"] != before
    for _ in range(ROUNDS):
        lay_out(tree)
        answers = together(tree, how, how, how)
        assert texts(tree) == alone
        # Who came late has found it done or says so; nobody fails otherwise.
        for status, _, errors in answers:
            said = [line for line in errors.splitlines() if "composelint: " in line]
            assert status == code or (status == 2 and said), errors
            assert all("changed since it was read" in line for line in said), errors
        no_scratch_files(tree)


def test_runs_that_fix_different_things_undo_none_of_each_other(tree: Path) -> None:
    fixes = {
        "obsolete-version": ("compose.yaml", lambda text: "version:" not in text),
        "maintainer": ("Dockerfile", lambda text: "MAINTAINER" not in text),
        "legacy-key-value": ("Dockerfile", lambda text: "ENV KEY=value" in text),
        "package-cache-left": ("Dockerfile", lambda text: "--no-cache" in text),
    }
    calls = [("--fix-only", "--isolated", "--select", name) for name in fixes]
    for _ in range(ROUNDS):
        lay_out(tree)
        for (name, done), (status, _, errors) in zip(
            fixes.values(), together(tree, *calls), strict=True
        ):
            for stack in STACKS:
                path = f"{stack}/{name}"
                # What a run does not say it left undone is there, whoever wrote later.
                refused = f"{path}: the file has changed since it was read" in errors
                assert done((tree / path).read_text()) != refused, (path, errors)
            assert status == (2 if "nothing was written" in errors else 0)
        # Nothing but whole fixes happened to any file: the rest of them makes it the same.
        (answer,) = together(tree, ("--fix-only", "--isolated", "--select", ",".join(fixes)))
        assert answer[0] == 0
        assert len({(tree / stack / "Dockerfile").read_text() for stack in STACKS}) == 1
        for stack in STACKS:
            expected = COMPOSE.format(stack=stack).partition("\n")[2]
            assert (tree / stack / "compose.yaml").read_text() == expected
        assert listed(tree) == sorted(FILES)
        no_scratch_files(tree)


def test_the_cache_is_never_stale_after_runs_at_once(tree: Path) -> None:
    look: tuple[str, ...] = ()
    fix = ("--fix-only",)
    for number in range(ROUNDS):
        lay_out(tree)
        changed = tree / STACKS[number] / "compose.yaml"
        changed.write_text(changed.read_text().replace("postgres:16.4", "postgres"))
        answers = together(tree, look, fix, look, fix)
        assert not [errors for _, _, errors in answers if "Traceback" in errors]
        (kept,) = together(tree, look)
        (again,) = together(tree, look)
        (afresh,) = together(tree, ("--no-cache",))
        assert kept == again == afresh
        assert f"{STACKS[number]}/compose.yaml" in afresh[1]
        no_scratch_files(tree)
    assert list((tree / ".composelint_cache").glob("*.json"))
