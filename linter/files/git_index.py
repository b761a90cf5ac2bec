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
    rb"(\d{6}) ([0-9a-f]+) \d\t([^\0]+)\0  ctime: (\d+):(\d+)\n  mtime: (\d+):(\d+)\n"
    rb"  dev: [^\n]*\n  uid: [^\n]*\n  size: (\d+)\tflags: ([0-9a-f]+)\n"
)
_ANNOUNCED = 1 << 29
_NOT_IN_WORK_TREE = 1 << 30
_ASSUMED_UNCHANGED = 1 << 15
_SECOND = 1_000_000_000
_WORD = 0xFFFFFFFF
MODULE_MODE = b"160000"


class Tracked(NamedTuple):
    """An entry of the index: a path, and how the file was when git last looked at it."""

    mode: bytes
    oid: str
    path: str
    times: tuple[int, int]
    size: int
    flags: int

    @property
    def is_announced(self) -> bool:
        """Whether only ``git add -N`` has named it: a commit does not take it."""
        return bool(self.flags & _ANNOUNCED)

    @property
    def is_watched(self) -> bool:
        """Whether git compares it with the work tree (not left out by a sparse checkout)."""
        return not self.flags & (_NOT_IN_WORK_TREE | _ASSUMED_UNCHANGED)


def parsed(output: bytes) -> list[Tracked] | None:
    """The entries in what git lists; None if it is not the expected form."""
    entries = []
    end = 0
    while end < len(output):
        match = _ENTRY.match(output, end)
        if match is None:
            return None
        end = match.end()
        mode, oid, path, *numbers, flags = match.groups()
        changed, changed_ns, written, written_ns, size = map(int, numbers)
        times = changed * _SECOND + changed_ns, written * _SECOND + written_ns
        name = os.fsdecode(path)
        entries.append(Tracked(mode, oid.decode("ascii"), name, times, size, int(flags, 16)))
    return entries


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
        path = os.path.join(root, entry.path)
        if entry.mode == MODULE_MODE:
            if head_of(path) not in ("", entry.oid):
                yield entry.path
            continue
        try:
            status = os.lstat(path)
        except (OSError, ValueError):
            yield entry.path
            continue
        times = _kept(status.st_ctime_ns), _kept(status.st_mtime_ns)
        is_same = times == entry.times and status.st_size & _WORD == entry.size
        if not is_same or status.st_mtime_ns >= newest:
            yield entry.path


def _kept(time: int) -> int:
    """A time as the index keeps it: seconds in 32 bits."""
    seconds, rest = divmod(time, _SECOND)
    return (seconds & _WORD) * _SECOND + rest
