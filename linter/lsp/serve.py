"""Starts the server on standard input and output, or on a port of this machine."""

from __future__ import annotations

import os
import sys

from .log import log, silence_others

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from .server import Server


def serve_stdio(options: Options) -> None:
    """Serve the client at the other end of standard input and output, until it leaves.

    Both are taken away from everybody else: what a plug-in prints goes to standard error.
    """
    silence_others()
    stdin = os.fdopen(os.dup(0), "rb")
    stdout = os.fdopen(os.dup(1), "wb")
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    _server(options).start_io(stdin, stdout)


def serve_tcp(options: Options, port: int) -> None:
    """Serve one client that connects to a port of this machine."""
    silence_others()
    server = _server(options)
    log(f"listening on 127.0.0.1:{port}")
    server.start_tcp("127.0.0.1", port)


def _server(options: Options) -> Server:
    from .garbage import take_over
    from .server import Server

    take_over()
    return Server(options)
