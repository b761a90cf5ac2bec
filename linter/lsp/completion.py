"""Completion, as ``insight/complete.py`` knows it."""

from __future__ import annotations

from lsprotocol import types

from ..files.content import kind_in
from ..insight.complete import MOST, complete
from ..insight.completions import plain_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..insight.completions import Completion
    from ..model.project import Project
    from .server import Server
    from .view import View

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

    @server.answers(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=_TRIGGERS)
    )
    def completion(view: View, params: types.CompletionParams) -> types.CompletionList | None:
        source = view.source
        if source is None:
            return None
        offset = view.offset(params.position)
        kind = kind_in(view.path, source.text) or ""
        project = known.of(view)
        found = complete(kind, view.path, source.text, offset, project, view.part.result)
        line = source.text.rfind("\n", 0, offset) + 1
        found = [item for item in found if item.start >= line]
        items = [_Answer(view, item, number).item() for number, item in enumerate(found)]
        depends = len(found) >= MOST or any(item.kind in _TYPED for item in found)
        return types.CompletionList(is_incomplete=depends, items=items)


class _Known:
    """What was loaded last while the files that are typed into could be read."""

    def __init__(self) -> None:
        self.projects: dict[str, Project] = {}

    def of(self, view: View) -> Project:
        """What is loaded; if an error of syntax hides a file, what was loaded before that."""
        project = view.project
        is_broken = any(
            problem.kind == "syntax"
            for stack in project.stacks
            for source in stack.loaded.sources
            if source.path == view.path and source.yaml is not None
            for problem in source.yaml.problems
        )
        if is_broken:
            return self.projects.get(view.path, project)
        self.projects.pop(view.path, None)
        while len(self.projects) >= _MOST_PROJECTS:
            del self.projects[next(iter(self.projects))]
        self.projects[view.path] = project
        return project


_MOST_PROJECTS = 2
"""How many projects are kept for files that are being typed into."""

_TYPED = ("image", "file", "folder")
"""Kinds of which others are found when more is typed."""


class _Answer:
    """One completion as the protocol has it."""

    def __init__(self, view: View, found: Completion, number: int) -> None:
        self.view = view
        self.found = found
        self.number = number
        text_document = view.client.text_document
        client = text_document.completion if text_document is not None else None
        self.client = client.completion_item if client is not None else None

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
        source = self.view.source
        assert source is not None
        return self.view.range_of(source, self.found.start, self.found.end)

    def adjusts(self) -> bool:
        """Whether the client indents the lines of an inserted text as its line is."""
        client = self.client
        support = client.insert_text_mode_support if client is not None else None
        return support is not None and types.InsertTextMode.AdjustIndentation in support.value_set

    def unindented(self, text: str) -> str:
        """A text without the indentation of the line in its later lines."""
        source = self.view.source
        assert source is not None
        line = source.text.rfind("\n", 0, self.found.start) + 1
        before = source.text[line : self.found.start]
        margin = "\n" + before[: len(before) - len(before.lstrip(" "))]
        return text.replace(margin, "\n")
