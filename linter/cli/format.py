"""``composelint format``: writes Compose files and Dockerfiles in one form."""

from __future__ import annotations

import sys

import click

from ..base.escape import visible
from ..base.wording import plural
from ..config.options import OPTIONS
from .common import CONFIG, LINTED, Verb, declared
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
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..config.options import Options
    from ..fixing.formatting import Formatted


@click.command("format", cls=Verb, short_help="Write Compose files and Dockerfiles in one form.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@click.option("--check", is_flag=True, help="List the files that would change; write nothing.")
@click.option("--diff", is_flag=True, help="Show what formatting would change; write nothing.")
@declared(
    *LINTED,
    *CONFIG,
    *(OPTIONS[name] for name in ("show_secrets", "stdin_filename", "color", "quiet")),
)
def format(paths: tuple[str, ...], check: bool, **given: Any) -> None:
    """Write Compose files and Dockerfiles in one form (the current folder by default).

    What they say stays the same: the stacks that Docker Compose makes of them, the instructions of
    Dockerfiles, and all comments. "-" reads standard input and writes the result to standard output.

    The exit code of --check and --diff is 1 if something would change; a file that cannot be read
    stays as it is, and the exit code is 2.
    """
    sys.exit(run(paths, options_of(given), check=check))


def run(paths: tuple[str, ...], options: Options, *, check: bool) -> int:
    """Format files, or say what would change; returns the exit code."""
    from ..fixing.formatting import format_workspace
    from ..fixing.workspace import save
    from ..report import masks_of
    from ..report.masking import Masks
    from .checking import open_files
    from .diff import diff, masked_text
    from .fix import fixed_text, tell_dropped_fixes

    opened = open_files(paths, options)
    formatted = format_workspace(opened)
    outcomes = formatted.outcomes
    runs = [each for outcome in outcomes for each in (outcome.found, outcome.result)]
    masks = None if options.show_secrets else masks_of(runs) or Masks(())
    tell_dropped_fixes(outcomes, masks)
    changed = sorted(path for outcome in outcomes for path in outcome.after)
    if options.diff:
        write(diff(outcomes, wants_color(options.color), masks))
    elif check:
        write("".join(f"{visible(path)}\n" for path in changed))
    elif opened.texts:
        write_bytes(fixed_text(opened, outcomes))
    else:
        errors = save(formatted.workspace, outcomes)
        if errors:
            raise Failure("\n".join(visible(str(error)) for error in errors))
    is_dry = check or options.diff
    if not opened.files and not opened.broken:
        say("warning: no Compose file or Dockerfile found")
    elif not options.quiet and (is_dry or not opened.texts):
        _summarise(formatted, len(changed), is_dry)
    for error in opened.broken.values():
        tell(str(error))
    for finding in formatted.broken:
        line, column = finding.start
        reason = masked_text(finding.message, masks)
        tell(f"{finding.path}:{line}:{column}: not formatted: {reason}")
    if opened.broken or formatted.broken or any(outcome.result.failed for outcome in outcomes):
        return EXIT_FAILURE
    if not all(outcome.converged for outcome in outcomes):
        tell("the fixes did not settle; please report this")
        return EXIT_FAILURE
    return EXIT_FINDINGS if is_dry and changed else EXIT_CLEAN


def _summarise(formatted: Formatted, changed: int, is_dry: bool) -> None:
    """Say on standard error how many files were formatted, or would be."""
    unread = {finding.path for finding in formatted.broken}
    rest = len(formatted.workspace.linted - unread) - changed
    verb = "would be formatted" if is_dry else "formatted"
    parts = [f"{plural(changed, 'file')} {verb}"] if changed else []
    parts += [f"{plural(rest, 'file')} in form already"] if rest else []
    if parts:
        say(f"{', '.join(parts)}.")
