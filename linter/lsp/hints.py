"""Inlay hints and code lenses, as ``insight/hints.py`` knows them."""

from __future__ import annotations

from lsprotocol import types

from ..files.content import kind_in
from ..files.kinds import COMPOSE
from ..insight.hints import hints, lenses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from .documents import Document
    from .server import Server
    from .view import View


def register(server: Server) -> None:
    """Answer requests for hints and lenses, and ask the client to renew them."""

    @server.answers(types.TEXT_DOCUMENT_INLAY_HINT)
    def inlay_hints(view: View, params: types.InlayHintParams) -> list[types.InlayHint]:
        source = view.source
        if source is None or kind_in(view.path, source.text) != COMPOSE:
            return []
        start, end = view.span(params.range)
        return [
            types.InlayHint(
                view.range_of(source, hint.offset, hint.offset).start,
                hint.label,
                tooltip=hint.tooltip or None,
                padding_left=True,
            )
            for hint in hints(view.project, view.path, start, end)
        ]

    @server.answers(types.TEXT_DOCUMENT_CODE_LENS)
    def code_lenses(view: View, params: types.CodeLensParams) -> list[types.CodeLens]:
        source = view.source
        if source is None or kind_in(view.path, source.text) != COMPOSE:
            return []
        return [
            types.CodeLens(view.range(lens.span), types.Command(lens.title, ""))
            for lens in lenses(view.project, view.part.result, view.path)
        ]

    def renew(documents: Mapping[str, Document]) -> None:
        # What is shown in one file depends on the others.
        if len(documents) > 1:
            server.call(_refresh, server)

    server.after_work.append(renew)


def _refresh(server: Server) -> None:
    """Ask the client for requests anew."""
    workspace = server.client_capabilities.workspace
    if workspace is None:
        return
    if workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
        server.ask_client(types.WORKSPACE_INLAY_HINT_REFRESH)
    if workspace.code_lens is not None and workspace.code_lens.refresh_support:
        server.ask_client(types.WORKSPACE_CODE_LENS_REFRESH)
