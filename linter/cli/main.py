"""The command line, parsed by Click.

Exit codes: 0 no findings or below ``--fail-on``, 1 findings at or above it, 2 usage,
configuration or internal error, or nothing could be read. Each verb is a module of its own
(``check``, ``rules``, …), loaded on demand.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module

import click

from ..version import VERSION
from . import VERBS
from .console import EXIT_CLEAN, EXIT_FAILURE, guarded, open_streams, write_bytes
from .help import WIDEST, HelpedGroup

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from click.shell_completion import CompletionItem

_COMPLETE = "_COMPOSELINT_COMPLETE"
"""The variable with which a shell asks for completions."""

_OWN = ("-h", "--help", "-V", "--version")


class _Verbs(HelpedGroup):
    """``composelint PATH`` means ``composelint check PATH``; verbs are loaded on demand."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        # A shell that completes the first word passes no arguments.
        verb = args[0] in VERBS or args[0] in _OWN if args else ctx.resilient_parsing
        return super().parse_args(ctx, args if verb else ["check", *args])

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        items = super().shell_complete(ctx, incomplete)
        check = self.get_command(ctx, "check")
        assert check is not None
        inner = check.make_context("check", [], ctx, resilient_parsing=True)
        items += check.shell_complete(inner, incomplete)
        if not incomplete.startswith("-"):
            items += check.params[0].shell_complete(inner, incomplete)
        return list({(item.type, item.value): item for item in items}.values())

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(VERBS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        place = VERBS.get(name)
        if place is None:
            return None
        module, _, function = place.partition(":")
        command: click.Command = getattr(import_module(f".{module}", __package__), function)
        return command


@click.group(
    cls=_Verbs,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": WIDEST},
)
@click.version_option(
    VERSION, "-V", "--version", prog_name="composelint", message="%(prog)s %(version)s"
)
def cli() -> None:
    """Lint a repository's container files together.

    Compose files are merged as Docker Compose would merge them and read beside the
    Dockerfiles, ignore files and env files that belong to them. "composelint PATH" is
    short for "composelint check PATH".
    """


class _Output:
    """Standard output for Click: an error of the stream is a ``Failure``, as elsewhere."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        # Click tries with b"" and "" what the stream takes.
        data = text.encode("utf-8", "backslashreplace")
        if data:
            write_bytes(data)
        return len(text)


def main() -> None:
    """Run the program, and exit."""
    open_streams()
    output: Any = _Output(sys.stdout)
    sys.stdout = output
    sys.exit(guarded(_call))


def _call() -> int:
    if _COMPLETE in os.environ:
        from .shells import register

        register()
    try:
        return cli.main(prog_name="composelint", standalone_mode=False) or EXIT_CLEAN
    except click.ClickException as error:
        error.show()
        return EXIT_FAILURE
    except click.Abort:
        raise KeyboardInterrupt from None
