"""``composelint check``: the verb that lints."""

from __future__ import annotations

import sys

import click

from ..config.options import OPTIONS
from .common import Verb, declared
from .options import options_of

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
@declared(*(option for option in OPTIONS.values() if option.names))
def check(paths: tuple[str, ...], **given: Any) -> None:
    """Lint files and folders (the current folder by default; "-" reads standard input)."""
    from .checking import run

    sys.exit(run(paths, options_of(given)))
