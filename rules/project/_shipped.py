"""Folders that are put beside a Compose file where it is deployed."""

from __future__ import annotations

import re
from itertools import chain

from ...linter.analysis.documents import lines_naming, lines_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.stack import Stack

_COPIES = r"\bgit[ \t]+clone\b|\b(?:cp|rsync|scp|copytree)\b"


def is_put_there(stack: Stack, path: str) -> bool:
    """Whether a comment, script or page says that a missing folder is cloned or copied there.

    Read are the stack's own files and the documents of the repository.
    """
    project, folder = stack.project, stack.loaded.folder
    name = path.rstrip("/").rpartition("/")[2]
    named = rf"(?:^|[\s\"'/~:]){re.escape(name)}(?:\.git)?/?(?=[\s\"'`]|$)"
    own = chain.from_iterable(lines_of(project.text(file) or "") for file in stack.loaded.files)
    said = (each.line for each in lines_naming(project, name, folder))
    return any(re.search(_COPIES, line) and re.search(named, line) for line in chain(own, said))
