"""Projects in which a mark shows where the cursor is, loaded from the disk."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from checks import write_files
from composelint.linter.base.text import Span
from composelint.linter.engine.run import load_project
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.model.project import Project
from composelint.linter.rulebook.selection import Selection

CURSOR = "‸"


def load(folder: str | Path = ".") -> Project:
    """The project in the working folder."""
    return load_project(
        list(discover((str(folder),))), Settings(selection=Selection(), root=os.getcwd())
    )


def opened(files: dict[str, str]) -> tuple[Project, str, int]:
    """Files written to the working folder and loaded; the path and the offset of the cursor."""
    ((path, text),) = [each for each in files.items() if CURSOR in each[1]]
    write_files({name: text.replace(CURSOR, "") for name, text in files.items()})
    return load(), path, text.index(CURSOR)


def shown(spans: Iterable[Span]) -> list[str]:
    """Places as ``file:line:column text``, sorted."""
    texts = []
    for span in spans:
        at = span.file.position(span.start)
        texts.append(f"{span.file.path}:{at.line}:{at.column} {span.text}".rstrip())
    return sorted(texts)
