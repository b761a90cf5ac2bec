"""What ``composelint check`` does, once its options are known."""

from __future__ import annotations

import sys

from ..rule import Severity
from .console import (
    EXIT_CLEAN,
    EXIT_FAILURE,
    EXIT_FINDINGS,
    Failure,
    expected_errors,
    request_of,
    say,
    tell,
)
from .progress import Bar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..engine.workspace import Workspace
    from ..result import Result


def run(paths: tuple[str, ...], options: dict[str, Any]) -> int:
    """Lint files and folders; the exit code.

    Raises:
        Failure: for a mistake in the options or the configuration.
    """
    from .output import check_reports

    check_reports(options)
    if options["watch"]:
        from .watch import watch

        _refuse_beside_watch(paths, options)
        watch(options, lambda: _open(paths, options), lambda found: _lint(found, options).read)
        return EXIT_CLEAN
    return _act(_open(paths, options), options)


def _act(workspace: Workspace, options: dict[str, Any]) -> int:
    """Do what the options ask for; the exit code."""
    if options["show_files"] or options["show_settings"]:
        from .show import show

        show(workspace, options)
        return EXIT_CLEAN
    _say_what_is_read(workspace, options)
    with expected_errors():
        if options["fix"] or options["diff"] or options["fix_only"]:
            from .fix import fix

            return fix(workspace, options)
        if options["add_ignores"] is not None:
            from .ignores import add_ignores

            return add_ignores(workspace, options)
        return exit_code(_lint(workspace, options), workspace, options)


def _lint(workspace: Workspace, options: dict[str, Any]) -> Result:
    """Lint everything, and report it."""
    bar = Bar(len(workspace.found), not options["quiet"])
    try:
        result = workspace.check(bar.step)
    finally:
        bar.close()
    with expected_errors():
        hold_against_baseline(result, workspace, options)
    report(result, workspace, options)
    return result


def _open(paths: tuple[str, ...], options: dict[str, Any]) -> Workspace:
    from ..engine.workspace import open_texts, open_workspace

    with expected_errors():
        request = request_of(options)
        if "-" not in paths:
            return open_workspace(paths, request)
        if len(paths) > 1:
            raise Failure('"-" stands alone: standard input is one file')
        name = options["stdin_filename"] or "compose.yaml"
        return open_texts({name: sys.stdin.buffer.read()}, request)


def _refuse_beside_watch(paths: tuple[str, ...], options: dict[str, Any]) -> None:
    for name in ("fix", "diff", "fix_only", "show_files", "show_settings"):
        if options[name]:
            raise Failure(f"--watch only looks: leave --{name.replace('_', '-')} out")
    if options["add_ignores"] is not None:
        raise Failure("--watch only looks: leave --add-ignores out")
    if "-" in paths:
        raise Failure("--watch cannot read standard input again")


def hold_against_baseline(
    result: Result, workspace: Workspace, options: dict[str, Any], *, prune: bool = False
) -> None:
    """Suppress what the baseline knows; with ``prune`` what is gone is struck off it."""
    path = None if options["no_baseline"] else options["baseline"] or workspace.baseline_path()
    if path is not None:
        workspace.hold_against(path, result, prune=prune)


def report(
    result: Result, workspace: Workspace, options: dict[str, Any], *, to_stderr: bool = False
) -> None:
    """Write the reports that were asked for."""
    from ..report import masks_of
    from .output import write_reports

    crashes, asides = (result.crashes, result.asides) if options["verbose"] else ([], [])
    notes = [] if options["quiet"] else [*dict.fromkeys([*result.notes, *asides])]
    if crashes or notes:
        masks = None if options["show_secrets"] else masks_of([result])
        if masks is not None:
            crashes, notes = [*map(masks.text, crashes)], [*map(masks.text, notes)]
    for trace in crashes:
        say(trace)
    for note in notes:
        tell(note)
    write_reports(result, workspace, options, to_stderr=to_stderr)
    if not result.files and not options["quiet"]:
        say("warning: no Compose file, Dockerfile, .dockerignore or env file found")


def _say_what_is_read(workspace: Workspace, options: dict[str, Any]) -> None:
    if options["quiet"]:
        return
    told = set()
    for group in workspace.groups:
        if group.config is None or group.config.path in told:
            continue
        told.add(group.config.path)
        if options["verbose"] and group.config.path:
            tell(f"configuration: {group.config.path}")
        for note in group.config.notes:
            tell(note)
    if options["verbose"]:
        tell(f"files: {len(workspace.found):,}")


def exit_code(result: Result, workspace: Workspace, options: dict[str, Any]) -> int:
    """What the findings make of the exit code."""
    if result.failed or result.unread:
        return EXIT_FAILURE
    config = workspace.config
    fail_on = options["fail_on"] or (config.fail_on if config is not None else "warning")
    if options["exit_zero"] or fail_on == "never":
        return EXIT_CLEAN
    least = Severity[fail_on.upper()]
    return EXIT_FINDINGS if any(item.severity >= least for item in result.reported) else EXIT_CLEAN
