"""Fixtures of all folders, and the profiles of hypothesis: the same on every machine."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import ROOT, LayOut, Run, commit_all, write_files
from click.testing import CliRunner, Result
from composelint.linter.cli.main import cli
from hypothesis import HealthCheck, settings

settings.register_profile(
    "default",
    max_examples=20,
    derandomize=True,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
# What .ci/run adds; checks.examples follows.
settings.register_profile("more", parent=settings.get_profile("default"), max_examples=100)
settings.register_profile(
    "long", parent=settings.get_profile("default"), max_examples=5000, derandomize=False
)
settings.load_profile(os.environ.get("COMPOSELINT_HYPOTHESIS", "default"))

VARIABLES = (
    *("NO_COLOR", "FORCE_COLOR", "COMPOSELINT_OUTPUT_FORMAT", "CI"),
    *("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_SHA", "CI_PROJECT_URL", "CI_COMMIT_SHA"),
)
"""Environment variables of terminals and CI systems that change the output or the cache."""
os.environ["XDG_CONFIG_HOME"] = tempfile.mkdtemp(prefix="composelint-home-")
"""The user's own configuration, and that of git, say nothing."""
os.environ["XDG_STATE_HOME"] = tempfile.mkdtemp(prefix="composelint-state-")
for _name in VARIABLES:
    # Before any fixture of a module runs, and for the processes that tests start.
    os.environ.pop(_name, None)


@pytest.fixture(scope="session")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A new repository with the tracked and the unignored files of the working tree."""
    target = tmp_path_factory.mktemp("checkout") / "composelint"
    names = subprocess.run(
        ["git", "-C", str(ROOT), "ls-files", "-coz", "--exclude-standard"],
        capture_output=True,
        check=True,
    ).stdout
    for name in names.decode().split("\0"):
        source = ROOT / name
        if name and source.is_file():
            (target / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(source, target / name)
    commit_all(target)
    return target


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
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository that is the working folder."""
    (tmp_path / ".git").mkdir()
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lay_out(folder: Path) -> LayOut:
    """Writes texts to their paths in the working folder, and returns that folder."""

    def write(files: dict[str, str]) -> Path:
        write_files(files, folder)
        return folder

    return write


@pytest.fixture
def run() -> Run:
    """Runs the command line in this process: ``run("--fix", stdin=b"…")``."""

    def invoke(*arguments: str, stdin: bytes | None = None) -> Result:
        result = CliRunner().invoke(cli, list(arguments), input=stdin)
        assert isinstance(result.exception, SystemExit | None), result.exception
        return result

    return invoke
