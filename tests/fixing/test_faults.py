"""Failures while fixing, through the command line: nothing is lost, and an error is printed."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest
from checks import Run, run_python
from composelint.linter.files import write

FAULTY = 'version: "3"\nservices:\n  db:\n    image: postgres:17.2\n'
FIXED = "services:\n  db:\n    image: postgres:17.2\n"
FIX = ("--fix-only", "--select", "obsolete-version")


@pytest.fixture
def project(folder: Path) -> Path:
    """Two stacks with the same problem."""
    for name in ("a", "b"):
        (folder / name).mkdir()
        (folder / name / "compose.yaml").write_text(FAULTY)
    return folder


def files(project: Path) -> list[str]:
    """The paths of all files but the cache."""
    return sorted(
        str(path.relative_to(project))
        for path in project.rglob("*")
        if path.is_file() and ".composelint_cache" not in path.parts
    )


def read_only(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (project / "a/compose.yaml").chmod(0o444)


def full_disk_on_flush(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.fsync
    calls: list[int] = []

    def fsync(handle: int) -> None:
        calls.append(handle)
        if len(calls) == 1:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        real(handle)

    monkeypatch.setattr(write.os, "fsync", fsync)


def no_room_for_a_file(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.open

    def open_file(path: str, flags: int, mode: int = 0o777) -> int:
        if flags & os.O_CREAT and Path(path).parent.name == "a":
            raise OSError(errno.EDQUOT, os.strerror(errno.EDQUOT))
        return real(path, flags, mode)

    monkeypatch.setattr(write.os, "open", open_file)


def failed_rename(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.replace

    def replace(source: str, target: str) -> None:
        if Path(target).parent.name == "a":
            raise OSError(errno.EIO, os.strerror(errno.EIO))
        real(source, target)

    monkeypatch.setattr(write.os, "replace", replace)


def full_disk_in_place(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    os.link(project / "a/compose.yaml", project / "a/other-name")
    full_disk_on_flush(project, monkeypatch)


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        (read_only, "the file is read-only"),
        (full_disk_on_flush, os.strerror(errno.ENOSPC)),
        (no_room_for_a_file, os.strerror(errno.EDQUOT)),
        (failed_rename, os.strerror(errno.EIO)),
        (full_disk_in_place, os.strerror(errno.ENOSPC)),
    ],
)
def test_a_file_that_cannot_be_written_stays_complete(
    run: Run,
    fault: Callable[[Path, pytest.MonkeyPatch], None],
    reason: str,
    project: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    fault(project, monkeypatch)
    before = files(project)
    answer = run(*FIX)
    assert (project / "a/compose.yaml").read_text() == FAULTY
    assert f"a/compose.yaml: {reason}" in answer.stderr
    assert "nothing was written" in answer.stderr
    assert answer.exit_code == 2
    # Other files are fixed, and no temporary file is left.
    assert (project / "b/compose.yaml").read_text() == FIXED
    assert files(project) == before


def test_a_file_that_was_edited_meanwhile_keeps_the_edit(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = write.replace_file

    def replace_file(path: str, before: bytes, after: bytes, root: str) -> None:
        if path == "a/compose.yaml":
            Path(path).write_text(FAULTY + "# saved by an editor\n")
        real(path, before, after, root)

    monkeypatch.setattr(write, "replace_file", replace_file)
    answer = run(*FIX)
    assert (project / "a/compose.yaml").read_text() == FAULTY + "# saved by an editor\n"
    assert "a/compose.yaml: the file has changed since it was read" in answer.stderr
    assert answer.exit_code == 2
    assert (project / "b/compose.yaml").read_text() == FIXED


def test_a_file_that_was_deleted_meanwhile_is_not_created(
    run: Run, project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = write.replace_file

    def replace_file(path: str, before: bytes, after: bytes, root: str) -> None:
        if path == "a/compose.yaml":
            os.unlink(path)
        real(path, before, after, root)

    monkeypatch.setattr(write, "replace_file", replace_file)
    answer = run(*FIX)
    assert files(project) == ["b/compose.yaml"]
    assert "a/compose.yaml: No such file or directory" in answer.stderr
    assert answer.exit_code == 2


def test_a_link_out_of_the_project_is_not_followed(
    run: Run, folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "compose.yaml"
    outside.write_text(FAULTY)
    (folder / "compose.yaml").symlink_to(outside)
    answer = run(*FIX, "compose.yaml")
    assert outside.read_text() == FAULTY
    assert (folder / "compose.yaml").is_symlink()
    assert answer.exit_code == 2
    assert answer.stderr == (
        "composelint: compose.yaml is outside of the project, so it is not read\n"
    )


def test_a_link_inside_the_project_stays_a_link(run: Run, folder: Path) -> None:
    (folder / "real.yaml").write_text(FAULTY)
    (folder / "compose.yaml").symlink_to("real.yaml")
    answer = run(*FIX, "compose.yaml")
    assert answer.exit_code == 0
    assert (folder / "compose.yaml").is_symlink()
    assert (folder / "real.yaml").read_text() == FIXED


INTERRUPTED = """
import os, signal
# A process in the background ignores interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)
from composelint.linter.files import write
from composelint.linter.cli import main
real, calls = getattr(write.os, "{function}"), []
def interrupted(*arguments):
    done = real(*arguments)
    calls.append(1)
    if len(calls) == 2:
        os.kill(os.getpid(), signal.SIGINT)
    return done
write.os.{function} = interrupted
main.main()
"""


@pytest.mark.parametrize(
    ("function", "several_names"),
    [
        ("fsync", False),
        ("replace", False),
        ("fstat", False),
        ("chmod", False),
        ("fsync", True),
        ("fstat", True),
    ],
)
def test_an_interrupt_while_writing_leaves_every_file_complete(
    run: Run, function: str, several_names: bool, project: Path
) -> None:
    if several_names:
        for name in ("a", "b"):
            os.link(project / name / "compose.yaml", project / name / "other")
    before = files(project)
    answer = run_python("-c", INTERRUPTED.format(function=function), *FIX, folder=project)
    assert answer.returncode == 2
    assert answer.stderr.strip() == "composelint: interrupted"
    assert {(project / name).read_text() for name in before} <= {FAULTY, FIXED}
    assert files(project) == before
    assert run(*FIX).exit_code == 0
    assert {(project / name).read_text() for name in before} == {FIXED}
