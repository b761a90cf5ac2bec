"""The server: listens to the client, keeps its documents, and hands the work to one thread.

A module that answers requests has a function ``register(server)``, in which it decorates its
handlers::

    @server.answers(types.TEXT_DOCUMENT_HOVER)
    def hover(view: View, params: types.HoverParams) -> types.Hover | None:
        at = view.offset(params.position)
        ...

Handlers run in the thread of the worker (see ``Server.answers``), with the tree of the open documents as the current one.
They are only called for files that are linted, see an up-to-date ``view.project``, and may raise:
the client then gets an error, and the server goes on.
"""

from __future__ import annotations

import asyncio
import os
from functools import partial
from importlib import import_module

from lsprotocol import types
from pygls.exceptions import JsonRpcException, JsonRpcInternalError, JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.protocol import LanguageServerProtocol, default_converter
from pygls.protocol.language_server import lsp_method

from ..files.tree import use_tree
from ..version import VERSION
from . import FEATURES
from .documents import UTF16, Documents
from .garbage import PAUSE, collect, keep_for_good, relieve
from .log import log_error
from .positions import Places
from .session import Session
from .uris import to_path, to_uri
from .view import View, path_of
from .worker import IDLE, URGENT, USUAL, Worker

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from concurrent.futures import Future
    from typing import Any, TypeVar

    from ..config.options import Options
    from .documents import Change, Document
    from .session import Part

    _T = TypeVar("_T")

DEBOUNCE = 0.001
"""Seconds from a change until the work begins: what comes at once is linted once, and what comes
while the worker is busy waits for it anyway."""


class Protocol(LanguageServerProtocol):
    """The protocol, with documents of our own: exact positions, and texts that never change."""

    _server: Server

    @lsp_method(types.TEXT_DOCUMENT_DID_OPEN)
    def lsp_text_document__did_open(self, params: types.DidOpenTextDocumentParams) -> None:
        """Take in a document."""
        item = params.text_document
        self._server.documents.open(
            item.uri, path_of(item.uri), item.text, item.version, item.language_id
        )
        self._server.touch()

    @lsp_method(types.TEXT_DOCUMENT_DID_CHANGE)
    def lsp_text_document__did_change(self, params: types.DidChangeTextDocumentParams) -> None:
        """Change a document."""
        changes = [_change(each) for each in params.content_changes]
        identifier = params.text_document
        document = self._server.documents.change(identifier.uri, changes, identifier.version)
        if document is not None:
            self._server.edited.add(document.path)
            self._server.touch()

    @lsp_method(types.TEXT_DOCUMENT_DID_CLOSE)
    def lsp_text_document__did_close(self, params: types.DidCloseTextDocumentParams) -> None:
        """Forget a document."""
        document = self._server.documents.close(params.text_document.uri)
        if document is not None:
            self._server.touch()

    def structure_message(self, data: dict[str, Any]) -> Any:
        """A message as an object; a request that cannot be read is answered with an error."""
        try:
            return super().structure_message(data)
        except JsonRpcException:
            if "id" in data and "method" in data:
                error = JsonRpcInvalidParams().to_response_error()
                self._send_response(data["id"], error=error)
            raise

    def send_plain(self, method: str, params: dict[str, Any]) -> None:
        """Send a notification whose parameters are plain data."""
        self._send_data({"jsonrpc": self.VERSION, "method": method, "params": params})


def _change(event: types.TextDocumentContentChangeEvent) -> Change:
    if isinstance(event, types.TextDocumentContentChangeWholeDocument):
        return None, event.text
    start, end = event.range.start, event.range.end
    return ((start.line, start.character), (end.line, end.character)), event.text


