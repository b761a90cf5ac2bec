"""Copies of other projects are not searched; what is named in them is linted."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import LayOut, Run
from composelint.linter.files.globs import in_folder

FILE = "services:\n  a:\n    image: x\n"
VENDORED = [
    "vendor/acme/compose.yaml",
    "api/vendor/acme/compose.yaml",
    "third_party/x/compose.yaml",
    "third-party/compose.yaml",
    "lib/vendor/compose.yaml",
    "Pods/x/compose.yaml",
]
OWN = ["compose.yaml", "lib/copies/compose.yaml", "vendors/compose.yaml"]


def shown(run: Run, *arguments: str) -> list[str]:
    """The files that would be linted."""
    return run("--show-files", *arguments).stdout.splitlines()


def test_copies_of_other_projects_are_not_searched(lay_out: LayOut, run: Run) -> None:
    lay_out(dict.fromkeys([*VENDORED, *OWN], FILE))
    assert shown(run) == OWN
    assert shown(run, "lib") == ["lib/copies/compose.yaml"]


def test_what_is_named_in_them_is_linted(lay_out: LayOut, run: Run) -> None:
    lay_out(dict.fromkeys([*VENDORED, *OWN], FILE))
    assert shown(run, VENDORED[0]) == [VENDORED[0]]
    assert shown(run, "vendor") == [VENDORED[0]]
    assert shown(run, "api/vendor/acme") == [VENDORED[1]]
    assert shown(run, "--force-exclude", VENDORED[0], OWN[0]) == [OWN[0]]


def test_other_names(folder: Path, lay_out: LayOut, run: Run) -> None:
    lay_out(dict.fromkeys([*VENDORED, *OWN], FILE))
    every = sorted([*VENDORED, *OWN])
    assert shown(run, "--vendored", "") == every
    others = [path for path in every if not path.startswith("lib/copies")]
    assert shown(run, "--vendored", "lib/copies") == others
    (folder / "composelint.toml").write_text('vendored = ["lib/copies"]\n')
    assert shown(run) == others
    assert shown(run, "--vendored", "vendor*") == [path for path in every if "vendor" not in path]
    (folder / "composelint.toml").write_text("vendored = []\n")
    assert shown(run) == every


def test_a_vendored_dockerfile_that_a_stack_builds_is_not_linted(lay_out: LayOut, run: Run) -> None:
    files = {
        "compose.yaml": "services: {a: {build: vendor/x}, b: {build: own}}\n",
        "vendor/x/Dockerfile": "FROM x\nMAINTAINER x\n",
        "own/Dockerfile": "FROM x\nMAINTAINER x\n",
    }
    lay_out(files)
    lines = run("--output-format", "concise").stdout.splitlines()
    paths = {line.partition(":")[0] for line in lines}
    assert "own/Dockerfile" in paths
    assert "vendor/x/Dockerfile" not in paths


@pytest.mark.parametrize(
    ("path", "pattern", "start", "expected"),
    [
        ("a/vendor/x", "vendor", ".", True),
        ("a/vendor/x", "vendor", "a", True),
        ("a/vendor/x", "vendor", "a/vendor", False),
        ("a/vendor/vendor/x", "vendor", "a/vendor", True),
        ("vendor", "vendor", ".", False),
        ("a/lib/b/x", "lib/b", ".", True),
        ("a/lib/c/b/x", "lib/b", ".", False),
        ("a/lib/b", "lib/b", ".", False),
        ("x", "./vendor/", ".", False),
    ],
)
def test_folders_of_paths(path: str, pattern: str, start: str, expected: bool) -> None:
    assert in_folder(path, [pattern], start) is expected
