"""Turns a result into plain data and back: for the cache, and for other processes.

Plain data are lists, texts, numbers, booleans and None, as in JSON. A span becomes the number of
a file and two offsets. The texts of the files are not included: the unpacking side has read the
files, and has checked that they are the same.
"""

from __future__ import annotations

from ..base.text import SourceFile, Span
from ..result import Result, StackRecord
from ..rule import Append, Applicability, Create, Diagnostic, Edit, Fix, Related, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    Packed = list[Any]


class Unfit(ValueError):
    """A result whose files cannot be read any more."""


def pack(result: Result, texts: Mapping[str, object]) -> Packed:
    """A result as plain data, without its trees, crashes and notes.

    ``texts`` are the files that the unpacking side has, by path. The text of any other file with
    a finding is included.
    """
    files: dict[SourceFile, int] = {}
    items = [_pack_item(item, files) for item in result.diagnostics]
    listed = [
        file.path if texts.get(file.path) is file else [file.path, file.text, file.bom]
        for file in files
    ]
    return [
        result.files,
        result.failed,
        result.unread,
        sorted(result.ran),
        sorted(result.read),
        result.asides,
        [list(stack) for stack in result.stacks],
        listed,
        items,
    ]


def _pack_item(item: Diagnostic, files: dict[SourceFile, int]) -> Packed:
    fix = item.fix
    return [
        item.code,
        item.name,
        item.category,
        item.url,
        int(item.severity),
        item.message,
        item.help,
        item.subject,
        item.evidence,
        list(item.owner) if item.owner else None,
        item.stack,
        item.suppressed,
        _pack_span(item.span, files),
        [[*_pack_span(place.span, files), place.message] for place in item.related],
        None
        if fix is None
        else [
            fix.title,
            int(fix.applicability),
            list(fix.changes),
            [_pack_edit(edit, files) for edit in fix.edits],
        ],
        list(item.brought_by),
        [_pack_span(place, files) for place in item.sensitive],
    ]


def _pack_edit(edit: Edit | Create | Append, files: dict[SourceFile, int]) -> Packed:
    """An edit; the three kinds have lists of different lengths."""
    if isinstance(edit, Create):
        return [edit.path, edit.text]
    if isinstance(edit, Append):
        return [_number(edit.file, files), list(edit.lines), edit.exists, edit.secret, None]
    return [*_pack_span(edit.span, files), edit.replacement]


def _number(file: SourceFile, files: dict[SourceFile, int]) -> int:
    return files.setdefault(file, len(files))


def _pack_span(span: Span, files: dict[SourceFile, int]) -> Packed:
    file, start, end = span.origin
    return [_number(file, files), start, end]


def unpack(data: Packed, read: Callable[[str], SourceFile | None]) -> Result:
    """The result that was packed; ``read`` gives the files by path.

    Raises:
        Unfit: if it returns None for one.
    """
    count, failed, unread, ran, paths, asides, stacks, listed, items = data
    files = [_file(entry, read) for entry in listed]
    result = Result()
    result.files, result.failed, result.unread = count, failed, unread
    result.ran.update(ran)
    result.read.update(paths)
    result.asides += asides
    result.stacks += [
        StackRecord._make((tuple(names), *rest, tuple(map(tuple, uses))))
        for names, *rest, uses in stacks
    ]
    result.diagnostics = [_item(item, files) for item in items]
    return result


def may_hold_secrets(data: Packed) -> bool:
    """Whether a packed result has findings about secrets, or fixes, whose edits hold any text."""
    return any(item[-1] or (item[-3] is not None and item[-3][-1]) for item in data[-1])


def files_of(data: Packed) -> list[str]:
    """The paths of the files that the unpacking side needs."""
    return [entry for entry in data[-2] if isinstance(entry, str)]


def _file(entry: Any, read: Callable[[str], SourceFile | None]) -> SourceFile:
    if isinstance(entry, str):
        file = read(entry)
        if file is None:
            raise Unfit(f"{entry} was not read")
        return file
    path, text, bom = entry
    file = SourceFile(path, text)
    file.bom = bom
    return file


_SEVERITIES = {int(severity): severity for severity in Severity}
_APPLICABILITIES = {int(applicability): applicability for applicability in Applicability}


def _item(data: Packed, files: list[SourceFile]) -> Diagnostic:
    code, name, category, url, severity, message, help, subject, evidence, owner, stack, *others = (
        data
    )
    suppressed, span, related, fix, brought_by, sensitive = others
    item = Diagnostic(
        _span(span, files),
        message,
        help=help,
        severity=_SEVERITIES[severity],
        related=[Related(_span(place, files), place[3]) for place in related] if related else (),
        fix=None if fix is None else _fix(fix, files),
        subject=subject,
        evidence=evidence,
        sensitive=[_span(place, files) for place in sensitive] if sensitive else (),
    )
    item.code, item.name, item.category, item.url = code, name, category, url
    if owner is not None:
        item.owner = tuple(owner)
    item.stack = stack
    item.suppressed = suppressed
    if brought_by:
        item.brought_by = tuple(brought_by)
    return item


def _span(data: Packed, files: list[SourceFile]) -> Span:
    """The span in the first three of some values."""
    return Span(files[data[0]], data[1], data[2])


def _fix(data: Packed, files: list[SourceFile]) -> Fix:
    title, applicability, changes, edits = data
    return Fix(
        title,
        tuple([_edit(edit, files) for edit in edits]),
        _APPLICABILITIES[applicability],
        tuple(changes),
    )


def _edit(data: Packed, files: list[SourceFile]) -> Edit | Create | Append:
    if len(data) == 2:
        return Create(*data)
    if len(data) == 5:
        number, lines, exists, secret, _ = data
        return Append(files[number], tuple(lines), exists, secret)
    return Edit(_span(data, files), data[3])
