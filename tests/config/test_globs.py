"""Globs of the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from composelint.linter.files.globs import Glob, matches


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        # Without a slash: any part.
        ("legacy", "legacy/compose.yaml", True),
        ("legacy", "a/legacy/b/compose.yaml", True),
        ("legacy", "a/legacy2/compose.yaml", False),
        ("*.yml", "a/b/compose.yml", True),
        ("compose.y?ml", "compose.yaml", True),
        ("legacy/", "legacy/compose.yaml", True),
        ("./legacy", "a/legacy/x", True),
        # With one: from the start, with everything below.
        ("legacy/*", "legacy/compose.yaml", True),
        ("legacy/*", "legacy/a/compose.yaml", True),
        ("legacy/*", "a/legacy/compose.yaml", False),
        ("/legacy", "legacy/compose.yaml", True),
        ("/legacy", "a/legacy/compose.yaml", False),
        ("a/b", "a/b", True),
        ("a/b", "a/bc", False),
        ("a/*.yml", "a/x.yml", True),
        ("a/*.yml", "a/b/x.yml", False),
        # Two stars span parts.
        ("legacy/**", "legacy/a/compose.yaml", True),
        ("legacy/**", "legacy", False),
        ("**/test/*", "test/x", True),
        ("**/test/*", "a/b/test/x", True),
        ("**/test/*.yml", "a/test/b/test/x.yml", True),
        ("a/**/z", "a/z", True),
        ("a/**/z", "a/b/c/z", True),
        ("a/**/z", "b/z", False),
        ("**/a/**/b/**/c", "x/a/b/a/x/c", True),
        ("**/a/**/b/**/c", "x/b/a/x/c", False),
    ],
)
def test_matches(pattern: str, path: str, fits: bool) -> None:
    assert matches(path, pattern) is fits


def test_globs_start_from_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    glob = Glob("sub/x/*", str(tmp_path))
    assert glob.matches("x/compose.yaml")
    assert glob.matches(str(tmp_path / "sub/x/compose.yaml"))
    assert not glob.matches("sub/x/compose.yaml")
    assert not Glob("*.yaml", str(tmp_path / "sub")).matches("../compose.yaml")


def test_many_stars_take_no_longer() -> None:
    path = "/".join(["a"] * 400)
    assert not matches(path, "/".join(["**", "a"] * 50) + "/b")
