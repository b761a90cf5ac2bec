"""What is shown about the place under the pointer, as ``insight/hover.py`` knows it."""

from __future__ import annotations

from lsprotocol import types

from ..files.content import kind_in
from ..insight.hover import hover as hover_at

TYPE_CHECKING = False
if TYPE_CHECKING:
    from .server import Server
    from .view import View


def register(server: Server) -> None:
    """Answer requests for what is shown about a place."""

    @server.answers(types.TEXT_DOCUMENT_HOVER)
    def hover(view: View, params: types.HoverParams) -> types.Hover | None:
        source = view.source
        kind = kind_in(view.path, source.text) if source is not None else None
        if kind is None:
            return None
        found = hover_at(kind, view.project, view.path, view.offset(params.position))
        if found is None:
            return None
        markup = types.MarkupContent(types.MarkupKind.Markdown, found.text)
        if not _takes_markdown(view):
            plain = found.text.replace("**", "").replace("```yaml\n", "").replace("```", "")
            markup = types.MarkupContent(types.MarkupKind.PlainText, plain.replace("`", ""))
        return types.Hover(markup, view.range(found.span))


def _takes_markdown(view: View) -> bool:
    text_document = view.client.text_document
    client = text_document.hover if text_document is not None else None
    formats = client.content_format if client is not None else None
    return not formats or types.MarkupKind.Markdown in formats
