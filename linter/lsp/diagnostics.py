"""Diagnostics: sent as soon as they are known, or given when the client asks.

Each is sent with the version of the text that it is about, and only while that is the newest.
A client that can ask is sent nothing, as it would show everything twice: it is told to ask again.
"""

from __future__ import annotations

import asyncio
from itertools import count

from lsprotocol import types

from ..base.records import NamedTuple
from .findings import row_of_fault, rows_of
from .untitled import is_untitled, rows_of_untitled
from .view import path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

    from .documents import Document
    from .findings import Row
    from .server import Server
    from .session import Part

    Documents = Mapping[str, Document]


class Rows(NamedTuple):
    """The diagnostics of a file; ``mark`` changes with them."""

    mark: str
    rows: list[Row]


_NONE = Rows("0", [])


class Board:
    """The newest diagnostics of all files. The worker writes them.

    Attributes:
        rows: those of each file that has, or had, some.
        changes: the number of changes so far.
    """

    def __init__(self) -> None:
        self.rows: dict[str, Rows] = {}
        self.changes = 0
        self._owner: dict[str, object] = {}
        self._marks = count(1)

    def write(self, owner: object, by_path: Mapping[str, list[Row]]) -> set[str]:
        """Take the diagnostics of all files that an owner answers for; returns what changed."""
        left = {path for path, each in self._owner.items() if each is owner} - by_path.keys()
        changed = {path for path in left if self._set(path, [])}
        for path in left:
            del self._owner[path]
        for path, rows in by_path.items():
            self._owner[path] = owner
            if self._set(path, rows):
                changed.add(path)
        return changed

    def keep(self, owners: Iterable[object]) -> set[str]:
        """Drop what belongs to others than these; returns the files that this changes."""
        kept = set(map(id, owners))
        gone = [path for path, owner in self._owner.items() if id(owner) not in kept]
        for path in gone:
            del self._owner[path]
        return {path for path in gone if self._set(path, [])}

    def _set(self, path: str, rows: list[Row]) -> bool:
        before = self.rows.get(path, _NONE)
        if before.rows == rows:
            return False
        self.changes += 1
        if rows:
            self.rows[path] = Rows(str(next(self._marks)), rows)
        else:
            self.rows.pop(path, None)
        return True


