"""Helpers of several folders: linting and fixing a text, programs, tables of cases."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result as CliResult
from composelint.linter.base.text import Span
from composelint.linter.config.settings import Config
from composelint.linter.config.trust import User
from composelint.linter.engine.run import check_files
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import InputFile, discover
from composelint.linter.fixing.engine import Choice, FixResult, fix_files
from composelint.linter.result import Result
from composelint.linter.rule import Append, Create, Diagnostic
from composelint.linter.rulebook import binding
from composelint.linter.rulebook.selection import Selection
from composelint.linter.source.yaml.nodes import Mapping, Node, Scalar
from composelint.linter.source.yaml.nodes import Sequence as YamlList
from hypothesis import settings

LayOut = Callable[[dict[str, str]], Path]
"""The fixture ``lay_out``."""

Run = Callable[..., CliResult]
"""The fixture ``run``."""

ROOT = Path(__file__).parents[1]
GIT = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"]
FAULTY = 'version: "3"\nservices:\n  db:\n    image: postgres\n    environment: {POSTGRES_PASSWORD_FILE: /run/db}\n'
"""A Compose file with two warnings, CF004 (which has a safe fix) and CF401."""


def examples(count: int) -> settings:
    """This many examples under the profile "more" of .ci/run, in proportion under the others."""
    return settings(max_examples=max(count * settings().max_examples // 100, 1))


def part_of(items: Sequence[Any]) -> Sequence[Any]:
    """All of them under the profile "more", a part spread over all of them under fewer examples.

    Tests that use it have the mark ``exhaustive``, with which .ci/run selects them.
    """
    return items[:: max(100 // settings().max_examples, 1)]


@cache
def selected(preset: str = "recommended", code: str | None = None, *more: str) -> Selection:
    """The selection of a preset, or of one rule under it, and of more rules: made once."""
    return Selection(preset, select=None if code is None else [code], extend_select=more)


def load_config(path: str | None = None, **given: Any) -> Config:
    """The configuration for the working folder, under a user who trusts its tree."""
    return binding.load_config(path, user=User(everything=True), **given)


# --- linting and fixing --------------------------------------------------------------------


def check_paths(paths: Sequence[str], settings: Settings) -> Result:
    """Lint files and folders."""
    return check_files(list(discover(paths)), settings)


def check_text(data: bytes, filename: str, kind: str, settings: Settings) -> Result:
    """Lint the bytes of one file as if it was at ``filename``."""
    return check_files([InputFile(filename, kind, True)], settings, {filename: data})


def kind_of_text(path: str) -> str:
    """``compose`` for a YAML file, ``dockerfile`` for every other."""
    return "compose" if path.endswith((".yaml", ".yml")) else "dockerfile"


def fix_text(text: str, path: str, *select: str, unsafe: bool = False) -> FixResult:
    """Fix a text with the selected rules, or with those of the default preset."""
    return fix_files(
        [InputFile(path, kind_of_text(path), True)],
        Settings(selection=Selection(select=select or None), debug=True),
        Choice(unsafe=unsafe),
        {path: text.encode()},
    )


# --- files and programs --------------------------------------------------------------------


def write_files(files: dict[str, str], folder: str | Path = ".") -> None:
    """Write texts to their paths below a folder."""
    for path, text in files.items():
        target = Path(folder, path)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")


def commit_all(folder: Path) -> None:
    """Make a folder a git repository with all its files committed."""
    for command in (["init", "-q"], ["add", "-A"], ["commit", "-qm", "all"]):
        subprocess.run([*GIT, *command], cwd=folder, check=True)


def run_python(
    *arguments: str | Path, folder: str | Path | None = None, check: bool = False, **variables: str
) -> subprocess.CompletedProcess[str]:
    """Run this interpreter in another process: no terminal, no input, further variables."""
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        env={**os.environ, **variables},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=check,
    )


def write_program(path: Path) -> None:
    """Write a program that runs composelint with this interpreter."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m composelint "$@"\n')
    path.chmod(0o755)


# --- nodes and places ----------------------------------------------------------------------


def plain(node: Node | None) -> Any:
    """A node as Python data."""
    if isinstance(node, Mapping):
        return {entry.name: plain(entry.value) for entry in node.entries}
    if isinstance(node, YamlList):
        return [plain(item) for item in node.items]
    return node.value if isinstance(node, Scalar) else None


def place(span: Span) -> str:
    """The start of a span as ``line:column``, both counted from 1."""
    line, column = span.file.position(span.start)
    return f"{line}:{column}"


def finding_data(item: Diagnostic) -> tuple[object, ...]:
    """Everything in a finding as plain values."""
    fix = item.fix and (
        item.fix.title,
        item.fix.applicability,
        item.fix.changes,
        tuple(
            (edit.path, edit.text)
            if isinstance(edit, Create)
            else (edit.file.path, edit.lines, edit.exists, edit.secret)
            if isinstance(edit, Append)
            else (edit.span.file.path, edit.span.start, edit.span.end, edit.replacement)
            for edit in item.fix.edits
        ),
    )
    related = [(each.span.file.path, each.span.start, each.message) for each in item.related]
    sensitive = [(span.file.path, span.start, span.end) for span in item.sensitive]
    return (
        *(item.path, tuple(item.start), tuple(item.end), item.span.text),
        *(item.code, item.name, item.severity, item.message, item.help, item.subject),
        *(item.evidence, item.owner, item.stack, item.suppressed, item.brought_by, fix),
        *(tuple(related), tuple(sensitive)),
    )


# --- tables of cases -----------------------------------------------------------------------


def titled(table: Sequence[tuple[Any, ...]]) -> list[Any]:
    """Rows for ``parametrize``: the first column is the id, the others are the values."""
    return [pytest.param(*row[1:], id=row[0]) for row in table]


@contextmanager
def no_hang() -> Iterator[None]:
    """Fail if the block takes ten seconds of CPU time: a hang. ``tests/growth`` counts steps."""
    start = time.process_time()
    yield
    assert time.process_time() - start < 10
