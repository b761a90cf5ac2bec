"""The kind of a path is the same whether or not its folder has been listed."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from composelint.linter.files.reader import Reader

KINDS = {
    "file": "file",
    "folder": "folder",
    "folder/inner": "file",
    "pipe": "other",
    "to-file": "file",
    "to-folder": "folder",
    "to-folder/inner": "file",
    "to-nothing": "missing",
    "to-outside": "outside",
    "to-itself": "missing",
    "gone": "missing",
    "gone/deeper": "missing",
    "file/below": "missing",
    ".": "folder",
    "..": "outside",
    "../beside": "outside",
    "/": "outside",
    "/gone": "outside",
    "folder/../file": "file",
    "./file": "file",
    "FILE": "missing",
    "a\0b": "missing",
    "x" * 300: "missing",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    root = tmp_path / "project"
    (root / "folder").mkdir(parents=True)
    (root / "file").write_text("")
    (root / "folder" / "inner").write_text("")
    (tmp_path / "beside").write_text("")
    os.mkfifo(root / "pipe")
    for name, target in (
        ("to-file", "file"),
        ("to-folder", "folder"),
        ("to-nothing", "nothing"),
        ("to-outside", "../beside"),
        ("to-itself", "to-itself"),
    ):
        (root / name).symlink_to(target)
    return root


@pytest.mark.parametrize("turns", [1, 2, 6])
@pytest.mark.parametrize("path", KINDS, ids=repr)
def test_the_kind_is_the_same_after_listing_the_folder(
    project: Path, path: str, turns: int
) -> None:
    reader = Reader(base=str(project))
    for turn in range(turns):
        # Further names of the same folder, until the reader lists it.
        for folder in (os.path.dirname(path), ".", "..", "folder", "/"):
            reader.kind(f"{folder}/other-{turn}".lstrip("/") if folder != "/" else f"/other-{turn}")
    assert reader.kind(path) == KINDS[path]
    assert reader.exists(path) == (KINDS[path] in ("file", "folder", "other"))


def test_paths_outside_of_the_root_are_allowed_on_request(project: Path) -> None:
    for turns in range(7):
        reader = Reader(base=str(project), allow_outside=True)
        for turn in range(turns):
            reader.kind(f"../other-{turn}")
        assert reader.kind("../beside") == "file"
        assert reader.kind("to-outside") == "file"


def test_files_of_a_very_large_folder_have_a_kind(project: Path) -> None:
    for number in range(1100):
        (project / f"n{number}").write_text("")
    reader = Reader(base=str(project))
    assert [reader.kind(f"n{number}") for number in range(1100)] == ["file"] * 1100
    assert reader.kind("n1100") == "missing"


def test_files_of_a_folder_that_cannot_be_listed_have_a_kind(project: Path) -> None:
    (project / "folder").chmod(0o300)
    try:
        reader = Reader(base=str(project))
        assert [reader.kind(f"folder/x{n}") for n in range(5)] == ["missing"] * 5
        assert reader.kind("folder/inner") == "file"
    finally:
        (project / "folder").chmod(0o700)
