"""What may differ between the index and the work tree: git prints it, and compares nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import GIT, commit_all, examples, titled
from composelint.linter.files.git_changes import Change, changes_on_disk
from composelint.linter.files.git_index import parsed
from composelint.linter.files.git_tree import INDEX, GitTree, open_repository
from hypothesis import given
from hypothesis import strategies as st

FILES = {
    "compose.yaml": "services: {}\n",
    "a b/Dockerfile": "FROM alpine\n",
    "line\nend.env": "A=1\n",
    "é.env": "B=1\n",
    "empty.env": "",
}


def git(*arguments: str) -> str:
    return subprocess.run(
        [*GIT, *arguments], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.fixture
def folder(repository: Callable[[dict[str, str]], Path]) -> Path:
    return repository(FILES)


def changed() -> set[Change]:
    """What changed from the last commit to the work tree."""
    repository = open_repository(".")
    return set(changes_on_disk(repository, GitTree(repository, repository.commit("HEAD"))))


def write(path: str, text: str) -> None:
    """Write a text, and leave the times of the file as they were."""
    before = os.stat(path)
    Path(path).write_text(text)
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def move_module() -> None:
    """Add a submodule and commit it, then check out another commit in it."""
    module = Path("..", "module")
    module.mkdir()
    (module / "Dockerfile").write_text("FROM alpine\n")
    commit_all(module)
    git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", "../module", "module")
    git("commit", "-qm", "module")
    Path("module/new").write_text("")
    commit_all(Path("module"))


CASES = [
    ("nothing", lambda: None, set()),
    ("a file", lambda: Path("compose.yaml").write_text("x"), {"compose.yaml"}),
    # In the second in which it was committed, with as many bytes.
    ("as long, at the same time", lambda: write("compose.yaml", "services: []\n"), {"compose.yaml"}),
    ("the same again", lambda: Path("compose.yaml").write_text(FILES["compose.yaml"]), set()),
    ("times only", lambda: os.utime("compose.yaml"), set()),
    ("the x bit", lambda: os.chmod("compose.yaml", 0o755), {"compose.yaml"}),
    ("odd names", lambda: [Path(each).write_text("C=3\n") for each in ("line\nend.env", "é.env")],
     {"line\nend.env", "é.env"}),
    ("a deletion", lambda: os.unlink("empty.env"), {"empty.env"}),
    ("a folder instead", lambda: (os.unlink("é.env"), os.mkdir("é.env")), {"é.env"}),
    ("a link instead", lambda: (os.unlink("é.env"), os.symlink("compose.yaml", "é.env")), {"é.env"}),
    ("only announced", lambda: (Path("new.env").write_text("x"), git("add", "-N", "new.env")),
     {"new.env"}),
    ("staged, and then as before", lambda: (
        Path("compose.yaml").write_text("x"), git("add", "-A"),
        Path("compose.yaml").write_text(FILES["compose.yaml"]),
    ), set()),
    ("assumed to be unchanged", lambda: (
        git("update-index", "--assume-unchanged", "compose.yaml"),
        Path("compose.yaml").write_text("x"),
    ), set()),
    ("left out by a sparse checkout", lambda: git("sparse-checkout", "set", "nowhere"), set()),
    ("a submodule at another commit", move_module, {"module"}),
]  # fmt: skip


@pytest.mark.parametrize(("change", "expected"), titled(CASES))
def test_changes_are_found(folder: Path, change: Callable[[], object], expected: set[str]) -> None:
    change()
    assert {path for each in changed() for path in each if path} == expected


def test_a_copy_of_a_repository_has_no_changes(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """None of its times is what the index keeps."""
    (folder / "link").symlink_to("compose.yaml")
    git("add", "-A")
    git("commit", "-qm", "link")
    monkeypatch.chdir(shutil.copytree(folder, tmp_path / "copy", symlinks=True))
    assert changed() == set()


def test_what_is_only_announced_is_not_staged(folder: Path) -> None:
    Path("new.env").write_text("x")
    git("add", "-N", "new.env")
    listed = open_repository(".").listing(INDEX)
    assert set(listed) == set(FILES)


@given(st.binary(max_size=300))
@examples(200)
def test_any_output_is_read_or_refused(output: bytes) -> None:
    entries = parsed(output)
    assert entries is None or (entries == []) is (output == b"")


def test_an_index_in_a_form_that_is_not_known_is_refused(folder: Path) -> None:
    known = subprocess.check_output(["git", "ls-files", "-sz", "--debug"])
    entries = parsed(known)
    assert entries is not None
    assert [entry.path for entry in entries] == sorted(map(os.fsencode, FILES))
    assert parsed(known.replace(b"  mtime", b"  written", 1)) is None
    assert parsed(known[:-5]) is None
