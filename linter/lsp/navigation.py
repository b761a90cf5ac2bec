"""Definitions, references, highlights, links and renames, as ``insight/`` knows them."""

from __future__ import annotations

from lsprotocol import types
from pygls.exceptions import JsonRpcException

from ..insight.names import definitions, highlights, links_of, names_of, references
from ..insight.places import KINDS
from ..insight.rename import Refusal, prepare_rename, rename
from .edits import workspace_edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span
    from .server import Server
    from .view import View

_SHOWN = 5
"""How many places a message names that may mean what was renamed."""


def register(server: Server) -> None:
    """Answer requests about names and links."""

    @server.answers(types.TEXT_DOCUMENT_DEFINITION)
    def definition(view: View, params: types.DefinitionParams) -> list[types.Location]:
        found = definitions(view.project, view.path, view.offset(params.position))
        return [view.location(span) for span in found]

    @server.answers(types.TEXT_DOCUMENT_REFERENCES)
    def references_(view: View, params: types.ReferenceParams) -> list[types.Location]:
        found = references(
            view.project,
            view.path,
            view.offset(params.position),
            params.context.include_declaration,
        )
        return [view.location(span) for span in found]

    @server.answers(types.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    def highlight(
        view: View, params: types.DocumentHighlightParams
    ) -> list[types.DocumentHighlight]:
        kinds = types.DocumentHighlightKind
        found = highlights(view.project, view.path, view.offset(params.position))
        return [
            types.DocumentHighlight(view.range(span), kinds.Write if defines else kinds.Read)
            for span, defines in found
        ]

    @server.answers(types.TEXT_DOCUMENT_DOCUMENT_LINK, types.DocumentLinkOptions())
    def links(view: View, params: types.DocumentLinkParams) -> list[types.DocumentLink]:
        reader = view.project.reader
        text = view.client.text_document
        can = text.document_link if text is not None else None
        has_tooltips = can is not None and can.tooltip_support
        return [
            types.DocumentLink(
                view.range(link.span),
                link.url or view.uri(link.path),
                (link.url or link.path) if has_tooltips else None,
            )
            for link in links_of(view.project, view.path)
            if link.url or reader.kind(link.path) == "file"
        ]

    @server.answers(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare(
        view: View, params: types.PrepareRenameParams
    ) -> types.PrepareRenamePlaceholder | None:
        offset = view.offset(params.position)
        if not names_of(view.project).at(view.path, offset):
            return None
        span = prepare_rename(view.project, view.path, offset)
        if isinstance(span, Refusal):
            raise _refused(span)
        return types.PrepareRenamePlaceholder(view.range(span), span.text)

    @server.answers(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    def rename_(view: View, params: types.RenameParams) -> types.WorkspaceEdit:
        offset = view.offset(params.position)
        result = rename(view.project, view.path, offset, params.new_name)
        if isinstance(result, Refusal):
            raise _refused(result)
        notes = [f"{loss[:1].upper()}{loss[1:]}" for loss in result.losses]
        if result.unsure:
            what = f'{KINDS[result.kind]} "{result.old}"'
            notes.append(f"May mean the {what}, too: {_listed(result.unsure)}")
        if notes:
            server.call(server.tell, ". ".join(notes))
        return workspace_edit(view, result.edits)


def _refused(refusal: Refusal) -> JsonRpcException:
    """The answer to a rename that is not possible; clients show its message."""
    reason = refusal.reason[:1].upper() + refusal.reason[1:]
    return JsonRpcException(reason, types.LSPErrorCodes.RequestFailed.value)


def _listed(spans: tuple[Span, ...]) -> str:
    """The lines of some places."""
    lines = dict.fromkeys(f"{span.file.path}:{span.file.line_of(span.start)}" for span in spans)
    shown = list(lines)[:_SHOWN]
    more = len(lines) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more else "")
