"""The log of the server, on standard error: what happened, never what files contain."""

from __future__ import annotations

import sys
import traceback


def log(message: str) -> None:
    """Write a line; nothing happens if it cannot be written."""
    try:
        sys.stderr.write(f"composelint: {message}\n")
        sys.stderr.flush()
    except (OSError, ValueError, AttributeError):
        return


def log_error(error: BaseException) -> None:
    """Write where an error was raised. Its message is left out: it may quote a file."""
    frames = traceback.extract_tb(error.__traceback__)
    places = "".join(f"\n  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames)
    log(f"internal error: {type(error).__name__}{places}")


def silence_others() -> None:
    """Let the library of the protocol write nothing: it logs messages with all they contain."""
    import logging

    for name in ("pygls", "asyncio"):
        logger = logging.getLogger(name)
        logger.addHandler(logging.NullHandler())
        logger.propagate = False
        logger.setLevel(logging.CRITICAL)
