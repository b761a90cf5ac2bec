"""What ``composelint check`` does, once its options are known."""

from __future__ import annotations

import sys

from .console import EXIT_CLEAN, Failure, expected_errors, is_terminal, tell
from .outcome import exit_code, hold_against_baseline, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from ..engine.workspace import Workspace
    from ..result import Result


def run(paths: tuple[str, ...], options: Options) -> int:
    """Lint files and folders; the exit code.

    Raises:
        Failure: for a mistake in the options or the configuration.
    """
    from .output import check_reports

    check_reports(options)
    if options.watch:
        from .watch import watch

        _refuse_beside_watch(paths, options)
        watch(options, lambda: _open(paths, options), lambda found: _lint(found, options).read)
        return EXIT_CLEAN
    return _act(_open(paths, options), options)


def _act(workspace: Workspace, options: Options) -> int:
    """Do what the options ask for; the exit code."""
    if options.show_files or options.show_settings:
        from .show import show

        show(workspace, options)
        return EXIT_CLEAN
    _say_what_is_read(workspace, options)
    with expected_errors():
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
    with expected_errors():
        hold_against_baseline(result, workspace, options)
    report(result, workspace, options)
    return result


def _open(paths: tuple[str, ...], options: Options) -> Workspace:
    from ..engine.workspace import open_texts, open_workspace

    with expected_errors():
        if "-" not in paths:
            return open_workspace(paths, options)
        if len(paths) > 1:
            raise Failure('"-" stands alone: standard input is one file')
        name = options.stdin_filename or "compose.yaml"
        return open_texts({name: sys.stdin.buffer.read()}, options)


def _refuse_beside_watch(paths: tuple[str, ...], options: Options) -> None:
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


def _say_what_is_read(workspace: Workspace, options: Options) -> None:
    if options.quiet:
        return
    told = set()
    for group in workspace.groups:
        if group.config.path in told:
            continue
        told.add(group.config.path)
        if options.verbose and group.config.path:
            tell(f"configuration: {group.config.path}")
        for note in group.config.notes:
            tell(note)
    if options.verbose:
        tell(f"files: {len(workspace.files):,}")
