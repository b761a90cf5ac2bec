"""The extension for VS Code: types, unit tests, and what is packaged. Needs npm and its registry."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import zipfile
from pathlib import Path

import pytest
from checks import ROOT

SOURCES = ("editors", "linter/lsp/actions.py", "LICENSE")


@pytest.fixture(scope="module")
def extension(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the extension with what it needs; nothing is left in the working tree."""
    copy = tmp_path_factory.mktemp("extension")
    for name in SOURCES:
        target = copy / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / name).is_dir():
            left = shutil.ignore_patterns("node_modules", "dist")
            shutil.copytree(ROOT / name, target, ignore=left)
        else:
            shutil.copyfile(ROOT / name, target)
    folder = copy / "editors" / "vscode"
    # Scripts of packages would fetch what is not needed here.
    npm(folder, "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    return folder


def npm(folder: Path, *arguments: str) -> str:
    """What npm prints."""
    ended = subprocess.run(
        ["npm", *arguments],
        cwd=folder,
        env={**os.environ, "NO_COLOR": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
    return ended.stdout


def test_types(extension: Path) -> None:
    npm(extension, "run", "check")


def test_units(extension: Path) -> None:
    output = npm(extension, "test")
    assert "# fail 0" in output
    assert "# pass 0" not in output


def test_the_icon_is_what_its_script_draws(extension: Path) -> None:
    npm(extension, "run", "icon", "--", "--check")


def test_the_package_has_what_runs_and_nothing_else(extension: Path) -> None:
    npm(extension, "run", "package")
    with zipfile.ZipFile(extension / "dist" / "composelint.vsix") as package:
        names = {
            name.removeprefix("extension/").lower()
            for name in package.namelist()
            if name.startswith("extension/")
        }
        assert names == {
            *("package.json", "readme.md", "changelog.md", "license.txt"),
            *("dist/extension.js", "media/icon.png"),
        }
        manifest = json.loads(package.read("extension/package.json"))
        assert f"extension/{manifest['main']}" in package.namelist()
        assert len(package.read(f"extension/{manifest['main']}")) < 1_000_000
