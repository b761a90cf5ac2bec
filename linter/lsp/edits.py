"""Edits of our own as those of the protocol."""

from __future__ import annotations

from lsprotocol import types

from ..rule import Append, Create, as_edit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..base.text import SourceFile
    from ..rule import Edit
    from .view import View


def text_edit(view: View, edit: Edit) -> types.TextEdit:
    """One edit of a file's text, with the line endings of the file."""
    span = edit.span.origin
    return types.TextEdit(view.range(span), _with_newlines(edit.replacement, span.file))


def _with_newlines(text: str, file: SourceFile) -> str:
    if file.newline == "\n" or "\n" not in text:
        return text
    return text.replace("\r\n", "\n").replace("\n", file.newline)


def workspace_edit(view: View, edits: Iterable[Edit | Create | Append]) -> types.WorkspaceEdit:
    """The edits of several files, each of the version that the client has; new files included."""
    created: list[Create] = []
    by_path: dict[str, list[types.TextEdit]] = {}
    for part in edits:
        edit = as_edit(part) if isinstance(part, Append) else part
        if isinstance(edit, Create):
            created.append(edit)
        else:
            path = edit.span.origin.file.path
            by_path.setdefault(path, []).append(text_edit(view, edit))
    can = view.client.workspace and view.client.workspace.workspace_edit
    if not (can and can.document_changes):
        changes = {view.uri(path): edits_ for path, edits_ in by_path.items()}
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


_START = types.Range(types.Position(0, 0), types.Position(0, 0))


def _of_file(uri: str, version: int | None, edits: list[types.TextEdit]) -> types.TextDocumentEdit:
    return types.TextDocumentEdit(
        types.OptionalVersionedTextDocumentIdentifier(uri, version), list(edits)
    )
