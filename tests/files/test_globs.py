"""Globs of the configuration and of the command line."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import LayOut, Run
from composelint.linter.files.globs import Glob, matches


@pytest.mark.parametrize(
    ("pattern", "path", "is_match"),
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
        # A path outside the working folder is shown in full.
        ("/srv/*/compose.yaml", "/srv/x/compose.yaml", True),
        ("../x/*", "../x/compose.yaml", True),
    ],
)
def test_globs_match_paths(pattern: str, path: str, is_match: bool) -> None:
    assert matches(path, pattern) is is_match


@pytest.mark.parametrize(
    ("pattern", "linted"),
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
@pytest.mark.parametrize(
    "setting", ["--exclude", "--extend-exclude", "exclude", "per-file-ignores"]
)
def test_a_glob_means_the_same_everywhere(
    setting: str, pattern: str, linted: list[str], lay_out: LayOut, run: Run
) -> None:
    paths = ("a/b/compose.yaml", "a/compose.yaml", "compose.yaml")
    lay_out(dict.fromkeys(paths, 'version: "3"\nservices: {a: {image: "b:1"}}\n'))
    options = [setting, pattern]
    if not setting.startswith("--"):
        value = (
            f"['{pattern}']" if setting == "exclude" else f"{{'{pattern}' = ['obsolete-version']}}"
        )
        options = []
        lay_out({"composelint.toml": f"{setting} = {value}\n"})
    answer = run("--select", "obsolete-version", "--output-format", "concise", *options)
    lines = answer.stdout.splitlines()
    assert [line.partition(":")[0] for line in lines if "CF004" in line] == linted


def test_globs_start_from_their_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "sub").mkdir()
    monkeypatch.chdir(tmp_path / "sub")
    glob = Glob("sub/x/*", str(tmp_path))
    assert glob.matches("x/compose.yaml")
    assert glob.matches(str(tmp_path / "sub/x/compose.yaml"))
    assert not glob.matches("sub/x/compose.yaml")
    assert not Glob("*.yaml", str(tmp_path / "sub")).matches("../compose.yaml")


def test_many_stars_take_linear_time() -> None:
    path = "/".join(["a"] * 400)
    assert not matches(path, "/".join(["**", "a"] * 50) + "/b")
