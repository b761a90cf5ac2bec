"""Builds the wheel and the source distribution of a commit, byte for byte the same each time.

``python tools/build.py [--commit HEAD] [--outdir dist]``. The bytes depend only on the commit, the
Python that builds and its setuptools, and not on other files in the working tree, the umask, the
times of files or SOURCE_DATE_EPOCH.
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
    """Build a commit into a folder, and print the paths of the files."""
    parser = argparse.ArgumentParser("tools/build.py", description=__doc__)
    parser.add_argument("--commit", default="HEAD")
    parser.add_argument("--outdir", type=Path, default=ROOT / "dist")
    options = parser.parse_args()
    for path in build(options.commit, options.outdir):
        print(path)


def build(commit: str, outdir: Path) -> list[Path]:
    """Build a commit; returns the paths of the files in ``outdir``.

    Raises:
        subprocess.CalledProcessError: if the commit does not exist, or the build fails.
    """
    epoch = int(git("log", "-1", "--format=%ct", commit))
    # The modes of the files depend on it, and those in the wheel on these.
    os.umask(0o022)
    with tempfile.TemporaryDirectory(prefix="composelint-build-") as name:
        source, output = Path(name, "source"), Path(name, "output")
        # A zip contains neither modes nor owners.
        with zipfile.ZipFile(io.BytesIO(git("archive", "--format=zip", commit))) as archive:
            archive.extractall(source)
        # The wheel is built from the source distribution, as by people who download that. Without
        # isolation, because the installed backend is the locked one.
        subprocess.run(
            [sys.executable, "-m", "build", "--no-isolation", "--outdir", output, source],
            env={**os.environ, "SOURCE_DATE_EPOCH": str(epoch)},
            stdout=subprocess.DEVNULL,
            check=True,
        )
        outdir.mkdir(parents=True, exist_ok=True)
        files = []
        for path in sorted(output.iterdir()):
            if path.suffix == ".gz":
                path.write_bytes(normalized(path.read_bytes(), epoch))
            files.append(Path(shutil.copy(path, outdir)))
        return files


def normalized(data: bytes, epoch: int) -> bytes:
    """A compressed tar archive that is the same for each build.

    The writer of wheels uses the time of SOURCE_DATE_EPOCH; the writer of source distributions
    uses the times, owners and order of the files on the disk.
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
    """The output of git for this repository."""
    return subprocess.run(
        ["git", "-C", str(ROOT), *arguments], stdout=subprocess.PIPE, check=True
    ).stdout


if __name__ == "__main__":
    main()
