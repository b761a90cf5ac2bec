"""The library: the functions of ``import composelint``.

They do not print, exit, change the working folder or keep state between calls; their results are
plain data that can be pickled. Paths are relative to the working folder, or absolute.
"""

from __future__ import annotations

import os

from .base.records import NamedTuple
from .config.options import LIST, OPTIONS, Options
from .engine.states import linted_tree
from .engine.workspace import Workspace, open_texts, open_workspace
from .files.tree import use_tree
from .result import Result, merged

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .result import ChangeRecord
    from .rule import Diagnostic, Severity

    Path = str | os.PathLike[str]


class Report(NamedTuple):
    """The result of a run.

    Attributes:
        diagnostics: the findings, in the order of files and places.
        suppressed: findings that a comment, the configuration or the baseline suppresses; the
            ``suppressed`` of each says which.
        files: the number of linted files.
        failed: whether a rule failed, or no file could be read: the report is not complete.
        change: what a change did to the findings, if two states were compared.
        fixed: the findings of the first state that the second does not have.
    """

    diagnostics: tuple[Diagnostic, ...]
    suppressed: tuple[Diagnostic, ...]
    files: int
    failed: bool
    change: ChangeRecord | None = None
    fixed: tuple[Diagnostic, ...] = ()

    def at_least(self, severity: Severity) -> tuple[Diagnostic, ...]:
        """The findings of this severity or a higher one."""
        return tuple(item for item in self.diagnostics if item.severity >= severity)

    def render(
        self, output_format: str = "full", *, color: bool = False, show_secrets: bool = False
    ) -> str:
        """The report as text, in one of the formats of ``--output-format``.

        The values of secrets in findings are masked unless ``show_secrets``.

        Raises:
            ValueError: if the format does not exist.
        """
        from .base.names import FORMATS
        from .report import RenderOptions, render

        if output_format not in FORMATS:
            raise ValueError(f'no format is called "{output_format}"')
        result = Result()
        result.diagnostics = [*self.diagnostics, *self.suppressed]
        result.files = self.files
        result.change = self.change
        result.fixed = [*self.fixed]
        style = RenderOptions(color=color, show_secrets=show_secrets, show_fixed=True)
        return render(output_format, result, style)


class AppliedFix(NamedTuple):
    """A fix that was applied, with its place before all fixes."""

    path: str
    line: int
    code: str
    name: str
    title: str


class FixReport(NamedTuple):
    """The result of fixing.

    Attributes:
        texts: the new texts of changed and new files, by path.
        applied: the fixes, in the order in which they were applied.
        report: the other findings.
    """

    texts: dict[str, str]
    applied: tuple[AppliedFix, ...]
    report: Report


