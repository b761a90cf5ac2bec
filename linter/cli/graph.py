"""``composelint graph``: a stack as a picture."""

from __future__ import annotations

import os
import re
import sys

import click

from ..config.options import OPTIONS
from .common import CONFIG, LINTED, RULES, Choice, Verb, completed, declared
from .console import EXIT_CLEAN, Failure, write
from .options import options_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..config.options import Options
    from ..graph.model import Graph

_ENDINGS = {"svg": "svg", "mermaid": "mmd", "dot": "dot", "json": "json"}
"""How the files of each format end."""


@click.command("graph", cls=Verb, short_help="Draw a stack as a picture.")
@click.argument("paths", nargs=-1, metavar="[PATH]...", type=click.Path())
@click.option(
    "--output-format",
    "--format",
    type=Choice(list(_ENDINGS)),
    default="svg",
    show_default=True,
    help="The format of the picture.",
)
@click.option(
    "-o",
    "--output-file",
    metavar="FILE|FOLDER",
    shell_complete=completed,
    help="Write the picture to a file, or one for each stack into a folder.",
)
@declared(
    *RULES,
    *LINTED,
    *(OPTIONS[name] for name in ("baseline", "no_baseline", "show_secrets")),
    *CONFIG,
)
def graph(
    paths: tuple[str, ...], output_format: str, output_file: str | None, **given: Any
) -> None:
    """Draw each stack: services, networks, ports, volumes, what depends on and talks to what.

    Each box shows its gravest finding. SVG needs the extra: pip install 'composelint[graph]'. The
    text of the other formats is for Graphviz, Mermaid and programs. Several stacks are several
    pictures, below each other; if -o is a folder, a file each.
    """
    graphs = _graphs(paths, options_of(given))
    if not graphs:
        raise Failure("no stack found: name a Compose file, or a folder with one")
    from ..files.disk import DISK

    if output_file is not None and (
        output_file.endswith(("/", os.sep)) or DISK.kind(output_file) == "folder"
    ):
        names: dict[str, int] = {}
        _make_folder(output_file)
        for each in graphs:
            name = _file_name(each, names)
            path = os.path.join(output_file, f"{name}.{_ENDINGS[output_format]}")
            write(_rendered([each], output_format), path)
    else:
        write(_rendered(graphs, output_format), output_file)
    sys.exit(EXIT_CLEAN)


def _make_folder(path: str) -> None:
    from ..files.write import WriteError, make_folder

    try:
        make_folder(path)
    except WriteError as error:
        raise Failure(str(error)) from None


def _graphs(paths: Sequence[str], options: Options) -> list[Graph]:
    """The descriptions of the stacks under some paths, with their findings.

    Raises:
        Failure: if errors leave no stack.
    """
    from ..base.escape import visible
    from ..engine.run import check_project
    from ..engine.workspace import open_workspace
    from ..graph.model import describe
    from ..report import masks_of
    from ..result import merged
    from ..rule import Severity
    from .outcome import apply_baseline

    workspace = open_workspace(paths, options)
    checked = [check_project(group.files, group.settings) for group in workspace.groups]
    if not checked:
        return []
    result = merged([result for result, _ in checked])
    apply_baseline(result, workspace, options)
    masks = None if options.show_secrets else masks_of([result])
    hide = None
    if masks is not None:
        from ..report.masking import masked

        result, hide = masked(result, masks), masks.text
    graphs = [
        describe(stack, result, hide=hide)
        for _, project in checked
        for stack in project.stacks
        if stack.services
    ]
    errors = [finding for finding in result.reported if finding.severity is Severity.ERROR]
    if errors and not graphs:
        first = errors[0]
        place = f"{visible(first.path)}:{first.start.line}:{first.start.column}"
        raise Failure(f"no stack can be drawn: {place}: {visible(first.message)}")
    return graphs


def _rendered(graphs: Sequence[Graph], output_format: str) -> str:
    """The pictures in a format.

    Raises:
        Failure: if they cannot be laid out.
    """
    if output_format == "json":
        from ..graph.data import to_json

        return to_json(graphs)
    from ..graph.drawing import draw

    drawings = [draw(each) for each in graphs]
    if output_format == "mermaid":
        from ..graph.mermaid import to_mermaid

        return to_mermaid(drawings)
    from ..graph.dot import to_dot

    texts = [to_dot(drawing) for drawing in drawings]
    if output_format == "dot":
        return "".join(texts)
    from ..graph.layout import LayoutError, lay_out
    from ..graph.svg import dressed, stacked

    try:
        pictures = [
            dressed(lay_out(text), drawing, prefix=f"graph{number or ''}", style=len(texts) == 1)
            for number, (text, drawing) in enumerate(zip(texts, drawings, strict=True))
        ]
        return stacked(pictures)
    except LayoutError as error:
        raise Failure(f"{error} (mermaid, dot and json are written without it)") from None


def _file_name(graph: Graph, names: dict[str, int]) -> str:
    """The name for a stack's file, which no other stack of the call has."""
    name = re.sub(r"[^\w.-]+", "-", graph.name.replace("../", "")).strip("-.")[:100] or "stack"
    names[name] = names.get(name, 0) + 1
    return name if names[name] == 1 else f"{name}-{names[name]}"
