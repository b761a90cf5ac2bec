"""Archives that are made to take all memory or time."""

from __future__ import annotations

import gzip
import resource
import struct
import subprocess
import sys
import tarfile
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

MOST_MEMORY = 500 * 1024 * 1024


def long_name(size: int) -> bytes:
    """A header that says that a name of this size follows."""
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, size
    return info.tobuf(tarfile.GNU_FORMAT)


def repeated(path: Path, start: bytes, block: bytes, count: int) -> None:
    """A compressed archive with a block many times: gzip files behind each other are one."""
    path.write_bytes(gzip.compress(start) + gzip.compress(block) * count)


def name_of_gigabytes(path: Path) -> None:
    repeated(path, long_name(8 << 30), b"a" * (1 << 20), 900)


def pax_header_of_gigabytes(path: Path) -> None:
    header = bytearray(long_name(0o77777777777))
    header[156:157] = b"x"
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + sum(header[156:]) + 8 * 32)
    repeated(path, bytes(header), b"30 mtime=1350244992.023960108\n" * 34_000, 500)


def pax_headers_of_the_archive(path: Path) -> None:
    parts = []
    for number in range(600):
        data = f"900014 k{number:04}={'v' * 900_000}\n".encode()
        info = tarfile.TarInfo("x")
        info.type, info.size = tarfile.XGLTYPE, len(data)
        parts.append(gzip.compress(info.tobuf() + data + b"\0" * (-len(data) % 512), 1))
    path.write_bytes(b"".join(parts))


def map_of_holes(path: Path) -> None:
    """An old GNU header with an endless list of the parts of a file."""
    header = bytearray(long_name(0))
    header[156:157] = b"S"
    header[386 : 386 + 96] = b"00000001000\0" * 8
    header[482:483] = b"\1"
    header[148:156] = b"%06o\0 " % (sum(header[:148]) + sum(header[156:]) + 8 * 32)
    block = (b"00000001000\0" * 42 + b"\1").ljust(512, b"\0")
    repeated(path, bytes(header), block * 2048, 900)


def members_without_end(path: Path) -> None:
    block = tarfile.TarInfo("x").tobuf()
    repeated(path, b"", block * 2000, 120)


def deep_names(path: Path) -> None:
    with tarfile.open(path, "w:gz", compresslevel=1, format=tarfile.GNU_FORMAT) as stream:
        for number in range(3000):
            stream.addfile(tarfile.TarInfo(f"{number}/" + "a/" * 2000 + "x"))


def dots_in_front(path: Path) -> None:
    with tarfile.open(path, "w", format=tarfile.GNU_FORMAT) as stream:
        stream.addfile(tarfile.TarInfo("./" * 400_000 + "x"))


def gigabytes_of_a_file(path: Path) -> None:
    info = tarfile.TarInfo("compose.yaml")
    info.size = 4 << 30
    repeated(path, info.tobuf(), b"\0" * (1 << 20), 1100)


def bzip2_in_zip(path: Path) -> None:
    """A large Compose file in less than a kilobyte."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_BZIP2) as stream:
        info = zipfile.ZipInfo("compose.yaml")
        info.compress_type = zipfile.ZIP_BZIP2
        with stream.open(info, "w", force_zip64=True) as part:
            for _ in range(64):
                part.write(b"#" * (1 << 20))


def members_in_zip(path: Path) -> None:
    """A list of a million members."""
    entry = (
        struct.pack(
            "<4s4B4HL2L5H2L", b"PK\1\2", 20, 3, 20, 0, 0, 0, 0, 33, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0
        )
        + b"x"
    )
    count = 1_200_000
    end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 65535, 65535, len(entry) * count, 0, 0)
    with path.open("wb") as stream:
        for _ in range(count // 1000):
            stream.write(entry * 1000)
        stream.write(end)


BOMBS: list[Callable[[Path], None]] = [
    name_of_gigabytes,
    pax_header_of_gigabytes,
    pax_headers_of_the_archive,
    map_of_holes,
    members_without_end,
    deep_names,
    dots_in_front,
    gigabytes_of_a_file,
    bzip2_in_zip,
    members_in_zip,
]


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__)
def test_an_archive_takes_no_more_than_some_memory_and_time(
    tmp_path: Path, bomb: Callable[[Path], None]
) -> None:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MOST_MEMORY, MOST_MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (30, 30))

    bomb(tmp_path / "archive")
    answer = subprocess.run(
        [sys.executable, "-m", "composelint", "--archive", "archive", "--no-cache"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        preexec_fn=limit,
        check=False,
    )
    assert answer.returncode in (0, 1, 2), answer.stderr
    assert "Traceback" not in answer.stderr
