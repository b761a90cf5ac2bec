"""A client in the same process: what it sends goes through the protocol, as from an editor."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from composelint.linter.config.options import Options
from composelint.linter.lsp.server import Server
from composelint.linter.lsp.uris import to_uri

DEADLINE = 120.0
"""Seconds after which a test fails that waits for something; a busy machine may stand still for long."""

EVERYTHING: dict[str, Any] = {
    "workspace": {
        "workspaceEdit": {
            "documentChanges": True,
            "resourceOperations": ["create", "rename", "delete"],
            "snippetEditSupport": True,
        },
        "configuration": True,
        "didChangeWatchedFiles": {"dynamicRegistration": True},
        "diagnostics": {"refreshSupport": True},
    },
    "textDocument": {
        "diagnostic": {},
        "codeAction": {"resolveSupport": {"properties": ["edit"]}, "dataSupport": True},
    },
    "window": {"workDoneProgress": True, "showDocument": {"support": True}},
}
"""The capabilities of a client that can do all that the server uses."""


class Failed(Exception):
    """An error that the server answered with."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code


class Client:
    """Talks to a server about a folder.

    Attributes:
        notes: the notifications that the server sent, in order.
        asked: the requests of the server, which are answered with ``answers`` or null.
        settings: what it says about ``composelint`` when it is asked.
    """

    def __init__(
        self,
        folder: Path,
        capabilities: dict[str, Any] | None = None,
        options: Options | None = None,
        folders: list[Path] | None = None,
        initialization: Any = None,
    ) -> None:
        self.folder = folder
        self.folders = [folder] if folders is None else folders
        self.capabilities = capabilities or {}
        self.initialization = initialization
        self.server = Server(options)
        self.server.protocol.set_writer(self, include_headers=False)
        self.notes: list[dict[str, Any]] = []
        self.asked: list[dict[str, Any]] = []
        self.settings: dict[str | None, Any] = {}
        self.result: dict[str, Any] = {}
        self.versions: dict[str, int] = {}
        self._answers: dict[object, asyncio.Future[Any]] = {}
        self._id = 0

    # --- the other end of the protocol

    def write(self, data: bytes) -> None:
        """Take in a message of the server."""
        message = json.loads(data)
        if "method" not in message:
            future = self._answers.pop(message["id"], None)
            if future is None or future.done():
                return
            error = message.get("error")
            if error is None:
                future.set_result(message.get("result"))
            else:
                future.set_exception(Failed(error["code"], error["message"]))
        elif "id" in message:
            self.asked.append(message)
            asyncio.get_running_loop().call_soon(
                self.send, {"id": message["id"], "result": self._answer(message)}
            )
        else:
            self.notes.append(message)

    def close(self) -> None:
        """The server is done."""

    def _answer(self, message: dict[str, Any]) -> Any:
        if message["method"] != "workspace/configuration":
            return None
        return [self.settings.get(item.get("scopeUri")) for item in message["params"]["items"]]

    def send(self, message: dict[str, Any]) -> None:
        """Send a message as it comes from a pipe."""
        protocol = self.server.protocol
        text = json.dumps({"jsonrpc": "2.0", **message})
        try:
            protocol.handle_message(json.loads(text, object_hook=protocol.structure_message))
        except Exception as error:  # what the loop of the library does
            self.server.report_server_error(error, type(error))

    # --- what tests do

    async def __aenter__(self) -> Client:
        self.result = await self.request(
            "initialize",
            {
                "processId": None,
                "rootUri": None,
                "capabilities": self.capabilities,
                "workspaceFolders": [
                    {"uri": to_uri(str(each)), "name": each.name} for each in self.folders
                ],
                "initializationOptions": self.initialization,
            },
        )
        self.notify("initialized", {})
        return self

    async def __aexit__(self, *error: object) -> None:
        self.server.worker.close()

    def ask(self, method: str, params: Any) -> tuple[int, asyncio.Future[Any]]:
        """Send a request: its id, and its answer to come."""
        self._id += 1
        future = self._answers[self._id] = asyncio.get_running_loop().create_future()
        self.send({"id": self._id, "method": method, "params": params})
        return self._id, future

    async def request(self, method: str, params: Any) -> Any:
        """The answer to a request."""
        return await asyncio.wait_for(self.ask(method, params)[1], DEADLINE)

    def notify(self, method: str, params: Any) -> None:
        """Send a notification."""
        self.send({"method": method, "params": params})

    def uri(self, name: str) -> str:
        """The URI of a file in the folder."""
        return to_uri(str(self.folder / name))

    def open(self, name: str, text: str | None = None, language: str = "yaml") -> None:
        """Open a file, with other text than on the disk if one is given."""
        if text is None:
            text = (self.folder / name).read_text("utf-8")
        self.versions[name] = 1
        item = {"uri": self.uri(name), "languageId": language, "version": 1, "text": text}
        self.notify("textDocument/didOpen", {"textDocument": item})

    def change(self, name: str, *changes: dict[str, Any] | str) -> int:
        """Change an open file: by ranges, or to a whole text. Returns the new version."""
        self.versions[name] += 1
        version = self.versions[name]
        self.notify(
            "textDocument/didChange",
            {
                "textDocument": {"uri": self.uri(name), "version": version},
                "contentChanges": [
                    {"text": each} if isinstance(each, str) else each for each in changes
                ],
            },
        )
        return version

    def close_file(self, name: str) -> None:
        """Close an open file."""
        del self.versions[name]
        self.notify("textDocument/didClose", {"textDocument": {"uri": self.uri(name)}})

    def changed_on_disk(self, **events: str) -> None:
        """Tell of files: ``created``, ``changed``, ``deleted``."""
        types = {"created": 1, "changed": 2, "deleted": 3}
        self.notify(
            "workspace/didChangeWatchedFiles",
            {
                "changes": [
                    {"uri": self.uri(name), "type": types[kind]} for kind, name in events.items()
                ]
            },
        )

    async def until(self, holds: Callable[[], Any]) -> Any:
        """What a condition comes to, as soon as it is true."""
        end = asyncio.get_running_loop().time() + DEADLINE
        while not (value := holds()):
            assert asyncio.get_running_loop().time() < end, "the deadline is over"
            await asyncio.sleep(0.002)
        return value

    async def idle(self) -> None:
        """Wait until everything is linted, and what is known has been sent."""
        await asyncio.wait_for(self.server.idle(), DEADLINE)
        await asyncio.sleep(0)

    def published(self, name: str) -> dict[str, Any]:
        """The newest diagnostics that were sent for a file, with their version."""
        uri = self.uri(name)
        found = [
            note["params"]
            for note in self.notes
            if note["method"] == "textDocument/publishDiagnostics" and note["params"]["uri"] == uri
        ]
        return found[-1] if found else {"uri": uri, "diagnostics": []}

    def codes(self, name: str) -> list[str]:
        """The codes of the newest diagnostics that were sent for a file."""
        return [each["code"] for each in self.published(name)["diagnostics"]]

    async def settled(self, name: str) -> list[str]:
        """The codes for a file when everything is linted."""
        await self.idle()
        return self.codes(name)

    async def pulled(self, name: str) -> list[str]:
        """The codes that the server answers with for a file."""
        answer = await self.request(
            "textDocument/diagnostic", {"textDocument": {"uri": self.uri(name)}}
        )
        return [each["code"] for each in answer["items"]]

    async def actions(
        self, name: str, line: int, character: int = 0, only: list[str] | None = None
    ) -> list[dict[str, Any]]:
        """The code actions at a place."""
        place = {"line": line, "character": character}
        context: dict[str, Any] = {"diagnostics": []}
        if only is not None:
            context["only"] = only
        return list(
            await self.request(
                "textDocument/codeAction",
                {
                    "textDocument": {"uri": self.uri(name)},
                    "range": {"start": place, "end": place},
                    "context": context,
                },
            )
        )


def talk(client: Client, scenario: Callable[[Client], Awaitable[None]]) -> None:
    """Run a scenario with a client that is connected."""

    async def run() -> None:
        async with client:
            await asyncio.wait_for(scenario(client), 3 * DEADLINE)

    asyncio.run(run())


def edited(text: str, edits: list[dict[str, Any]]) -> str:
    """A text with the edits of an answer applied; snippets with their placeholders' texts."""
    from composelint.linter.lsp.documents import Lines

    lines = Lines(text)
    spans = []
    for edit in edits:
        start, end = (
            lines.offset(place["line"], place["character"])
            for place in (edit["range"]["start"], edit["range"]["end"])
        )
        new = edit["newText"] if "newText" in edit else edit["snippet"]["value"]
        spans.append((start, end, new))
    for start, end, new in sorted(spans, reverse=True):
        text = text[:start] + new + text[end:]
    return text
