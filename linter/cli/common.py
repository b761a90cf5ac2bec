"""The options that several verbs of the command line share."""

from __future__ import annotations

import click

from ..config.options import FLAG, LIST, NUMBER, SWITCH, grouped
from .console import EXIT_FAILURE, Failure, failure_of
from .help import Helped, SharedOption, completed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from ..config.options import Option


class _Shown(click.ClickException):
    """A ``Failure`` on its way through Click."""

    exit_code = EXIT_FAILURE

    def show(self, file: Any = None) -> None:
        Failure(self.message).show()


class Choice(click.Choice[str]):
    """One of some values; the message about another one names the nearest."""

    def get_invalid_choice_message(self, value: Any, ctx: click.Context | None) -> str:
        from ..base.suggest import choice_hint

        message = super().get_invalid_choice_message(value, ctx).removesuffix(".")
        return f"{message}{choice_hint(str(value), self.choices)}"


class Verb(Helped):
    """A verb of the command line."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except Exception as error:
            failure = failure_of(error)
            if failure is None:
                raise
            raise _Shown(failure.message) from None


def declared(*options: Option) -> Callable[[Any], Any]:
    """A decorator that gives a verb these options of the table, in this order."""

    def decorate(command: Any) -> Any:
        for option in reversed(options):
            command = _for_click(option)(command)
        return command

    return decorate


def _for_click(option: Option) -> Callable[[Any], Any]:
    """The decorator of Click for an option."""
    names = option.names
    help = option.help
    kind: Any = None
    if option.kind == SWITCH:
        names = (f"{names[0]}/--no-{names[0].removeprefix('--')}",)
        help = f"{help.removesuffix('.')} (the default)."
    elif option.kind == NUMBER:
        kind = click.IntRange(min=0)
    elif option.choices:
        kind = Choice(option.choices)
        if option.metavar:
            # The help names the choices.
            help = f"{help.removesuffix('.')}: {', '.join(option.choices)}."
        if option.configured:
            help = f"{help.removesuffix('.')}; {option.default} by default."
    elif option.writes:
        kind = click.Path(dir_okay=False)
    return click.option(
        *names,
        option.attribute,
        cls=SharedOption,
        type=kind,
        is_flag=option.kind == FLAG or None,
        multiple=option.kind == LIST,
        default=() if option.kind == LIST else option.unset,
        show_default=bool(option.choices),
        metavar=option.metavar or None,
        envvar=option.env or None,
        hidden=option.hidden,
        help=help,
    )


__all__ = ["CONFIG", "FILES", "LINTED", "RULES", "Choice", "Verb", "completed", "declared"]

_GROUPS = grouped()
RULES, CONFIG = _GROUPS["Rules"], _GROUPS["Configuration"]
LINTED = _GROUPS["What is linted"]
FILES = [*LINTED, *_GROUPS["Speed"]]
