"""Builds the wheel and the source distribution of a commit, byte for byte the same each time.

``python tools/build.py [--commit HEAD] [--outdir dist]``. The bytes depend on nothing but the
commit, the Python that builds and its setuptools: what lies about in the working tree, the
umask, the times of files and SOURCE_DATE_EPOCH as it was set before have no part in them.
"""

from __future__ import annotations

import argparse
import gzip
import io
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]


def main() -> None:
    """Build a commit into a folder and say what was made."""
    parser = argparse.ArgumentParser("tools/build.py", description=__doc__)
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--outdir", type=Path, default=ROOT / "dist")
    options = parser.parse_args()
    for path in build(options.commit, options.outdir):
        print(path)


def build(commit: str, outdir: Path) -> list[Path]:
    """Build a commit; returns the files, in ``outdir``.

    Raises:
        subprocess.CalledProcessError: where there is no such commit, or it does not build.
    """
    epoch = int(git("log", "-1", "--format=%ct", commit))
    # Files get their modes from it, and the wheel gets them from the files.
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="composelint-build-") as name:
        source, made = Path(name, "source"), Path(name, "made")
        # As a zip it brings neither modes nor owners along.
        with zipfile.ZipFile(io.BytesIO(git("archive", "--format=zip", commit))) as archive:
            archive.extractall(source)
        # The wheel is built from the source distribution, as by whoever downloads that. Without
        # isolation, since the backend that is installed here is the one that is locked.
        subprocess.run(
            [sys.executable, "-m", "build", "--no-isolation", "--outdir", made, source],
            env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        outdir.mkdir(parents=True, exist_ok=True)
        files = []
        for path in sorted(made.iterdir()):
            if path.suffix == ".gz":
                path.write_bytes(normalized(path.read_bytes(), epoch))
            files.append(Path(shutil.copy(path, outdir)))
        return files


def normalized(data: bytes, epoch: int) -> bytes:
    """A compressed tar archive without what differs from build to build.

    The wheel's writer takes its times from SOURCE_DATE_EPOCH; that of source distributions
    takes times, owners and the order of files from the disk.
    """
    plain = io.BytesIO()
    with (
        tarfile.open(fileobj=io.BytesIO(data)) as before,
        tarfile.open(fileobj=plain, mode="w", format=tarfile.PAX_FORMAT) as after,
    ):
        for member in sorted(before.getmembers(), key=lambda item: item.name):
            member.mtime, member.uid, member.gid = epoch, 0, 0
            member.uname = member.gname = ""
            member.pax_headers = {}
            after.addfile(member, before.extractfile(member) if member.isfile() else None)
    packed = io.BytesIO()
    with gzip.GzipFile("", "wb", 9, packed, mtime=epoch) as stream:
        stream.write(plain.getvalue())
    return packed.getvalue()


def git(*arguments: str) -> bytes:
    """What git answers about this repository."""
    return subprocess.run(
        ["git", "-C", str(ROOT), *arguments], stdout=subprocess.PIPE, check=True
    ).stdout


if __name__ == "__main__":
    main()
