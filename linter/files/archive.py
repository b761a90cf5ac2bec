"""An archive (tar, also compressed, or zip) as a tree, without unpacking it.

Its members, the bytes that are unpacked and the memory for what describes members are bounded.
Links stay inside, and members whose names lead out of the archive, or into ``.git``, are left out.
"""

from __future__ import annotations

import os
import stat
from abc import abstractmethod

from .disk import NotAFile
from .listed import EXECUTABLE, FILE, LINK, Entry, Listed, TooManyFolders, is_safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from tarfile import TarFile, TarInfo
    from typing import Any, BinaryIO
    from zipfile import ZipFile, ZipInfo

MAX_MEMBERS = 200_000
MAX_BYTES = 1 << 30
"""The most members of an archive, and the most bytes that are unpacked of one."""
_MAX_NAME = 4096
_MAX_NAMES = 64 * 1024 * 1024
"""The most characters of a member's name, and of all names."""
_MAX_SMALL = 256 * 1024
_MAX_KEPT = 64 * 1024 * 1024
"""Files of up to this size are kept in memory, up to so many bytes in all."""
_MAX_DESCRIPTION = 1024 * 1024
_MAX_DESCRIPTIONS = 128 * 1024 * 1024
"""The most bytes that describe a member of a tar archive beyond its header, and all members."""
_MAX_DIRECTORY = 64 * 1024 * 1024
"""The most bytes of the list of members in a zip archive."""
_CHUNK = 4096
"""How much of a zip archive's member is unpacked at a time: some methods make much of little."""


class ArchiveError(ValueError):
    """A file that cannot be read as an archive, with a message that says why."""


def open_archive(path: str, root: str) -> Listed:
    """The tree in an archive, whose paths start from a folder.

    Raises:
        ArchiveError: if it cannot be read as an archive, or is too large.
    """
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ArchiveError(f"{path}: not a regular file")
        with open(path, "rb") as stream:
            start = stream.read(512)
        return _Zip(path, root) if _is_zip(path, start) else _Tar(path, root)
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror or error}") from None


def archive_hash(path: str) -> str:
    """The SHA-256 of a file, with its name in front.

    Raises:
        OSError: if it cannot be read, or is not a regular file.
    """
    from hashlib import file_digest

    if not stat.S_ISREG(os.stat(path).st_mode):
        raise NotAFile(0, "not a regular file", path)
    with open(path, "rb") as stream:
        return f"sha256:{file_digest(stream, 'sha256').hexdigest()}"


def _is_zip(path: str, start: bytes) -> bool:
    if start.startswith((b"PK\3\4", b"PK\5\6")):
        return True
    if start[257:262] == b"ustar" or _opener(start) is not open:
        return False  # A tar archive may contain a zip archive.
    import zipfile

    return zipfile.is_zipfile(path)


class _Archive(Listed):
    """What the two kinds have in common: contents are kept, and unpacked up to a total."""

    def __init__(self, path: str, root: str) -> None:
        self.path = path
        self._contents: dict[str, bytes] = {}
        self._room = _MAX_KEPT
        self._unpacked = 0
        self._names: dict[str, Entry] = {}
        self._named = 0
        super().__init__(root, self._names)

    def add(self, name: str, entry: Entry) -> None:
        """Add a path to the list."""
        self._named += len(name)
        if self._named > _MAX_NAMES:
            raise ArchiveError(f"{self.path}: the names of its members are too long")
        self._names[name] = entry

    def check(self) -> None:
        """Raise ``ArchiveError`` for too many folders."""
        try:
            self.folders  # noqa: B018
        except TooManyFolders as error:
            raise ArchiveError(f"{self.path}: {error}") from None

    def keep(self, key: str, data: bytes) -> None:
        """Keep a content in memory, if there is room."""
        if len(data) <= min(self._room, _MAX_SMALL):
            self._contents[key] = data
            self._room -= len(data)

    def is_kept(self, size: int) -> bool:
        """Whether there is room for a content."""
        return size <= min(self._room, _MAX_SMALL)

    def content(self, entry: Entry, path: str, most: int) -> bytes:
        data = self._contents.get(entry.key)
        if data is None:
            if self._unpacked > MAX_BYTES:
                raise OSError(5, f"more than {MAX_BYTES:,} bytes of the archive are unpacked", path)
            try:
                data = self.unpacked(entry.key, most + 1)
            except _damages() as error:
                why = f"the archive does not give its content: {error}"
                raise OSError(5, why, path) from None
            self._unpacked += len(data)
            if len(data) <= most:
                self.keep(entry.key, data)
        return data[: most + 1]

    @abstractmethod
    def unpacked(self, key: str, most: int) -> bytes:
        """The first bytes of a member."""


