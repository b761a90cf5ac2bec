"""``composelint check``: the verb that lints."""

from __future__ import annotations

import sys

import click

from ..base.formats import FORMATS
from ..base.names import FAIL_ON
from .common import Verb, config_options, file_options, rule_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Check(Verb):
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
    "--show-secrets", is_flag=True, help="Print the values of secrets that were found, too."
)
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
    from .checking import run

    sys.exit(run(paths, options))
