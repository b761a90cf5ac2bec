"""After the run: baseline, reports, exit code."""

from __future__ import annotations

from ..rule import Severity
from .console import EXIT_CLEAN, EXIT_FAILURE, EXIT_FINDINGS, say, tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from ..engine.workspace import Workspace
    from ..result import Result


def hold_against_baseline(
    result: Result, workspace: Workspace, options: Options, *, prune: bool = False
) -> None:
    """Suppress what the baseline knows; with ``prune`` what is gone is struck off it."""
    path = None if options.no_baseline else workspace.baseline_path()
    if path is not None:
        workspace.apply_baseline(path, result, prune=prune)


def report(
    result: Result, workspace: Workspace, options: Options, *, to_stderr: bool = False
) -> None:
    """Write the reports that were asked for."""
    from ..report import masks_of
    from .output import write_reports

    crashes, asides = (result.crashes, result.asides) if options.verbose else ([], [])
    notes = [] if options.quiet else [*dict.fromkeys([*result.notes, *asides])]
    if crashes or notes:
        masks = None if options.show_secrets else masks_of([result])
        if masks is not None:
            crashes, notes = [*map(masks.text, crashes)], [*map(masks.text, notes)]
    for trace in crashes:
        say(trace)
    for note in notes:
        tell(note)
    write_reports(result, workspace, options, to_stderr=to_stderr)
    if not result.files and not options.quiet:
        say("warning: no Compose file, Dockerfile, .dockerignore or env file found")


def exit_code(result: Result, workspace: Workspace, options: Options) -> int:
    """What the findings make of the exit code."""
    if result.failed or result.unread:
        return EXIT_FAILURE
    fail_on = workspace.config.fail_on
    if options.exit_zero or fail_on == "never":
        return EXIT_CLEAN
    least = Severity[fail_on.upper()]
    return EXIT_FINDINGS if any(item.severity >= least for item in result.reported) else EXIT_CLEAN
