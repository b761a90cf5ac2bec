"""``--watch``: lint again whenever a file changes."""

from __future__ import annotations

import os
import time

import click

from ..files.disk import DISK
from ..files.kinds import CONFIG_FILES
from .console import OutputFailure, failure_of, is_terminal, tell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from ..config.options import Options
    from ..engine.workspace import Workspace

INTERVAL = 0.5
"""Seconds between two checks of the files."""

_Stamp = dict[str, tuple[int, int]]


def watch(
    options: Options,
    open_files: Callable[[], Workspace],
    run: Callable[[Workspace], Iterable[str]],
) -> None:
    """Run, and run again whenever a file that a run read has changed, until interrupted.

    ``open_files`` finds the files anew; ``run`` lints, reports, and returns the paths that it
    read.
    """
    try:
        while True:
            if is_terminal() and options.output_file is None:
                click.clear()
            read: set[str] = set()
            try:
                workspace = open_files()
                before = _stamps(_watched(workspace, read))
                read.update(run(workspace))
                # What was written while the linter read counts as a change, too.
                before = {**_stamps(read - before.keys()), **before}
            except OutputFailure:
                raise
            except Exception as error:
                # Errors in a configuration are corrected while watching.
                failure = failure_of(error)
                if failure is None:
                    raise
                failure.show()
                before = _stamps(_everything_near())
            if not options.quiet:
                tell(f"{time.strftime('%H:%M:%S')}: watching for changes; Ctrl-C ends it")
            now = before
            while now == before:
                time.sleep(INTERVAL)
                try:
                    paths = _watched(open_files(), read)
                except Exception as error:
                    if failure_of(error) is None:
                        raise
                    paths = _everything_near()
                now = _stamps({*paths, *before})
    except KeyboardInterrupt:
        return


def _watched(workspace: Workspace, read: Iterable[str]) -> set[str]:
    """The files to lint, what was read for them, the configurations, and their own rules."""
    paths = workspace.linted | set(read) | set(CONFIG_FILES)
    for group in workspace.groups:
        origins = (origin for setting in group.config.settings for origin in setting.origins)
        paths.update((group.config.path, *(origin.path for origin in origins)))
        paths.update(policy.origin.path for policy in group.config.policies)
        paths.update(filter(os.path.isabs, group.config.plugins))
    return paths


def _everything_near() -> set[str]:
    """The configurations and all files of the working folder."""
    return {*CONFIG_FILES, *(name for name, _ in DISK.entries("."))}


def _stamps(paths: Iterable[str]) -> _Stamp:
    """The time and the size of each file."""
    return {path: DISK.stamp(path) for path in paths}
