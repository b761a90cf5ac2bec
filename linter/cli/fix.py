"""``--fix``, ``--diff`` and what belongs to them on the command line."""

from __future__ import annotations

from ..base.escape import visible
from ..fixing.workspace import encoded, fix_workspace, save
from ..report import masks_of
from ..result import Result, merged
from .console import (
    EXIT_CLEAN,
    EXIT_FAILURE,
    EXIT_FINDINGS,
    Failure,
    say,
    tell,
    wants_color,
    write,
    write_bytes,
)
from .diff import diff, masked_text
from .outcome import exit_code, hold_against_baseline, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from ..engine.workspace import Workspace
    from ..fixing.engine import FixResult
    from ..report.masking import Masks


def fix(workspace: Workspace, options: Options) -> int:
    """Fix what the command line names, and report what is left; the exit code."""
    outcomes = fix_workspace(workspace, options.unsafe_fixes)
    runs = [run for outcome in outcomes for run in (outcome.found, outcome.result)]
    masks = None if options.show_secrets else masks_of(runs)
    _say_what_was_left_out(outcomes, masks)
    result = merged([outcome.result for outcome in outcomes] or [Result()])
    if not all(outcome.converged for outcome in outcomes):
        tell("the fixes did not settle; please report this")
        result.failed = True
    changed = any(outcome.after or outcome.created for outcome in outcomes)
    if options.diff:
        write(diff(outcomes, wants_color(options.color), masks), options.output_file)
        _summarise(outcomes, options, masks)
        return _status_unreported(result) or (EXIT_FINDINGS if changed else EXIT_CLEAN)
    if workspace.texts:
        write_bytes(_fixed_text(workspace, outcomes))
    else:
        errors = save(workspace, outcomes)
        if errors:
            raise Failure("\n".join(visible(str(error)) for error in errors))
    _summarise(outcomes, options, masks)
    if options.fix_only:
        status = _status_unreported(result)
    else:
        hold_against_baseline(result, workspace, options, prune=changed)
        report(result, workspace, options, to_stderr=bool(workspace.texts))
        status = exit_code(result, workspace, options)
    if status == EXIT_CLEAN and changed and options.exit_non_zero_on_fix:
        return EXIT_FINDINGS
    return status


def _status_unreported(result: Result) -> int:
    """The exit code where findings are not reported; what kept files from being read is."""
    if result.unread:
        for item in result.reported:
            tell(item.message)
    return EXIT_FAILURE if result.failed or result.unread else EXIT_CLEAN


def _fixed_text(workspace: Workspace, outcomes: list[FixResult]) -> bytes:
    """Standard input after the fixes; it is one file, so it is in one group."""
    ((path, data),) = workspace.texts.items()
    for outcome in outcomes:
        if path in outcome.after:
            return encoded(outcome.after[path], outcome.before[path].bom)
    return data


def _say_what_was_left_out(outcomes: list[FixResult], masks: Masks | None) -> None:
    for outcome in outcomes:
        for item, reason in outcome.dropped:
            span = item.span.origin
            line = span.file.position(span.start).line
            why = masked_text(reason, masks)
            tell(f"{span.file.path}:{line}: the fix of {item.code} was left out: {why}")


def _summarise(outcomes: list[FixResult], options: Options, masks: Masks | None) -> None:
    """Say on standard error what was fixed, one by one on demand."""
    applied = [item for outcome in outcomes for item in outcome.applied]
    if options.show_fixes:
        for item in sorted(applied):
            place = f"{item.path}:{item.line}"
            title = masked_text(item.title, masks)
            say(visible(f"{place}: {item.code} {title} ({item.name})"))
        for outcome in outcomes:
            for change in outcome.changes:
                say(visible(f"  {masked_text(str(change), masks)}"))
    elif applied and not options.quiet:
        verb = "Would fix" if options.diff else "Fixed"
        noun = "problem" if len(applied) == 1 else "problems"
        say(f"{verb} {len(applied):,} {noun}.")
