"""Archives as trees: what they contain."""

from __future__ import annotations

import io
import os
import random
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from checks import no_hang
from composelint.linter.files import archive
from composelint.linter.files.archive import ArchiveError, open_archive
from composelint.linter.files.disk import NotAFile
from composelint.linter.files.listed import Listed

MOST = 1000
COMPOSE = b"services:\n  a:\n    image: nginx\n"

Member = tuple[tarfile.TarInfo, bytes]


def member(name: str, data: bytes = b"", **changes: object) -> Member:
    info = tarfile.TarInfo(name)
    info.size = len(data)
    for key, value in changes.items():
        setattr(info, key, value)
    return info, data


def tar(path: Path, members: Iterable[Member], mode: Any = "w") -> Path:
    with tarfile.open(path, mode) as stream:
        for info, data in members:
            stream.addfile(info, io.BytesIO(data) if info.isreg() else None)
    return path


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as stream:
        for name, data in members.items():
            stream.writestr(name, data)
    return path


def opened(path: Path) -> Listed:
    return open_archive(str(path), "/root/of/it")


def contents(tree: Listed) -> dict[str, bytes]:
    """The files of a tree, by their paths from the root."""
    found = {}
    folders = [""]
    while folders:
        folder = folders.pop()
        for name, kind in tree.entries(os.path.join(tree.root, folder)):
            inner = f"{folder}/{name}".lstrip("/")
            if kind == "folder":
                folders.append(inner)
            elif tree.kind(os.path.join(tree.root, inner)) == "file":
                found[inner] = tree.read(os.path.join(tree.root, inner), MOST)
    return found


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
@pytest.mark.parametrize("size", [10, archive._MAX_SMALL + 1])
def test_a_tar_archive_is_a_tree(tmp_path: Path, mode: str, size: int) -> None:
    large = b"x" * size
    path = tar(
        tmp_path / "a",
        [
            member("./a/run.sh", b"run", mode=0o755),
            member("a/large", large),
            member("a/b", type=tarfile.DIRTYPE),
            member("a/link", type=tarfile.SYMTYPE, linkname="run.sh"),
            member("a/hard", type=tarfile.LNKTYPE, linkname="./a/run.sh"),
            member("folder", type=tarfile.SYMTYPE, linkname="a"),
            member("a/after", b"after"),
        ],
        mode,
    )
    tree = opened(path)
    at = "/root/of/it/"
    assert tree.read(f"{at}a/large", 1 << 20) == large
    assert tree.read(f"{at}a/large", 4) == b"xxxxx"
    assert tree.read(f"{at}folder/link", MOST) == tree.read(f"{at}a/hard", MOST) == b"run"
    assert tree.is_executable(f"{at}folder/link") is True
    assert tree.is_executable(f"{at}a/large") is False
    assert tree.kind(f"{at}a/link", follow=False) == "link"
    assert tree.kind(f"{at}folder") == tree.kind(at) == "folder"
    assert sorted(tree.entries(f"{at}a")) == [
        ("after", "file"), ("hard", "file"), ("large", "file"), ("link", "link"), ("run.sh", "file"),
    ]  # fmt: skip
    with pytest.raises(NotAFile):
        tree.read(f"{at}a", MOST)
    with pytest.raises(FileNotFoundError):
        tree.read(f"{at}gone", MOST)


@pytest.mark.parametrize("method", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_LZMA])
def test_a_zip_archive_is_a_tree(tmp_path: Path, method: int) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", method) as stream:
        for name, mode, data in (
            ("./a/run.sh", 0o100755, b"run"),
            ("a/link", 0o120777, b"run.sh"),
            ("a/large", 0o100644, b"x" * 500_000),
            ("b/", 0o040755, b""),
        ):
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            info.compress_type = method
            stream.writestr(info, data)
    tree = opened(path)
    assert contents(tree) == {"a/run.sh": b"run", "a/link": b"run", "a/large": b"x" * (MOST + 1)}
    assert tree.is_executable("/root/of/it/a/link")
    assert tree.read("/root/of/it/a/large", 1 << 20) == b"x" * 500_000


def test_names_that_lead_elsewhere_are_left_out(tmp_path: Path) -> None:
    names = [
        "../up",
        "/abs",
        "a/../../up",
        ".git/config",
        "a/.GIT/hooks/x",
        "a//b",
        "./../c",
        ".",
        "",
    ]
    assert contents(opened(tar(tmp_path / "a.tar", (member(name, b"x") for name in names)))) == {}
    for name in ("..\\up", "a\nb", "ü", "c:\\x"):
        assert contents(opened(tar(tmp_path / "b.tar", [member(name, b"x")]))) == {name: b"x"}
    assert contents(opened(zipped(tmp_path / "a.zip", dict.fromkeys(names[:-1], b"x")))) == {}


