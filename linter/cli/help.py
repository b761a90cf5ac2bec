"""The help of the command line: options in groups, examples, environment variables."""

from __future__ import annotations

import click

from ..config.options import GROUPS, OPTIONS, grouped
from .console import terminal_columns, wants_color

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from click.shell_completion import CompletionItem

    Rows = list[tuple[str, str]]

WIDEST = 100
_NARROW = 60

VERB_GROUPS = {
    "Lint": ("check", "format", "baseline", "budget", "graph", "fleet"),
    "Rules": ("rule", "rules", "policy"),
    "Set up": ("init", "config", "why", "completions", "server"),
}
"""The verbs by what they are for, in the order of the help."""

EXAMPLES = {
    "": (
        ("composelint", "Lint everything below this folder."),
        ("composelint --fix compose.yaml", "Lint one file with its stack, and apply the safe fixes."),
        ("composelint rule CF212", "What a rule is about, with examples."),
    ),
    "check": (
        ("composelint --preset production --fail-on error", "Judge by a preset; fail for errors only."),
        ("composelint --select security --ignore DL3008 src", "Some rules: by category, by the id of hadolint."),
        ("composelint --diff --unsafe-fixes", "Show all that fixes would change."),
        ("composelint --stack compose.yaml:compose.prod.yaml", "Lint files as the stack that they form together."),
    ),
    "format": (
        ("composelint format", "Format everything below this folder."),
        ("composelint format --check", "In CI: name the files that are not formatted, and fail."),
        ("composelint format --diff compose.yaml", "Show what would change in a file."),
    ),
    "rule": (
        ("composelint rule healthcheck-tool-missing", "By its name; CF212 is its code."),
        ("composelint rule DL3008", "By the id that another linter has for it."),
    ),
    "rules": (
        ("composelint rules healthcheck", "Those that have this word."),
        ("composelint rules trivy root", "Those that have both words."),
        ("composelint rules --preset production --output-format json", "Those of a preset, for programs."),
    ),
    "policy": (
        ("composelint policy test", "Test the policies of the configuration here."),
        ("composelint policy test policies/*.yaml", "Test those of some files."),
    ),
    "config": (
        ("composelint config --path services/api", "The settings for a folder, and where each is set."),
        ("composelint config host", "One table of settings."),
        ("composelint config --stack compose.yaml --origins", "A stack as Docker Compose runs it, with the place of each value."),
    ),
    "init": (
        ("composelint init", "Write composelint.toml with the preset that fits."),
        ("composelint init --from hadolint --dry-run", "Show what becomes of hadolint's settings and comments."),
        ("composelint init --pre-commit", "What .pre-commit-config.yaml needs."),
    ),
    "baseline": (
        ("composelint baseline", "From now on, only new findings are reported."),
        ("composelint baseline services/api", "Only what is known about this folder is written anew."),
    ),
    "why": (
        ("composelint why services.web.mem_limit", "The value, and each step that made it."),
        ("composelint why compose.yaml web.environment.MODE", "Of one file's stack; services. may be left out."),
        ("composelint why Dockerfile build.user", "Which instruction sets it."),
    ),
    "budget": (
        ("composelint budget --memory 4G --cpus 2", "Does the stack fit this machine?"),
        ("composelint budget --memory auto --preset hybrid", "On this machine, without what stays outside of containers."),
    ),
    "graph": (
        ("composelint graph -o stack.svg", "The stack here as a picture."),
        ("composelint graph --format mermaid compose.yaml", "As text that GitHub and GitLab draw in Markdown."),
    ),
    "fleet": (
        ("composelint fleet run ~/mirrors fleet.csv --out fleet", "Scan bare repositories, and those of a manifest."),
        ("composelint fleet report fleet --since 2026-11-01", "What is worst, old, new and fixed."),
        ('composelint fleet query fleet "SELECT owner, count(*) FROM findings GROUP BY owner"', "A question in SQL."),
        ("composelint fleet show fleet shop/api", "All that is known about one repository."),
    ),
    "server": (
        ("composelint server", "What an editor starts (docs/editors.md)."),
        ("composelint server --tcp 9257", "For a client that connects to a port."),
    ),
    "completions": (
        ("composelint completions bash > ~/.local/share/bash-completion/completions/composelint", "Complete in bash, by its package bash-completion; mkdir -p makes the folder."),
        ('composelint completions zsh > "${fpath[1]}/_composelint"', "Complete in zsh."),
        ("composelint completions fish > ~/.config/fish/completions/composelint.fish", "Complete in fish."),
    ),
}  # fmt: skip
"""For each verb (empty: for all of it) commands and what they are for; tests run them."""

_VARIABLES = (
    ("NO_COLOR", "No colours (any value)."),
    ("FORCE_COLOR", "Colours even where the output is not a terminal (any value)."),
)

REPORT_WORDS = {
    "check": (
        ("[*]", "A fix that --fix applies; with --unsafe-fixes also one that is unsafe."),
        ("suggestion", "A change that is shown and never applied: a person has to choose."),
        (
            "shown as N entries",
            "Findings of one rule in one file are shown together, and counted one by one.",
        ),
    )
}
"""What words and signs in the reports of a verb mean."""

