"""A commit gives the same bytes on every machine."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import zipfile
from pathlib import Path


def built(
    repository: Path, clone: Path, umask: int, time: int, epoch: str | None
) -> dict[str, bytes]:
    """Clone and build; returns the bytes of the built files by name."""
    subprocess.run(["git", "clone", "-q", repository, clone], umask=umask, check=True)
    for path in clone.rglob("*"):
        os.utime(path, (time, time))
    variables = {name: text for name, text in os.environ.items() if name != "SOURCE_DATE_EPOCH"}
    if epoch is not None:
        variables["SOURCE_DATE_EPOCH"] = epoch
    subprocess.run(
        [sys.executable, "tools/build.py"],
        cwd=clone, env=variables, umask=umask, capture_output=True, check=True,
    )  # fmt: skip
    return {path.name: path.read_bytes() for path in (clone / "dist").iterdir()}


def commit_of(repository: Path) -> str:
    command = ["git", "-C", str(repository), "rev-parse", "HEAD"]
    return subprocess.check_output(command, text=True).strip()


def released_commit(files: dict[str, bytes]) -> str:
    """The commit that a wheel says it was built from."""
    (wheel,) = (data for name, data in files.items() if name.endswith(".whl"))
    text = zipfile.ZipFile(io.BytesIO(wheel)).read("composelint/linter/version.py").decode()
    values: dict[str, str] = {}
    exec(text, values)
    return values["COMMIT"]


def test_two_builds_of_a_commit_are_the_same_bytes(checkout: Path, tmp_path: Path) -> None:
    first = built(checkout, tmp_path / "one", umask=0o022, time=1_000_000_000, epoch=None)
    assert released_commit(first) == commit_of(checkout)
    # Files that are not committed are not built.
    other_clone = tmp_path / "elsewhere" / "an other folder"
    leftover = "rules/compose/leftover.py"
    second = built(checkout, other_clone, umask=0o077, time=1_700_000_000, epoch="315532800")
    assert sorted(Path(name).suffix for name in first) == [".gz", ".whl"]
    assert second == first
    (other_clone / leftover).write_text("")
    subprocess.run(
        [sys.executable, "tools/build.py"], cwd=other_clone, capture_output=True, check=True
    )
    assert {path.name: path.read_bytes() for path in (other_clone / "dist").iterdir()} == first