def test_links_stay_inside(tmp_path: Path) -> None:
    targets = {
        "up": "../../../../etc/passwd",
        "absolute": "/etc/passwd",
        "itself": "itself",
        "one": "two",
        "two": "one",
        "gone": "nothing",
    }
    tree = opened(
        tar(
            tmp_path / "a.tar",
            [member(name, type=tarfile.SYMTYPE, linkname=to) for name, to in targets.items()]
            + [member("hard", type=tarfile.LNKTYPE, linkname="/etc/passwd")],
        )
    )
    for name in (*targets, "hard"):
        assert tree.kind(f"/root/of/it/{name}") == "missing"
        with pytest.raises(FileNotFoundError):
            tree.read(f"/root/of/it/{name}", MOST)


def test_the_last_of_several_members_of_a_name_counts(tmp_path: Path) -> None:
    large = b"y" * (archive._MAX_SMALL + 1)
    members = [member("a", b"1"), member("a", b"2"), member("b", b"1"), member("a", large)]
    tree = opened(tar(tmp_path / "a.tar", members))
    assert contents(tree) == {"a": b"y" * (MOST + 1), "b": b"1"}
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as stream:
        stream.writestr("a", b"1")
        with pytest.warns(UserWarning, match="Duplicate name"):
            stream.writestr("a", b"2")
    assert contents(opened(tmp_path / "a.zip")) == {"a": b"2"}


def test_what_is_not_a_file_is_left_out(tmp_path: Path) -> None:
    kinds = (tarfile.FIFOTYPE, tarfile.CHRTYPE, tarfile.BLKTYPE)
    members = [member(f"x{number}", type=kind) for number, kind in enumerate(kinds)]
    assert contents(opened(tar(tmp_path / "a.tar", members))) == {}


def test_a_tar_archive_that_contains_a_zip_archive_is_a_tar_archive(tmp_path: Path) -> None:
    inner = zipped(tmp_path / "a.zip", {"inside": b"x"}).read_bytes()
    path = tar(tmp_path / "a.tar", [member("a.zip", inner)])
    assert list(contents(opened(path))) == ["a.zip"]


def test_a_zip_archive_behind_a_program_is_one(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"inside": b"x"})
    path.write_bytes(b"#!/bin/sh\nexit\n" + path.read_bytes())
    assert contents(opened(path)) == {"inside": b"x"}


def test_an_encrypted_file_cannot_be_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "a.zip", {"compose.yaml": COMPOSE}, zipfile.ZIP_STORED)
    data = bytearray(path.read_bytes())
    data[data.find(b"PK\1\2") + 8] |= 1
    data[6] |= 1
    path.write_bytes(data)
    with pytest.raises(OSError, match=r"does not give its content.*encrypted"):
        opened(path).read("/root/of/it/compose.yaml", MOST)


@pytest.mark.parametrize("name", ["gone", "folder", "/dev/null", "empty", "text"])
def test_what_is_no_archive_is_an_error(tmp_path: Path, name: str) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "empty").write_bytes(b"")
    (tmp_path / "text").write_text("services: {}\n" * 100)
    with pytest.raises(ArchiveError, match=name):
        opened(tmp_path / name)


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz", "zip"])
def test_damaged_archives_end_in_an_error_or_a_tree(tmp_path: Path, mode: str) -> None:
    texts = {f"a/{number}/compose.yaml": COMPOSE * number for number in range(1, 9)}
    path = tmp_path / "a"
    if mode == "zip":
        zipped(path, texts)
    else:
        tar(path, [member(name, data) for name, data in texts.items()], mode)
    whole = path.read_bytes()
    choice = random.Random(mode)
    outcomes = set()
    for _ in range(150):
        data = bytearray(whole)
        if choice.random() < 0.3:
            del data[choice.randrange(len(data)) :]
        for _ in range(choice.choice((0, 1, 1, 3, 10))):
            if data:
                data[choice.randrange(len(data))] = choice.choice((0, 1, 127, 128, 255))
        path.write_bytes(data)
        with no_hang():
            try:
                tree = opened(path)
                for name in list(tree.listed):
                    tree.read(os.path.join(tree.root, name), MOST)
                outcomes.add("a tree")
            except ArchiveError:
                outcomes.add("an error")
            except OSError:
                outcomes.add("a tree of which some cannot be read")
    assert {"a tree", "an error"} <= outcomes


def test_contents_are_unpacked_up_to_a_total(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive, "MAX_BYTES", 3_000_000)
    tree = opened(zipped(tmp_path / "a.zip", {f"{n}.env": b"\n" * 1_000_000 for n in range(9)}))
    for number in range(4):
        assert len(tree.read(f"/root/of/it/{number}.env", 1 << 20)) == 1_000_000
    with pytest.raises(OSError, match="more than 3,000,000 bytes"):
        tree.read("/root/of/it/5.env", 1 << 20)
