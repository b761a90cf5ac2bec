"""``composelint completions``: the script with which a shell completes the command line."""

from __future__ import annotations

import click

from .common import Choice, Verb
from .console import write


@click.command("completions", cls=Verb, short_help="Print a shell's completion script.")
@click.argument("shell", type=Choice(["bash", "zsh", "fish"]))
@click.pass_context
def completions(ctx: click.Context, shell: str) -> None:
    """Print a shell's completion script: for verbs, options and their values."""
    from .shells import SHELLS

    script = SHELLS[shell](ctx.find_root().command, {}, "composelint", "_COMPOSELINT_COMPLETE")
    # Not script.source(): it would start a shell to ask for its version.
    write(script.source_template % script.source_vars())
