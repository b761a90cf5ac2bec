"""What makes a stack fail in files that are not linted, reported where linted ones refer to them.

A call for one Compose file reads what that file includes, extends and takes variables from. An error
there makes Docker Compose refuse the stack, so the call must not pass; but findings are about the
linted files. The finding has the code that it would have in its own file.
"""

from __future__ import annotations

from ..base.text import Span
from ..base.wording import plural
from ..files.discovery import in_excluded_folder
from ..files.kinds import COMPOSE, kind_of
from ..model.stack import ComposeFile
from ..rule import Diagnostic, Related, Severity
from ..rulebook.registry import rule_of
from .fragments import DANGLING

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile
    from ..model.stack import Stack
    from .context import Run

_FILE_RULES = {"yaml-syntax": "CF001", "env-file-syntax": "EV001"}
"""The rules that run on a file alone, and so not on one that is not linted, by kind of problem."""


def lint_parts(run: Run, stack: Stack) -> None:
    """Lint the files that a stack includes or extends and whose names are not of Compose files.

    A search does not find them. It leaves out others because they are excluded.
    """
    findings = run.findings
    rules = findings.rules("compose")
    for path, yaml in stack.loaded.documents.items():
        is_part = path not in findings.wanted and kind_of(path) != COMPOSE
        if is_part and not _is_excluded(run, path) and not run.project.ignored_by_git(path):
            findings.wanted.add(path)
            run.comments.of_yaml(yaml)
            findings.apply(rules["ComposeFile"], ComposeFile(run.project, yaml), yaml.source)


def report_referred(run: Run, stack: Stack, dropped: list[Diagnostic]) -> None:
    """Report the errors in files that are not linted where a linted file of a stack names them.

    ``dropped`` are the findings of the stack's rules in such files.
    """
    wanted = run.findings.wanted
    errors: dict[str, list[tuple[str, Span, str]]] = {}
    refused = set()
    for problem in stack.loaded.problems:
        place = problem.span.origin
        # What a variable or another file of the stack can mend may be mended where it runs.
        if problem.unset or problem.kind in DANGLING:
            continue
        if not problem.rejects or place.file.path in wanted:
            continue
        refused.add((place.file.path, place.start))
        code = _FILE_RULES.get(problem.kind)
        if code is not None:
            errors.setdefault(place.file.path, []).append((code, place, problem.message))
    for item in dropped:
        if (item.path, item.span.start) in refused and item.severity is Severity.ERROR:
            errors.setdefault(item.path, []).append((item.code, item.span, item.message))
    for path, found in errors.items():
        named_at = _named_at(run, stack, path)
        if named_at is not None and not _is_excluded(run, path):
            _report(run, stack, named_at, found)


def _report(run: Run, stack: Stack, named_at: Span, found: list[tuple[str, Span, str]]) -> None:
    """Report the errors of one file as one finding at the place that names it."""
    from ..secrets.unparsed import unread_secrets

    (code, place, message), *others = found
    rule = rule_of(code)
    selection = run.settings.selection
    if not selection.selects(rule):
        return
    line = place.file.position(place.start).line
    more = f" (and {plural(len(others), 'more error')})" if others else ""
    item = Diagnostic(
        named_at,
        f"Docker Compose refuses the stack for {place.file.path}, line {line}: {message}{more}",
        related=[Related(span, text) for _, span, text in found],
        evidence=f"{place.file.path}: {message}",
        sensitive=[secret for _, span, _ in found for secret in unread_secrets(span)],
    )
    item.declared_by(rule)
    item.severity = Severity.ERROR
    item.stack = stack.name
    run.findings.add(item)


def _named_at(run: Run, stack: Stack, path: str) -> Span | None:
    """The place in a linted file that names a file, directly or through others; None without one.

    No place names the project's ``.env``, so the first line of a linted file does.
    """
    wanted = run.findings.wanted
    places: dict[str, Span] = {}
    project_files = set()
    for source in stack.loaded.sources:
        if source.reference is not None:
            places.setdefault(source.path, source.reference.origin)
        elif source.role == "dotenv":
            project_files.add(source.path)
    passed: set[str] = set()
    while path not in passed:
        passed.add(path)
        place = places.get(path)
        if place is None:
            break
        path = place.file.path
        if path in wanted:
            return place
    if path not in project_files:
        return None
    documents = stack.loaded.documents
    linted = (documents[name].source for name in stack.files.files if name in documents)
    return next((_first_line(source) for source in linted if source.path in wanted), None)


def _first_line(source: SourceFile) -> Span:
    text = source.text
    end = text.find("\n")
    return Span(source, 0, len(text) if end < 0 else end)


def _is_excluded(run: Run, path: str) -> bool:
    return run.settings.config.is_excluded(path) or in_excluded_folder(path)
