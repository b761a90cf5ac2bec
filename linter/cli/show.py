"""``--show-files`` and ``--show-settings``: what a run would look at, without a run."""

from __future__ import annotations

from ..base.escape import visible
from .console import write

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..config.options import Options
    from ..engine.workspace import Workspace


def show(workspace: Workspace, options: Options) -> None:
    """Print the files, one a line, or the settings with the files that they hold for."""
    if options.show_settings:
        write(_settings(workspace))
    else:
        write("".join(f"{visible(item.path)}\n" for item in workspace.files), options.output_file)


def _settings(workspace: Workspace) -> str:
    from ..config.render import render_config

    parts = []
    for group in workspace.groups:
        files = "".join(f"#   {visible(item.path)}\n" for item in group.files)
        parts.append(f"{render_config(group.config)}# files:\n{files}")
    return "\n".join(parts)
