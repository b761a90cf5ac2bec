"""What git's index has, and which files of the work tree may differ from it.

git itself compares them with the filters that the repository's configuration names, wherever a file's
times leave it in doubt: these are programs. So git only prints what the index keeps, with its times.
"""

from __future__ import annotations

import os
import re

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LISTING = ("ls-files", "-sz", "--debug", "--full-name")
"""The command whose output ``parsed`` takes."""

_ENTRY = re.compile(
    rb"((\d{6}) ([0-9a-f]+) \d\t([^\0]+)\0  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n"
    rb"  dev: [^\n]*\n  uid: [^\n]*\n  size: (\d+)\tflags: ([0-9a-f]+)\n)"
)
_ANNOUNCED = 1 << 29
_NOT_IN_WORK_TREE = 1 << 30
_ASSUMED_UNCHANGED = 1 << 15
_SECOND = 1_000_000_000
_WORD = 0xFFFFFFFF
MODULE_MODE = b"160000"


class Tracked(NamedTuple):
    """An entry of the index: a path, and how the file was when git last looked at it.

    The fields are as git prints them, because there are thousands: times as seconds and nanoseconds,
    ``flags`` in hexadecimal digits.
    """

    record: bytes
    mode: bytes
    oid: bytes
    path: bytes
    changed: bytes
    changed_ns: bytes
    written: bytes
    written_ns: bytes
    size: bytes
    flags: bytes

    @property
    def is_announced(self) -> bool:
        """Whether only ``git add -N`` has named it: a commit does not take it."""
        return self.flags != b"0" and bool(int(self.flags, 16) & _ANNOUNCED)

    @property
    def is_watched(self) -> bool:
        """Whether git compares it with the work tree (not left out by a sparse checkout)."""
        return self.flags == b"0" or not int(self.flags, 16) & (
            _NOT_IN_WORK_TREE | _ASSUMED_UNCHANGED
        )


def parsed(output: bytes) -> list[Tracked] | None:
    """The entries in what git lists; None if it is not the expected form."""
    entries = [Tracked(*fields) for fields in _ENTRY.findall(output)]
    is_whole = sum(len(entry.record) for entry in entries) == len(output)
    return entries if is_whole else None


def may_differ(
    entries: list[Tracked], root: str, index: str, head_of: Callable[[str], str]
) -> Iterator[str]:
    """The paths of files that may not be in the work tree as they are in the index.

    Args:
        entries: the entries of the index.
        root: the folder that their paths start from.
        index: the path of the index, which is older than what was written after it.
        head_of: gives the commit of a submodule, empty for one that is not cloned.
    """
    try:
        newest = os.stat(index).st_mtime_ns
    except OSError:
        newest = 0
    for entry in entries:
        if not entry.is_watched:
            continue
        name = os.fsdecode(entry.path)
        path = os.path.join(root, name)
        if entry.mode == MODULE_MODE:
            if head_of(path) not in ("", entry.oid.decode("ascii")):
                yield name
            continue
        try:
            status = os.lstat(path)
        except (OSError, ValueError):
            yield name
            continue
        is_same = (
            status.st_mtime_ns < newest
            and status.st_size & _WORD == int(entry.size)
            and _kept(status.st_mtime_ns) == (int(entry.written), int(entry.written_ns))
            and _kept(status.st_ctime_ns) == (int(entry.changed), int(entry.changed_ns))
        )
        if not is_same:
            yield name


def _kept(time: int) -> tuple[int, int]:
    """A time as the index keeps it: seconds in 32 bits, and nanoseconds."""
    seconds, rest = divmod(time, _SECOND)
    return seconds & _WORD, rest
