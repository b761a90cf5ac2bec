"""A project folder of its own for each test, and the command line in this process."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from composelint.linter.cli.main import cli

QUIET_VARIABLES = (
    "NO_COLOR",
    "FORCE_COLOR",
    "COMPOSELINT_OUTPUT_FORMAT",
    "GITHUB_SERVER_URL",
    "GITHUB_REPOSITORY",
    "GITHUB_SHA",
    "CI_PROJECT_URL",
    "CI_COMMIT_SHA",
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository that is the working folder."""
    for name in QUIET_VARIABLES:
        monkeypatch.delenv(name, raising=False)
    (tmp_path / ".git").mkdir()
    (tmp_path / "pw").write_text("x")
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def lay_out(folder: Path) -> Callable[[dict[str, str]], None]:
    """Writes files by path."""

    def write(files: dict[str, str]) -> None:
        for path, text in files.items():
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")

    return write


@pytest.fixture
def run() -> Callable[..., Result]:
    """Runs the command line: ``run("--fix", stdin=b"…")``."""

    def invoke(*arguments: str, stdin: bytes | None = None) -> Result:
        answer = CliRunner().invoke(cli, list(arguments), input=stdin)
        assert answer.exception is None or isinstance(answer.exception, SystemExit), (
            answer.exception
        )
        return answer

    return invoke
