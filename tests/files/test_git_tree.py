"""States of git as trees, in the repositories that people and hooks have."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest
from checks import write_files
from composelint.linter.files.disk import DISK, NotAFile
from composelint.linter.files.git_blobs import end_git
from composelint.linter.files.git_changes import Change, changes_in_git, changes_on_disk
from composelint.linter.files.git_tree import (
    INDEX,
    GitTree,
    Repository,
    StateError,
    open_repository,
)

MOST = 1000


@pytest.fixture(autouse=True)
def ended() -> object:
    yield
    end_git()


def git(*arguments: str | bytes, stdin: bytes = b"", folder: Path | str = ".") -> bytes:
    """The output of git, run as the author of a repository."""
    settings = ("-c", "user.name=a", "-c", "user.email=a@b", "-c", "protocol.file.allow=always")
    return subprocess.run(
        ["git", "-C", str(folder), *settings, *arguments],
        input=stdin,
        capture_output=True,
        check=True,
    ).stdout


def commit(files: dict[str, str], folder: Path | str = ".") -> str:
    write_files(files, folder)
    git("add", "-A", folder=folder)
    git("commit", "-qm", "x", "--allow-empty", folder=folder)
    return git("rev-parse", "HEAD", folder=folder).decode().strip()


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty repository that is the working folder."""
    folder = tmp_path / "work"
    folder.mkdir()
    git("init", "-q", "-b", "main", folder=folder)
    monkeypatch.chdir(folder)
    return folder


def at(state: str) -> GitTree:
    repository = open_repository(".")
    return GitTree(repository, state if state == INDEX else repository.commit(state))


def text(tree: GitTree, path: str) -> str | None:
    """The content of a file; None if it is missing."""
    try:
        return tree.read(path, MOST).decode()
    except FileNotFoundError:
        return None


def names(tree: GitTree, folder: str = ".") -> dict[str, str]:
    return {name: kind for name, kind in tree.entries(folder) if name != ".git"}


def test_a_commit_and_the_index_are_apart_from_the_work_tree(work: Path) -> None:
    commit({"a": "1", "b/c": "1"})
    (work / "a").write_text("2")
    git("add", "a")
    (work / "a").write_text("3")
    (work / "untracked").write_text("x")
    assert [text(tree, "a") for tree in (at("HEAD"), at(INDEX))] == ["1", "2"]
    assert names(at("HEAD")) == names(at(INDEX)) == {"a": "file", "b": "folder"}
    assert at(INDEX).kept_files(".") == (["a", "b/c"], [])


