"""What follows a run: baseline, reports, exit code."""

from __future__ import annotations

from ..rule import Severity
from .console import EXIT_CLEAN, EXIT_FAILURE, EXIT_FINDINGS, say, tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from ..engine.workspace import Workspace
    from ..result import Result


def apply_baseline(
    result: Result, workspace: Workspace, options: Options, *, prune: bool = False
) -> None:
    """Suppress the findings in the baseline; with ``prune`` remove those that no longer exist."""
    path = None if options.no_baseline else workspace.baseline_path()
    if path is not None:
        workspace.apply_baseline(path, result, prune=prune)


def report(
    result: Result, workspace: Workspace, options: Options, *, to_stderr: bool = False
) -> None:
    """Write the reports, and the messages of the run to standard error."""
    from ..report import masks_of
    from .output import write_reports

    crashes, asides = (result.crashes, result.asides) if options.verbose else ([], [])
    if options.verbose:
        asides = [*asides, *map(str, sorted(result.stacks))]
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
    if not result.files and result.change is None:
        # Even --quiet must not look like a check that passed.
        say("warning: no Compose file, Dockerfile, .dockerignore or env file found")


def exit_code(result: Result, workspace: Workspace, options: Options) -> int:
    """The exit code for the findings."""
    if result.failed or result.unread:
        return EXIT_FAILURE
    fail_on = workspace.config.fail_on
    if options.exit_zero or fail_on == "never":
        return EXIT_CLEAN
    least = Severity[fail_on.upper()]
    return EXIT_FINDINGS if any(each.severity >= least for each in result.reported) else EXIT_CLEAN
