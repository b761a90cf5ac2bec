"""Every request of the protocol, by a client that checks what it gets: pytest-lsp.

A stack of two files, one of them with changes that are not saved, seen by the capabilities of
several editors.
"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from lsprotocol import types as lsp
from pytest_lsp import ClientServerConfig, LanguageClient, client_capabilities

DEADLINE = 120.0
FILES = {
    "compose.yaml": 'version: "3"\nservices:\n  web:\n    build: .\n    depends_on: [db]\n'
    "    ports: ['${PORT}:80']\n  db:\n    image: postgres:17\n    ports: ['5432:5432']\n",
    "compose.override.yaml": "services:\n  db:\n    environment:\n      POSTGRES_USER: ${OWNER}\n",
    "Dockerfile": "FROM node:22 AS build\nRUN npm ci\nFROM nginx:1.30\nCOPY --from=build /a /b\n",
    ".env": "PORT=8080\nOWNER=shop\n",
}
UNSAVED = FILES["compose.override.yaml"] + "  cache:\n    image: redis:7.4\n    depends_on: [d]\n"


class Editor:
    """A client with a folder."""

    def __init__(self, client: LanguageClient, folder: Path, is_asking: bool) -> None:
        self.client = client
        self.is_asking = is_asking
        self.folder = folder

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def identifier(self, name: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(name))

    def open(self, name: str, text: str) -> None:
        item = lsp.TextDocumentItem(self.uri(name), "yaml", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))

    def place(self, name: str, text: str, part: str) -> dict[str, Any]:
        """The parameters for the place of a part of a text."""
        before = text[: text.index(part)]
        position = lsp.Position(before.count("\n"), len(before.rpartition("\n")[2]))
        return {"text_document": self.identifier(name), "position": position}

    async def codes(self, name: str) -> set[str]:
        """The codes of the diagnostics of a file, sent or asked for."""
        if self.is_asking:
            report = await self.client.text_document_diagnostic_async(
                lsp.DocumentDiagnosticParams(self.identifier(name))
            )
            return {str(each.code) for each in report.items}
        return {str(each.code) for each in self.client.diagnostics.get(self.uri(name), ())}

    async def until(self, name: str, code: str) -> None:
        """Wait until a file has a diagnostic."""
        end = asyncio.get_running_loop().time() + DEADLINE
        while code not in await self.codes(name):
            assert asyncio.get_running_loop().time() < end, await self.codes(name)
            await asyncio.sleep(0.02)


@pytest_asyncio.fixture(params=["visual-studio-code", "neovim", "emacs"])
async def editor(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Editor]:
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, "utf-8")
    config = ClientServerConfig(server_command=[sys.executable, "-m", "composelint", "server"])
    client = await asyncio.wait_for(config.start(), DEADLINE)
    try:
        client.capabilities = client_capabilities(request.param)
        parameters = lsp.InitializeParams(
            capabilities=client.capabilities,
            workspace_folders=[lsp.WorkspaceFolder(tmp_path.as_uri(), "shop")],
            root_uri=tmp_path.as_uri(),
        )
        answer = await asyncio.wait_for(client.initialize_session(parameters), DEADLINE)
        editor = Editor(client, tmp_path, answer.capabilities.diagnostic_provider is not None)
        editor.open("compose.yaml", FILES["compose.yaml"])
        editor.open("compose.override.yaml", UNSAVED)
        editor.open("Dockerfile", FILES["Dockerfile"])
        yield editor
        await asyncio.wait_for(client.shutdown_session(), DEADLINE)
    finally:
        await client.stop()


async def test_diagnostics_of_both_files_with_what_is_not_saved(editor: Editor) -> None:
    await editor.until("compose.yaml", "CF004")
    await editor.until("compose.yaml", "CF330")
    # The override names a service that does not exist.
    await editor.until("compose.override.yaml", "CF106")


async def test_typing_in_the_override(editor: Editor) -> None:
    await editor.until("compose.override.yaml", "CF106")
    identifier = lsp.VersionedTextDocumentIdentifier(2, editor.uri("compose.override.yaml"))
    end = lsp.Position(UNSAVED.count("\n") - 1, len("    depends_on: [d"))
    change = lsp.TextDocumentContentChangePartial(lsp.Range(end, end), "b")
    editor.client.text_document_did_change(lsp.DidChangeTextDocumentParams(identifier, [change]))
    limit = asyncio.get_running_loop().time() + DEADLINE
    while "CF106" in await editor.codes("compose.override.yaml"):
        assert asyncio.get_running_loop().time() < limit
        await asyncio.sleep(0.02)


async def test_code_actions(editor: Editor) -> None:
    await editor.until("compose.yaml", "CF004")
    place = lsp.Position(0, 0)
    context = lsp.CodeActionContext([])
    found = await editor.client.text_document_code_action_async(
        lsp.CodeActionParams(editor.identifier("compose.yaml"), lsp.Range(place, place), context)
    )
    action = next(
        each for each in found or () if isinstance(each, lsp.CodeAction) and each.is_preferred
    )
    if action.edit is None:
        action = await editor.client.code_action_resolve_async(action)
    assert action.edit is not None


async def test_formatting(editor: Editor) -> None:
    options = lsp.FormattingOptions(2, True)
    edits = await editor.client.text_document_formatting_async(
        lsp.DocumentFormattingParams(editor.identifier("compose.yaml"), options)
    )
    assert edits is not None


async def test_hover(editor: Editor) -> None:
    place = editor.place("compose.yaml", FILES["compose.yaml"], "postgres")
    hover = await editor.client.text_document_hover_async(lsp.HoverParams(**place))
    assert hover is not None


async def test_completion(editor: Editor) -> None:
    place = editor.place("compose.override.yaml", UNSAVED, "d]")
    answer = await editor.client.text_document_completion_async(lsp.CompletionParams(**place))
    items = answer.items if isinstance(answer, lsp.CompletionList) else answer
    assert {"db", "web"} <= {each.label for each in items or ()}


async def test_definition_references_and_rename(editor: Editor) -> None:
    place = editor.place("compose.yaml", FILES["compose.yaml"], "db]")
    assert await editor.client.text_document_definition_async(lsp.DefinitionParams(**place))
    context = lsp.ReferenceContext(include_declaration=True)
    found = await editor.client.text_document_references_async(
        lsp.ReferenceParams(context=context, **place)
    )
    assert {each.uri for each in found or ()} == {
        editor.uri("compose.yaml"),
        editor.uri("compose.override.yaml"),
    }
    prepared = await editor.client.text_document_prepare_rename_async(
        lsp.PrepareRenameParams(**place)
    )
    assert prepared is not None
    edit = await editor.client.text_document_rename_async(
        lsp.RenameParams(new_name="store", **place)
    )
    assert edit is not None
    changed = set(edit.changes or ()) | {
        each.text_document.uri
        for each in edit.document_changes or ()
        if isinstance(each, lsp.TextDocumentEdit)
    }
    assert changed == {editor.uri("compose.yaml"), editor.uri("compose.override.yaml")}


async def test_symbols_folding_links_hints_and_lenses(editor: Editor) -> None:
    client, name = editor.client, editor.identifier("compose.yaml")
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(9, 0))
    assert await client.text_document_document_symbol_async(lsp.DocumentSymbolParams(name))
    assert await client.text_document_folding_range_async(lsp.FoldingRangeParams(name))
    assert await client.text_document_document_link_async(lsp.DocumentLinkParams(name)) is not None
    assert await client.text_document_inlay_hint_async(lsp.InlayHintParams(name, whole))
    assert await client.text_document_code_lens_async(lsp.CodeLensParams(name)) is not None
    place = editor.place("Dockerfile", FILES["Dockerfile"], "build /a")
    assert await client.text_document_document_highlight_async(lsp.DocumentHighlightParams(**place))