class Diagnostics:
    """Sends the diagnostics, or answers with them."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.board = Board()
        self._configurations = object()
        self._layout = -1
        self._sent: dict[str, tuple[int | None, list[Row]]] = {}
        self._unsent: set[str] = set()
        self._is_stale_elsewhere = False
        self._waiting: set[asyncio.Event] = set()
        # Of documents that were never saved: what they were linted as, and the diagnostics.
        self._untitled: dict[str, tuple[object, Rows]] = {}
        self._marks = count(1)

    @property
    def is_asked(self) -> bool:
        """Whether the client asks for diagnostics by itself, and again when it is told to.

        One that cannot be told would not see what a change of another file does.
        """
        text = self.server.client_capabilities.text_document
        workspace = self.server.client_capabilities.workspace
        can = workspace.diagnostics if workspace is not None else None
        is_told = can is not None and bool(can.refresh_support)
        return text is not None and text.diagnostic is not None and is_told

    def begin(self, params: types.InitializeParams) -> None:
        """Offer no answers to a client that is sent all diagnostics: it would show them twice."""
        text = params.capabilities.text_document
        if text is not None and text.diagnostic is not None and not self.is_asked:
            for method in (types.TEXT_DOCUMENT_DIAGNOSTIC, types.WORKSPACE_DIAGNOSTIC):
                self.server.protocol.fm.features.pop(method, None)

    # --- in the thread of the worker

    def part(self, part: Part, documents: Documents) -> None:
        """Take in the result of a part."""
        places = self.server.places(documents)
        changed = self.board.write(part, rows_of(part.result, places, part.paths))
        if not self.is_asked:
            changed.update(path for path in part.paths if path in documents)
        self._spread(changed, documents)

    def done(self, documents: Documents) -> None:
        """Everything is up to date: forget what is no longer linted."""
        session = self.server.session
        changed: set[str] = set()
        if self._layout != session.layout:
            self._layout = session.layout
            by_path: dict[str, list[Row]] = {}
            places = self.server.places(documents)
            for result in session.own:
                for path, rows in rows_of(result, places).items():
                    by_path.setdefault(path, []).extend(rows)
            errors = [each.error for each in session.problems]
            for error in (*errors, *session.baselines.problems.values()):
                for fault in error.faults:
                    by_path.setdefault(fault.path, []).append(row_of_fault(fault))
            pathless = by_path.pop("", [])
            if pathless:
                texts = dict.fromkeys(row["message"] for row in pathless)
                self.server.call(self.server.tell, "\n".join(texts))
            changed |= self.board.write(self._configurations, by_path)
        changed |= self.board.keep([*session.parts, self._configurations])
        self._spread(changed, documents)
        self._do_untitled()
        self.server.call(self._settle, documents)

    def _do_untitled(self) -> None:
        """Lint the documents that were never saved."""
        uris = dict(self.server.documents.by_uri)
        self._untitled = {uri: known for uri, known in self._untitled.items() if uri in uris}
        if self.is_asked:
            return
        for uri, document in uris.items():
            if is_untitled(document) or uri in self._untitled:
                rows = self._of_untitled(document).rows
                self.server.call(self._send_untitled, document, rows)

    def _of_untitled(self, document: Document) -> Rows:
        """The diagnostics of a document that was never saved."""
        session = self.server.session
        state = document, session.options, session.layout
        known = self._untitled.get(document.uri)
        if known is None or known[0] != state:
            rows = rows_of_untitled(document, session.options)
            known = self._untitled[document.uri] = state, Rows(f"u{next(self._marks)}", rows)
        return known[1]

    def _spread(self, paths: Iterable[str], documents: Documents) -> None:
        if self.is_asked:
            # Of the documents that it changes itself it asks anyway.
            if not self.server.edited.issuperset(paths):
                self._is_stale_elsewhere = True
            return
        for path in paths:
            rows = self.board.rows.get(path, _NONE).rows
            uri = self.server.places(documents).uri(path)
            self.server.call(self._send, uri, path, rows, documents)

    # --- in the thread that talks to the client

    def _send(self, uri: str, path: str, rows: list[Row], documents: Documents) -> None:
        if not self.server.is_current(path, documents):
            self._unsent.add(path)
            return  # What follows is about the newer text.
        document = documents.get(path)
        version = document.version if document is not None else None
        if self._sent.get(uri, (None, [])) == (version, rows):
            return
        if rows or version is not None:
            self._sent[uri] = version, rows
        else:
            self._sent.pop(uri, None)
        params: dict[str, Any] = {"uri": uri, "diagnostics": rows}
        if version is not None:
            params["version"] = version
        self.server.protocol.send_plain(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def _send_untitled(self, document: Document, rows: list[Row]) -> None:
        uri, version = document.uri, document.version
        known = self.server.documents.by_uri.get(uri) is document
        if known and self._sent.get(uri) != (version, rows):
            self._sent[uri] = version, rows
            params = {"uri": uri, "diagnostics": rows, "version": version}
            self.server.protocol.send_plain(types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS, params)

    def _settle(self, documents: Documents) -> None:
        """Let those go on who wait for news, and have the client ask again if it may not know."""
        if not self.is_asked:
            # What could not be sent; and a text may be as it was, under another version.
            places = self.server.places(documents)
            for path in {*documents, *self._unsent}:
                self._unsent.discard(path)
                rows = self.board.rows.get(path, _NONE).rows
                self._send(places.uri(path), path, rows, documents)
        for event in self._waiting:
            event.set()
        workspace = self.server.client_capabilities.workspace
        can = workspace.diagnostics if workspace is not None else None
        if self._is_stale_elsewhere and can is not None and can.refresh_support:
            self._is_stale_elsewhere = False
            self.server.ask_client(types.WORKSPACE_DIAGNOSTIC_REFRESH)

    async def of_document(self, params: types.DocumentDiagnosticParams) -> Row:
        """The diagnostics of one document."""
        path = path_of(params.text_document.uri)
        untitled = self.server.documents.by_uri.get(params.text_document.uri)

        def answer(documents: Documents) -> Rows:
            if path:
                self.server.current(path, documents)
            elif untitled is not None and is_untitled(untitled):
                return self._of_untitled(untitled)
            return self.board.rows.get(path, _NONE)

        found: Rows = await self.server.ask_worker(answer)
        return _report(found, params.previous_result_id)

    async def of_workspace(self, params: types.WorkspaceDiagnosticParams) -> Row:
        """The diagnostics of all files; waits until something is new."""
        known = {each.uri: each.value for each in params.previous_result_ids}
        while True:
            event = asyncio.Event()
            self._waiting.add(event)
            try:
                await self.server.idle()
                documents = self.server.documents.by_path()
                places = self.server.places(documents)
                marks = {
                    places.uri(path): (path, rows) for path, rows in list(self.board.rows.items())
                }
                items = []
                for uri in {**marks, **known}:
                    path, rows = marks.get(uri, (path_of(uri), _NONE))
                    if known.get(uri, _NONE.mark) != rows.mark:
                        document = documents.get(path)
                        version = document.version if document is not None else None
                        items.append({"uri": uri, "version": version, **_report(rows, None)})
                if items or not known:
                    return {"items": items}
                event.clear()
                await event.wait()
            finally:
                self._waiting.discard(event)


def _report(rows: Rows, known: str | None) -> Row:
    if known is not None and known == rows.mark:
        return {"kind": "unchanged", "resultId": rows.mark}
    return {"kind": "full", "resultId": rows.mark, "items": rows.rows}


def register(server: Server) -> None:
    """Send diagnostics, or answer with them."""
    diagnostics = Diagnostics(server)
    server.on_initialize.append(diagnostics.begin)
    server.after_part.append(diagnostics.part)
    server.after_work.append(diagnostics.done)
    options = types.DiagnosticOptions(
        inter_file_dependencies=True, workspace_diagnostics=True, identifier="composelint"
    )

    async def of_document(params: types.DocumentDiagnosticParams) -> Any:
        return await diagnostics.of_document(params)

    async def of_workspace(params: types.WorkspaceDiagnosticParams) -> Any:
        return await diagnostics.of_workspace(params)

    server.feature(types.TEXT_DOCUMENT_DIAGNOSTIC, options)(of_document)
    server.feature(types.WORKSPACE_DIAGNOSTIC)(of_workspace)