class Server(LanguageServer):
    """The language server.

    Attributes:
        documents: what the client has open.
        edited: the paths of the documents that were changed since all was up to date.
        session: what is linted; only the worker touches it.
        worker: the thread that does the work.
        after_part: called by the worker when a part was linted, with the documents of that moment.
        after_work: called by the worker when everything is up to date.
        on_step: called by the worker after each part, with the number of those that are left.
        on_initialize: called with the first request; the client's capabilities are known.
        on_initialized: called when the client is ready to be asked.
        folders: the absolute paths of the workspace's folders.
        changes_around: the number of changes of what is around the documents, such as the disk.
        changes_taken: the number of those that the worker has taken in.
    """

    protocol: Protocol

    def __init__(self, options: Options | None = None) -> None:
        super().__init__(
            "composelint", VERSION, protocol_cls=Protocol, converter_factory=default_converter
        )
        self.documents = Documents()
        self.edited: set[str] = set()
        self.session = Session(options)
        self.worker = Worker()
        self.after_part: list[Callable[[Part, Mapping[str, Document]], None]] = []
        self.after_work: list[Callable[[Mapping[str, Document]], None]] = []
        self.on_step: list[Callable[[int], None]] = []
        self.on_initialize: list[Callable[[types.InitializeParams], None]] = []
        self.on_initialized: list[Callable[[types.InitializedParams], None]] = []
        self.folders: list[str] = []
        self.changes_around = 0
        self.changes_taken = 0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._changes = 0
        self._is_begun = False
        self._idle = asyncio.Event()
        self.notes(types.INITIALIZE)(self._initialize)
        self.notes(types.INITIALIZED)(self._initialized)
        self.notes(types.SHUTDOWN)(self._shut_down)
        for name in FEATURES:
            import_module(f".{name}", __package__).register(self)

    # --- the life of the server

    def _initialize(self, params: types.InitializeParams) -> None:
        self._loop = asyncio.get_running_loop()
        encoding = self.protocol.workspace.position_encoding or UTF16
        self.documents.encoding = str(getattr(encoding, "value", encoding))
        folders = [path for each in params.workspace_folders or () if (path := to_path(each.uri))]
        if not folders and params.root_uri:
            folders = [path for path in (to_path(params.root_uri),) if path]
        if folders and os.path.abspath(os.curdir) != folders[0]:
            # Messages name paths as seen from there.
            try:
                os.chdir(folders[0])
            except OSError:
                folders = []
        self.folders = folders
        self.worker.submit(partial(self.session.set_folders, tuple(folders)))
        for act in self.on_initialize:
            act(params)

    def _initialized(self, params: types.InitializedParams) -> None:
        for act in self.on_initialized:
            act(params)
        self.touch()

    def _shut_down(self, params: None) -> None:
        self.worker.close()

    def report_server_error(self, error: Exception, source: Any) -> None:
        """Write an error that no request waits for to the log, without what the client sent."""
        # Those are answers, such as that a rename is refused.
        if not isinstance(error, JsonRpcException):
            log_error(error)

    def tell(self, message: str, kind: types.MessageType = types.MessageType.Warning) -> None:
        """Show the user a message."""
        self.window_show_message(types.ShowMessageParams(kind, message))

    def ask_client(self, method: str, params: Any = None) -> None:
        """Send a request whose answer does not matter."""
        self.protocol.send_request(method, params).add_done_callback(_ignore)

    # --- the work

    def touch(self, delay: float = DEBOUNCE) -> None:
        """Something has changed: lint what depends on it, soon."""
        self._changes += 1
        self._idle.clear()
        if self._timer is None and self._loop is not None:
            self._timer = self._loop.call_later(delay, self._start)

    def change_session(self, act: Callable[[], Any], delay: float = DEBOUNCE) -> None:
        """Change the session in the worker's thread, and lint what depends on it."""
        self.changes_around += 1

        def change() -> None:
            self.changes_taken += 1
            act()

        self.worker.submit(change).add_done_callback(_log_failure)
        self.touch(delay)

    def _start(self) -> None:
        self._timer = None
        self._submit(self._changes, self.documents.by_path())

    def _submit(self, change: int, documents: dict[str, Document]) -> None:
        work = partial(self._work, change, documents)

        def done(future: Future[Any]) -> None:
            if not future.cancelled() and future.exception() is not None:
                _log_failure(future)
                self.call(self._finish, change)  # Nobody shall wait for ever.

        self.worker.submit(work, USUAL).add_done_callback(done)

    def _work(self, change: int, documents: dict[str, Document]) -> None:
        """Lint what is not up to date, and tell the features; the worker does this."""

        def is_over() -> bool:
            return change != self._changes or self.worker.is_wanted(USUAL)

        if change != self._changes:
            return  # What follows is newer.
        session = self.session
        session.set_texts({path: document.data for path, document in documents.items()})
        work = session.work(tuple(documents), is_over)
        while True:
            try:
                if next(work, None) is None:
                    break
            except Exception as error:
                # A defect; what else is to be linted is.
                log_error(error)
                work = session.work(tuple(documents), is_over)
                continue
            self._deliver(documents)
            left = sum(part.is_stale for part in session.parts)
            for act in self.on_step:
                act(left)
        self._deliver(documents)
        if change != self._changes:
            return
        if any(part.is_stale for part in session.parts):
            self._submit(change, documents)
            return
        for finish in self.after_work:
            finish(documents)
        self.call(self._finish, change)

    def _finish(self, change: int) -> None:
        if change == self._changes:
            self.edited.clear()
            self._idle.set()
            # Behind what is sent now.
            self.worker.submit(relieve, IDLE)
            if self._loop is not None:
                self._loop.call_later(PAUSE, self._tidy_up, change)

    def _tidy_up(self, change: int) -> None:
        if change != self._changes:
            return
        if self._is_begun:
            self.worker.submit(collect, IDLE)
        else:
            self._is_begun = True
            self.worker.submit(self._keep, IDLE)

    def _keep(self) -> None:
        """Once all is loaded: what is loaded now stays, but for what the next change replaces."""
        for part in self.session.parts:
            part.unload()
        keep_for_good()

    def _deliver(self, documents: Mapping[str, Document]) -> None:
        """Tell the features about new results."""
        for part in self.session.parts:
            if part.is_new:
                part.is_new = False
                for act in self.after_part:
                    act(part, documents)

    async def idle(self) -> None:
        """Wait until everything is up to date."""
        await self._idle.wait()

    def call(self, function: Callable[..., None], *values: Any) -> None:
        """Call a function in the thread that talks to the client."""
        if self._loop is not None and not self._loop.is_closed():
            self._loop.call_soon_threadsafe(function, *values)

    def is_current(self, path: str, documents: Mapping[str, Document]) -> bool:
        """Whether a file is still what it was among some documents."""
        document = documents.get(path)
        if document is None:
            return all(each.path != path for each in self.documents.by_uri.values())
        return self.documents.by_uri.get(document.uri) is document

    # --- requests

    def notes(self, method: str, options: Any = None) -> Callable[[Any], Any]:
        """A decorator for what is to be done at once when the client sends something."""

        def decorate(act: Callable[[Any], None]) -> Callable[[Any], None]:
            def noted(params: Any) -> None:
                act(params)

            self.feature(method, options)(noted)
            return act

        return decorate

    def answers(self, method: str, options: Any = None) -> Callable[[Any], Any]:
        """A decorator for the handler of a request about a document that is linted."""

        def decorate(handler: Callable[[View, Any], Any]) -> Callable[[View, Any], Any]:
            async def answer(params: Any) -> Any:
                path = path_of(params.text_document.uri)

                def work(documents: Mapping[str, Document]) -> Any:
                    view = self.view(path, documents) if path else None
                    return None if view is None else handler(view, params)

                return await self.ask_worker(work)

            self.feature(method, options)(answer)
            return handler

        return decorate

    async def ask_worker(self, work: Callable[[Mapping[str, Document]], _T]) -> _T:
        """What the worker answers about the documents as they are now. Its errors are logged.

        The work is skipped if the request is cancelled before it begins.
        """
        documents = self.documents.by_path()

        def act() -> _T:
            session = self.session
            session.set_texts({path: each.data for path, each in documents.items()})
            with use_tree(session.tree):
                return work(documents)

        try:
            answer: _T = await asyncio.wrap_future(self.worker.submit(act, URGENT))
            return answer
        except JsonRpcException:
            raise
        except Exception as error:
            log_error(error)
            raise JsonRpcInternalError(f"internal error: {type(error).__name__}") from None

    def current(self, path: str, documents: Mapping[str, Document]) -> Part | None:
        """The part of a file, up to date; for the worker."""
        part = self.session.current(path)
        self._deliver(documents)
        return part

    def view(self, path: str, documents: Mapping[str, Document]) -> View | None:
        """A file as handlers see it, up to date; None if it is not linted. For the worker."""
        part = self.current(path, documents)
        if part is None:
            return None
        return View(self.session, part, path, self.client_capabilities, self.places(documents))

    def uri(self, path: str) -> str:
        """The URI of a file or folder."""
        return to_uri(path)

    def places(self, documents: Mapping[str, Document]) -> Places:
        """Turns offsets into positions as the client counts them."""
        return Places(documents, self.documents.encoding)


def _ignore(future: Future[Any]) -> None:
    if not future.cancelled():
        future.exception()


def _log_failure(future: Future[Any]) -> None:
    error = None if future.cancelled() else future.exception()
    if error is not None:
        log_error(error)
