"""``check --staged`` as hooks call it: what git and pre-commit say in variables counts."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import FAULTY, GIT, Run, write_files

UNTAGGED = "services:\n  cache:\n    image: redis\n"


def git(*arguments: str, **variables: str) -> str:
    return subprocess.run(
        [*GIT, *arguments],
        capture_output=True, text=True, check=True, env={**os.environ, **variables},
    ).stdout.strip()  # fmt: skip


@pytest.fixture
def history(repository: Callable[[dict[str, str]], Path]) -> Path:
    """Three commits: one with old findings, one without container files, one with a new finding."""
    folder = repository({"compose.yaml": FAULTY})
    git("branch", "-M", "main")
    for path, text in (("notes.txt", "more\n"), ("new/compose.yaml", UNTAGGED)):
        write_files({path: text}, folder)
        git("add", "-A")
        git("commit", "-qm", path)
    return folder


def staged(run: Run) -> tuple[int, set[str]]:
    """The exit code, and the files with findings."""
    answer = run("check", "--staged", "--output-format", "concise")
    lines = [line for line in answer.stdout.splitlines() if ": warning: " in line]
    return answer.exit_code, {line.partition(":")[0] for line in lines}


def test_with_nothing_staged_everything_is_linted(history: Path, run: Run) -> None:
    assert staged(run) == (1, {"compose.yaml", "new/compose.yaml"})


def test_a_commit_that_stages_nothing_passes(
    history: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that only changes its message: git names the index of a commit in a hook."""
    monkeypatch.setenv("GIT_INDEX_FILE", ".git/index")
    assert staged(run) == (0, set())
    assert "Nothing has changed since HEAD." in run("check", "--staged").stdout


RANGES = [
    ("both", "HEAD~2", "HEAD", {"new/compose.yaml"}),
    ("the first", "HEAD~2", "HEAD~1", set()),
    ("the second", "HEAD~1", "HEAD", {"new/compose.yaml"}),
    ("nothing", "HEAD", "HEAD", set()),
]


@pytest.mark.parametrize(
    "names",
    [("PRE_COMMIT_FROM_REF", "PRE_COMMIT_TO_REF"), ("PRE_COMMIT_ORIGIN", "PRE_COMMIT_SOURCE")],
)
@pytest.mark.parametrize(("title", "first", "last", "found"), RANGES)
def test_a_range_is_what_its_commits_bring(
    history: Path,
    run: Run,
    monkeypatch: pytest.MonkeyPatch,
    names: tuple[str, str],
    title: str,
    first: str,
    last: str,
    found: set[str],
) -> None:
    for name, commit in zip(names, (first, last), strict=True):
        monkeypatch.setenv(name, commit)
    assert staged(run) == (int(bool(found)), found)


def test_pre_commit_gives_both_pairs_of_names(
    history: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("PRE_COMMIT_FROM_REF", "PRE_COMMIT_ORIGIN"):
        monkeypatch.setenv(name, "HEAD~1")
    for name in ("PRE_COMMIT_TO_REF", "PRE_COMMIT_SOURCE"):
        monkeypatch.setenv(name, "HEAD")
    assert staged(run) == (1, {"new/compose.yaml"})


def test_a_range_begins_where_its_end_left_the_other_branch(
    history: Path, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where the end is not what is checked out, as in a push of another branch."""
    git("checkout", "-q", "-b", "theirs", "HEAD~1")
    write_files({"theirs/compose.yaml": UNTAGGED})
    git("add", "-A")
    git("commit", "-qm", "theirs")
    git("checkout", "-q", "main")
    monkeypatch.setenv("PRE_COMMIT_FROM_REF", "main")
    monkeypatch.setenv("PRE_COMMIT_TO_REF", "theirs")
    assert staged(run) == (1, {"theirs/compose.yaml"})
    answer = run("--since", "merge-base:main", "--at", "theirs", "--output-format", "concise")
    assert "theirs/compose.yaml:" in answer.stdout
    assert "1 new, 0 fixed" in answer.stdout


@pytest.fixture
def merge(history: Path) -> str:
    """A merge in progress, whose other side has a finding; returns the commit of that side."""
    git("checkout", "-q", "-b", "theirs", "HEAD~1")
    write_files({"theirs/compose.yaml": UNTAGGED})
    git("add", "-A")
    git("commit", "-qm", "theirs")
    git("checkout", "-q", "main")
    git("merge", "-q", "--no-commit", "--no-ff", "theirs")
    return git("rev-parse", "theirs")


def test_what_one_side_of_a_merge_had_is_not_new(merge: str, run: Run) -> None:
    assert staged(run) == (0, set())
    # What is in the root is looked at by every change.
    assert "0 new, 0 fixed, 4 as before" in run("check", "--staged").stdout


def test_what_a_merge_brings_itself_is_new(merge: str, run: Run) -> None:
    # A second image without a tag in the file of theirs, and one in a file of its own.
    write_files(
        {
            "theirs/compose.yaml": UNTAGGED + "  other:\n    image: memcached\n",
            "merged/compose.yaml": UNTAGGED,
        }
    )
    git("add", "-A")
    answer = run("check", "--staged", "--output-format", "concise")
    assert "theirs/compose.yaml:5:12: " in answer.stdout
    assert "theirs/compose.yaml:3:12: " not in answer.stdout
    assert "merged/compose.yaml:3:12: " in answer.stdout


def test_a_file_that_a_merge_renames_keeps_its_findings(merge: str, run: Run) -> None:
    git("mv", "theirs", "moved")
    assert staged(run) == (0, set())


def test_the_side_is_known_before_git_writes_it_down(
    merge: str, run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The hook pre-merge-commit runs before there is a MERGE_HEAD."""
    Path(".git/MERGE_HEAD").unlink()
    assert staged(run) == (1, {"theirs/compose.yaml"})
    monkeypatch.setenv(f"GITHEAD_{merge}", "theirs")
    monkeypatch.setenv("GITHEAD_--output", "not a commit")
    assert staged(run) == (0, set())


def test_line_ends_that_git_converts_are_not_unstaged_changes(
    repository: Callable[[dict[str, str]], Path], run: Run
) -> None:
    """As on Windows: the index has LF, the work tree CRLF. The fix keeps what is there."""
    folder = repository({"compose.yaml": "services: {}\n"})
    git("config", "core.autocrlf", "true")
    compose = folder / "compose.yaml"
    compose.write_bytes(b'version: "3"\r\nservices: {}\r\n')
    git("add", "-A")
    assert git("show", ":compose.yaml") == 'version: "3"\nservices: {}'
    answer = run("check", "--staged", "--fix")
    assert "Fixed 1 problem." in answer.stderr
    assert "not staged" not in answer.stderr
    assert compose.read_bytes() == b"services: {}\r\n"

    # Other changes are still told apart.
    compose.write_bytes(b'version: "3"\r\nservices: {}\r\n')
    git("add", "-A")
    compose.write_bytes(b'version: "3"\r\nservices: {}\r\n# not yet\r\n')
    answer = run("check", "--staged", "--fix")
    assert "compose.yaml: not fixed, because it has changes that are not staged" in answer.stderr
    assert b"version" in compose.read_bytes()
