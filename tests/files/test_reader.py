"""The reader: which files it reads, and which it refuses."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from checks import GIT
from composelint.linter.base.text import SourceFile
from composelint.linter.files.listing import Listing, list_folder
from composelint.linter.files.naming import from_root
from composelint.linter.files.paths import (
    below,
    clean_path,
    folder_of,
    is_within,
    join_path,
    seen_from,
    shown,
)
from composelint.linter.files.reader import Reader, ReadProblem
from composelint.linter.source.yaml.nodes import YamlFile

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

CLEAN = [
    ("a/./b//c", "a/b/c"),
    ("a/../b", "b"),
    ("../a", "../a"),
    ("a/../../b", "../b"),
    ("/a/../../b", "/b"),
    ("./", "."),
    ("", "."),
    ("/", "/"),
]


@pytest.mark.parametrize(("path", "tidy"), CLEAN)
def test_paths_are_cleaned_without_looking_at_the_disk(path: str, tidy: str) -> None:
    assert clean_path(path) == tidy


def test_paths_are_joined_and_split() -> None:
    assert join_path("sub", "../a.yaml") == "a.yaml"
    assert join_path(".", "./a.yaml") == "a.yaml"
    assert join_path("sub", "/a.yaml") == "/a.yaml"
    assert folder_of("a/b.yaml") == "a"
    assert folder_of("b.yaml") == "."
    assert folder_of("/b.yaml") == "/"


def kind(result: object) -> str:
    """The kind of a problem, or the class of a file that was read."""
    return result.kind if isinstance(result, ReadProblem) else type(result).__name__


def test_the_problem_says_why_a_file_is_not_read(tmp_path: Path) -> None:
    root = tmp_path / "project"
    root.mkdir()
    (root / "a.yaml").write_text("a: 1\n")
    (root / "large.yaml").write_text("a" * 200)
    (root / "latin.env").write_bytes("x=gr\u00fcn".encode("latin-1"))
    (root / "wide.yaml").write_bytes("a: 1".encode("utf-16"))
    (root / "folder").mkdir()
    (tmp_path / "secret.yaml").write_text("a: 1\n")
    (root / "link.yaml").symlink_to("a.yaml")
    (root / "out.yaml").symlink_to("../secret.yaml")
    (root / "dangling.yaml").symlink_to("gone.yaml")
    (root / "loop.yaml").symlink_to("loop.yaml")
    os.mkfifo(root / "pipe")
    reader = Reader(".", base=str(root), max_bytes=100)
    assert {name: kind(reader.read_text(name)) for name in sorted(os.listdir(root))} == {
        "a.yaml": "SourceFile",
        "dangling.yaml": "file-missing",
        "folder": "path-is-directory",
        "large.yaml": "file-too-large",
        "latin.env": "not-utf8",
        "link.yaml": "SourceFile",
        "loop.yaml": "file-missing",
        "out.yaml": "path-outside-project",
        "pipe": "unreadable-file",
        "wide.yaml": "utf-16",
    }
    assert kind(reader.read_text("../secret.yaml")) == "path-outside-project"
    assert kind(reader.read_text("/etc/passwd")) == "path-outside-project"
    assert kind(reader.read_text("gone.yaml")) == "file-missing"
    assert kind(reader.read_text("a\0b")) == "file-missing"
    allowed = Reader(".", base=str(root), allow_outside=True)
    assert kind(allowed.read_text("../secret.yaml")) == "SourceFile"


def test_bytes_that_are_not_utf8_have_a_place(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_bytes(b"a: 1\nb: \xfc\n")
    problem = Reader(base=str(tmp_path)).read_text("a.yaml")
    assert isinstance(problem, ReadProblem)
    assert problem.span is not None
    assert problem.span.file.position(problem.span.start) == (2, 4)


def test_env_files_may_contain_bytes_that_are_not_utf8(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes(b"A=gr\xfcn\n")
    text = Reader(base=str(tmp_path)).read_env(".env")
    assert isinstance(text, SourceFile)
    assert text.text == "A=gr\ufffdn\n"


def test_a_file_is_read_once_and_a_text_can_replace_a_file(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a: 1\n")
    reader = Reader(base=str(tmp_path), overlay={"./b.yaml": "b: 2\n"})
    first = reader.read("a.yaml")
    assert isinstance(first, YamlFile)
    assert reader.read("./a.yaml") is first
    assert isinstance(reader.read("b.yaml"), YamlFile)
    assert reader.kind("b.yaml") == "file"
    assert reader.exists("b.yaml")
    assert not reader.exists("c.yaml")


def test_the_caller_decides_what_git_ignores(tmp_path: Path) -> None:
    reader = Reader(base=str(tmp_path), ignored=lambda path: path == ".env")
    assert reader.is_ignored_by_git("./.env")
    assert not reader.is_ignored_by_git("a.yaml")
    assert not Reader(base=str(tmp_path)).is_ignored_by_git(".env")


class Memory:
    """A tree of files in memory."""

    def __init__(self, files: dict[str, bytes]) -> None:
        self.files = files
        self.reads: list[str] = []

    def kind(self, path: str, *, follow: bool = True) -> str:
        path = os.path.normpath(path)
        if path in self.files:
            return "file"
        return "folder" if any(name.startswith(path + "/") for name in self.files) else "missing"

    def read(self, path: str, most: int) -> bytes:
        self.reads.append(path)
        return self.files[path][: most + 1]

    def entries(self, folder: str) -> Iterator[tuple[str, str]]:
        prefix = os.path.normpath(folder) + "/"
        names = {
            name[len(prefix) :].partition("/")[0] for name in self.files if name.startswith(prefix)
        }
        yield from ((name, self.kind(prefix + name)) for name in names)

    def real(self, path: str) -> str:
        return os.path.normpath(path)


def test_the_reader_asks_its_tree_only() -> None:
    tree = Memory({"/nowhere/a/b.yaml": b"a: 1\n", "/nowhere/large": b"x" * 200, "/other": b""})
    reader = Reader("/nowhere", base="/nowhere", max_bytes=100, tree=tree)
    kinds = {"a": "folder", "a/b.yaml": "file", "a/c": "missing", "/other": "outside"}
    for _ in range(5):
        assert {path: reader.kind(path) for path in kinds} == kinds
        assert [reader.kind(f"a/x{n}") for n in range(5)] == ["missing"] * 5
    assert isinstance(reader.read("a/b.yaml"), YamlFile)
    assert kind(reader.read_text("large")) == "file-too-large"
    assert list_folder(reader, ".") == Listing(("a/b.yaml", "large"), ("a",), True)
    assert tree.reads == ["/nowhere/a/b.yaml", "/nowhere/large"]


RELATIVE = [
    # path, folder, the path relative to it, the path below it
    ("/a/b/c", "/a", "b/c", "b/c"),
    ("/a/b", "/a/b", ".", None),
    ("/ab/c", "/a", "../ab/c", None),
    ("/x", "/a/b", "../../x", None),
    ("/x", "/", "x", "x"),
    ("/a/./b/../c", "/a", "c", "c"),
]


@pytest.mark.parametrize(("path", "folder", "relative", "below_path"), RELATIVE)
def test_paths_are_shown_from_another_folder(
    path: str, folder: str, relative: str, below_path: str | None
) -> None:
    assert seen_from(folder, path) == relative
    assert below(folder, path) == below_path
    assert is_within(folder, os.path.normpath(path)) is (below_path is not None or path == folder)


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("HERE/a", "a"),
        ("HERE", "."),
        ("HERE/../composelint.toml", "../composelint.toml"),
        ("HERE/../beside/x", "/top/beside/x"),
        ("/etc/x", "/etc/x"),
        ("/x", "/x"),
    ],
)
def test_paths_are_shown_from_the_working_folder(
    path: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getcwd", lambda: "/top/here")
    assert shown(path.replace("HERE", "/top/here")) == expected


def test_git_says_what_it_tracks_or_that_it_cannot_tell(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("a")
    (tmp_path / "b").write_text("b")
    (tmp_path / ".git").mkdir()
    assert Reader(base=str(tmp_path), root=str(tmp_path)).is_tracked_by_git("a") is None
    (tmp_path / ".git").rmdir()
    subprocess.run([*GIT, "init", "-q"], cwd=tmp_path, check=True)
    subprocess.run([*GIT, "add", "a"], cwd=tmp_path, check=True)
    reader = Reader(base=str(tmp_path), root=str(tmp_path))
    assert [reader.is_tracked_by_git(path) for path in ("a", "b", "c")] == [True, False, False]


@pytest.mark.parametrize(
    ("base", "path", "expected"),
    [
        (".", "a/b", "a/b"),
        ("a", "a/b", "b"),
        ("a", "ab/c", "../ab/c"),
        ("a", "c", "../c"),
        ("a", "a", "."),
        ("a/b", "a/c", "../c"),
        ("a/b", "a/b/c/d", "c/d"),
    ],
)
def test_paths_from_the_root_are_named_from_the_working_folder(
    tmp_path: Path, base: str, path: str, expected: str
) -> None:
    folder = tmp_path / base
    folder.mkdir(parents=True, exist_ok=True)
    reader = Reader(str(tmp_path), base=str(folder))
    assert from_root(reader)(path) == expected
