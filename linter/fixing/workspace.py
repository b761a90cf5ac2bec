"""Fixes a workspace: each group of files in memory, then all files on disk."""

from __future__ import annotations

from .engine import Choice, FixResult, fix_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..engine.workspace import Workspace
    from ..files.write import WriteError


def fix_workspace(workspace: Workspace, unsafe: bool) -> list[FixResult]:
    """Fix each group of files in memory; each gets the fixed texts of the groups before it."""
    texts = dict(workspace.texts)
    outcomes = []
    for group in workspace.groups:
        choice = Choice(unsafe, group.settings.selection.fixes)
        outcome = fix_files(group.files, group.settings, choice, texts)
        outcomes.append(outcome)
        for path, text in (*outcome.after.items(), *outcome.created.items()):
            source = outcome.before.get(path)
            texts[path] = encoded(text, source is not None and source.bom)
    return outcomes


def encoded(text: str, bom: bool) -> bytes:
    """The bytes of a file with this text."""
    return (("\ufeff" if bom else "") + text).encode("utf-8", "surrogatepass")


def save(workspace: Workspace, outcomes: list[FixResult]) -> list[WriteError]:
    """Write the changed files: new ones first, because the others may refer to them.

    Returns:
        An error for each file that could not be written; all others are written.
    """
    from ..files.write import WriteError, create_file, replace_file

    errors: list[WriteError] = []
    for group, outcome in zip(workspace.groups, outcomes, strict=True):
        root = group.settings.root
        is_missing = False
        for path, text in outcome.created.items():
            try:
                create_file(path, text.encode("utf-8"), root)
            except WriteError as error:
                is_missing = True
                errors.append(error)
        # The other files may refer to a new file that could not be written: they stay the same.
        for path, text in () if is_missing else outcome.after.items():
            source = outcome.before[path]
            before, after = encoded(source.text, source.bom), encoded(text, source.bom)
            try:
                replace_file(path, before, after, root)
            except WriteError as error:
                errors.append(error)
    return errors
