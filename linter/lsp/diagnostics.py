"""Diagnostics: sent as soon as they are known, each file's with the version that they are about."""

from __future__ import annotations

from .findings import diagnostics_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from .documents import Document
    from .server import Server
    from .session import Part


def register(server: Server) -> None:
    """Publish the findings of each part that is linted."""
    published: dict[str, tuple[int | None, list[dict[str, Any]]]] = {}

    def publish(uri: str, path: str, rows: list[dict[str, Any]], documents: Any) -> None:
        if not server.is_current(path, documents):
            return  # What follows is about the newer text.
        document = documents.get(path)
        version = document.version if document is not None else None
        if published.get(uri, (None, [])) == (version, rows):
            return
        published[uri] = version, rows
        params: dict[str, Any] = {"uri": uri, "diagnostics": rows}
        if version is not None:
            params["version"] = version
        server.protocol.send_plain("textDocument/publishDiagnostics", params)

    def checked(part: Part, documents: Mapping[str, Document]) -> None:
        view = server.view(part, part.paths[0], documents)
        for path, rows in diagnostics_of(view, part).items():
            server.call(publish, view.uri(path), path, rows, documents)

    server.after_check.append(checked)
