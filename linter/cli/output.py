"""Writes the reports of a run, each with the options for its destination."""

from __future__ import annotations

import os

from ..base.names import FORMATS
from ..report import RenderOptions, render
from .console import Failure, is_terminal, terminal_columns, wants_color, write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..config.options import Options
    from ..engine.workspace import Workspace
    from ..result import Result
    from ..rule import Diagnostic

_FOR_PEOPLE = ("full", "concise", "grouped")


def write_reports(
    result: Result, workspace: Workspace, options: Options, *, to_stderr: bool = False
) -> None:
    """Write the main report, and those of ``--report``.

    Raises:
        Failure: if a report cannot be written; all others are written.
    """
    reports: list[tuple[str, str | None, bool]] = [
        (*_split(text), False) for text in options.reports
    ]
    if not options.quiet:
        main = workspace.config.output_format, options.output_file, options.statistics
        reports.insert(0, main)
    fixable = _fixable(workspace)
    failures: list[Failure] = []
    for name, path, only_statistics in reports:
        style = render_options(name, options, to_file=path is not None, to_stderr=to_stderr)
        style = style._replace(fixable=fixable)
        if name == "html" and not only_statistics:
            from .html_facts import facts_of

            facts = facts_of(result, workspace, is_secret=not options.show_secrets)
            style = style._replace(facts=facts)
        if only_statistics:
            from .statistics import statistics

            text = statistics(result, name, style)
        else:
            text = render(name, result, style)
        try:
            write(text, path, to_stderr=to_stderr)
        except Failure as failure:
            failures.append(failure)
    if failures:
        raise Failure("\n".join(failure.message for failure in failures))


def _fixable(workspace: Workspace) -> Callable[[Diagnostic], bool]:
    """Whether the fixes of a finding's rule are wanted, by the configuration of its file."""
    groups = {path: group for group in workspace.groups for path in group.linted}
    default = workspace.groups[0] if workspace.groups else None

    def fixable(finding: Diagnostic) -> bool:
        group = groups.get(finding.path, default)
        return group is None or group.settings.selection.fixes(finding.code)

    return fixable


def check_reports(options: Options) -> None:
    """Raise ``Failure`` for a ``--report`` without a known format or without a file."""
    for text in options.reports:
        _split(text)


def _split(text: str) -> tuple[str, str]:
    """The format and the file of a ``--report``."""
    name, sign, path = text.partition("=")
    if not (sign and path):
        raise Failure(f"--report {text}: it takes FORMAT=FILE, such as sarif=composelint.sarif")
    if name not in FORMATS:
        from ..base.suggest import choice_hint
        from ..base.wording import and_list

        raise Failure(
            f'--report {text}: no format is called "{name}"; there are {and_list(FORMATS, "")}'
            f"{choice_hint(name, FORMATS)}"
        )
    return name, path


def render_options(
    name: str, options: Options, *, to_file: bool = False, to_stderr: bool = False
) -> RenderOptions:
    """The options of a format for the destination of its report."""
    import sys

    stream = sys.stderr if to_stderr else sys.stdout
    color = not to_file and wants_color(options.color, stream)
    terminal = not to_file and is_terminal(stream)
    style = RenderOptions(
        color=color,
        show_suppressed=options.show_suppressed,
        show_fixed=options.fixed,
        show_secrets=options.show_secrets,
        unsafe_fixes=options.unsafe_fixes,
    )
    if name not in _FOR_PEOPLE:
        url = _source_url() if name == "markdown" else style.source_url
        return style._replace(base=_base(), source_url=url)
    if terminal:
        style = style._replace(links=color, width=max(40, terminal_columns()), wrap=True)
    return style


def _base() -> str:
    """The working folder seen from the repository's root; empty at the root."""
    from ..files.paths import find_root, seen_from

    base = seen_from(find_root("."), ".")
    return "" if base == "." else base


def _source_url() -> str:
    """The address of a CI job's commit, for the links of a job summary; empty elsewhere."""
    get = os.environ.get
    server, repository = get("GITHUB_SERVER_URL"), get("GITHUB_REPOSITORY")
    commit = get("GITHUB_SHA")
    if server and repository and commit:
        return f"{server}/{repository}/blob/{commit}/"
    project, commit = get("CI_PROJECT_URL"), get("CI_COMMIT_SHA")
    return f"{project}/-/blob/{commit}/" if project and commit else ""