class _Zip(_Archive):
    def __init__(self, path: str, root: str) -> None:
        super().__init__(path, root)
        self._members: dict[str, ZipInfo] = {}
        self._owner = os.getpid()
        try:
            self._file = _open_zip(path)
        except _damages() as error:
            raise ArchiveError(f"{path}: not a zip archive: {error}") from None
        for member in self._file.infolist():
            name = _cleaned(member.filename)
            if name and not member.is_dir():
                mode = member.external_attr >> 16
                kind = LINK if stat.S_ISLNK(mode) else EXECUTABLE if mode & 0o111 else FILE
                self.add(name, Entry(kind, name))
                self._members[name] = member
        self.check()

    def unpacked(self, key: str, most: int) -> bytes:
        if self._owner != os.getpid():
            # Copies of a process share the place in a file that is read.
            self._file, self._owner = _open_zip(self.path), os.getpid()
        parts = []
        with self._file.open(self._members[key]) as stream:
            while most > 0 and (part := stream.read(min(most, _CHUNK))):
                parts.append(part)
                most -= len(part)
        return b"".join(parts)


def _open_zip(path: str) -> ZipFile:
    import zipfile

    class Members(list["ZipInfo"]):
        def append(self, member: ZipInfo) -> None:
            if len(self) >= MAX_MEMBERS:
                raise ArchiveError(f"{path}: more than {MAX_MEMBERS:,} members")
            super().append(member)

    class Bounded(zipfile.ZipFile):
        """A zip archive that stops to list members where there are too many."""

        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, Members() if name == "filelist" else value)

    if _directory_size(path) > _MAX_DIRECTORY:
        raise ArchiveError(f"{path}: its list of members is larger than {_MAX_DIRECTORY:,} bytes")
    return Bounded(path)


def _directory_size(path: str) -> int:
    """How many bytes the end of a zip archive gives to the list of its members."""
    with open(path, "rb") as stream:
        size = stream.seek(0, os.SEEK_END)
        stream.seek(max(0, size - 66_000))
        data = stream.read()
        end = data.rfind(b"PK\5\6")
        found = int.from_bytes(data[end + 12 : end + 16], "little")
        if end < 0 or found < 0xFFFFFFFF:
            return found
        # A larger one has a second end before the first one.
        second = data.rfind(b"PK\6\6", 0, end)
        return int.from_bytes(data[second + 40 : second + 48], "little") if second >= 0 else found


class _Tar(_Archive):
    def __init__(self, path: str, root: str) -> None:
        super().__init__(path, root)
        self._places: dict[str, tuple[int, int]] = {}
        self._plain: BinaryIO | None = None
        self._owner = 0
        for number, (archive, member) in enumerate(_members(path)):
            name = _cleaned(member.name)
            if not name:
                continue
            key = str(number)
            if member.issym():
                self._contents[key] = os.fsencode(member.linkname)[:_MAX_NAME]
                self.add(name, Entry(LINK, key))
            elif member.islnk():
                original = self.listed.get(_cleaned(member.linkname))
                if original is not None:
                    self.add(name, original)
            elif member.isfile():
                self.add(name, Entry(EXECUTABLE if member.mode & 0o111 else FILE, key))
                if self.is_kept(member.size):
                    self.keep(key, _content(path, archive, member))
                elif member.sparse is None:
                    self._places[key] = member.offset_data, member.size
        self.check()

    def unpacked(self, key: str, most: int) -> bytes:
        place = self._places.get(key)
        if place is None:
            raise ArchiveError("a file with holes")
        if self._plain is None or self._owner != os.getpid():
            # Copies of a process share the place in a file that is read.
            self._plain, self._owner = self._as_plain(), os.getpid()
        start, size = place
        self._plain.seek(start)
        return self._plain.read(min(size, most))

    def _as_plain(self) -> BinaryIO:
        """The archive without compression: itself, or a temporary file."""
        import tempfile

        stream = _open_tar(self.path)
        if _opener_of(self.path) is open:
            return stream
        plain = tempfile.TemporaryFile()  # noqa: SIM115 - closed with this tree
        with stream:
            bounded = _Bounded(self.path, stream, MAX_BYTES)
            while data := bounded.read(1 << 20):
                plain.write(data)
        return plain

    def __del__(self) -> None:
        plain = getattr(self, "_plain", None)
        if plain is not None:
            plain.close()


