"""The findings are the same wherever the same files are read from."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from checks import ROOT, Run, commit_all
from composelint.linter.config.options import Options
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files.disk import DISK
from composelint.linter.files.tree import Overlay, use_tree
from composelint.linter.report import RenderOptions, render
from histories import history

PROJECTS = [
    *sorted(path.parent for path in (ROOT / "tests" / "projects").glob("*/expected.txt")),
    *sorted(path for path in (ROOT / "examples").iterdir() if path.is_dir()),
]
GENERATED = (11, 12)
LINT = ("--preset", "all", "--no-cache", "--output-format", "json", "--exit-zero")
OPTIONS = Options(preset="all", no_cache=True, output_format="json")

Go = Callable[[Path], None]


@pytest.fixture
def go(monkeypatch: pytest.MonkeyPatch) -> Go:
    """Makes a folder the working folder."""
    return monkeypatch.chdir


def git(folder: Path, *arguments: str) -> None:
    subprocess.run(["git", "-C", str(folder), *arguments], check=True, stdout=subprocess.DEVNULL)


def copy(project: Path | int, target: Path) -> None:
    """Lay out a project of the repository, or one that is generated."""
    if isinstance(project, Path):
        shutil.copytree(project, target, symlinks=True)
    else:
        for path, (mode, text) in history(project, 6)[-1].items():
            file = target / path
            file.parent.mkdir(parents=True, exist_ok=True)
            if mode == "120000":
                file.symlink_to(text)
                continue
            file.write_text(text, encoding="utf-8")
            file.chmod(int(mode, 8) & 0o777)
    shutil.rmtree(target / ".git", ignore_errors=True)
    # What git ignores is in no archive and no clone.
    (target / ".gitignore").unlink(missing_ok=True)
    for folder in target.rglob(".gitignore"):
        folder.unlink()
    commit_all(target)


def findings(run: Run, *arguments: str) -> dict[str, Any]:
    result = run(*LINT, *arguments)
    assert result.exit_code == 0, result.output
    report: dict[str, Any] = json.loads(result.stdout)
    return report


@pytest.mark.parametrize(
    "project", [*PROJECTS, *GENERATED], ids=lambda each: getattr(each, "name", f"generated-{each}")
)
def test_a_project_gives_the_same_findings_in_every_way(
    project: Path | int, tmp_path: Path, go: Go, run: Run
) -> None:
    work, empty = tmp_path / "work", tmp_path / "empty"
    copy(project, work)
    go(work)
    expected = findings(run)
    assert expected["diagnostics"]

    found = {
        "a revision": findings(run, "--at", "HEAD"),
        "the index": findings(run, "--at", ":index"),
    }
    texts: dict[str, bytes | None] = {}
    for path in work.rglob("*"):
        inner = path.relative_to(work)
        if path.is_file() and not path.is_symlink() and inner.parts[0] != ".git":
            texts[str(empty / inner)] = path.read_bytes()
    has_links = any(path.is_symlink() for path in work.rglob("*"))
    (empty / ".git").mkdir(parents=True)

    git(work, "archive", "-o", str(tmp_path / "a.tar.gz"), "--prefix=./", "HEAD")
    git(work, "archive", "-o", str(tmp_path / "a.zip"), "HEAD")
    git(tmp_path, "clone", "-q", "--bare", str(work), "bare.git")
    shutil.copytree(work / ".git", tmp_path / "no-files" / ".git")
    go(tmp_path / "bare.git")
    found["a bare repository"] = findings(run, "--at", "HEAD")
    go(tmp_path / "no-files")
    found["a work tree without files"] = findings(run, "--at", "HEAD")
    go(empty)
    for name in ("a.tar.gz", "a.zip"):
        found[name] = findings(run, "--archive", f"../{name}")
    if not has_links:
        with use_tree(Overlay(DISK, texts)):
            result = open_workspace((), OPTIONS).check()
            found["texts in memory"] = json.loads(render("json", result, RenderOptions()))
    for way, report in found.items():
        assert report == expected, way
