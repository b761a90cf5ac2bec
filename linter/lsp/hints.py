"""Inlay hints and code lenses, as ``insight/hints.py`` knows them."""

from __future__ import annotations

from lsprotocol import types

from ..files.content import kind_in
from ..files.kinds import COMPOSE
from ..insight.hints import hints, lenses

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from ..insight.hints import Lens
    from .documents import Document
    from .server import Server
    from .view import View


SHOW_FINDINGS, SHOW_BUDGET = "composelint.showFindings", "composelint.showBudget"
"""Commands that a client may have: it says so in ``commands`` of its initialization options. They
are given the URI of the file and a position."""


def register(server: Server) -> None:
    """Answer requests for hints and lenses, and ask the client to renew them."""

    has: set[str] = set()

    def begin(params: types.InitializeParams) -> None:
        options = params.initialization_options
        names = options.get("commands") if isinstance(options, dict) else None
        if isinstance(names, list | tuple):
            has.update(name for name in names if isinstance(name, str))

    server.on_initialize.append(begin)

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
            types.CodeLens(view.range(lens.span), _command(view, lens, has))
            for lens in lenses(view.project, view.part.result, view.path)
        ]

    def renew(documents: Mapping[str, Document]) -> None:
        # What is shown in one file depends on the others.
        if len(documents) > 1:
            server.call(_refresh, server)

    server.after_work.append(renew)


def _command(view: View, lens: Lens, has: set[str]) -> types.Command:
    """What a lens does when it is clicked, if the client has a command for it."""
    name = SHOW_FINDINGS if lens.findings else SHOW_BUDGET
    if name not in has:
        return types.Command(lens.title, "")
    span = lens.findings[0].span if lens.findings else lens.span
    start = view.range(span).start
    place = {"line": start.line, "character": start.character}
    return types.Command(lens.title, name, arguments=[view.uri(view.path), place])


def _refresh(server: Server) -> None:
    """Ask the client for requests anew."""
    workspace = server.client_capabilities.workspace
    if workspace is None:
        return
    if workspace.inlay_hint is not None and workspace.inlay_hint.refresh_support:
        server.ask_client(types.WORKSPACE_INLAY_HINT_REFRESH)
    if workspace.code_lens is not None and workspace.code_lens.refresh_support:
        server.ask_client(types.WORKSPACE_CODE_LENS_REFRESH)
