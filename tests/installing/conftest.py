"""Fixtures for what installs composelint: one source for all workers, and the runners of hooks."""

from __future__ import annotations

import fcntl
import shutil
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest
from checks import commit_all, write_files
from runners import Runner


@pytest.fixture(scope="session")
def shared(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Path:
    """A folder that all workers of this run share."""
    base = tmp_path_factory.getbasetemp()
    folder = (base if worker_id == "master" else base.parent) / "shared"
    folder.mkdir(exist_ok=True)
    return folder


@pytest.fixture(scope="session")
def source(shared: Path, checkout: Path) -> Path:
    """The repository that hooks come from: one for all workers, so that each is installed once."""
    target = shared / "composelint"
    with open(shared / "lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            shutil.copytree(checkout, shared / "copy")
            (shared / "copy").rename(target)
    return target


@pytest.fixture(scope="session", params=["pre-commit", "prek"])
def runner(request: pytest.FixtureRequest, shared: Path, source: Path) -> Runner:
    """A runner of hooks; what it installs stays for the other tests."""
    return Runner(request.param, shared / request.param, source)


@pytest.fixture
def hooked(runner: Runner, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Makes a repository with committed files and installed hooks, which becomes the working folder."""

    def make(
        files: dict[str, str],
        *hooks: str,
        types: Iterable[str] = ("pre-commit",),
        **settings: object,
    ) -> Path:
        folder = tmp_path / "project"
        configuration = runner.configuration(*(hooks or ["composelint"]), **settings)
        write_files({**files, ".pre-commit-config.yaml": configuration}, folder)
        commit_all(folder)
        monkeypatch.chdir(folder)
        options = [option for name in types for option in ("--hook-type", name)]
        answer = runner("install", *options)
        assert answer.code == 0, answer.text
        return folder

    return make
