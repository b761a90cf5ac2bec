"""Texts with a mark where the cursor is."""

from __future__ import annotations

from checks import ROOT
from composelint.linter.config.options import Options
from composelint.linter.engine.run import check_project
from composelint.linter.engine.workspace import open_workspace
from composelint.linter.files.kinds import kind_of_named
from composelint.linter.files.tree import Overlay, current_tree, use_tree
from composelint.linter.insight.complete import complete
from composelint.linter.insight.completions import Completion
from composelint.linter.model.project import Project
from composelint.linter.result import Result

MARK = "¦"

PROJECTS = sorted(
    path
    for folder in ("tests/projects", "examples")
    for path in (ROOT / folder).rglob("*")
    if path.is_file() and "drafts" not in path.parts
    if kind_of_named(path.name) is not None and path.stat().st_size < 6_000
)
"""Every smaller file of the test projects and examples that has a kind."""


def unmarked(text: str) -> tuple[str, int]:
    """A text without its mark, and the offset of that."""
    before, mark, after = text.partition(MARK)
    assert mark, "the text has no mark"
    return before + after, len(before)


def load(path: str = ".") -> tuple[Project, Result]:
    """The project of the first group of files in the working folder, and the findings."""
    workspace = open_workspace([path], Options(jobs=1, no_cache=True))
    group = workspace.groups[0]
    result, project = check_project(group.files, group.settings)
    return project, result


def complete_in(
    text: str, path: str = "compose.yaml", kind: str = "compose", loaded: bool = False
) -> list[Completion]:
    """The completions at the mark; with the project in the working folder if it is ``loaded``."""
    plain, offset = unmarked(text)
    if not loaded:
        return complete(kind, path, plain, offset)
    with use_tree(Overlay(current_tree(), {path: plain.encode()})):
        project, result = load()
        return complete(kind, path, plain, offset, project, result)


def labels(found: list[Completion]) -> list[str]:
    """The labels of completions, in their order."""
    return [item.label for item in found]