def test_links_are_followed_as_on_disk(work: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").write_text("outside")
    links = {
        "to-file": "b/c",
        "to-folder": "b",
        "b/up": "../a",
        "around": "b/../b/up",
        "outside": "../outside",
        "absolute": str(tmp_path / "outside"),
        "itself": "itself",
        "one": "two",
        "two": "one",
        "gone": "nothing",
        "chain": "to-folder/up",
        "in-file": "a/x",
    }
    write_files({"a": "a", "b/c": "c"})
    for name, target in links.items():
        (work / name).symlink_to(target)
    commit({})
    tree = at("HEAD")
    for path in (*links, "to-folder/c", "to-folder/up", "to-folder", "to-file/x", ".", "a/x"):
        assert tree.kind(path) == DISK.kind(path), path
        assert tree.kind(path, follow=False) == DISK.kind(path, follow=False), path
        if DISK.kind(path) == "file":
            assert tree.read(path, MOST) == DISK.read(path, MOST), path
            assert tree.real(path) == DISK.real(path), path
    assert sorted(tree.entries("to-folder")) == sorted(DISK.entries("to-folder"))
    with pytest.raises(NotAFile):
        tree.read("to-folder", MOST)


def test_modes_are_those_of_git(work: Path) -> None:
    write_files({"run": "x", "plain": "x"})
    (work / "run").chmod(0o755)
    commit({})
    (work / "run").chmod(0o644)
    tree = at("HEAD")
    assert [tree.is_executable(name) for name in ("run", "plain", "gone")] == [True, False, None]
    assert [tree.is_plain(".", name) for name in ("run", "plain", "gone")] == [False, True, None]
    assert [tree.is_tracked(".", name) for name in ("run", "gone")] == [True, False]


def test_files_that_git_ignores_are_laid_over(work: Path) -> None:
    commit({".gitignore": ".env\nbuilt/\n", "a/compose.yaml": "x"})
    write_files({"a/.env": "secret", "built/deep/x": "y", "a/other": "no"})
    for tree in (at("HEAD"), at(INDEX)):
        assert text(tree, "a/.env") == "secret"
        assert text(tree, "built/deep/x") == "y"
        assert tree.kind("a/other") == "missing"
        assert names(tree, "a") == {"compose.yaml": "file", ".env": "file"}
        assert tree.is_tracked(".", "a/.env") is False
        assert tree.kept_files(".") == ([".gitignore", "a/compose.yaml"], [])


def test_what_was_tracked_and_is_ignored_now_is_that_of_each_state(work: Path) -> None:
    commit({".env": "old", "x": ""})
    git("rm", "-q", "--cached", ".env")
    commit({".gitignore": ".env\n", ".env": "now"})
    assert text(at("HEAD~1"), ".env") == "old"
    assert text(at("HEAD"), ".env") == text(at(INDEX), ".env") == "now"


def test_what_is_only_intended_to_be_added_is_not_in_the_index(work: Path) -> None:
    commit({"a": "1"})
    write_files({"new": "x", "empty": ""})
    git("add", "-N", "new")
    git("add", "empty")
    assert names(at(INDEX)) == {"a": "file", "empty": "file"}


def test_an_index_with_conflicts_can_be_read(work: Path) -> None:
    commit({"a": "1"})
    git("switch", "-qc", "other")
    commit({"a": "2"})
    git("switch", "-q", "main")
    commit({"a": "3"})
    with pytest.raises(subprocess.CalledProcessError):
        git("merge", "other")
    assert text(at(INDEX), "a") in {"1", "2", "3"}
    assert changes_in_git(open_repository("."), at("HEAD").state, INDEX) == [Change("a", "a")]


def test_submodules_are_read_at_their_commit(work: Path, tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    git("init", "-q", "-b", "main", folder=library)
    commit({"x/y": "1"}, library)
    git("submodule", "-q", "add", str(library), "sub")
    commit({"a": "1"})
    commit({"x/y": "2"}, library)
    git("pull", "-q", folder="sub")
    assert text(at("HEAD"), "sub/x/y") == "1"
    assert (work / "sub/x/y").read_text() == "2"
    assert names(at("HEAD"), "sub") == {"x": "folder"}
    assert at("HEAD").kept_files("sub") == (["x/y"], [])
    assert at("HEAD").kept_files(".") == ([".gitmodules", "a", "sub"], [])
    commit({})
    assert text(at("HEAD"), "sub/x/y") == "2"
    # A plain clone leaves the folder empty; so does a commit that was never fetched.
    git("clone", "-q", str(work), str(tmp_path / "clone"))
    os.chdir(tmp_path / "clone")
    assert at("HEAD").kind("sub") == "folder"
    assert names(at("HEAD"), "sub") == {}
    assert at("HEAD").kind("sub/x/y") == "missing"
    os.chdir(work)
    git("update-index", "--cacheinfo", f"160000,{'1' * 40},sub")
    assert names(at(INDEX), "sub") == {}


@pytest.mark.parametrize(
    "name",
    [
        "new\nline",
        'quo"te',
        "tab\t",
        "ünï",
        b"\xff\xfe".decode("utf-8", "surrogateescape"),
        " ",
        "*",
    ],
)
def test_names_may_be_anything(work: Path, name: str) -> None:
    commit({"x": ""})
    os.mkdir(name)
    with open(os.path.join(name, name), "w") as stream:
        stream.write("content")
    git("add", "-A")
    for tree in (at(INDEX), at(git("stash", "create").decode().strip())):
        assert text(tree, os.path.join(name, name)) == "content"
        assert tree.kept_files(name) == ([name], [])
    path = f"{name}/{name}"
    assert changes_in_git(open_repository("."), at("HEAD").state, INDEX) == [Change("", path)]
    assert changes_on_disk(open_repository("."), at("HEAD")) == [Change("", path)]


def test_entries_of_crafted_trees_lead_nowhere_else(work: Path) -> None:
    commit({"x": ""})
    blob = git("hash-object", "-w", "--stdin", stdin=b"evil").strip()
    data = b"".join(
        b"100644 " + name + b"\0" + bytes.fromhex(blob.decode())
        for name in (b"..", b".", b".GIT", b"../up", b"/etc/passwd", b"a/b", b"fine")
    )
    tree = git("hash-object", "-t", "tree", "-w", "--literally", "--stdin", stdin=data).strip()
    made = git("commit-tree", tree, "-m", "x").decode().strip()
    assert set(at(made).listed) == {"fine", "a/b"}
    assert at(made).kind("../up") == DISK.kind("../up")


def test_a_tree_that_is_endless_in_full_is_an_error(work: Path) -> None:
    commit({"x": ""})
    inner = git("hash-object", "-w", "--stdin", stdin=b"x").strip().decode()
    kind = "100644 blob"
    for _ in range(9):
        rows = "".join(f"{kind} {inner}\t{name}{'x' * 20}\n" for name in "abcdefghij")
        inner = git("mktree", stdin=rows.encode()).strip().decode()
        kind = "040000 tree"
    made = git("commit-tree", inner, "-m", "x").decode().strip()
    with pytest.raises(StateError, match="larger than"):
        at(made)


def test_sha256(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    git("init", "-q", "--object-format=sha256", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    commit({"a": "1"})
    assert text(at("HEAD"), "a") == "1"
    os.rename("a", "b")
    assert changes_on_disk(open_repository("."), at("HEAD")) == [Change("a", "b")]


def test_a_linked_work_tree_has_its_own_head_and_index(work: Path, tmp_path: Path) -> None:
    commit({"a": "1"})
    git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    os.chdir(tmp_path / "linked")
    commit({"a": "2", "b": ""})
    write_files({"a": "3"})
    git("add", "a")
    assert [text(at(state), "a") for state in ("HEAD", INDEX, "main")] == ["2", "3", "1"]


def test_variables_of_hooks_are_respected(work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """``git commit FILE`` gives its hooks another index."""
    commit({"a": "1", "sub/b": "1"})
    write_files({"a": "2", "sub/b": "2"})
    (work / ".git/hooks/pre-commit").write_text(
        '#!/bin/sh\nenv > "$OUT"\ngit ls-files -s >> "$OUT"\ncp "$GIT_INDEX_FILE" "$OUT.index"\n'
    )
    (work / ".git/hooks/pre-commit").chmod(0o755)
    monkeypatch.setenv("OUT", str(work.parent / "out"))
    git("commit", "-qm", "x", "a")
    monkeypatch.setenv("GIT_INDEX_FILE", str(work.parent / "out.index"))
    monkeypatch.setenv("GIT_DIR", ".git")
    git("reset", "-q", "--soft", "HEAD~1")
    assert [text(at(INDEX), name) for name in ("a", "sub/b")] == ["2", "1"]
    os.chdir("sub")
    assert [text(at(INDEX), name) for name in ("../a", "b")] == ["2", "1"]


def test_a_bare_repository_has_commits_only(work: Path, tmp_path: Path) -> None:
    commit({".gitignore": ".env\n", "a": "1"})
    write_files({".env": "x"})
    git("clone", "-q", "--bare", str(work), str(tmp_path / "bare"))
    os.chdir(tmp_path / "bare")
    tree = at("HEAD")
    assert text(tree, "a") == "1"
    assert [tree.kind(path) for path in (".env", "HEAD", "../work/a", "objects", ".git/HEAD")] == [
        "missing"
    ] * 5
    with pytest.raises(StateError, match="no index"):
        at(INDEX)


def test_a_missing_blob_of_a_partial_clone_is_named_and_not_fetched(
    work: Path, tmp_path: Path
) -> None:
    commit({"a": "1", "b": "2"})
    git("config", "uploadpack.allowFilter", "true")
    clone = tmp_path / "partial"
    git("clone", "-q", "--no-checkout", "--filter=blob:none", f"file://{work}", str(clone))
    os.chdir(clone)
    objects = git("count-objects", "-v")
    tree = at("HEAD")
    assert tree.kind("a") == "file"
    for _ in range(2):
        with pytest.raises(OSError, match="partial"):
            tree.read("a", MOST)
    assert git("count-objects", "-v") == objects


def test_a_shallow_clone_says_that_it_is_one(work: Path, tmp_path: Path) -> None:
    commit({"a": "1"})
    first = commit({"a": "2"})
    commit({"a": "3"})
    git("clone", "-q", "--depth=1", f"file://{work}", str(tmp_path / "shallow"))
    os.chdir(tmp_path / "shallow")
    assert text(at("HEAD"), "a") == "3"
    for name in (first, "HEAD~1", "HEAD^"):
        with pytest.raises(StateError, match="shallow"):
            at(name)


def test_revisions(work: Path, tmp_path: Path) -> None:
    repository = open_repository(".")
    assert repository.commit("HEAD") == repository.commit("HEAD~1") == ""
    assert at("HEAD").listed == {}
    first = commit({"a": "1"})
    assert repository.commit("HEAD^") == repository.commit(f"{first}~1") == ""
    git("tag", "-a", "v1", "-m", "x")
    git("switch", "-qc", "topic")
    second = commit({"a": "2"})
    git("switch", "-q", "main")
    commit({"a": "3"})
    git("clone", "-q", str(work), str(tmp_path / "clone"))
    os.chdir(tmp_path / "clone")
    repository = open_repository(".")
    assert repository.commit("v1") == first
    assert repository.commit("topic") == second  # It exists as origin/topic only.
    assert repository.commit("merge-base:topic") == first
    assert repository.commit("@{upstream}") == repository.commit("HEAD")
    git("switch", "-qc", "local")
    with pytest.raises(StateError, match="no upstream"):
        repository.commit("@{upstream}")
    for name in (
        "nothing",
        "",
        "--output=x",
        "-x",
        ":index:",
        "HEAD:a",
        "merge-base:nothing",
        "v1\n",
    ):
        with pytest.raises(StateError):
            repository.commit(name)
    git("switch", "-q", "--orphan", "alone")
    commit({"b": "1"})
    with pytest.raises(StateError, match="no common ancestor"):
        repository.commit("merge-base:main")


def test_where_there_is_no_repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(StateError, match="not in a git repository"):
        open_repository(".")
    (tmp_path / ".git").mkdir()
    with pytest.raises(StateError, match="git"):
        at("HEAD")


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ({"a": "1\n"}, {"a": "2\n"}, [("a", "a")]),
        ({"a": "1\n"}, {}, [("a", "")]),
        ({"a": "1\n"}, {"b": "1\n"}, [("a", "b")]),
        ({"a": "1\n" * 9}, {"b/a": "1\n" * 9, "c": "x"}, [("a", "b/a"), ("", "c")]),
        ({"a/x": "1\n"}, {"a": "1\n"}, [("a/x", "a")]),
        ({"a": "same"}, {"a": "same"}, []),
        ({"x/a": "1", "x/b": "1"}, {"y/b": "1", "y/a": "1"}, [("x/a", "y/a"), ("x/b", "y/b")]),
    ],
)
def test_changes_are_the_same_committed_staged_and_unstaged(
    work: Path, before: dict[str, str], after: dict[str, str], expected: list[tuple[str, str]]
) -> None:
    first = commit({**before, "kept": ""})
    for name in before:
        (work / name).unlink()
    for folder in {(work / name).parent for name in before if "/" in name}:
        folder.rmdir()
    write_files(after)
    repository = open_repository(".")

    def told(changes: list[Change]) -> list[tuple[str, str]]:
        return sorted((each.old, each.new) for each in changes)

    assert told(changes_on_disk(repository, at(first))) == sorted(expected)
    git("add", "-A")
    assert told(changes_on_disk(repository, at(first))) == sorted(expected)
    assert told(changes_in_git(repository, first, INDEX)) == sorted(expected)
    second = commit({})
    assert told(changes_in_git(repository, first, second)) == sorted(expected)
    assert told(changes_in_git(repository, second, first)) == sorted((b, a) for a, b in expected)
    everything = [("", name) for name in sorted(["kept", *after])]
    assert told(changes_in_git(repository, "", second)) == everything
    assert isinstance(repository, Repository)
