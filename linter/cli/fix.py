"""``--fix``, ``--diff`` and ``--fix-only``: fix files, or show the changes."""

from __future__ import annotations

from ..base.escape import visible
from ..base.wording import plural
from ..fixing.workspace import encoded, fix_workspace, save
from ..report import masks_of
from ..report.masking import Masks
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
from .outcome import apply_baseline, exit_code, report

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from ..engine.changes import Comparison
    from ..engine.workspace import Workspace
    from ..fixing.engine import Applied, FixResult


def fix(workspace: Workspace, options: Options, comparison: Comparison | None = None) -> int:
    """Fix the files, and report the other findings; returns the exit code.

    Of a comparison of two states only what is new is fixed and reported.
    """
    wants = comparison.wants_fixed if comparison is not None else None
    outcomes = fix_workspace(workspace, options.unsafe_fixes, wants)
    runs = [run for outcome in outcomes for run in (outcome.found, outcome.result)]
    masks = None if options.show_secrets else masks_of(runs) or Masks(())
    tell_dropped_fixes(outcomes, masks)
    own = workspace.own_results()
    result = merged([outcome.result for outcome in outcomes] + own or [Result()])
    if not all(outcome.converged for outcome in outcomes):
        tell("the fixes did not settle; please report this")
        result.failed = True
    changed = any(outcome.after or outcome.created for outcome in outcomes)
    if options.diff:
        write(diff(outcomes, wants_color(options.color), masks), options.output_file)
        _summarise(outcomes, options, masks)
        return _status_unreported(result) or (EXIT_FINDINGS if changed else EXIT_CLEAN)
    if workspace.texts:
        write_bytes(fixed_text(workspace, outcomes))
    else:
        errors = save(workspace, outcomes)
        if errors:
            raise Failure("\n".join(visible(str(error)) for error in errors))
    _summarise(outcomes, options, masks)
    if comparison is not None:
        comparison.settle(result)
        for path in sorted(comparison.unstaged):
            tell(f"{path}: not fixed, because it has changes that are not staged")
    if options.fix_only:
        status = _status_unreported(result)
    else:
        if comparison is None:
            apply_baseline(result, workspace, options, prune=changed)
        report(result, workspace, options, to_stderr=bool(workspace.texts))
        status = exit_code(result, workspace, options)
    if status == EXIT_CLEAN and changed and options.exit_non_zero_on_fix:
        return EXIT_FINDINGS
    return status


def _status_unreported(result: Result) -> int:
    """The exit code if findings are not reported; the reasons why no file was read are."""
    for finding in result.reported if result.unread else ():
        tell(finding.message)
    return EXIT_FAILURE if result.failed or result.unread else EXIT_CLEAN


def fixed_text(workspace: Workspace, outcomes: list[FixResult]) -> bytes:
    """Standard input after the fixes; it is one file, so it is in one group."""
    ((path, data),) = workspace.texts.items()
    for outcome in outcomes:
        if path in outcome.after:
            return encoded(outcome.after[path], outcome.before[path].bom)
    return data


def tell_dropped_fixes(outcomes: list[FixResult], masks: Masks | None) -> None:
    """Say on standard error which fixes were not applied, and why."""
    for outcome in outcomes:
        for finding, reason in outcome.dropped:
            span = finding.span.origin
            line = span.file.position(span.start).line
            shown = masked_text(reason, masks)
            tell(f"{span.file.path}:{line}: the fix of {finding.code} was left out: {shown}")


def _summarise(outcomes: list[FixResult], options: Options, masks: Masks | None) -> None:
    """Say on standard error how many problems were fixed, or with ``--show-fixes`` which."""
    applied = [each for outcome in outcomes for each in outcome.applied]
    if options.show_fixes:
        path = None
        for each in sorted(applied):
            if each.path != path:
                path = each.path
                say(f"{visible(path)}:")
            title = masked_text(each.title, masks)
            whose = f" {each.service}:" if each.service else ""
            say(visible(f"  {each.line}:{whose} {each.code} {title} ({each.name})"))
            say(visible(f"  {' ' * len(str(each.line))}| {_shown_line(each, outcomes, masks)}"))
        for outcome in outcomes:
            for change in outcome.changes:
                say(visible(f"  {masked_text(str(change), masks)}"))
    elif applied and not options.quiet:
        verb = "Would fix" if options.diff else "Fixed"
        say(f"{verb} {plural(len(applied), 'problem')}.")


def _shown_line(each: Applied, outcomes: list[FixResult], masks: Masks | None) -> str:
    """The line that a fix was applied to, as it was, with its secrets masked."""
    for outcome in outcomes if masks is not None else ():
        source = outcome.before.get(each.path)
        view = masks.view(source) if masks is not None and source is not None else None
        if source is None or view is None:
            continue
        index = each.line - 1
        if source.text.split("\n")[index : each.line] in ([each.text], [f"{each.text}\r"]):
            return view.text.split("\n")[index].rstrip("\r")
    return masked_text(each.text, masks)
