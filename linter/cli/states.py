"""``--at``, ``--archive``, ``--since`` and ``--staged``: what they cannot be combined with."""

from __future__ import annotations

from .console import Failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options


def check_options(paths: tuple[str, ...], options: Options) -> None:
    """Raise ``Failure`` for options that do not go together."""
    given = {
        "--since": options.since is not None,
        "--staged": options.staged,
        "--archive": options.archive is not None,
    }
    names = [name for name, is_given in given.items() if is_given]
    if len(names) > 1:
        raise Failure(f"{names[0]} and {names[1]} do not go together: each names what is compared")
    if options.at is not None and (options.staged or options.archive is not None):
        raise Failure(f"--at and {names[0]} do not go together: each says what is linted")
    name = names[0] if names else "--at"
    if options.fixed and not (options.staged or options.since is not None):
        raise Failure("--fixed goes with --since or --staged")
    if "-" in paths:
        raise Failure(f"{name} reads files, not standard input")
    writes = {
        "--fix": options.fix,
        "--fix-only": options.fix_only,
        "--add-ignores": options.add_ignores is not None,
        "--watch": options.watch,
    }
    if options.staged or (options.since is not None and options.at is None):
        del writes["--fix"], writes["--fix-only"]
    for other, is_given in writes.items():
        if is_given:
            raise Failure(f"{name} changes and watches no files: leave {other} out")
