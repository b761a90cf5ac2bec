"""Formatting: what ``composelint format`` makes of a file."""

from __future__ import annotations

from lsprotocol import types

from ..engine.workspace import Group, Workspace
from ..files.discovery import InputFile
from ..files.kinds import kind_of_named
from ..fixing.formatting import format_workspace
from .edits import difference, text_edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .server import Server
    from .view import View


def formatted(view: View, params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
    """The edits that format a file; none for one that cannot be read."""
    source = view.source
    kind = next((each.kind for each in view.part.files if each.path == view.path), None)
    kind = kind or kind_of_named(view.path)
    if source is None or kind is None:
        return None
    part = view.part
    group = Group(part.settings, (InputFile(view.path, kind, True),))
    workspace = Workspace([group], part.settings.config, part.workspace.options)
    text = source.text
    for outcome in format_workspace(workspace).outcomes:
        text = outcome.after.get(view.path, text)
    return [text_edit(view, edit) for edit in difference(source, text)]


def register(server: Server) -> None:
    """Offer formatting."""
    server.answers(types.TEXT_DOCUMENT_FORMATTING, types.DocumentFormattingOptions())(formatted)