EXIT_CODES = (
    ("0", "No finding at or above --fail-on."),
    ("1", "Such findings; or --diff has something to show."),
    ("2", "An error of the call, of the configuration or of composelint; nothing could be read."),
)


class Formatter(click.HelpFormatter):
    """Click's, for terminals of any width."""

    def __init__(self, width: int | None = None) -> None:
        if width is None:
            width = max(36, min(terminal_columns() - 2, WIDEST))
        super().__init__(width=width)

    def write_dl(
        self, rows: Iterable[tuple[str, str]], col_max: int = 30, col_spacing: int = 2
    ) -> None:
        # Beside long options, a narrow terminal has no room for words.
        super().write_dl(rows, 4 if self.width < _NARROW else col_max, col_spacing)

    def write_heading(self, heading: str) -> None:
        shown = click.style(f"{heading}:", bold=True) if wants_color("auto") else f"{heading}:"
        self.write(f"{'':>{self.current_indent}}{shown}\n")

    def write_section(self, title: str, rows: Rows) -> None:
        """Write a definition list under a heading, if there is anything in it."""
        if rows:
            with self.section(title):
                self.write_dl(rows)

    def write_commands(self, title: str, rows: Iterable[tuple[str, str]]) -> None:
        """Write commands, each with what it is for below it; no command is broken into lines."""
        with self.section(title):
            for command, purpose in rows:
                self.write(f"{'':>{self.current_indent}}{command}\n")
                self.indent()
                self.indent()
                self.write_text(purpose)
                self.dedent()
                self.dedent()


def formatter_for(ctx: click.Context) -> Formatter:
    """The formatter for a call's help."""
    return Formatter(ctx.terminal_width)


class _Context(click.Context):
    def make_formatter(self) -> Formatter:
        return formatter_for(self)


class Helped(click.Command):
    """A verb whose help has groups, examples and variables."""

    context_class = _Context

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        assert isinstance(formatter, Formatter)
        for title, rows in option_groups(self, ctx):
            formatter.write_section(title, rows)
        formatter.write_section("Words of the report", list(REPORT_WORDS.get(self.name or "", ())))
        formatter.write_section("Environment variables", variables_of(self))
        examples = EXAMPLES.get(self.name or "")
        if examples:
            formatter.write_commands("Examples", examples)


def option_groups(command: click.Command, ctx: click.Context) -> Iterator[tuple[str, Rows]]:
    """The options of a verb: its own, then those of the table by their groups."""
    titles = {option.attribute: title for title, group in grouped().items() for option in group}
    groups: dict[str, Rows] = {"Options": [], **{title: [] for title in GROUPS.values()}}
    for param in command.get_params(ctx):
        record = param.get_help_record(ctx)
        if record is not None and not isinstance(param, click.Argument):
            # A verb may have an option of its own with the name of one in the table.
            is_shared = isinstance(param, SharedOption)
            title = titles[param.name or ""] if is_shared else "Options"
            groups[title].append(record)
    if len(groups["Options"]) == 1:
        # A verb that only has ``--help`` has no options of its own.
        groups["Other"] += groups.pop("Options")
    yield from ((title, rows) for title, rows in groups.items() if rows)


def variables_of(command: click.Command | None) -> Rows:
    """The environment variables that change what a verb does; of all verbs if none is given."""
    names = None
    if command is not None:
        names = {param.name for param in command.params if isinstance(param, SharedOption)}
    return [
        *(
            (option.env, f"The same as {option.names[0]}.")
            for option in OPTIONS.values()
            if option.env and (names is None or option.attribute in names)
        ),
        *_VARIABLES,
    ]


class SharedOption(click.Option):
    """An option of the table in ``config/options.py``."""

    def get_help_record(self, ctx: click.Context) -> tuple[str, str] | None:
        record = super().get_help_record(ctx)
        # A value that may only follow "=" has no blank before it.
        return record and (record[0].replace(" [=", "[="), record[1])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        return completed(ctx, self, incomplete)


def completed(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """The values that a shell offers for an option or argument."""
    from .completion import complete

    return complete(ctx, param, incomplete)


class HelpedGroup(click.Group):
    """The program, whose help has its verbs in groups, examples, variables and exit codes."""

    context_class = _Context

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        assert isinstance(formatter, Formatter)
        for title, verbs in VERB_GROUPS.items():
            rows = []
            for verb in verbs:
                command = self.get_command(ctx, verb)
                assert command is not None
                rows.append((verb, command.short_help or ""))
            formatter.write_section(title, rows)
        records = [param.get_help_record(ctx) for param in self.get_params(ctx)]
        formatter.write_section("Options", [record for record in records if record is not None])
        formatter.write_section("Environment variables", variables_of(None))
        formatter.write_section("Exit codes", list(EXIT_CODES))
        formatter.write_commands("Examples", EXAMPLES[""])
        with formatter.section("More"):
            formatter.write_text(
                '"composelint check --help" lists the options for linting, which need no verb; '
                "--help of each other verb lists its own."
            )
            formatter.write_text("https://github.com/composelint/composelint/tree/main/docs")
