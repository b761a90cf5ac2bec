"""Globs of the configuration."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from composelint.linter.cli.main import cli
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
        # What lies outside the working folder is shown with its whole path.
        ("/srv/*/compose.yaml", "/srv/x/compose.yaml", True),
        ("../x/*", "../x/compose.yaml", True),
    ],
)
def test_matches(pattern: str, path: str, fits: bool) -> None:
    assert matches(path, pattern) is fits


@pytest.mark.parametrize(
    ("pattern", "left"),
    [
        ("a/*.yaml", ["a/b/compose.yaml", "compose.yaml"]),
        ("**/compose.yaml", []),
        ("*/compose.yaml", ["a/b/compose.yaml", "compose.yaml"]),
        ("a/*", ["compose.yaml"]),
        ("*/b", ["a/compose.yaml", "compose.yaml"]),
        ("a/**/compose.yaml", ["compose.yaml"]),
        ("/compose.yaml", ["a/b/compose.yaml", "a/compose.yaml"]),
        ("b", ["a/compose.yaml", "compose.yaml"]),
    ],
)
@pytest.mark.parametrize("way", ["--exclude", "--extend-exclude", "exclude", "per-file-ignores"])
def test_a_glob_means_the_same_everywhere(
    way: str, pattern: str, left: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for path in ("a/b/compose.yaml", "a/compose.yaml", "compose.yaml"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text('version: "3"\nservices: {a: {image: "b:1"}}\n')
    monkeypatch.chdir(tmp_path)
    options = [way, pattern]
    if not way.startswith("--"):
        value = f"['{pattern}']" if way == "exclude" else f"{{'{pattern}' = ['obsolete-version']}}"
        options = []
        (tmp_path / "composelint.toml").write_text(f"{way} = {value}\n")
    answer = CliRunner().invoke(
        cli, ["--select", "obsolete-version", "--output-format", "concise", *options]
    )
    found = [line.partition(":")[0] for line in answer.stdout.splitlines() if "CF004" in line]
    assert found == left


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
