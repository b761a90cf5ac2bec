"""Writing files while other processes write them: nothing is lost, no file is incomplete."""

from __future__ import annotations

import errno
import fcntl
import os
import stat
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from composelint.linter.files import write
from composelint.linter.files.write import (
    WriteError,
    create_file,
    replace_file,
    write_report,
    write_whole,
)

ADD_LINES = """
import sys
from pathlib import Path
from composelint.linter.files.write import WriteError, replace_file
path, root, name = sys.argv[1:]
done = 0
while done < 40:
    before = Path(path).read_bytes()
    try:
        replace_file(path, before, before + f"{name} {done}\\n".encode(), root)
    except WriteError:
        continue
    done += 1
"""


@pytest.fixture
def root(tmp_path: Path) -> str:
    return os.path.realpath(tmp_path)


def names(folder: Path) -> list[str]:
    """The sorted names of a folder's files."""
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("several_names", [False, True])
def test_no_change_of_concurrent_processes_is_lost(
    several_names: bool, tmp_path: Path, root: str
) -> None:
    """Three processes add lines to one file; each starts again if another was faster."""
    path = tmp_path / "lines"
    path.write_text("")
    if several_names:
        os.link(path, tmp_path / "other")
    before = names(tmp_path)
    command = [sys.executable, "-c", ADD_LINES, str(path), root]
    runs = [subprocess.Popen([*command, name], stderr=subprocess.PIPE) for name in "abc"]
    assert [run.communicate(timeout=60)[1] for run in runs] == [b"", b"", b""]
    expected = [f"{name} {number}" for name in "abc" for number in range(40)]
    assert sorted(path.read_text().splitlines()) == sorted(expected)
    assert names(tmp_path) == before


def test_a_file_that_has_the_new_content_already_is_not_an_error(tmp_path: Path, root: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"after")
    replace_file(str(path), b"before", b"after", root)
    assert path.read_bytes() == b"after"


def test_a_change_at_the_last_moment_is_kept(
    tmp_path: Path, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"before")
    real = os.chmod

    def chmod(temporary: str, mode: int) -> None:
        path.write_bytes(b"saved by an editor")
        real(temporary, mode)

    monkeypatch.setattr(write.os, "chmod", chmod)
    with pytest.raises(WriteError, match="the file has changed since it was read"):
        replace_file(str(path), b"before", b"after", root)
    assert path.read_bytes() == b"saved by an editor"
    assert names(tmp_path) == ["file"]


