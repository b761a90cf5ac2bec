"""Pictures of small stacks."""

from __future__ import annotations

from composelint.linter.config.options import Options
from composelint.linter.engine.run import check_project
from composelint.linter.engine.workspace import open_texts
from composelint.linter.graph.model import Graph, describe


def graph_of(text: str | dict[str, str], **options: str) -> Graph:
    """The description of a stack."""
    texts = {"compose.yaml": text} if isinstance(text, str) else text
    workspace = open_texts(
        {path: each.encode() for path, each in texts.items()},
        Options(isolated=True, no_cache=True, **options),
    )
    (group,) = workspace.groups
    result, project = check_project(group.files, group.settings, workspace.texts)
    return describe(project.stacks[0], result)