def check(
    paths: Path | Iterable[Path] = ".",
    *,
    config: Path | None = None,
    isolated: bool = False,
    trust: bool = False,
    preset: str | None = None,
    select: Iterable[str] | None = None,
    extend_select: Iterable[str] = (),
    ignore: Iterable[str] = (),
    exclude: Iterable[str] = (),
    vendored: Iterable[str] | None = None,
    stacks: Iterable[str] = (),
    profiles: Iterable[str] = (),
    env_files: Iterable[str] = (),
    use_environment: bool = False,
    baseline: Path | None = None,
    since: str | None = None,
    staged: bool = False,
    at: str | None = None,
    archive: Path | None = None,
) -> Report:
    """Lint files and folders, each under the nearest configuration above it.

    Args:
        paths: files and folders; folders are searched as the command line does.
        config: a configuration file instead of those that would be found.
        isolated: read no configuration.
        trust: let the configurations of the tree run plug-ins and programs, read outside of it, and
            use the environment.
        preset: the rules to start from, such as ``"production"``.
        select: only these rules: codes, names, prefixes, peers' ids or ``"ALL"``.
        extend_select: these rules besides those of the preset.
        ignore: not these rules.
        exclude: globs of paths to leave out, in addition to those of the configuration.
        vendored: names of folders with copies of other projects, which are not searched, instead
            of those of the configuration; an empty list searches all.
        stacks: files that form one stack, joined by ``:``.
        profiles: Compose profiles to switch on.
        env_files: env files to read variables from instead of ``.env``.
        use_environment: let the environment of this process set variables.
        baseline: a baseline, whose findings are suppressed.
        since: report only what is new since this commit or branch of the repository of the working
            folder; findings that were there before are suppressed as ``"before"``.
        staged: compare what is staged with the last commit.
        at: a commit to lint instead of the disk, or with ``since`` the one to compare with.
        archive: a tar or zip archive to lint instead of the disk.

    Raises:
        MissingPath: if a path does not exist.
        ConfigError: if a configuration or the baseline has errors.
        UnknownSelector: if a rule or preset does not exist.
        StateError: if git has no such state.
        ArchiveError: if the archive cannot be read.
    """
    if archive is not None and (since is not None or staged or at is not None):
        raise ValueError("an archive has no history: leave since, staged and at out")
    if staged and (since is not None or at is not None):
        raise ValueError("staged says both what is compared: leave since and at out")
    options = _options(
        config,
        isolated=isolated,
        trust=trust,
        preset=preset,
        select=select,
        extend_select=extend_select,
        ignore=ignore,
        extend_exclude=exclude,
        vendored=vendored,
        stacks=stacks,
        profiles=profiles,
        env_files=env_files,
        use_environment=use_environment,
        since=since,
        staged=staged,
        at=at,
        archive=None if archive is None else os.fspath(archive),
        baseline=None if baseline is None else os.fspath(baseline),
        no_baseline=baseline is None,
    )
    if since is None and not staged and at is None:
        return _report(_lint(paths, options))
    from .engine.changes import Comparison, open_states
    from .files.git_blobs import end_git
    from .files.git_tree import INDEX

    try:
        if since is None and not staged:
            return _report(_lint(paths, options))
        states = open_states(since or "HEAD", INDEX if staged else at)
        return _report(Comparison(_paths(paths), options, states).run())
    finally:
        end_git()


def check_texts(
    texts: Mapping[str, str],
    *,
    config: Path | None = None,
    isolated: bool = False,
    trust: bool = False,
    preset: str | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
) -> Report:
    """Lint texts as if they were files, such as the open files of an editor.

    Args:
        texts: the texts by path; the name of a path decides the kind of the text.

    All other files of the project are read from the disk. For the other arguments see ``check``.

    Raises:
        UnknownKind: if the name of a path does not tell the kind of the text.
        ConfigError: if a configuration has errors.
        UnknownSelector: if a rule or preset does not exist.
    """
    options = _options(
        config, isolated=isolated, trust=trust, preset=preset, select=select, ignore=ignore
    )
    return _report(open_texts(_encoded(texts), options).check())


def fix(
    paths: Path | Iterable[Path] = ".",
    *,
    write: bool = False,
    unsafe: bool = False,
    config: Path | None = None,
    isolated: bool = False,
    trust: bool = False,
    preset: str | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
    fixable: Iterable[str] | None = None,
    unfixable: Iterable[str] = (),
) -> FixReport:
    """Fix files and folders. A fix is only applied if it is proved that nothing else changes.

    Args:
        write: write the files; without it the new texts are only returned.
        unsafe: also apply fixes that change behaviour or had to choose a value.
        fixable: apply only fixes of these rules.
        unfixable: apply no fixes of these rules.

    For the other arguments see ``check``.

    Raises:
        MissingPath: if a path does not exist.
        ConfigError: if a configuration has errors.
        UnknownSelector: if a rule or preset does not exist.
        WriteError: for the first file that could not be written.
    """
    options = _options(
        config,
        isolated=isolated,
        trust=trust,
        preset=preset,
        select=select,
        ignore=ignore,
        fixable=fixable,
        unfixable=unfixable,
    )
    return _fix(open_workspace(_paths(paths), options, lenient=True), unsafe, write)


def fix_text(
    text: str,
    path: str = "compose.yaml",
    *,
    unsafe: bool = False,
    config: Path | None = None,
    isolated: bool = False,
    trust: bool = False,
    preset: str | None = None,
    select: Iterable[str] | None = None,
    ignore: Iterable[str] = (),
) -> FixReport:
    """Fix one text as if it were the file at ``path``; nothing is written. See ``fix``."""
    options = _options(
        config, isolated=isolated, trust=trust, preset=preset, select=select, ignore=ignore
    )
    return _fix(open_texts(_encoded({path: text}), options), unsafe, write=False)


