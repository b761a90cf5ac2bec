"""Fixes a workspace: each group of files in memory, then all files on disk."""

from __future__ import annotations

from .engine import Choice, FixResult, fix_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from ..engine.workspace import Workspace
    from ..files.write import WriteError
    from ..rule import Diagnostic


def fix_workspace(
    workspace: Workspace,
    unsafe: bool,
    wants: Callable[[Diagnostic, Collection[str]], bool] | None = None,
) -> list[FixResult]:
    """Fix each group of files in memory; each gets the fixed texts of the groups before it.

    ``wants`` says for a finding and the paths that its fix writes whether it shall be fixed.
    """
    texts = dict(workspace.texts)
    # Standard input is the only file that is given back.
    files = frozenset(texts) if texts else None
    outcomes = []
    for group in workspace.groups:
        choice = Choice(unsafe, group.settings.selection.fixes, files)
        if wants is not None:
            choice = choice._replace(wants=wants)
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
    """Write the changed files: first those that others refer to, or that keep what others lose.

    These are ignore files, env files that receive values, and new files. If one of them cannot be
    written, the other files of its group stay the same.

    Returns:
        An error for each file that could not be written; all others are written.
    """
    errors: list[WriteError] = []
    for group, outcome in zip(workspace.groups, outcomes, strict=True):
        root = group.settings.root
        for step in _steps(outcome):
            failures = [error for path in step if (error := _write(outcome, path, root))]
            errors += failures
            if failures:
                break
    return errors


def _steps(outcome: FixResult) -> tuple[list[str], ...]:
    """The paths to write, in steps: without an earlier one, a later one would do harm."""
    paths = dict.fromkeys((*outcome.created, *outcome.after))
    ignoring = [path for path in outcome.received if path.endswith(".gitignore")]
    receiving = [path for path in outcome.received if path not in ignoring]
    new = [path for path in outcome.created if path not in outcome.received]
    rest = [path for path in paths if path not in outcome.received and path not in new]
    return ignoring, receiving, new, rest


def _write(outcome: FixResult, path: str, root: str) -> WriteError | None:
    """Write one file; returns the error if that fails."""
    from ..files.write import WriteError, create_file, replace_file

    try:
        if path in outcome.created:
            create_file(path, outcome.created[path].encode("utf-8"), root)
        else:
            source = outcome.before[path]
            before = encoded(source.text, source.bom)
            replace_file(path, before, encoded(outcome.after[path], source.bom), root)
    except WriteError as error:
        return error
    return None
