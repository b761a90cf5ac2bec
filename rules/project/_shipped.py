"""Folders that are put beside a Compose file where it is deployed."""

from __future__ import annotations

import re
from itertools import chain, islice

from ...linter.analysis.documents import MAX_SEARCHES, lines_naming, lines_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.stack import Stack

_COPIES = r"\bgit[ \t]+clone\b|\b(?:cp|rsync|scp|copytree)\b"
_MOST_LINES = 500


def is_put_there(stack: Stack, path: str) -> bool:
    """Whether a comment, script or page says that a missing folder is cloned or copied there.

    Read are the stack's own files and the documents of the repository.
    """
    name = path.rstrip("/").rpartition("/")[2]
    named = re.compile(rf"(?:^|[\s\"'/~:]){re.escape(name)}(?:\.git)?/?(?=[\s\"'`]|$)")
    own: _Copies | None = stack.conclusions.get(_Copies)
    if own is None:
        own = stack.conclusions[_Copies] = _Copies(stack)
    if any(map(named.search, own.lines)):
        return True
    own.searches += 1
    if own.searches > MAX_SEARCHES:
        return False
    said = (each.line for each in lines_naming(stack.project, name, stack.loaded.folder))
    return any(re.search(_COPIES, line) and named.search(line) for line in said)


class _Copies:
    """The first lines of a stack's own files that clone or copy something.

    ``searches`` counts the missing folders that all documents were searched for.
    """

    def __init__(self, stack: Stack) -> None:
        texts = (stack.project.text(file) or "" for file in stack.loaded.files)
        lines = chain.from_iterable(map(lines_of, texts))
        copying = (line for line in lines if re.search(_COPIES, line))
        self.lines = list(islice(copying, _MOST_LINES))
        self.searches = 0
