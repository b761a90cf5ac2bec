"""Folders that are put beside a Compose file where it is deployed."""

from __future__ import annotations

import re
from itertools import islice

from ...linter.compose.evidence import MAX_LENGTH, is_document
from ...linter.files.paths import join_path, seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.project import Project
    from ...linter.model.stack import Stack

_COPIES = r"\bgit[ \t]+clone\b|\b(?:cp|rsync|scp|copytree)\b"
_MOST = 60
_LINE = 1_000


def is_put_there(stack: Stack, path: str) -> bool:
    """Whether a comment, script or page says that a missing folder is cloned or copied there.

    Read are the stack's own files, the documents in its folder and at the root, and the workflows of
    GitHub, which may deploy it.
    """
    project, folder = stack.project, stack.loaded.folder
    name = re.escape(path.rstrip("/").rpartition("/")[2])
    named = rf"(?:^|[\s\"'/~:]){name}(?:\.git)?/?(?=[\s\"'`]|$)"
    root = seen_from(project.reader.base, project.reader.root)
    near = {folder, root}
    documents = [
        where
        for other in project.listing(root).files
        if is_document(other)
        and ((where := join_path(root, other)).rpartition("/")[0] or ".") in near
    ]
    documents = documents[:_MOST] + _workflows(project, root)
    for text in map(project.text, [*stack.loaded.files, *documents]):
        if text is None or not re.search(_COPIES, text[:MAX_LENGTH]):
            continue
        for line in re.sub(r"\\\r?\n", " ", text[:MAX_LENGTH]).splitlines():
            line = line[:_LINE]
            if re.search(_COPIES, line) and re.search(named, line):
                return True
    return False


def _workflows(project: Project, root: str) -> list[str]:
    """The workflows of GitHub; listings leave out hidden folders."""
    folder = join_path(root, ".github/workflows")
    try:
        names = [name for name, _ in islice(project.reader.entries(folder), _MOST)]
    except (OSError, ValueError):
        return []
    return [join_path(folder, name) for name in sorted(names) if name.endswith((".yml", ".yaml"))]
