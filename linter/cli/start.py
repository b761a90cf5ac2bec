"""The console script.

Most calls name files and a few plain options. Loading Click for them would take as long as
linting a file, so they are read here; everything else (help, other verbs, values that have to be
checked, errors) is parsed by Click. ``tests/cli/test_start.py`` compares both.
"""

from __future__ import annotations

import gc
import os
import sys

from .own_modules import find_own_modules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any


def main() -> None:
    """Run the program, and exit."""
    # Most objects live until the end: looking for garbage after every 700 of them takes a tenth
    # of the time. With this threshold a large run takes a few MiB more.
    gc.set_threshold(200_000)
    find_own_modules()
    plain = None if _needs_click() else read(sys.argv[1:])
    if plain is None:
        from .main import main as main_by_click

        main_by_click()
        return
    from ..base import patterns
    from .checking import run
    from .console import guarded, open_streams
    from .options import options_of

    patterns.alone = True
    open_streams()
    paths, given = plain
    code = guarded(lambda: run(paths, options_of(given)))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # The stream is closed.
    # Freeing all objects would take time, and nothing needs it.
    os._exit(code)


def _needs_click() -> bool:
    """Whether environment variables set options, or a shell asks for completions."""
    return any(name.startswith(("COMPOSELINT_", "_COMPOSELINT_")) for name in os.environ)


def read(argv: Sequence[str]) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    """The paths of a plain call and its options, as Click would read them; None for other calls."""
    from ..config.options import FLAG, LIST, OPTIONS
    from . import VERBS

    args = list(argv)
    if args and args[0] in VERBS and args.pop(0) != "check":
        return None
    by_name = {name: option for option in OPTIONS.values() for name in option.names}
    given: dict[str, Any] = {}
    paths: list[str] = []
    rest = iter(args)
    for arg in rest:
        if not arg.startswith("-") or arg == "-":
            paths.append(arg)
            continue
        name, sign, value = arg.partition("=")
        option = by_name.get(name)
        if option is None or not option.is_plain:
            return None
        if option.kind == FLAG:
            if sign:
                return None
            given[option.attribute] = True
            continue
        if not sign:
            value = next(rest, "-")
            # Whether this is an option or a value is left to Click.
            if value.startswith("-"):
                return None
        if option.choices and value not in option.choices:
            return None
        if option.kind == LIST:
            given[option.attribute] = (*given.get(option.attribute, ()), value)
        else:
            given[option.attribute] = value
    return tuple(paths), given
