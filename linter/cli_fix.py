"""``--fix``, ``--diff`` and what belongs to them on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .checking import exit_code, hold_against_baseline, report
from .console import (
    EXIT_CLEAN,
    EXIT_FAILURE,
    EXIT_FINDINGS,
    Failure,
    tell,
    wants_color,
    write,
    write_bytes,
)
from .fixing import encoded, fix_workspace, save
from .report.escape import visible
from .result import Result, merged

if TYPE_CHECKING:
    from .fix import FixResult
    from .workspace import Workspace


def fix(workspace: Workspace, options: dict[str, Any]) -> int:
    """Fix what the command line names, and report what is left; the exit code."""
    outcomes = fix_workspace(workspace, options["unsafe_fixes"])
    _say_what_was_left_out(outcomes)
    result = merged([outcome.result for outcome in outcomes] or [Result()])
    if not all(outcome.converged for outcome in outcomes):
        tell("the fixes did not settle; please report this")
        result.failed = True
    changed = any(outcome.after or outcome.created for outcome in outcomes)
    if options["diff"]:
        write(diff(outcomes, wants_color(options["color"])), options["output_file"])
        _summarise(outcomes, options)
        return _status_unreported(result) or (EXIT_FINDINGS if changed else EXIT_CLEAN)
    if workspace.texts:
        write_bytes(_fixed_text(workspace, outcomes))
    else:
        errors = save(workspace, outcomes)
        if errors:
            raise Failure("\n".join(visible(str(error)) for error in errors))
    _summarise(outcomes, options)
    if options["fix_only"]:
        status = _status_unreported(result)
    else:
        hold_against_baseline(result, workspace, options, prune=changed)
        report(result, workspace, options, to_stderr=bool(workspace.texts))
        status = exit_code(result, workspace, options)
    if status == EXIT_CLEAN and changed and options["exit_non_zero_on_fix"]:
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


def _say_what_was_left_out(outcomes: list[FixResult]) -> None:
    for outcome in outcomes:
        for item, reason in outcome.dropped:
            span = item.span.origin
            line = span.file.position(span.start).line
            tell(f"{span.file.path}:{line}: the fix of {item.code} was left out: {reason}")


def _summarise(outcomes: list[FixResult], options: dict[str, Any]) -> None:
    """Say on standard error what was fixed, one by one on demand."""
    applied = [item for outcome in outcomes for item in outcome.applied]
    if options["show_fixes"]:
        for item in sorted(applied):
            place = f"{item.path}:{item.line}"
            click.echo(visible(f"{place}: {item.code} {item.title} ({item.name})"), err=True)
        for outcome in outcomes:
            for change in outcome.changes:
                click.echo(visible(f"  {change}"), err=True)
    elif applied and not options["quiet"]:
        verb = "Would fix" if options["diff"] else "Fixed"
        noun = "problem" if len(applied) == 1 else "problems"
        click.echo(f"{verb} {len(applied):,} {noun}.", err=True)


def diff(outcomes: list[FixResult], color: bool) -> str:
    """What the fixes change as a unified diff, with what it means for the stack above it."""
    from difflib import unified_diff

    lines = [f"# {visible(str(change))}\n" for each in outcomes for change in each.changes]
    texts: dict[str, tuple[str | None, str]] = {}
    for outcome in outcomes:
        for path, text in outcome.created.items():
            texts[path] = (None, text)
        for path, text in outcome.after.items():
            before = texts[path][0] if path in texts else outcome.before[path].text
            texts[path] = (before, text)
    for path, (old, text) in sorted(texts.items()):
        shown = visible(path)
        lines += (
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in unified_diff(
                _lines(old or ""),
                _lines(text),
                "/dev/null" if old is None else f"a/{shown}",
                f"b/{shown}",
            )
        )
    return "".join(map(_painted, lines) if color else lines)


def _lines(text: str) -> list[str]:
    """The lines with their endings; only a line feed ends one, as in the files themselves."""
    *whole, rest = text.split("\n")
    return [f"{line}\n" for line in whole] + ([rest] if rest else [])


def _painted(line: str) -> str:
    style = {"+": "32", "-": "31", "@": "36", "#": "2"}.get(line[:1])
    if line.startswith(("+++", "---")):
        style = "1"
    # For a terminal, so what would move its cursor is written out; a patch keeps it.
    body = visible(line.rstrip("\r\n"))
    return f"\x1b[{style}m{body}\x1b[0m\n" if style else f"{body}\n"
