"""Completion, hover, hints and lenses over the protocol, with unsaved changes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("pygls")

from composelint.linter.lsp.server import Server
from composelint.linter.lsp.uris import to_uri
from composelint.linter.lsp.view import path_of
from lsprotocol import types

from ..checks import LayOut

FILES = {
    "compose.yaml": "services:\n  web:\n    image: nginx:${TAG}\n    \n  db:\n    image: postgres:17\n",
    ".env": "TAG=1.30\n",
    "Dockerfile": "FROM nginx:1.30\nST\n",
}

FULL = types.ClientCapabilities(
    text_document=types.TextDocumentClientCapabilities(
        completion=types.CompletionClientCapabilities(
            completion_item=types.ClientCompletionItemOptions(
                snippet_support=True,
                insert_text_mode_support=types.ClientCompletionItemInsertTextModeOptions(
                    [types.InsertTextMode.AdjustIndentation]
                ),
            )
        )
    )
)


class Client:
    """Asks a server in this process."""

    def __init__(self, folder: Path, capabilities: types.ClientCapabilities) -> None:
        self.server = Server()
        self.server.protocol.client_capabilities = capabilities
        self.folder = folder
        self.server.session.set_folders([str(folder)])

    def open(self, path: str, text: str) -> None:
        uri = to_uri(path)
        self.server.documents.open(uri, path_of(uri), text, 1, "")

    def ask(self, method: str, path: str, **given: Any) -> Any:
        document = types.TextDocumentIdentifier(to_uri(path))
        params = types.METHOD_TO_TYPES[method][2](text_document=document, **given)
        return asyncio.run(self.server.protocol.fm.features[method](params))

    def complete(self, path: str, line: int, character: int) -> dict[str, types.CompletionItem]:
        answer = self.ask(
            types.TEXT_DOCUMENT_COMPLETION, path, position=types.Position(line, character)
        )
        return {item.label: item for item in answer.items}


@pytest.fixture
def client(lay_out: LayOut, request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client of a server for the files."""
    folder = lay_out(FILES)
    client = Client(folder, getattr(request, "param", FULL))
    yield client
    client.server.worker.close()


def test_completions_have_edits_at_their_places(client: Client) -> None:
    client.open("compose.yaml", FILES["compose.yaml"].replace("    \n", "    hea\n"))
    item = client.complete("compose.yaml", 3, 7)["healthcheck"]
    edit = item.text_edit
    assert isinstance(edit, types.TextEdit)
    assert edit.range == types.Range(types.Position(3, 4), types.Position(3, 7))
    assert edit.new_text.startswith('healthcheck:\n  test: ${1:["CMD", "curl"')
    assert item.insert_text_mode == types.InsertTextMode.AdjustIndentation
    assert item.insert_text_format == types.InsertTextFormat.Snippet


@pytest.mark.parametrize("client", [types.ClientCapabilities()], indirect=True)
def test_a_client_without_snippets_gets_whole_texts(client: Client) -> None:
    client.open("compose.yaml", FILES["compose.yaml"].replace("    \n", "    hea\n"))
    item = client.complete("compose.yaml", 3, 7)["healthcheck"]
    edit = item.text_edit
    assert isinstance(edit, types.TextEdit)
    assert edit.new_text.startswith('healthcheck:\n      test: ["CMD", "curl"')
    assert item.insert_text_format == types.InsertTextFormat.PlainText


def test_what_was_loaded_last_is_known_while_the_file_is_broken(client: Client) -> None:
    text = "services:\n  web:\n    build: .\n    \n"
    client.open("compose.yaml", text)
    assert "healthcheck" in client.complete("compose.yaml", 3, 4)
    client.open("compose.yaml", text.replace("    \n", "    healthcheck:\n      test: \n      x\n"))
    found = client.complete("compose.yaml", 4, 12)
    assert '["CMD", "curl", "-fsS", "-o", "/dev/null", "http://127.0.0.1:80/"]' in found


def test_images_are_asked_for_again_as_more_is_typed(client: Client) -> None:
    client.open("compose.yaml", "services:\n  db:\n    image: postgres:1\n")
    answer = client.ask(
        types.TEXT_DOCUMENT_COMPLETION, "compose.yaml", position=types.Position(2, 21)
    )
    assert answer.is_incomplete
    assert answer.items[0].label == "postgres:18"


def test_variables_of_an_unsaved_env_file_are_known(client: Client) -> None:
    client.open(".env", "TAG=1.31\nOTHER=x\n")
    client.open("compose.yaml", "services:\n  web:\n    image: nginx:${\n")
    found = client.complete("compose.yaml", 2, 19)
    assert found["TAG"].detail == "1.31 (set in .env, line 1)"
    assert "OTHER" in found


def test_dockerfiles_are_completed(client: Client) -> None:
    found = client.complete("Dockerfile", 1, 2)
    assert "STOPSIGNAL" in found


def test_hover_sees_unsaved_changes_of_other_files(client: Client) -> None:
    client.open(".env", "TAG=1.31\n")
    answer = client.ask(types.TEXT_DOCUMENT_HOVER, "compose.yaml", position=types.Position(2, 20))
    assert "= `1.31`, set in .env, line 1" in answer.contents.value
    assert answer.contents.kind == types.MarkupKind.Markdown
    assert answer.range.start == types.Position(2, 17)
    assert (
        client.ask(types.TEXT_DOCUMENT_HOVER, "compose.yaml", position=types.Position(3, 2)) is None
    )


def test_hints_and_lenses_have_their_places(client: Client) -> None:
    whole = types.Range(types.Position(0, 0), types.Position(99, 0))
    hints = client.ask(types.TEXT_DOCUMENT_INLAY_HINT, "compose.yaml", range=whole)
    assert [(hint.label, hint.position) for hint in hints] == [("= 1.30", types.Position(2, 23))]
    lenses = client.ask(types.TEXT_DOCUMENT_CODE_LENS, "compose.yaml")
    assert lenses
    assert all(lens.command.title.endswith(("finding", "findings")) for lens in lenses)
    assert client.ask(types.TEXT_DOCUMENT_INLAY_HINT, ".env", range=whole) == []