class _Bounded:
    """A stream that raises an error instead of going on beyond a limit."""

    def __init__(self, path: str, stream: BinaryIO, limit: int) -> None:
        self._path = path
        self._stream = stream
        self._at = 0
        self.limit = limit

    def read(self, size: int) -> bytes:
        if self._at > self.limit:
            raise ArchiveError(f"{self._path}: what describes a member is too large")
        data = self._stream.read(size)
        self._at += len(data)
        return data


def _members(path: str) -> Iterator[tuple[TarFile, TarInfo]]:
    """The members of a tar archive, read once from its beginning to its end.

    Raises:
        ArchiveError: if it is damaged or too large.
    """
    import tarfile

    described = 0

    class Member(tarfile.TarInfo):
        @classmethod
        def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> Member:
            nonlocal described
            member = super().frombuf(buf, encoding, errors)
            if member.type in _DESCRIPTIONS:
                # Those of the whole archive are kept.
                described += member.size * (100 if member.type == tarfile.XGLTYPE else 1)
                if not 0 <= member.size <= _MAX_DESCRIPTION or described > _MAX_DESCRIPTIONS:
                    raise ArchiveError(f"{path}: what describes a member is too large")
            return member

    try:
        with _open_tar(path) as opened:
            stream = _Bounded(path, opened, _MAX_DESCRIPTION)
            fileobj: Any = stream  # Of a file object tarfile only uses read().
            with tarfile.open(fileobj=fileobj, mode="r|", tarinfo=Member) as archive:
                for count, member in enumerate(archive, 1):
                    if count > MAX_MEMBERS:
                        raise ArchiveError(f"{path}: more than {MAX_MEMBERS:,} members")
                    end = member.offset_data + max(0, _stored(member))
                    if end > MAX_BYTES:
                        raise ArchiveError(f"{path}: larger than {MAX_BYTES:,} bytes when unpacked")
                    stream.limit = end + _MAX_DESCRIPTION
                    yield archive, member
                    vars(archive)["members"] = []  # It would keep all of them.
    except ArchiveError:
        raise
    except _damages() as error:
        raise ArchiveError(f"{path}: not a tar or zip archive: {error}") from None


_DESCRIPTIONS = (b"L", b"K", b"x", b"g", b"X")
"""The types of members of a tar archive that describe others."""


def _stored(member: TarInfo) -> int:
    """How many bytes of a member the archive has."""
    # Pairs of offset and size, whatever the type stubs say.
    parts: Any = member.sparse
    return member.size if parts is None else sum(size for _, size in parts)


def _content(path: str, archive: TarFile, member: TarInfo) -> bytes:
    """The content of the member that is being read."""
    try:
        stream = archive.extractfile(member)
        return stream.read(_MAX_SMALL) if stream is not None else b""
    except _damages() as error:
        raise ArchiveError(f"{path}: damaged at {member.name}: {error}") from None


def _open_tar(path: str) -> BinaryIO:
    """A tar archive without its compression."""
    stream: BinaryIO = _opener_of(path)(path, "rb")
    return stream


def _opener_of(path: str) -> Callable[..., Any]:
    with open(path, "rb") as stream:
        return _opener(stream.read(16))


def _opener(start: bytes) -> Callable[..., Any]:
    """What opens a file that starts so."""
    import bz2
    import gzip
    import lzma

    if start.startswith(b"\x1f\x8b"):
        return gzip.open
    if start.startswith(b"BZh"):
        return bz2.open
    if start.startswith((b"\xfd7zXZ", b"]\0\0\x80")):
        return lzma.open
    return open


def _damages() -> tuple[type[Exception], ...]:
    """What is raised for a damaged archive."""
    import lzma
    import struct
    import tarfile
    import zipfile
    import zlib

    return (
        *(tarfile.TarError, zipfile.BadZipFile, lzma.LZMAError, zlib.error, struct.error),
        *(EOFError, RuntimeError, ValueError, OverflowError, MemoryError),
    )


def _cleaned(name: str) -> str:
    """A member's name as a path from the root; empty for one that is left out."""
    if len(name) > _MAX_NAME:
        return ""
    while name.startswith("./"):
        name = name[2:]
    name = name.rstrip("/")
    return name if is_safe(name) else ""
