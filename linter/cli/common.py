"""The options that several verbs of the command line share."""

from __future__ import annotations

import click

from .console import EXIT_FAILURE, Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any


class _Shown(click.ClickException):
    """A ``Failure`` on its way through Click."""

    exit_code = EXIT_FAILURE

    def show(self, file: Any = None) -> None:
        Failure(self.message).show()


class Verb(click.Command):
    """A verb of the command line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Failure as failure:
            raise _Shown(failure.message) from None


def _stacked(options: Iterable[Callable[..., Any]]) -> Callable[[Any], Any]:
    listed = list(options)

    def decorate(command: Any) -> Any:
        for option in reversed(listed):
            command = option(command)
        return command

    return decorate


config_options = _stacked(
    (
        click.option(
            "--config",
            "configs",
            multiple=True,
            metavar="FILE|SETTING",
            help="A configuration file instead of the one that is found, or one setting such as "
            "'fail-on = \"error\"' on top of it.",
        ),
        click.option(
            "--isolated",
            is_flag=True,
            help="Read no configuration and load no plug-ins.",
        ),
    )
)
"""The options of every verb that reads the configuration."""

rule_options = _stacked(
    (
        click.option(
            "--select",
            multiple=True,
            metavar="RULES",
            help="Only these rules: codes, names, prefixes, peers' ids or ALL, separated by commas.",
        ),
        click.option(
            "--extend-select",
            multiple=True,
            metavar="RULES",
            help="These rules besides those of the preset.",
        ),
        click.option("--ignore", multiple=True, metavar="RULES", help="Not these rules."),
        click.option(
            "--preset",
            metavar="NAME",
            help="recommended, development, infrastructure, hybrid, production, hardened, style "
            "or all.",
        ),
    )
)
"""Which rules run."""

file_options = _stacked(
    (
        click.option(
            "--stack",
            "stacks",
            multiple=True,
            metavar="FILE:FILE",
            help="Files that form one stack, in the order in which Compose merges them.",
        ),
        click.option(
            "--profile",
            "profiles",
            multiple=True,
            metavar="NAME",
            help="A Compose profile to switch on.",
        ),
        click.option(
            "--env-file",
            "env_files",
            multiple=True,
            metavar="FILE",
            help="Read variables from this file instead of .env.",
        ),
        click.option(
            "--use-environment",
            is_flag=True,
            help="Let this process's environment set variables, as Compose does.",
        ),
        click.option(
            "--exclude",
            multiple=True,
            metavar="GLOB",
            help="Leave these paths out, instead of those that the configuration excludes.",
        ),
        click.option(
            "--extend-exclude", multiple=True, metavar="GLOB", help="Leave these paths out, too."
        ),
        click.option(
            "--force-exclude",
            is_flag=True,
            help="Leave excluded paths out even when they are named.",
        ),
        click.option(
            "--respect-gitignore/--no-respect-gitignore",
            default=None,
            help="Leave out what git ignores (the default).",
        ),
        click.option(
            "--inline-ignores/--no-inline-ignores",
            default=None,
            help="Honour comments that suppress findings (the default).",
        ),
        click.option(
            "--jobs",
            type=click.IntRange(min=0),
            default=0,
            metavar="N",
            help="How many processes to use; 0 decides by the amount of work.",
        ),
        click.option("--no-cache", is_flag=True, help="Read and write no cache."),
        click.option(
            "--cache-dir",
            envvar="COMPOSELINT_CACHE_DIR",
            metavar="DIR",
            help="Keep the cache here; in .composelint_cache of the project by default.",
        ),
    )
)
"""Which files are read, and how."""
