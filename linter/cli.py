"""The command line.

Exit codes: 0 clean or below ``--fail-on``, 1 findings at or above it, 2 usage,
configuration or internal error, or nothing could be read.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Any

import click

from .report import FORMATS
from .rule import Severity
from .version import VERSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from .discovery import Found
    from .run import Result, Settings

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_FAILURE = 2

FAIL_ON = ("error", "warning", "info", "never")


class _DefaultToCheck(click.Group):
    """``composelint PATH`` means ``composelint check PATH``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        own = ("-h", "--help", "-V", "--version")
        if not args or (args[0] not in self.commands and args[0] not in own):
            args = ["check", *args]
        return super().parse_args(ctx, args)


_CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


@click.group(cls=_DefaultToCheck, context_settings=_CONTEXT)
@click.version_option(
    VERSION, "-V", "--version", prog_name="composelint", message="%(prog)s %(version)s"
)
def cli() -> None:
    """Lint a repository's container files together.

    Compose files are merged as Docker Compose would merge them and read beside the
    Dockerfiles, ignore files and env files that belong to them. "composelint PATH" is
    short for "composelint check PATH".
    """


def names(values: Sequence[str]) -> list[str]:
    return [name.strip() for value in values for name in value.split(",") if name.strip()]


@cli.command()
@click.argument("paths", nargs=-1, metavar="[PATH]...")
@click.option(
    "--select",
    multiple=True,
    metavar="RULES",
    help="Only these rules: codes, names, prefixes, peers' ids or ALL, separated by commas.",
)
@click.option(
    "--extend-select",
    multiple=True,
    metavar="RULES",
    help="These rules besides those of the preset.",
)
@click.option("--ignore", multiple=True, metavar="RULES", help="Not these rules.")
@click.option(
    "--preset",
    metavar="NAME",
    help="recommended, development, infrastructure, hybrid, production, hardened, style or all.",
)
@click.option(
    "--stack",
    "stacks",
    multiple=True,
    metavar="FILE:FILE",
    help="Files that form one stack, in the order in which Compose merges them.",
)
@click.option(
    "--profile", "profiles", multiple=True, metavar="NAME", help="A Compose profile to switch on."
)
@click.option(
    "--env-file",
    "env_files",
    multiple=True,
    metavar="FILE",
    help="Read variables from this file instead of .env.",
)
@click.option(
    "--use-environment",
    is_flag=True,
    help="Let this process's environment set variables, as Compose does.",
)
@click.option(
    "--output-format",
    type=click.Choice(list(FORMATS)),
    envvar="COMPOSELINT_OUTPUT_FORMAT",
    default="full",
    show_default=True,
    help="How to report.",
)
@click.option(
    "-o",
    "--output-file",
    type=click.Path(dir_okay=False),
    metavar="FILE",
    help="Write the report to a file.",
)
@click.option(
    "--fail-on",
    type=click.Choice(FAIL_ON),
    default="warning",
    show_default=True,
    help="The least severity that makes the exit code 1.",
)
@click.option("--exit-zero", is_flag=True, help="Exit with 0 whatever was found.")
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
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave these paths out.")
@click.option(
    "--force-exclude", is_flag=True, help="Leave excluded paths out even when they are named."
)
@click.option(
    "--respect-gitignore/--no-respect-gitignore",
    default=True,
    help="Leave out what git ignores (the default).",
)
@click.option(
    "--inline-ignores/--no-inline-ignores",
    default=True,
    help="Honour comments that suppress findings (the default).",
)
@click.option("--stdin-filename", metavar="PATH", help='Where the text of "-" would stand.')
@click.option(
    "--color", type=click.Choice(["auto", "always", "never"]), default="auto", show_default=True
)
@click.option("-q", "--quiet", is_flag=True, help="Report nothing but the exit code.")
@click.option("-v", "--verbose", is_flag=True, help="Say more on standard error.")
@click.option("--debug", is_flag=True, hidden=True, help="Let internal errors raise.")
def check(paths: tuple[str, ...], **options: Any) -> None:
    """Lint files and folders (the current folder by default; "-" reads standard input)."""
    from .discovery import MissingPath
    from .registry import UnknownSelector
    from .report import RenderOptions, render

    try:
        settings = _settings(options)
        if options["fix"] or options["diff"] or options["fix_only"]:
            from .cli_fix import fix

            result, changed = fix(paths, settings, options)
        else:
            result, changed = lint(paths, settings, options), False
    except MissingPath as error:
        raise Failure(f"{error.args[0]}: no such file or folder") from None
    except UnknownSelector as error:
        raise Failure(str(error)) from None

    if options["diff"]:
        sys.exit(EXIT_FAILURE if result.failed else EXIT_FINDINGS if changed else EXIT_CLEAN)
    if not (options["quiet"] or options["fix_only"]):
        to_file = options["output_file"] is not None
        color = False if to_file else wants_color(options["color"])
        text = render(options["output_format"], result, RenderOptions(color=color))
        write(text, options["output_file"])
    if not result.files and not options["quiet"]:
        click.echo(
            "warning: no Compose file, Dockerfile, .dockerignore or env file found", err=True
        )
    if options["fix_only"]:
        sys.exit(EXIT_FAILURE if result.failed else EXIT_CLEAN)
    sys.exit(_exit_code(result, options["fail_on"], options["exit_zero"]))


