"""A repository in which even few files are split into independent parts."""

from __future__ import annotations

from pathlib import Path

import pytest
from composelint.linter.engine import islands


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.setattr(islands, "ALONE", 0)
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    return root
