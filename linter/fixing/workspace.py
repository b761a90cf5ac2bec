"""Fixing a workspace: each group of files in memory, then everything to the disk."""

from __future__ import annotations

from .engine import Choice, FixResult, fix_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..engine.workspace import Workspace
    from ..files.write import WriteError


def fix_workspace(workspace: Workspace, unsafe: bool) -> list[FixResult]:
    """What fixing makes of each group of files; a later one sees what an earlier one did."""
    texts = dict(workspace.texts)
    outcomes = []
    for group in workspace.groups:
        choice = Choice(unsafe, group.settings.selection.fixes)
        outcome = fix_files(group.found, group.settings, choice, texts)
        outcomes.append(outcome)
        for path, text in (*outcome.after.items(), *outcome.created.items()):
            source = outcome.before.get(path)
            texts[path] = encoded(text, source is not None and source.bom)
    return outcomes


def encoded(text: str, bom: bool) -> bytes:
    """A text as the bytes of its file."""
    return (("\ufeff" if bom else "") + text).encode("utf-8", "surrogatepass")


def save(workspace: Workspace, outcomes: list[FixResult]) -> list[WriteError]:
    """Write what changed: new files first, since the others may refer to them.

    Returns:
        An error for each file that could not be written; the others are.
    """
    from ..files.write import WriteError, create_file, replace_file

    errors: list[WriteError] = []
    for group, outcome in zip(workspace.groups, outcomes, strict=True):
        root = group.settings.root
        lacking = False
        for path, text in outcome.created.items():
            try:
                create_file(path, text.encode("utf-8"), root)
            except WriteError as error:
                lacking = True
                errors.append(error)
        # What refers to a file that could not be made stays as it is.
        for path, text in () if lacking else outcome.after.items():
            source = outcome.before[path]
            before, after = (encoded(each, source.bom) for each in (source.text, text))
            try:
                replace_file(path, before, after, root)
            except WriteError as error:
                errors.append(error)
    return errors
