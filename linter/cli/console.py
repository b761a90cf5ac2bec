"""What the verbs of the command line share: exit codes, errors, where output goes.

Nothing here needs Click, which takes longer to load than a small file to lint.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from typing import Any

    from ..engine.workspace import Request

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_FAILURE = 2


class Failure(Exception):
    """A problem with the command line, the configuration or the environment: exit code 2."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def show(self) -> None:
        """Tell the person at the terminal."""
        for line in self.message.split("\n"):
            tell(line)


def names(values: Sequence[str]) -> tuple[str, ...]:
    """The items of repeatable options that take lists with commas."""
    return tuple(name.strip() for value in values for name in value.split(",") if name.strip())


def optional(values: Sequence[str]) -> tuple[str, ...] | None:
    """Like ``names``; None where the option was not given."""
    return names(values) if values else None


def tell(message: str) -> None:
    """Say something to the person at the terminal; standard output is for reports."""
    from ..base.escape import visible

    say(f"composelint: {visible(message)}")


def say(text: str) -> None:
    """Write a line to standard error, as it is."""
    write_bytes(f"{text}\n".encode("utf-8", "backslashreplace"), to_stderr=True)


def wants_color(choice: str, stream: Any = None) -> bool:
    """Flag, then NO_COLOR, FORCE_COLOR, TERM=dumb, and whether a terminal listens."""
    if choice != "auto":
        return choice == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return is_terminal(stream)


def is_terminal(stream: Any = None) -> bool:
    """Whether a stream (standard output by default) is a terminal that obeys escapes."""
    stream = sys.stdout if stream is None else stream
    return os.environ.get("TERM") != "dumb" and bool(stream.isatty())


def write(text: str, path: str | None = None, *, to_stderr: bool = False) -> None:
    """Write a report to a file, to standard output, or to standard error.

    Raises:
        Failure: where the file cannot be written.
    """
    if path is not None:
        try:
            with open(path, "w", encoding="utf-8", newline="\n", errors="backslashreplace") as file:
                file.write(text)
        except OSError as error:
            raise Failure(f"{path}: {error.strerror}") from None
        return
    write_bytes(text.encode("utf-8", "backslashreplace"), to_stderr=to_stderr)


def write_bytes(data: bytes, *, to_stderr: bool = False) -> None:
    """Write to standard output or error; a reader that has gone is no mistake."""
    stream = sys.stderr if to_stderr else sys.stdout
    try:
        stream.buffer.write(data)
        stream.buffer.flush()
    except BrokenPipeError:
        # The reader has seen enough; the verdict stays the exit code.
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def guarded(act: Callable[[], int]) -> int:
    """The exit code of a whole call, whatever comes in between."""
    try:
        return act()
    except Failure as failure:
        failure.show()
    except KeyboardInterrupt:
        say("composelint: interrupted")
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        say(
            f"composelint: internal error: {type(error).__name__}: {error}\n"
            "This is a defect of composelint. Please report it with the output of the same "
            "command with --debug."
        )
    return EXIT_FAILURE


@contextmanager
def expected_errors() -> Iterator[None]:
    """Turns the mistakes of people into lines on standard error and exit code 2."""
    try:
        yield
    except (ValueError, OSError) as error:
        from ..config.document import ConfigError
        from ..engine.workspace import UnknownKind
        from ..files.discovery import MissingPath
        from ..rulebook.registry import UnknownSelector

        if isinstance(error, MissingPath):
            raise Failure(f"{error.args[0]}: no such file or folder") from None
        if isinstance(error, UnknownKind):
            raise Failure(
                f"{error.args[0]}: neither a Compose file, a Dockerfile, an ignore file nor an env file"
            ) from None
        if isinstance(error, (UnknownSelector, ConfigError)):
            raise Failure(str(error)) from None
        raise


def request_of(options: dict[str, Any]) -> Request:
    """The options of the command line that say what to lint and how, as a request."""
    from ..engine.workspace import Request

    path, overrides = split_configs(options["configs"])
    return Request(
        config=path,
        isolated=options["isolated"],
        overrides=overrides,
        preset=options["preset"],
        select=optional(options["select"]),
        extend_select=names(options["extend_select"]),
        ignore=names(options["ignore"]),
        fixable=optional(options.get("fixable", ())),
        unfixable=names(options.get("unfixable", ())),
        exclude=optional(options["exclude"]),
        extend_exclude=names(options["extend_exclude"]),
        force_exclude=options["force_exclude"],
        respect_gitignore=options["respect_gitignore"],
        inline_ignores=options["inline_ignores"],
        stacks=tuple(options["stacks"]),
        profiles=tuple(options["profiles"]),
        env_files=tuple(options["env_files"]),
        use_environment=options["use_environment"],
        jobs=options["jobs"],
        cache=not options["no_cache"],
        cache_dir=options["cache_dir"],
        debug=options.get("debug", False),
    )


def split_configs(values: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """What ``--config`` was given: a file, and single settings.

    Raises:
        Failure: for a second file.
    """
    from ..files.disk import DISK

    overrides = tuple(value for value in values if "=" in value and DISK.kind(value) == "missing")
    files = [value for value in values if value not in overrides]
    if len(files) > 1:
        raise Failure(f"--config takes one file, and {files[0]} is it; {files[1]} is another")
    return (files[0] if files else None), overrides