def test_a_lock_of_another_process_delays_writing_only(
    tmp_path: Path, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(write, "WAIT_SECONDS", 0.1)
    path = tmp_path / "file"
    path.write_bytes(b"before")
    with path.open("rb") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        begin = time.monotonic()
        replace_file(str(path), b"before", b"after", root)
    assert 0.1 <= time.monotonic() - begin < 5
    assert path.read_bytes() == b"after"


@pytest.mark.parametrize("existing", [None, b"content", b"another", "a folder", "a dangling link"])
def test_a_new_file_replaces_nothing(
    existing: bytes | str | None, tmp_path: Path, root: str
) -> None:
    path = tmp_path / "new"
    if isinstance(existing, bytes):
        path.write_bytes(existing)
    elif existing == "a folder":
        path.mkdir()
    elif existing == "a dangling link":
        path.symlink_to("gone")
    if existing in (None, b"content"):
        create_file(str(path), b"content", root)
        assert path.read_bytes() == b"content"
    else:
        with pytest.raises(WriteError, match="File exists; nothing was written"):
            create_file(str(path), b"content", root)
        if isinstance(existing, bytes):
            assert path.read_bytes() == existing
    assert names(tmp_path) == ["new"]


def test_a_new_file_has_the_usual_mode(tmp_path: Path, root: str) -> None:
    create_file(str(tmp_path / "new"), b"content", root)
    (tmp_path / "usual").write_bytes(b"content")
    status = (tmp_path / "new").stat()
    assert status.st_mode == (tmp_path / "usual").stat().st_mode
    assert status.st_nlink == 1


def test_all_names_of_a_file_keep_its_content(tmp_path: Path, root: str) -> None:
    """A hard link is another name of the same file, wherever that name is."""
    path, other = tmp_path / "file", tmp_path / "other name"
    path.write_bytes(b"before")
    other.hardlink_to(path)
    replace_file(str(path), b"before", b"after", root)
    assert (path.read_bytes(), other.read_bytes()) == (b"after", b"after")
    assert path.samefile(other)


def test_the_project_may_be_below_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    path, root = tmp_path / "link" / "file", str(tmp_path / "link")
    create_file(str(path), b"before", root)
    replace_file(str(path), b"before", b"after", root)
    assert (tmp_path / "real" / "file").read_bytes() == b"after"


@pytest.mark.parametrize("mode", [None, 0o640])
def test_a_whole_file_is_written_with_its_mode(mode: int | None, tmp_path: Path) -> None:
    (tmp_path / "usual").write_bytes(b"")
    path = tmp_path / "file"
    if mode is not None:
        path.write_bytes(b"before")
        path.chmod(mode)
    (tmp_path / "link").symlink_to("file")
    write_whole(str(tmp_path / "link"), b"after")
    assert path.read_bytes() == b"after"
    usual = stat.S_IMODE((tmp_path / "usual").stat().st_mode)
    assert stat.S_IMODE(path.stat().st_mode) == (usual if mode is None else mode)
    assert names(tmp_path) == ["file", "link", "usual"]


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(handle: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(write.os, "fsync", fsync)


def interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def fsync(handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(write.os, "fsync", fsync)


@pytest.mark.parametrize(
    ("fault", "error"), [(full_disk, WriteError), (interrupt, KeyboardInterrupt)]
)
def test_a_failure_leaves_no_incomplete_file(
    fault: Callable[[pytest.MonkeyPatch], None],
    error: type[BaseException],
    tmp_path: Path,
    root: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "old").write_bytes(b"before")
    fault(monkeypatch)
    with pytest.raises(error):
        create_file(str(tmp_path / "new"), b"content", root)
    with pytest.raises((OSError, KeyboardInterrupt)):
        write_whole(str(tmp_path / "old"), b"content")
    assert names(tmp_path) == ["old"]
    assert (tmp_path / "old").read_bytes() == b"before"


@pytest.mark.parametrize("error", [errno.EACCES, errno.EPERM, errno.EBUSY])
@pytest.mark.parametrize("fails", [False, True])
def test_a_report_where_nothing_can_be_made_beside_it_is_written_in_place(
    error: int, fails: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "report"
    path.write_bytes(b"the report of yesterday")

    def replace(source: str, target: str) -> None:
        if fails:
            full_disk(monkeypatch)
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(write.os, "replace", replace)
    if fails:
        with pytest.raises(OSError, match="No space left"):
            write_report(str(path), b"today's")
    else:
        write_report(str(path), b"today's")
    assert path.read_bytes() == (b"" if fails else b"today's")
    assert names(tmp_path) == ["report"]


@pytest.mark.parametrize("exists", [False, True])
def test_files_are_created_on_a_file_system_without_hard_links(
    exists: bool, tmp_path: Path, root: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def link(source: str, target: str) -> None:
        raise OSError(errno.EPERM, os.strerror(errno.EPERM))

    monkeypatch.setattr(write.os, "link", link)
    path = tmp_path / "new"
    if exists:
        path.write_bytes(b"another")
        with pytest.raises(WriteError, match="File exists"):
            create_file(str(path), b"content", root)
    else:
        create_file(str(path), b"content", root)
    assert path.read_bytes() == (b"another" if exists else b"content")
    assert names(tmp_path) == ["new"]
