"""The work of ``composelint check``, after its options are parsed."""

from __future__ import annotations

import sys

from .console import EXIT_CLEAN, Failure, is_terminal, tell
from .outcome import apply_baseline, exit_code, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from ..engine.workspace import Workspace
    from ..result import Result


def run(paths: tuple[str, ...], options: Options) -> int:
    """Lint files and folders; returns the exit code."""
    from .output import check_reports

    check_reports(options)
    if options.since is not None or options.staged or options.fixed:
        from ..files.git_blobs import end_git
        from .changes import run_changes

        try:
            return run_changes(paths, options, lambda: _act(open_files(paths, options), options))
        finally:
            end_git()
    if options.archive is not None or options.at is not None:
        from ..engine.states import linted_tree
        from ..files.git_blobs import end_git
        from ..files.tree import use_tree
        from .states import check_options

        check_options(paths, options)
        try:
            with use_tree(linted_tree(options)):
                return _act(open_files(paths, options), options)
        finally:
            end_git()
    if options.watch:
        from .watch import watch

        _check_watch_options(paths, options)
        watch(
            options, lambda: open_files(paths, options), lambda opened: _lint(opened, options).read
        )
        return EXIT_CLEAN
    return _act(open_files(paths, options), options)


def _act(workspace: Workspace, options: Options) -> int:
    """Do what the options ask for; returns the exit code."""
    if options.show_files or options.show_settings:
        from .show import show

        show(workspace, options)
        if workspace.broken:
            raise Failure("\n".join(map(str, workspace.broken.values())))
        return EXIT_CLEAN
    _tell_configurations(workspace, options)
    if options.fix or options.diff or options.fix_only:
        from .fix import fix

        return fix(workspace, options)
    if options.add_ignores is not None:
        from .ignores import add_ignores

        return add_ignores(workspace, options)
    return exit_code(_lint(workspace, options), workspace, options)


def _lint(workspace: Workspace, options: Options) -> Result:
    """Lint everything, and report it."""
    if options.quiet or not is_terminal(sys.stderr):
        result = workspace.check()
    else:
        from .progress import Bar

        with Bar(len(workspace.files)) as bar:
            result = workspace.check(bar.step)
    apply_baseline(result, workspace, options)
    report(result, workspace, options)
    return result


def open_files(paths: tuple[str, ...], options: Options) -> Workspace:
    """The files to lint, or standard input."""
    from ..engine.workspace import max_size_of, open_texts, open_workspace

    if "-" not in paths:
        if options.stdin_filename is not None:
            raise Failure('--stdin-filename is for "-", which reads standard input')
        return open_workspace(paths, options, lenient=True)
    if len(paths) > 1:
        raise Failure('"-" stands alone: standard input is one file')
    name = options.stdin_filename or "compose.yaml"
    return open_texts({name: _standard_input(max_size_of(name, options))}, options)


def _standard_input(most: int) -> bytes:
    """What standard input contains, up to so many bytes."""
    try:
        # It is None if it was closed before the program was started.
        if sys.stdin is not None:
            data = sys.stdin.buffer.read(most + 1)
            if len(data) > most:
                raise Failure(f"standard input is larger than {most:,} bytes (max-file-size)")
            return data
    except OSError as error:
        raise Failure(f"standard input: {error.strerror or error}") from None
    raise Failure("standard input: it is closed")


def _check_watch_options(paths: tuple[str, ...], options: Options) -> None:
    """Raise ``Failure`` for options that ``--watch`` cannot be combined with."""
    refused = {
        "--fix": options.fix,
        "--diff": options.diff,
        "--fix-only": options.fix_only,
        "--show-files": options.show_files,
        "--show-settings": options.show_settings,
        "--add-ignores": options.add_ignores is not None,
    }
    for name, is_given in refused.items():
        if is_given:
            raise Failure(f"--watch only looks: leave {name} out")
    if "-" in paths:
        raise Failure("--watch cannot read standard input again")


def _tell_configurations(workspace: Workspace, options: Options) -> None:
    """Write the notes about configurations to standard error, and with ``--verbose`` more."""
    if options.quiet:
        return
    if options.ignore and workspace.groups:
        for text in workspace.groups[0].settings.selection.ignored_in_vain():
            tell(
                f"--ignore {text}: what cannot be read is always reported; exclude the file instead"
            )
    configs = {group.config.path: group.config for group in workspace.groups}
    for path, config in configs.items():
        if options.verbose and path:
            tell(f"configuration: {path}")
        for note in config.notes:
            tell(note)
    if options.profiles and not workspace.texts:
        from ..engine.run import load_project
        from .missing import unknown_profiles

        projects = [load_project(group.files, group.settings) for group in workspace.groups]
        for message in unknown_profiles(options.profiles, projects):
            tell(f"--profile: {message}")
    if options.verbose:
        tell(f"files: {len(workspace.files):,}")
