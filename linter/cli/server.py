"""``composelint server``: the language server for editors."""

from __future__ import annotations

import sys

import click

from .common import CONFIG, RULES, Verb, declared
from .console import EXIT_CLEAN, Failure
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@click.command("server", cls=Verb, short_help="Serve an editor (Language Server Protocol).")
@click.option(
    "--tcp",
    metavar="PORT",
    type=click.IntRange(1, 65535),
    help="Listen on this port of this machine, for one client.",
)
@click.option("--stdio", is_flag=True, help="Use standard input and output (the default).")
@click.option("--clientProcessId", "client", hidden=True, help="Some clients give it.")
@declared(*RULES, *CONFIG)
def server(tcp: int | None, stdio: bool, client: str | None, **given: Any) -> None:
    """Serve an editor: findings while you type, fixes, and what is known about each place.

    The editor starts this program, and talks to it on standard input and output. It needs the extra:
    pip install 'composelint[server]'. The options hold where the editor's settings say nothing else.
    """
    try:
        import pygls  # noqa: F401
    except ImportError:
        raise Failure(
            "the language server needs pygls: pip install 'composelint[server]'"
        ) from None
    from ..lsp.serve import serve_stdio, serve_tcp

    options = options_of(given)
    if tcp is None:
        serve_stdio(options)
    else:
        serve_tcp(options, tcp)
    sys.exit(EXIT_CLEAN)
