"""What a source is, and its commit, without starting git where plain files tell it."""

from __future__ import annotations

import os
import re

from ..files.disk import DISK

_OID = re.compile(r"[0-9a-f]{40}(?:[0-9a-f]{24})?\Z")
_REF = re.compile(r"refs/[\w./+@-]+\Z", re.ASCII)
_MAX_REFS = 4 * 1024 * 1024
"""The most bytes of a list of branches that is read here."""


def kind_of_source(path: str) -> str:
    """``checkout``, ``bare``, ``archive`` or ``folder``; empty if there is nothing of these."""
    kind = DISK.kind(path)
    if kind == "file":
        return "archive"
    if kind != "folder":
        return ""
    if DISK.kind(os.path.join(path, ".git")) != "missing":
        return "checkout"
    kinds = {"HEAD": "file", "objects": "folder", "refs": "folder"}
    is_bare = all(DISK.kind(os.path.join(path, name)) == kind for name, kind in kinds.items())
    return "bare" if is_bare else "folder"


def quick_commit(path: str, kind: str, revision: str, most: int) -> str:
    """The commit of a revision, or the hash of an archive; empty where only git can tell.

    ``most`` are the most bytes of an archive.
    """
    if kind == "archive":
        from ..files.archive import archive_hash

        try:
            return archive_hash(path) if DISK.stamp(path)[1] <= most else ""
        except OSError:
            return ""
    if kind not in ("bare", "checkout"):
        return ""
    if _OID.match(revision):
        return revision
    if revision not in ("", "HEAD"):
        return ""
    folder = path if kind == "bare" else os.path.join(path, ".git")
    if DISK.kind(folder) != "folder":
        return ""
    head = _text(os.path.join(folder, "HEAD")).strip()
    if _OID.match(head):
        return head
    ref = head.removeprefix("ref: ")
    if ref == head or not _REF.match(ref) or ".." in ref:
        return ""
    commit = _text(os.path.join(folder, *ref.split("/"))).strip()
    if not commit:
        lines = _text(os.path.join(folder, "packed-refs")).splitlines()
        commit = next((line.partition(" ")[0] for line in lines if line.endswith(f" {ref}")), "")
    return commit if _OID.match(commit) else ""


def _text(path: str) -> str:
    """The text of a small file; empty if it cannot be read."""
    try:
        data = DISK.read(path, _MAX_REFS)
    except (OSError, ValueError):
        return ""
    return "" if len(data) > _MAX_REFS else data.decode("utf-8", "replace")
