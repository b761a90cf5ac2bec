"""``composelint check``: the verb that lints."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from .cli_common import (
    EXIT_CLEAN,
    EXIT_FAILURE,
    EXIT_FINDINGS,
    FAIL_ON,
    Failure,
    config_options,
    expected_errors,
    file_options,
    request_of,
    rule_options,
    tell,
)
from .cli_progress import Bar
from .report import FORMATS
from .rule import Severity

if TYPE_CHECKING:
    from .result import Result
    from .workspace import Workspace


class _Check(click.Command):
    """``--add-ignores`` has a value only behind ``=``: a path may follow it."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        end = args.index("--") if "--" in args else len(args)
        plain = ["--add-ignores=" if arg == "--add-ignores" else arg for arg in args[:end]]
        return super().parse_args(ctx, [*plain, *args[end:]])


@click.command("check", cls=_Check, short_help="Lint files and folders (the default).")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@rule_options
@file_options
@config_options
@click.option("--fix", is_flag=True, help="Apply the safe fixes.")
@click.option(
    "--unsafe-fixes",
    is_flag=True,
    help="With --fix or --diff: also those that change behaviour or had to choose a value.",
)
@click.option("--diff", is_flag=True, help="Show what the fixes would change; write nothing.")
@click.option("--fix-only", is_flag=True, help="Apply fixes and report nothing else.")
@click.option("--show-fixes", is_flag=True, help="List the fixes that were applied.")
@click.option("--fixable", multiple=True, metavar="RULES", help="Fix only these rules.")
@click.option("--unfixable", multiple=True, metavar="RULES", help="Fix none of these rules.")
@click.option(
    "--exit-non-zero-on-fix", is_flag=True, help="Exit with 1 when something was fixed, too."
)
@click.option(
    "--add-ignores",
    metavar="[=REASON]",
    help="Write a comment that suppresses each finding, with a reason.",
)
@click.option(
    "--baseline",
    metavar="FILE",
    help="Report only what is not in this baseline (.composelint-baseline.json if it is there).",
)
@click.option("--no-baseline", is_flag=True, help="Report what the baseline hides, too.")
@click.option(
    "--output-format",
    type=click.Choice(list(FORMATS)),
    envvar="COMPOSELINT_OUTPUT_FORMAT",
    help="How to report; full by default.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write the report to a file.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    metavar="FORMAT=FILE",
    help="Write another report to a file; can be repeated.",
)
@click.option("--statistics", is_flag=True, help="Report only how often each rule was met.")
@click.option("--show-suppressed", is_flag=True, help="Show suppressed findings, too.")
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    help="The least severity that makes the exit code 1; warning by default.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever was found.")
@click.option("--watch", is_flag=True, help="Lint again whenever a file changes.")
@click.option("--show-files", is_flag=True, help="List the files that would be linted.")
@click.option("--show-settings", is_flag=True, help="Show the settings that hold for the files.")
@click.option("--stdin-filename", metavar="PATH", help='Where the text of "-" would stand.')
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True
)
@click.option("-q", "--quiet", is_flag=True, help="Report nothing but the exit code.")
@click.option("-v", "--verbose", is_flag=True, help="Say more on standard error.")
@click.option("--debug", is_flag=True, hidden=True, help="Let internal errors raise.")
def check(paths: tuple[str, ...], **options: Any) -> None:
    """Lint files and folders (the current folder by default; "-" reads standard input)."""
    from .cli_output import check_reports

    check_reports(options)
    if options["watch"]:
        from .cli_watch import watch

        _refuse_beside_watch(paths, options)
        watch(options, lambda: _open(paths, options), lambda found: _lint(found, options).read)
        sys.exit(EXIT_CLEAN)
    workspace = _open(paths, options)
    sys.exit(_act(workspace, options))


def _act(workspace: Workspace, options: dict[str, Any]) -> int:
    """Do what the options ask for; the exit code."""
    if options["show_files"] or options["show_settings"]:
        from .cli_show import show

        show(workspace, options)
        return EXIT_CLEAN
    _say_what_is_read(workspace, options)
    with expected_errors():
        if options["fix"] or options["diff"] or options["fix_only"]:
            from .cli_fix import fix

            return fix(workspace, options)
        if options["add_ignores"] is not None:
            from .cli_ignores import add_ignores

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
    from .workspace import open_texts, open_workspace

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
    from .cli_output import write_reports

    for trace in result.crashes if options["verbose"] else ():
        click.echo(trace, err=True)
    if not options["quiet"]:
        for note in dict.fromkeys([*result.notes, *(result.asides if options["verbose"] else ())]):
            tell(note)
    write_reports(result, workspace, options, to_stderr=to_stderr)
    if not result.files and not options["quiet"]:
        click.echo(
            "warning: no Compose file, Dockerfile, .dockerignore or env file found", err=True
        )


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
