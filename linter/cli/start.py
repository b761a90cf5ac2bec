"""Where the console script begins.

The usual call names files and a few plain options. For those, loading Click would take
as long as the linting of a file, so they are read here; anything else (help, other verbs,
slips) goes the whole way. ``tests/cli`` holds both ways against each other.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

DEFAULTS: dict[str, Any] = {
    "select": (),
    "extend_select": (),
    "ignore": (),
    "preset": None,
    "stacks": (),
    "profiles": (),
    "env_files": (),
    "use_environment": False,
    "exclude": (),
    "extend_exclude": (),
    "force_exclude": False,
    "respect_gitignore": None,
    "inline_ignores": None,
    "jobs": 0,
    "no_cache": False,
    "cache_dir": None,
    "configs": (),
    "isolated": False,
    "fix": False,
    "unsafe_fixes": False,
    "diff": False,
    "fix_only": False,
    "show_fixes": False,
    "fixable": (),
    "unfixable": (),
    "exit_non_zero_on_fix": False,
    "add_ignores": None,
    "baseline": None,
    "no_baseline": False,
    "output_format": None,
    "output_file": None,
    "reports": (),
    "statistics": False,
    "show_suppressed": False,
    "show_secrets": False,
    "fail_on": None,
    "exit_zero": False,
    "watch": False,
    "show_files": False,
    "show_settings": False,
    "stdin_filename": None,
    "color": "auto",
    "quiet": False,
    "verbose": False,
    "debug": False,
}
"""The options of ``composelint check`` as they are where none is given."""

FLAGS = {
    "--no-cache": "no_cache",
    "--isolated": "isolated",
    "--exit-zero": "exit_zero",
    "--quiet": "quiet",
    "-q": "quiet",
    "--verbose": "verbose",
    "-v": "verbose",
}
"""Options without a value that are read here."""

LISTS = {
    "--select": "select",
    "--extend-select": "extend_select",
    "--ignore": "ignore",
}
"""Options that may come again, with a value."""

VALUES = {
    "--preset": "preset",
    "--cache-dir": "cache_dir",
    "--stdin-filename": "stdin_filename",
}
"""Options with any value."""

CHOICES: dict[str, tuple[str, tuple[str, ...]]] = {
    "--output-format": ("output_format", ("full", "concise", "json", "github", "sarif")),
    "--fail-on": ("fail_on", ("error", "warning", "info", "never")),
    "--color": ("color", ("auto", "always", "never")),
}
"""Options with one of these values; others are for Click to judge."""

VERBS = frozenset(("check", "rule", "rules", "config", "init", "baseline", "budget", "completions"))
"""What a first word means something else than a path for."""


def main() -> None:
    """The console script."""
    # What is made here mostly lives to the end: looking for garbage after every 700 objects
    # takes a tenth of the time. With this threshold a large run takes a few MiB more.
    gc.set_threshold(200_000)
    plain = None if _asks_for_click() else read(sys.argv[1:])
    if plain is None:
        from .main import main as whole

        whole()
        return
    from ..base import patterns
    from .checking import run
    from .console import guarded

    patterns.alone = True
    paths, options = plain
    code = guarded(lambda: run(paths, options))
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except (OSError, ValueError):
            continue  # Nobody reads it any more.
    # Taking everything down takes time, and there is nothing that would need it.
    os._exit(code)


def _asks_for_click() -> bool:
    """Whether variables speak to the options, or a shell asks for completions."""
    return any(name.startswith(("COMPOSELINT_", "_COMPOSELINT_")) for name in os.environ)


def read(argv: Sequence[str]) -> tuple[tuple[str, ...], dict[str, Any]] | None:
    """The paths and options of a plain call; None for any other."""
    args = list(argv)
    if args and args[0] in VERBS and args.pop(0) != "check":
        return None
    options = dict(DEFAULTS)
    paths: list[str] = []
    rest = iter(args)
    for arg in rest:
        if not arg.startswith("-") or arg == "-":
            paths.append(arg)
            continue
        if arg in FLAGS:
            options[FLAGS[arg]] = True
            continue
        name, sign, value = arg.partition("=")
        if name not in LISTS and name not in VALUES and name not in CHOICES:
            return None
        if not sign:
            value = next(rest, "-")
            # What looks like an option is a value only if Click says so.
            if value.startswith("-"):
                return None
        if name in LISTS:
            options[LISTS[name]] += (value,)
        elif name in VALUES:
            options[VALUES[name]] = value
        else:
            key, choices = CHOICES[name]
            if value not in choices:
                return None
            options[key] = value
    return tuple(paths), options
