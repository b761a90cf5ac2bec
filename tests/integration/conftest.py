"""Fixtures of the end-to-end tests."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import commit_all, run_python, write_files


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[dict[str, str]], Path]:
    """Makes a repository with these files committed, which becomes the working folder."""

    def make(files: dict[str, str]) -> Path:
        folder = tmp_path / "project"
        write_files(files, folder)
        commit_all(folder)
        monkeypatch.chdir(folder)
        return folder

    return make


@pytest.fixture
def program() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs the program as a CI job does: no terminal, no input."""

    def run(*arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        variables = {"CI": "true", "TERM": "dumb", **variables}
        return run_python("-m", "composelint", *arguments, **variables)

    return run