class Failure(click.ClickException):
    """A problem with the command line or the environment: exit code 2."""

    exit_code = EXIT_FAILURE

    def show(self, file: Any = None) -> None:
        click.echo(f"composelint: {self.message}", err=True)


def _settings(options: dict[str, Any]) -> Settings:
    from .registry import PRESETS, Selection
    from .run import Settings
    from .suggest import nearest

    preset = options["preset"] or "recommended"
    if preset not in PRESETS:
        close = nearest(preset, PRESETS)
        hint = f'; did you mean "{close}"?' if close else ""
        raise Failure(f'no preset is called "{preset}"{hint}')
    return Settings(
        selection=Selection(
            preset,
            names(options["select"]) if options["select"] else None,
            names(options["extend_select"]),
            names(options["ignore"]),
        ),
        exclude=tuple(names(options["exclude"])),
        force_exclude=options["force_exclude"],
        respect_gitignore=options["respect_gitignore"],
        inline_ignores=options["inline_ignores"],
        stacks=options["stacks"],
        profiles=options["profiles"],
        env_files=options["env_files"],
        use_environment=options["use_environment"],
        debug=options["debug"],
    )


def lint(paths: tuple[str, ...], settings: Settings, options: dict[str, Any]) -> Result:
    """Lint what the command line names."""
    from .run import check_files

    found, texts = inputs(paths, settings, options)
    return check_files(found, settings, texts)


def inputs(
    paths: tuple[str, ...], settings: Settings, options: dict[str, Any]
) -> tuple[list[Found], dict[str, bytes]]:
    """The files that the command line names, and the text of standard input if it does.

    Raises:
        MissingPath: for a path that does not exist.
    """
    from .discovery import Found, discover, kind_of_named

    if "-" in paths:
        if len(paths) > 1:
            raise Failure('"-" stands alone: standard input is one file')
        name = options["stdin_filename"] or "compose.yaml"
        kind = kind_of_named(name)
        if kind is None:
            raise Failure(
                f"--stdin-filename {name}: neither a Compose file, a Dockerfile, an ignore file "
                "nor an env file"
            )
        return [Found(name, kind, True)], {name: sys.stdin.buffer.read()}
    if not paths and settings.stacks:
        paths = tuple(dict.fromkeys(file for stack in settings.stacks for file in stack.split(":")))
    found = discover(
        paths or (".",),
        exclude=settings.exclude,
        force_exclude=settings.force_exclude,
        respect_gitignore=settings.respect_gitignore,
    )
    return list(found), {}


def _exit_code(result: Result, fail_on: str, exit_zero: bool) -> int:
    if result.failed or result.unread:
        return EXIT_FAILURE
    if exit_zero or fail_on == "never":
        return EXIT_CLEAN
    least = Severity[fail_on.upper()]
    return EXIT_FINDINGS if any(item.severity >= least for item in result.reported) else EXIT_CLEAN


def wants_color(choice: str) -> bool:
    """Flag, then NO_COLOR, FORCE_COLOR, TERM=dumb, and whether a terminal listens."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return os.environ.get("TERM") != "dumb" and sys.stdout.isatty()


def write(text: str, path: str | None) -> None:
    if path is not None:
        try:
            with open(path, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
        except OSError as error:
            raise Failure(f"{path}: {error.strerror}") from None
        return
    data = text.encode("utf-8", "backslashreplace")
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        # The reader has seen enough; the verdict stays the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@cli.command("rule")
@click.argument("selectors", nargs=-1, required=True, metavar="CODE|NAME|ID...")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
def show_rule(selectors: tuple[str, ...], output_format: str) -> None:
    """Explain a rule, named by its code, its name or a peer's id (DL3008, CL-0001, …)."""
    from .explain import explain
    from .registry import UnknownSelector, find

    try:
        rules = [rule for selector in selectors for rule in find(selector)]
    except UnknownSelector as error:
        raise Failure(str(error)) from None
    write(explain(rules, output_format, wants_color("auto")), None)


@cli.command("rules")
@click.option(
    "--output-format",
    type=click.Choice(["text", "json", "markdown"]),
    default="text",
    show_default=True,
)
@click.option("--preset", metavar="NAME", help="Only those that a preset selects.")
def list_rules(output_format: str, preset: str | None) -> None:
    """List all rules."""
    from .explain import listing
    from .registry import PRESETS, Selection, all_rules

    if preset is not None and preset not in PRESETS:
        raise Failure(f'no preset is called "{preset}"')
    rules = all_rules()
    if preset is not None:
        selection = Selection(preset)
        rules = [rule for rule in rules if selection.selects(rule)]
    write(listing(rules, output_format, wants_color("auto")), None)


def main() -> None:
    """The console script."""
    try:
        cli(prog_name="composelint")
    except KeyboardInterrupt:
        click.echo("composelint: interrupted", err=True)
        sys.exit(EXIT_FAILURE)
