"""``--fix``, ``--diff`` and what belongs to them on the command line."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from .cli import Failure, inputs, names, wants_color, write
from .fix import Choice, FixResult, fix_files
from .registry import find
from .report.escape import visible

if TYPE_CHECKING:
    from .run import Result, Settings


def fix(paths: tuple[str, ...], settings: Settings, options: dict[str, Any]) -> tuple[Result, bool]:
    """Fix what the command line names; returns what is left, and whether anything changed."""
    found, texts = inputs(paths, settings, options)
    outcome = fix_files(found, settings, _choice(options), texts)
    for dropped in outcome.dropped:
        span = dropped.item.span.origin
        line = span.file.position(span.start).line
        click.echo(
            visible(
                f"composelint: {span.file.path}:{line}: the fix of {dropped.item.code} was left out: "
                f"{dropped.reason}"
            ),
            err=True,
        )
    if not outcome.converged:
        click.echo("composelint: the fixes did not settle; please report this", err=True)
        outcome.result.failed = True
    changed = bool(outcome.after or outcome.created)
    if options["diff"]:
        write(_diff(outcome, wants_color(options["color"])), options["output_file"])
    elif texts:
        (name,) = texts
        source = outcome.before.get(name)
        mark = "\ufeff" if source is not None and source.bom else ""
        sys.stdout.buffer.write(
            (mark + outcome.after[name]).encode("utf-8") if name in outcome.after else texts[name]
        )
        sys.stdout.buffer.flush()
        # The fixed text is the output; findings go to standard error.
        options["to_stderr"] = True
    else:
        _save(outcome)
    if options["show_fixes"]:
        _show(outcome)
    elif changed and not options["diff"] and not options["quiet"]:
        count = len(outcome.applied)
        click.echo(f"Fixed {count:,} problem{'s' * (count != 1)}.", err=True)
    return outcome.result, changed


def _choice(options: dict[str, Any]) -> Choice:
    only = {rule.code for name in names(options["fixable"]) for rule in find(name)}
    never = {rule.code for name in names(options["unfixable"]) for rule in find(name)}
    return Choice(
        options["unsafe_fixes"], lambda code: (not only or code in only) and code not in never
    )


def _save(outcome: FixResult) -> None:
    """Write what changed: new files first, since the others may refer to them.

    Raises:
        Failure: with the first file that could not be written; the rest is tried all the same.
    """
    from .discovery import find_root
    from .write import WriteError, create_file, replace_file

    root = find_root(".")
    failures: list[WriteError] = []
    for path, text in outcome.created.items():
        try:
            create_file(path, text.encode("utf-8"), root)
        except WriteError as error:
            failures.append(error)
    if not failures:
        for path, text in outcome.after.items():
            source = outcome.before[path]
            mark = "\ufeff" if source.bom else ""
            try:
                replace_file(
                    path, (mark + source.text).encode("utf-8"), (mark + text).encode("utf-8"), root
                )
            except WriteError as error:
                failures.append(error)
    if failures:
        for error in failures[1:]:
            click.echo(f"composelint: {visible(str(error))}", err=True)
        raise Failure(visible(str(failures[0])))


def _show(outcome: FixResult) -> None:
    for item in sorted(outcome.applied):
        click.echo(
            visible(f"{item.path}:{item.line}: {item.code} {item.title} ({item.name})"), err=True
        )
    for change in outcome.changes:
        click.echo(visible(f"  {change}"), err=True)


def _diff(outcome: FixResult, color: bool) -> str:
    """What the fixes change as a unified diff, with what it means for the stack above it."""
    from difflib import unified_diff

    lines: list[str] = [f"# {visible(str(change))}\n" for change in outcome.changes]
    texts = [(path, outcome.before[path].text, text) for path, text in outcome.after.items()]
    texts += [(path, "", text) for path, text in outcome.created.items()]
    for path, before, after in sorted(texts):
        origin = f"a/{path}" if path in outcome.before else "/dev/null"
        lines += (
            line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
            for line in unified_diff(
                before.splitlines(keepends=True),
                after.splitlines(keepends=True),
                origin,
                f"b/{path}",
            )
        )
    if not color:
        return "".join(lines)
    return "".join(_painted(line) for line in lines)


def _painted(line: str) -> str:
    style = {"+": "32", "-": "31", "@": "36", "#": "2"}.get(line[:1])
    if line.startswith(("+++", "---")):
        style = "1"
    body = line.rstrip("\n")
    return f"\x1b[{style}m{body}\x1b[0m\n" if style else line
