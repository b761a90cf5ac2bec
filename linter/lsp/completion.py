"""Completion, as ``insight/complete.py`` knows it.

A request does not wait until what is being typed is linted: the text is that of the moment, the names
of other files are those that were loaded last.
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
from .view import path_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from ..base.text import SourceFile
    from ..insight.completions import Completion
    from ..model.project import Project
    from ..result import Result
    from .documents import Document
    from .positions import Places
    from .server import Server
    from .session import Part

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
    known = _Known()
    server.after_part.append(known.note)
    thread = ThreadPoolExecutor(1, "completion")

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=_TRIGGERS)
    )
    async def completion(params: types.CompletionParams) -> types.CompletionList | None:
        path = path_of(params.text_document.uri)
        if server.edited - {path}:
            # Another file has changed: its names are worth a moment.
            with suppress(TimeoutError):
                await asyncio.wait_for(server.idle(), _PATIENCE)
        documents = server.documents.by_path()
        document = documents.get(path)
        last = known.last(path, server.session.parts)
        if document is not None and last is not None:
            work = partial(_complete, document.source, path, document.offset, last, params.position)
            # What was loaded is used in two threads: where they met, the worker answers.
            with suppress(Exception):
                found = await asyncio.get_running_loop().run_in_executor(thread, work)
                places = server.places(documents)
                return _answer(found, document.source, places, server.client_capabilities)
        answer: types.CompletionList | None = await server.ask_worker(partial(_ask, server, params))
        return answer


_PATIENCE = 0.15
"""How many seconds a completion waits for what other files say."""


def _ask(
    server: Server, params: types.CompletionParams, documents: Mapping[str, Document]
) -> types.CompletionList | None:
    """The completions for a file that was not linted yet; for the worker."""
    view = server.view(path_of(params.text_document.uri), documents)
    source = view.source if view is not None else None
    if view is None or source is None:
        return None
    last = view.project, view.part.result

    def offset(line: int, character: int) -> int:
        return view.offset(types.Position(line, character))

    found = _complete(source, view.path, offset, last, params.position)
    return _answer(found, source, server.places(documents), view.client)


def _complete(
    source: SourceFile,
    path: str,
    offset: Callable[[int, int], int],
    last: tuple[Project, Result],
    position: types.Position,
) -> list[Completion]:
    """The completions at a position of a text."""
    at = offset(position.line, position.character)
    kind = kind_in(path, source.text) or ""
    found = complete(kind, path, source.text, at, *last)
    line = source.text.rfind("\n", 0, at) + 1
    return [item for item in found if item.start >= line]


def _answer(
    found: list[Completion], source: SourceFile, places: Places, client: types.ClientCapabilities
) -> types.CompletionList:
    """The completions as the protocol has them."""
    items = [_Item(source, places, client, item, n).item() for n, item in enumerate(found)]
    depends = len(found) >= MOST or any(item.kind in _TYPED for item in found)
    return types.CompletionList(is_incomplete=depends, items=items)


class _Known:
    """What was loaded last while the open files could be read.

    Completions are wanted while people type, before anything is linted anew.
    """

    def __init__(self) -> None:
        self.projects: dict[str, tuple[Project, Result]] = {}

    def last(self, path: str, parts: Sequence[Part]) -> tuple[Project, Result] | None:
        """What was loaded last for a file."""
        known = self.projects.get(path)
        if known is None:
            part = next((each for each in parts if path in each.paths), None)
            project = part.loaded if part is not None else None
            known = (project, part.result) if part is not None and project is not None else None
        return known

    def note(self, part: Part, documents: Mapping[str, Document]) -> None:
        """Remember what was loaded for the open files of a part; the worker calls this."""
        project = part.loaded
        if project is None:
            return
        known = {path: last for path, last in self.projects.items() if path in documents}
        for path in part.paths:
            if path in documents and not (path in known and _is_broken(project, path)):
                known[path] = project, part.result
        self.projects = known


def _is_broken(project: Project, path: str) -> bool:
    """Whether an error of syntax hides what a file says."""
    return any(
        problem.kind == "syntax"
        for stack in project.stacks
        for source in stack.loaded.sources
        if source.path == path and source.yaml is not None
        for problem in source.yaml.problems
    )


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
