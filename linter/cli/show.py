"""``--show-files`` and ``--show-settings``: the files and settings of a run, without the run."""

from __future__ import annotations

from ..base.escape import visible
from ..files.kinds import FOLDER, TEMPLATE, UNKNOWN
from .console import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from ..engine.workspace import Workspace


def show(workspace: Workspace, options: Options) -> None:
    """Write the files, one a line, or the settings with their files."""
    if options.show_settings:
        write(_settings(workspace))
    else:
        not_linted = (FOLDER, TEMPLATE, UNKNOWN)
        paths = [file.path for file in workspace.files if file.kind not in not_linted]
        write("".join(f"{visible(path)}\n" for path in paths), options.output_file)


def _settings(workspace: Workspace) -> str:
    from ..config.render import render_config

    parts = []
    for group in workspace.groups:
        files = "".join(f"#   {visible(file.path)}\n" for file in group.files)
        parts.append(f"{render_config(group.config)}# files:\n{files}")
    return "\n".join(parts)
