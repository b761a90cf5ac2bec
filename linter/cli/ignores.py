"""``--add-ignores``: accept the current findings with comments in the files."""

from __future__ import annotations

from ..base.escape import visible
from ..base.wording import plural
from ..fixing.verify import stack_changes
from ..fixing.workspace import encoded
from ..suppression.add_comments import add_ignores as with_ignores
from .console import Failure, say, tell
from .outcome import apply_baseline, exit_code, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile
    from ..config.options import Options
    from ..engine.workspace import Workspace
    from ..result import Result
    from ..rule import Diagnostic


def add_ignores(workspace: Workspace, options: Options) -> int:
    """Write comments that suppress the findings, and report the others; returns the exit code."""
    reason = (options.add_ignores or "").strip()
    if not reason.isprintable():
        raise Failure("--add-ignores: a reason is one line of text")
    if workspace.texts:
        raise Failure("--add-ignores writes to files; standard input is none")
    before = workspace.check()
    apply_baseline(before, workspace, options)
    files, wanted = _wanted(before, workspace)
    texts: dict[str, bytes] = {}
    for path, source in files.items():
        text, lost = with_ignores(source, wanted[path], reason)
        for line in sorted(lost):
            tell(f"{path}:{line}: no comment can stand here; the finding stays")
        if text != source.text:
            texts[path] = encoded(text, source.bom)
    workspace.texts = texts
    after = workspace.check()
    if after.failed or any(stack_changes(before, after)):
        raise Failure("the comments would change what runs, so nothing was written")
    _save(workspace, files, texts)
    apply_baseline(after, workspace, options)
    count = len(before.reported) - len(after.reported)
    if not options.quiet:
        say(f"Suppressed {plural(count, 'finding')} in {plural(len(texts), 'file')}.")
    report(after, workspace, options)
    return exit_code(after, workspace, options)


def _wanted(
    result: Result, workspace: Workspace
) -> tuple[dict[str, SourceFile], dict[str, dict[int, set[str]]]]:
    """The files with findings, and the names to suppress by path and line."""
    files: dict[str, SourceFile] = {}
    wanted: dict[str, dict[int, set[str]]] = {}
    for finding in result.reported:
        # Findings about the linter's own work are not a matter of the file.
        if finding.code.startswith("LN") or workspace.is_locked(finding.code):
            continue
        span = finding.span.origin
        files[span.file.path] = span.file
        line = span.file.position(span.start).line
        wanted.setdefault(span.file.path, {}).setdefault(line, set()).add(_name(finding))
    return files, wanted


def _name(finding: Diagnostic) -> str:
    """The rule's name for the comment, or its code if it has no name of its own."""
    return finding.code if finding.name in ("", "shellcheck") else finding.name


def _save(workspace: Workspace, files: dict[str, SourceFile], texts: dict[str, bytes]) -> None:
    """Write the texts; ``files`` are the files as they were read."""
    from ..files.write import WriteError, replace_file

    # A Dockerfile that a stack builds is not in a group, but in the same repository.
    usual = workspace.groups[0].settings.root if workspace.groups else ""
    roots = {path: group.settings.root for group in workspace.groups for path in group.linted}
    failures = []
    for path, text in texts.items():
        source = files[path]
        try:
            replace_file(path, encoded(source.text, source.bom), text, roots.get(path, usual))
        except WriteError as error:
            failures.append(visible(str(error)))
    if failures:
        raise Failure("\n".join(failures))
