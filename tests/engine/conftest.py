"""A repository to lint, in which even few files are split into components."""

from __future__ import annotations

from pathlib import Path

import pytest
from composelint.linter.engine import components


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in."""
    monkeypatch.setattr(components, "MAX_UNSPLIT", 0)
    root = tmp_path / "project"
    root.mkdir()
    monkeypatch.chdir(root)
    return root
