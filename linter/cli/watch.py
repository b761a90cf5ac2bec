"""``--watch``: lint again whenever a file changes."""

from __future__ import annotations

import time

import click

from ..files.disk import DISK
from ..files.kinds import CONFIG_FILES
from .console import Failure, is_terminal, tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..config.options import Options
    from ..engine.workspace import Workspace

INTERVAL = 0.5
"""Seconds between two looks at the files."""

_Stamp = dict[str, tuple[int, int]]


def watch(
    options: Options,
    look: Callable[[], Workspace],
    run: Callable[[Workspace], Iterable[str]],
) -> None:
    """Run, and run again whenever what a run read has changed, until interrupted.

    ``look`` finds the files anew; ``run`` lints, reports, and tells the paths that it read.
    """
    try:
        while True:
            if is_terminal() and options.output_file is None:
                click.clear()
            read: set[str] = set()
            try:
                workspace = look()
                before = _stamps(_watched(workspace, read))
                read.update(run(workspace))
                # What was written while the linter read counts as a change, too.
                before = {**_stamps(read - before.keys()), **before}
            except Failure as failure:
                # A slip in a configuration is mended while watching.
                failure.show()
                before = _stamps(_everything_near())
            if not options.quiet:
                tell(f"{time.strftime('%H:%M:%S')}: watching for changes; Ctrl-C ends it")
            while True:
                time.sleep(INTERVAL)
                try:
                    now = _stamps({*_watched(look(), read), *before})
                except Failure:
                    now = _stamps({*_everything_near(), *before})
                if now != before:
                    break
    except KeyboardInterrupt:
        return


def _watched(workspace: Workspace, read: Iterable[str]) -> set[str]:
    """The files to lint, those read beside them, and the configurations."""
    paths = {item.path for item in workspace.files} | set(read) | set(CONFIG_FILES)
    for group in workspace.groups:
        origins = (origin for item in group.config.settings for origin in item.origins)
        paths.update((group.config.path, *(origin.path for origin in origins)))
    return paths


def _everything_near() -> set[str]:
    return {*CONFIG_FILES, *(name for name, _ in DISK.entries("."))}


def _stamps(paths: Iterable[str]) -> _Stamp:
    """When each file was changed and how large it is."""
    return {path: DISK.stamp(path) for path in paths}
