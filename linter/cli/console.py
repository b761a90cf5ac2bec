"""Exit codes, errors and output of the command line.

Nothing here needs Click: loading it takes longer than linting a small file.
"""

from __future__ import annotations

import errno
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_FAILURE = 2


class Failure(Exception):
    """A problem with the command line, the configuration or the environment: exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def show(self) -> None:
        """Write the message to standard error."""
        for line in self.message.split("\n"):
            tell(line)


class OutputFailure(Failure):
    """Standard output or error cannot be written."""


def tell(message: str) -> None:
    """Write a message to standard error; standard output is for reports."""
    from ..base.escape import visible

    say(f"composelint: {visible(message)}")


def say(text: str) -> None:
    """Write a line to standard error, as it is; what cannot be written there is lost."""
    try:
        write_bytes(f"{text}\n".encode("utf-8", "backslashreplace"), to_stderr=True)
    except OutputFailure:
        return


def wants_color(choice: str, stream: Any = None) -> bool:
    """Whether to write colours: by the option, NO_COLOR, FORCE_COLOR, else the kind of stream."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream)


def is_terminal(stream: Any = None) -> bool:
    """Whether a stream (standard output by default) is a terminal with escape sequences."""
    stream = sys.stdout if stream is None else stream
    return os.environ.get("TERM") != "dumb" and bool(stream.isatty())


def terminal_columns(otherwise: int = 80) -> int:
    """How many columns the terminal has."""
    import shutil

    return shutil.get_terminal_size((otherwise, 24)).columns


class _Closed:
    """What stands for a standard stream that was closed before the program was started."""

    encoding = "utf-8"
    errors = "strict"

    @property
    def buffer(self) -> _Closed:
        return self

    def isatty(self) -> bool:
        return False

    def flush(self) -> None:
        """There is never anything to write."""

    def write(self, data: object) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))

    def fileno(self) -> int:
        raise OSError(errno.EBADF, os.strerror(errno.EBADF))


def open_streams() -> None:
    """Give the standard streams that are closed (``>&-``) a stream that cannot be written."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, _Closed())


def write(text: str, path: str | None = None, *, to_stderr: bool = False) -> None:
    """Write a report to a file, to standard output, or to standard error.

    Raises:
        Failure: if it cannot be written; a file is then as it was before.
    """
    data = text.encode("utf-8", "backslashreplace")
    if path is None:
        write_bytes(data, to_stderr=to_stderr)
        return
    from ..files.write import write_report

    try:
        write_report(path, data)
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None


def write_bytes(data: bytes, *, to_stderr: bool = False) -> None:
    """Write to standard output or error.

    Raises:
        OutputFailure: if it cannot be written: the stream is closed, nothing reads it any more, or
            the device is full.
    """
    stream = sys.stderr if to_stderr else sys.stdout
    try:
        stream.buffer.write(data)
        stream.buffer.flush()
    except (OSError, ValueError) as error:
        _discard(stream)
        name = "standard error" if to_stderr else "standard output"
        reason = getattr(error, "strerror", None) or "it is closed"
        if getattr(error, "errno", 0) == errno.EBADF:
            reason = "it is closed"
        raise OutputFailure(f"{name}: {reason}; the report is not complete") from None


def _discard(stream: Any) -> None:
    """Let what is still in the buffer of a stream be lost, so that no later write fails again."""
    try:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, stream.fileno())
        os.close(null)
    except (OSError, ValueError):
        return


def guarded(act: Callable[[], int]) -> int:
    """The exit code of a call; its errors are written to standard error."""
    try:
        return act()
    except KeyboardInterrupt:
        say("composelint: interrupted")
    except Exception as error:
        failure = failure_of(error)
        if failure is not None:
            failure.show()
        elif "--debug" in sys.argv:
            raise
        else:
            say(
                f"composelint: internal error: {type(error).__name__}: {error}\n"
                "This is a defect of composelint. Please report it with the output of the same "
                "command with --debug."
            )
    return EXIT_FAILURE


def failure_of(error: Exception) -> Failure | None:
    """The failure for an error in the options, the configuration or the files; None for others."""
    if isinstance(error, Failure):
        return error
    if not isinstance(error, ValueError | OSError):
        return None
    from ..config.errors import ConfigError
    from ..engine.workspace import UnknownKind
    from ..files.discovery import MissingPath
    from ..rulebook.registry import UnknownSelector

    if isinstance(error, MissingPath):
        from .missing import missing_path

        return Failure(missing_path(error.args[0]))
    if isinstance(error, UnknownKind):
        kinds = "neither a Compose file, a Dockerfile, an ignore file nor an env file"
        return Failure(f"{error.args[0]}: {kinds}")
    if isinstance(error, UnknownSelector | ConfigError):
        return Failure(str(error))
    from ..files.archive import ArchiveError
    from ..files.git_tree import StateError

    return Failure(str(error)) if isinstance(error, StateError | ArchiveError) else None
