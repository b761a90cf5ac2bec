"""Completion, as ``insight/complete.py`` knows it.

A request does not wait until what is being typed is linted: the text is that of the moment, the names
of other files are those that were loaded last, if they still have the same texts.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial

from lsprotocol import types

from ..files.content import kind_in
from ..insight.complete import MOST, complete
from ..insight.completions import plain_text
from .known import Known
from .view import path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ..base.text import SourceFile
    from ..insight.completions import Completion
    from .documents import Document
    from .known import Loaded
    from .positions import Places
    from .server import Server

_KIND = types.CompletionItemKind
_KINDS = {
    "key": _KIND.Property,
    "value": _KIND.Value,
    "name": _KIND.Reference,
    "variable": _KIND.Variable,
    "file": _KIND.File,
    "folder": _KIND.Folder,
    "image": _KIND.Module,
    "snippet": _KIND.Snippet,
    "instruction": _KIND.Keyword,
    "flag": _KIND.Field,
    "rule": _KIND.Event,
}
_TRIGGERS = [":", " ", "-", "$", "{", "/", "=", ",", "[", '"', "'", "#", "@", "*", "!"]


def register(server: Server) -> None:
    """Answer requests for completions."""
    known = Known(server)
    server.after_part.append(known.note)
    server.after_work.append(known.note_all)
    thread = ThreadPoolExecutor(1, "completion")

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=_TRIGGERS)
    )
    async def completion(params: types.CompletionParams) -> types.CompletionList | None:
        path = path_of(params.text_document.uri)
        documents = server.documents.by_path()
        document = documents.get(path)
        last = known.ready(path, documents)
        if document is not None and last is not None:
            work = partial(_complete, document.source, path, document.offset, last, params.position)
            # What was loaded is used in two threads: where they met, the worker answers.
            with suppress(Exception):
                found = await asyncio.get_running_loop().run_in_executor(thread, work)
                places = server.places(documents)
                return _answer(found, document.source, places, server.client_capabilities)

        def ask(documents: Mapping[str, Document]) -> types.CompletionList | None:
            view = server.view(path, documents)
            source = view.source if view is not None else None
            if view is None or source is None:
                return None
            last = known.of(view)

            def offset(line: int, character: int) -> int:
                return view.offset(types.Position(line, character))

            found = _complete(source, path, offset, last, params.position)
            return _answer(found, source, view.places, view.client)

        answer: types.CompletionList | None = await server.ask_worker(ask)
        return answer


def _complete(
    source: SourceFile,
    path: str,
    offset: Callable[[int, int], int],
    last: Loaded,
    position: types.Position,
) -> list[Completion]:
    """The completions at a position of a text."""
    at = offset(position.line, position.character)
    kind = kind_in(path, source.text) or ""
    found = complete(kind, path, source.text, at, last.project, last.result)
    line = source.text.rfind("\n", 0, at) + 1
    return [item for item in found if item.start >= line]


def _answer(
    found: list[Completion], source: SourceFile, places: Places, client: types.ClientCapabilities
) -> types.CompletionList:
    """The completions as the protocol has them."""
    items = [_Item(source, places, client, item, n).item() for n, item in enumerate(found)]
    depends = len(found) >= MOST or any(item.kind in _TYPED for item in found)
    return types.CompletionList(is_incomplete=depends, items=items)


_TYPED = ("image", "file", "folder")
"""Kinds of which others are found when more is typed."""


class _Item:
    """One completion as the protocol has it."""

    def __init__(
        self,
        source: SourceFile,
        places: Places,
        client: types.ClientCapabilities,
        found: Completion,
        number: int,
    ) -> None:
        self.source = source
        self.places = places
        self.found = found
        self.number = number
        text_document = client.text_document
        completion = text_document.completion if text_document is not None else None
        self.client = completion.completion_item if completion is not None else None

    def item(self) -> types.CompletionItem:
        found, client = self.found, self.client
        is_snippet = found.is_snippet and client is not None and client.snippet_support is True
        text = found.insert if is_snippet else plain_text(found)
        mode = None
        if "\n" in text and self.adjusts():
            mode = types.InsertTextMode.AdjustIndentation
            text = self.unindented(text)
        item = types.CompletionItem(
            label=found.label,
            kind=_KINDS.get(found.kind),
            detail=found.detail or None,
            documentation=found.meaning or None,
            sort_text=f"{self.number:04}",
            filter_text=found.label.removeprefix("- "),
            insert_text_format=(
                types.InsertTextFormat.Snippet if is_snippet else types.InsertTextFormat.PlainText
            ),
            insert_text_mode=mode,
            text_edit=types.TextEdit(self.range(), text),
        )
        if found.is_deprecated and client is not None and client.tag_support is not None:
            item.tags = [types.CompletionItemTag.Deprecated]
        return item

    def range(self) -> types.Range:
        start, end = self.places.positions(self.source, self.found.start, self.found.end)
        return types.Range(types.Position(*start), types.Position(*end))

    def adjusts(self) -> bool:
        """Whether the client indents the lines of an inserted text as its line is."""
        client = self.client
        support = client.insert_text_mode_support if client is not None else None
        return support is not None and types.InsertTextMode.AdjustIndentation in support.value_set

    def unindented(self, text: str) -> str:
        """A text without the indentation of the line in its later lines."""
        source = self.source
        line = source.text.rfind("\n", 0, self.found.start) + 1
        before = source.text[line : self.found.start]
        margin = "\n" + before[: len(before) - len(before.lstrip(" "))]
        return text.replace(margin, "\n")
