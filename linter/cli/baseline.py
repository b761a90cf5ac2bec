"""``composelint baseline``: records the current findings, so that only new ones are reported."""

from __future__ import annotations

import os

import click

from ..base.names import BASELINE_FILE
from ..base.wording import plural
from ..engine.workspace import open_workspace
from ..files.disk import DISK
from ..files.paths import seen_from
from .common import CONFIG, FILES, RULES, Verb, declared
from .console import Failure, write
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


@click.command(
    "baseline", cls=Verb, short_help="Record today's findings; later runs report new ones."
)
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path(allow_dash=True))
@click.option(
    "-o",
    "--output-file",
    metavar="FILE",
    type=click.Path(dir_okay=False),
    help=f"The file to write; {BASELINE_FILE} by default.",
)
@declared(*RULES, *FILES, *CONFIG)
def baseline(paths: tuple[str, ...], output_file: str | None, **given: Any) -> None:
    """Write all findings of today to a baseline, so that only new ones are reported.

    With PATHs only what the baseline has about those files is written anew.
    """
    from ..suppression.baseline import write_baseline

    workspace = open_workspace(paths, options_of(given))
    result = workspace.check()
    if result.failed or result.unread:
        raise Failure("the run failed, so nothing was written; see composelint check")
    path = output_file or workspace.baseline_path()
    if path is None:
        path = seen_from(".", os.path.join(workspace.home, BASELINE_FILE))
    covers_all = not paths and DISK.real(workspace.home) == DISK.real(".")
    try:
        written = write_baseline(
            result,
            path,
            linted=None if covers_all else workspace.linted,
            locked=workspace.is_locked,
        )
    except OSError as error:
        raise Failure(f"{path}: {error.strerror or error}") from None
    changes = f"{written.added:,} new, {written.removed:,} gone"
    write(f"{path}: {plural(written.total, 'finding')} ({changes})\n")
