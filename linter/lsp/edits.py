"""Edits of our own as those of the protocol."""

from __future__ import annotations

import re
from difflib import SequenceMatcher

from lsprotocol import types

from ..base.text import SourceFile, Span
from ..rule import Append, Create, Edit, as_edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from .view import View

    TextEdit = types.TextEdit | types.SnippetTextEdit

_START = types.Range(types.Position(0, 0), types.Position(0, 0))


def text_edit(view: View, edit: Edit) -> types.TextEdit:
    """One edit of a file's text, with the line endings of the file."""
    span = edit.span.origin
    return types.TextEdit(view.range(span), _with_newlines(edit.replacement, span.file))


def _with_newlines(text: str, file: SourceFile) -> str:
    if file.newline == "\n" or "\n" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\n", file.newline)


def difference(file: SourceFile, text: str) -> list[Edit]:
    """The edits that turn a file's text into another one, line by line: cursors stay where they are."""
    if file.text == text:
        return []
    old, new = file.text.splitlines(keepends=True), text.splitlines(keepends=True)
    at = [0]
    for line in old:
        at.append(at[-1] + len(line))
    return [
        Edit(Span(file, at[first], at[last]), "".join(new[start:end]))
        for kind, first, last, start, end in SequenceMatcher(
            None, old, new, autojunk=False
        ).get_opcodes()
        if kind != "equal"
    ]


def can_create(client: types.ClientCapabilities) -> bool:
    """Whether a client makes new files when an edit says so."""
    can = client.workspace and client.workspace.workspace_edit
    return bool(
        can
        and can.document_changes
        and types.ResourceOperationKind.Create in (can.resource_operations or ())
    )


def can_snippets(client: types.ClientCapabilities) -> bool:
    """Whether a client lets people fill in the placeholders of an edit."""
    can = client.workspace and client.workspace.workspace_edit
    return bool(can and can.document_changes and can.snippet_edit_support)


def workspace_edit(
    view: View, edits: Iterable[Edit | Create | Append], *, snippet: bool = False
) -> types.WorkspaceEdit:
    """The edits of several files, each of the version that the client has; new files included.

    With ``snippet`` what a person has to choose is a placeholder, if the client knows those.
    """
    created: list[Create] = []
    by_path: dict[str, list[TextEdit]] = {}
    with_placeholders = snippet and can_snippets(view.client)
    for part in edits:
        edit = as_edit(part) if isinstance(part, Append) else part
        if isinstance(edit, Create):
            created.append(edit)
            continue
        path = edit.span.origin.file.path
        plain = text_edit(view, edit)
        by_path.setdefault(path, []).append(
            _snippet(plain, view.documents.get(path) is not None) if with_placeholders else plain
        )
    can = view.client.workspace and view.client.workspace.workspace_edit
    if not (can and can.document_changes):
        changes: dict[str, list[types.TextEdit]] = {
            view.uri(path): [each for each in edits_ if isinstance(each, types.TextEdit)]
            for path, edits_ in by_path.items()
        }
        for new in created:
            changes[view.uri(new.path)] = [types.TextEdit(_START, new.text)]
        return types.WorkspaceEdit(changes=changes)
    operations: list[
        types.TextDocumentEdit | types.CreateFile | types.RenameFile | types.DeleteFile
    ] = []
    for new in created:
        uri = view.uri(new.path)
        operations.append(
            types.CreateFile(uri, options=types.CreateFileOptions(ignore_if_exists=True))
        )
        operations.append(_of_file(uri, None, [types.TextEdit(_START, new.text)]))
    for path, edits_ in by_path.items():
        document = view.documents.get(path)
        version = document.version if document is not None else None
        operations.append(_of_file(view.uri(path), version, edits_))
    return types.WorkspaceEdit(document_changes=operations)


_VALUE = re.compile(r"(?m)^(\s*(?:- )?[\w.-]+: +)([^\s#\[{|>&*][^\n#]*?)(?= *(?:#|$))")
"""A key and its value in the lines of a suggestion: somebody has to choose the value."""


def _snippet(edit: types.TextEdit, is_open: bool) -> TextEdit:
    """An edit with the placeholders of a snippet in it; as it is where there are none."""
    text = edit.new_text
    if not is_open or not _VALUE.search(text):
        return edit
    parts: list[str] = []
    at = 0
    for number, match in enumerate(_VALUE.finditer(text), 1):
        parts.append(literal(text[at : match.start(2)]))
        parts.append(f"${{{number}:{literal(match[2])}}}")
        at = match.end()
    parts.append(literal(text[at:]))
    return types.SnippetTextEdit(edit.range, types.StringValue("".join(parts)))


def literal(text: str) -> str:
    """A text in which a snippet has no special characters."""
    return re.sub(r"[\\$}]", r"\\\g<0>", text)


def _of_file(uri: str, version: int | None, edits: list[TextEdit]) -> types.TextDocumentEdit:
    return types.TextDocumentEdit(
        types.OptionalVersionedTextDocumentIdentifier(uri, version), list(edits)
    )