def format_files(
    paths: Path | Iterable[Path] = ".",
    *,
    write: bool = False,
    config: Path | None = None,
    isolated: bool = False,
    trust: bool = False,
    ignore: Iterable[str] = (),
    exclude: Iterable[str] = (),
) -> FixReport:
    """Format Compose files and Dockerfiles as ``composelint format`` does.

    Which rules are selected does not matter; those that are ignored are not applied. The
    ``report`` of the result has only the findings on files that cannot be read, which stay as they are.

    Args:
        write: write the files; without it the new texts are only returned.

    For the other arguments and errors see ``check`` and ``fix``.
    """
    options = _options(
        config, isolated=isolated, trust=trust, ignore=ignore, extend_exclude=exclude
    )
    return _format(open_workspace(_paths(paths), options, lenient=True), write)


def format_text(
    text: str,
    path: str = "compose.yaml",
    *,
    config: Path | None = None,
    isolated: bool = False,
    trust: bool = False,
    ignore: Iterable[str] = (),
) -> str:
    """One text as ``composelint format`` writes it, as if it were the file at ``path``.

    A text that cannot be read stays as it is. See ``format_files``.
    """
    options = _options(config, isolated=isolated, trust=trust, ignore=ignore)
    report = _format(open_texts(_encoded({path: text}), options), write=False)
    for formatted in report.texts.values():
        return f"\ufeff{formatted}" if text.startswith("\ufeff") else formatted
    return text


def _format(workspace: Workspace, write: bool) -> FixReport:
    from .fixing.formatting import format_workspace
    from .fixing.workspace import save

    formatted = format_workspace(workspace)
    if write:
        errors = save(formatted.workspace, formatted.outcomes)
        if errors:
            raise errors[0]
    texts: dict[str, str] = {}
    for outcome in formatted.outcomes:
        texts.update(outcome.after)
    result = merged([outcome.result for outcome in formatted.outcomes] or [Result()])
    broken = tuple(formatted.broken)
    report = Report(broken, (), result.files, result.failed or bool(broken))
    applied = [
        AppliedFix(*item[:5])
        for outcome in formatted.outcomes
        for item in outcome.applied
        if item.path in outcome.after
    ]
    return FixReport(texts, tuple(applied), report)


def _options(config: Path | None, **given: Any) -> Options:
    """The options of a call, with one process and no cache."""
    lists = {
        name: tuple(value)
        for name, value in given.items()
        if OPTIONS[name].kind == LIST and value is not None
    }
    path = None if config is None else os.fspath(config)
    return Options(config=path, jobs=1, no_cache=True, **{**given, **lists})


def _fix(workspace: Workspace, unsafe: bool, write: bool) -> FixReport:
    from .fixing.workspace import fix_workspace, save

    outcomes = fix_workspace(workspace, unsafe)
    if write:
        errors = save(workspace, outcomes)
        if errors:
            raise errors[0]
    texts: dict[str, str] = {}
    for outcome in outcomes:
        texts.update(outcome.created)
        texts.update(outcome.after)
    own = workspace.own_results()
    result = merged([outcome.result for outcome in outcomes] + own or [Result()])
    applied = [AppliedFix(*item[:5]) for outcome in outcomes for item in outcome.applied]
    return FixReport(texts, tuple(applied), _report(result))


def _lint(paths: Path | Iterable[Path], options: Options) -> Result:
    """What is found in the state that the options ask for, without what a baseline accepts."""
    with use_tree(linted_tree(options)):
        workspace = open_workspace(_paths(paths), options, lenient=True)
        result = workspace.check()
        if options.baseline is not None:
            workspace.apply_baseline(options.baseline, result)
    return result


def _report(result: Result) -> Report:
    return Report(
        tuple(result.reported),
        tuple(item for item in result.diagnostics if item.suppressed is not None),
        result.files,
        result.failed or result.unread,
        result.change,
        tuple(result.fixed),
    )


def _paths(paths: Path | Iterable[Path]) -> list[str]:
    if isinstance(paths, (str, os.PathLike)):
        return [os.fspath(paths)]
    return [os.fspath(path) for path in paths]


def _encoded(texts: Mapping[str, str]) -> dict[str, bytes]:
    return {path: text.encode("utf-8", "surrogatepass") for path, text in texts.items()}
