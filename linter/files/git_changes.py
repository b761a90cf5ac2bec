"""What changed between two states of a repository.

git compares commits and the index. The work tree is compared here: git would run the filters that
the repository's configuration names.
"""

from __future__ import annotations

import os

from ..base.records import NamedTuple
from .disk import DISK, MAX_FILE_BYTES
from .git_tree import INDEX, StateError
from .listed import EXECUTABLE, FILE, LINK

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from .git_tree import GitTree, Repository


class Change(NamedTuple):
    """A file that differs between two states.

    ``old`` and ``new`` are its paths, relative to the root of the repository; empty in the state
    that does not have it. They differ for a file that was renamed.
    """

    old: str
    new: str


def changes_in_git(repository: Repository, old: str, new: str) -> list[Change]:
    """What changed from a commit (empty: nothing was there) to another one, or to the index.

    Raises:
        StateError: if git cannot compare them.
    """
    if old == new:
        return []
    start = old or repository.ask("hash-object", "-t", "tree", os.devnull).decode("ascii").strip()
    command = ["diff-index", "--cached"] if new == INDEX else ["diff-tree", "-r"]
    commits = [start] if new == INDEX else [start, new]
    options = ("-z", "--raw", "--no-abbrev", "--no-textconv", "--ignore-submodules=dirty")
    if new == "":
        return [Change(path, "") for path in repository.listing(old)]
    try:
        output = repository.ask(*command, "-M", *options, *commits)
    except StateError:
        # To find renames takes contents, and a partial clone may not have them.
        output = repository.ask(*command, "--no-renames", *options, *commits)
    return list(_parsed(output))


def _parsed(output: bytes) -> Iterator[Change]:
    """The changes in the raw format of git, with NUL between fields."""
    fields = iter(output.split(b"\0"))
    for meta in fields:
        if not meta.startswith(b":"):
            continue
        status = meta.rpartition(b" ")[2][:1]
        path = os.fsdecode(next(fields))
        if status in (b"R", b"C"):
            target = os.fsdecode(next(fields))
            yield Change(path if status == b"R" else "", target)
        else:
            yield Change("" if status == b"A" else path, "" if status == b"D" else path)


def changes_on_disk(repository: Repository, old: GitTree) -> list[Change]:
    """What changed from a commit to the work tree, with files that git does not ignore.

    A file that was moved without a change, and is not staged, is found as a rename by its content.

    Raises:
        StateError: if git cannot compare them.
    """
    paths: dict[str, Change] = {}
    for change in changes_in_git(repository, old.state, INDEX):
        paths[change.new or change.old] = change
    # Some only look changed: their times differ from those that the index keeps.
    for path in dict.fromkeys(repository.may_differ()):
        before = paths.pop(path, None)
        origin = before.old if before is not None else path
        if not _is_on_disk(repository, path):
            if origin:
                paths[path] = Change(origin, "")
        elif origin != path or not _is_same(repository, old, path):
            paths[path] = Change(origin if origin in old.listed else "", path)
    output = repository.ask("ls-files", "-oz", "--exclude-standard", "--full-name")
    for name in filter(None, output.split(b"\0")):
        path = os.fsdecode(name).rstrip("/")
        before = paths.get(path)
        is_old = path in old.listed or (before is not None and before.old == path)
        paths[path] = Change(path if is_old else "", path)
    return list(_with_moves(repository, old, paths.values()))


def _is_on_disk(repository: Repository, path: str) -> bool:
    return DISK.kind(os.path.join(repository.root, path), follow=False) != "missing"


def _is_same(repository: Repository, old: GitTree, path: str) -> bool:
    """Whether a file has the content and the mode that it had."""
    entry = old.listed.get(path)
    full = os.path.join(repository.root, path)
    if entry is None or entry.type not in (FILE, EXECUTABLE, LINK):
        return False
    if entry.type != LINK and DISK.is_executable(full) is (entry.type != EXECUTABLE):
        return False
    try:
        if entry.type == LINK:
            return _target(full) == repository.blobs.read(entry.key, path, MAX_FILE_BYTES)
        now = DISK.read(full, MAX_FILE_BYTES)
        return len(now) <= MAX_FILE_BYTES and now == old.read(full, MAX_FILE_BYTES)
    except OSError:
        return False


def _target(link: str) -> bytes | None:
    """Where a link leads to; None for a path that is not a link."""
    try:
        return os.fsencode(os.readlink(link))
    except OSError:
        return None


def _with_moves(
    repository: Repository, old: GitTree, changes: Iterable[Change]
) -> Iterator[Change]:
    """The changes, with a removed and a new file of one content as one."""
    changes = list(changes)
    removed: dict[str, list[str]] = {}
    for each in changes:
        if not each.new and each.old in old.listed:
            removed.setdefault(old.listed[each.old].key, []).append(each.old)
    moved: dict[str, str] = {}
    for each in changes if removed else ():
        if each.old:
            continue
        oid = _oid(repository, each.new, len(next(iter(removed))))
        origins = removed.get(oid, [])
        if origins:
            # Of several files of one content, one that keeps its name comes first.
            name = each.new.rpartition("/")[2]
            origin = next((path for path in origins if path.rpartition("/")[2] == name), origins[0])
            origins.remove(origin)
            moved[each.new] = origin
    gone = set(moved.values())
    for each in changes:
        if not each.new and each.old in gone:
            continue
        yield Change(moved[each.new], each.new) if each.new in moved else each


def _oid(repository: Repository, path: str, length: int) -> str:
    """The name that git would give to the content of a file; empty if it cannot be read."""
    from hashlib import sha1, sha256

    try:
        data = DISK.read(os.path.join(repository.root, path), MAX_FILE_BYTES)
    except OSError:
        return ""
    make = sha1 if length == 40 else sha256
    return make(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
