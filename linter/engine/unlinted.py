"""Reports what was named, or searched, and cannot be linted."""

from __future__ import annotations

from ..base.text import SourceFile, Span
from ..files.kinds import FOLDER, kind_of
from ..files.tree import current_tree
from ..rule import Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ..files.discovery import InputFile
    from .context import Run


_NOT_LINTED = "the file was named but not linted:"
_NO_KIND = (
    "neither its name nor its content is that of a Compose file, a Dockerfile, an ignore file or an "
    "env file"
)
_HELP = "remove it from the call, or give it a name that says what it is, such as Dockerfile.build"


def report_unlinted(run: Run, file: InputFile) -> None:
    """Report a folder that cannot be listed, or a named file that is of no kind."""
    findings = run.findings
    # What containers keep in a mounted folder belongs to their user, not to the project.
    is_foreign = file.kind == FOLDER and not file.named and not current_tree().is_own(file.path)
    if not is_foreign:
        findings.unread.add(file.path)
    if file.kind == FOLDER:
        findings.report(
            "LN001",
            Span(SourceFile(file.path, ""), 0, 0),
            "the folder cannot be listed, so nothing in it was checked"
            + ("; it belongs to another user" if is_foreign else ""),
            "change its permissions, or exclude it",
            Severity.INFO if is_foreign else None,
        )
        return
    answer = run.reader.read_text(file.path)
    if isinstance(answer, SourceFile):
        if run.settings.config.force_exclude:
            # A hook names whatever its pattern matches: told with --verbose.
            findings.wanted.discard(file.path)
            findings.unread.discard(file.path)
            findings.result.asides.append(f"{file.path}: {_NOT_LINTED} {_NO_KIND}")
            return
        findings.report(
            "LN001",
            Span(answer, 0, 0),
            f"{_NOT_LINTED} {_NO_KIND}",
            _HELP,
        )
    else:
        findings.unreadable(file.path, answer)


def report_templates(run: Run, paths: Sequence[str]) -> None:
    """Report files that are templates by their names, but those that a stack builds as they are."""
    linted = {dockerfile.path for dockerfile in run.linted_dockerfiles}
    for path in paths:
        if path not in linted:
            answer = run.reader.read_text(path)
            file = answer if isinstance(answer, SourceFile) else SourceFile(path, "")
            run.findings.template(file)


def report_foreign(run: Run, source: SourceFile) -> None:
    """Report a named YAML file of another tool.

    Where its name is like that of a Compose file, a hook may have named it: that is not an error.
    """
    message = f"{_NOT_LINTED} it belongs to another tool, such as Kubernetes or a CI service"
    if kind_of(source.path) is not None:
        run.findings.result.notes.append(f"{source.path}: {message}")
        return
    run.findings.wanted.add(source.path)
    run.findings.unread.add(source.path)
    run.findings.report("LN001", Span(source, 0, 0), message, "leave it out")
