"""An archive (tar, also compressed, or zip) as a tree, without unpacking it.

The number of members and the bytes that are read are bounded; links stay inside, and members whose
names lead out of the archive, or into ``.git``, are left out.
"""

from __future__ import annotations

import os
import stat

from .listed import EXECUTABLE, FILE, LINK, Entry, Listed, is_safe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from tarfile import TarFile, TarInfo
    from zipfile import ZipFile

MAX_MEMBERS = 200_000
MAX_BYTES = 1 << 30
"""The most members of an archive, and the most bytes that are unpacked to find them."""
_MAX_SMALL = 256 * 1024
_MAX_KEPT = 64 * 1024 * 1024
"""Files of up to this size are kept while an archive is listed, up to so many bytes in all."""


class ArchiveError(ValueError):
    """A file that cannot be read as an archive, with a message that says why."""


def open_archive(path: str, root: str) -> Listed:
    """The tree in an archive, whose paths start from a folder.

    Raises:
        ArchiveError: if it cannot be read as an archive, or is too large.
    """
    import zipfile

    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise ArchiveError(f"{path}: not a regular file")
        if zipfile.is_zipfile(path):
            return _Zip(path, root)
        return _Tar(path, root)
    except OSError as error:
        raise ArchiveError(f"{path}: {error.strerror or error}") from None


class _Zip(Listed):
    def __init__(self, path: str, root: str) -> None:
        import zipfile

        try:
            self._file: ZipFile = zipfile.ZipFile(path)
        except (zipfile.BadZipFile, NotImplementedError, ValueError) as error:
            raise ArchiveError(f"{path}: not a zip archive: {error}") from None
        members = self._file.infolist()
        if len(members) > MAX_MEMBERS:
            raise ArchiveError(f"{path}: more than {MAX_MEMBERS:,} members")
        listed = {}
        for member in members:
            name = _cleaned(member.filename)
            if name and not member.is_dir():
                mode = member.external_attr >> 16
                kind = LINK if stat.S_ISLNK(mode) else EXECUTABLE if mode & 0o111 else FILE
                listed[name] = Entry(kind, member.filename)
        super().__init__(root, listed)

    def content(self, entry: Entry, path: str, most: int) -> bytes:
        import zipfile
        import zlib

        try:
            with self._file.open(entry.key) as stream:
                return stream.read(most + 1)
        except (
            zipfile.BadZipFile,
            zlib.error,
            NotImplementedError,
            RuntimeError,
            EOFError,
        ) as error:
            raise OSError(5, f"the archive does not give its content: {error}", path) from None


class _Tar(Listed):
    def __init__(self, path: str, root: str) -> None:
        self._path = path
        self._contents: dict[str, bytes] = {}
        listed = {}
        room = _MAX_KEPT
        for archive, member in _members(path):
            name = _cleaned(member.name)
            if not name:
                continue
            if member.issym():
                listed[name] = Entry(LINK, member.linkname)
            elif member.islnk():
                original = listed.get(_cleaned(member.linkname))
                if original is not None:
                    listed[name] = original
            elif member.isfile():
                kind = EXECUTABLE if member.mode & 0o111 else FILE
                key = f"{len(listed)}:{member.name}"
                if member.size <= min(room, _MAX_SMALL):
                    self._contents[key] = data = _content(path, archive, member, _MAX_SMALL)
                    room -= len(data)
                listed[name] = Entry(kind, key)
        super().__init__(root, listed)

    def content(self, entry: Entry, path: str, most: int) -> bytes:
        if entry.type == LINK:
            return os.fsencode(entry.key)[: most + 1]
        data = self._contents.get(entry.key)
        if data is not None:
            return data[: most + 1]
        wanted = entry.key.partition(":")[2]
        found = b""
        try:
            for archive, member in _members(self._path):
                if member.name == wanted and member.isfile():
                    found = _content(self._path, archive, member, most + 1)
        except ArchiveError as error:
            raise OSError(5, str(error), path) from None
        return found


def _members(path: str) -> Iterator[tuple[TarFile, TarInfo]]:
    """The members of a tar archive, read once from its beginning to its end.

    Raises:
        ArchiveError: if it is damaged or too large.
    """
    import tarfile

    try:
        with tarfile.open(path, "r|*") as archive:
            for count, member in enumerate(archive, 1):
                if count > MAX_MEMBERS:
                    raise ArchiveError(f"{path}: more than {MAX_MEMBERS:,} members")
                if member.offset_data + member.size > MAX_BYTES:
                    raise ArchiveError(f"{path}: larger than {MAX_BYTES:,} bytes when unpacked")
                yield archive, member
                vars(archive)["members"] = []  # It would keep all of them.
    except _damages() as error:
        raise ArchiveError(f"{path}: not a tar or zip archive: {error}") from None


def _content(path: str, archive: TarFile, member: TarInfo, most: int) -> bytes:
    """The first bytes of the member that is being read."""
    try:
        stream = archive.extractfile(member)
        return stream.read(most) if stream is not None else b""
    except _damages() as error:
        raise ArchiveError(f"{path}: damaged at {member.name}: {error}") from None


def _damages() -> tuple[type[Exception], ...]:
    """What is raised for a damaged archive."""
    import lzma
    import tarfile
    import zlib

    return (tarfile.TarError, lzma.LZMAError, zlib.error, EOFError)


def _cleaned(name: str) -> str:
    """A member's name as a path from the root; empty for one that is left out."""
    while name.startswith("./"):
        name = name[2:]
    name = name.rstrip("/")
    return name if is_safe(name) else ""
