"""A run's result as plain data and back: for the cache, and for other processes.

Plain data are lists, texts, numbers, booleans and None, as JSON knows them. Spans become
a file's number and two offsets; the texts of the files are not part of it, as whoever unpacks
has read the files and knows that they are the same. What comes from a disk is not to be
trusted: ``unpack`` takes nothing that does not fit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from .result import Result
from .rule import Applicability, Create, Diagnostic, Edit, Fix, Related, Severity
from .source.text import SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    Packed = list[Any]


class Unfit(ValueError):
    """Data that no result was packed into."""


def pack(result: Result, texts: Mapping[str, object]) -> Packed:
    """A result without its trees, crashes and notes.

    ``texts`` are the files that the unpacking side will have by path; the text of any other
    file that a finding stands in goes along.
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
        listed,
        items,
    ]


def _pack_item(item: Diagnostic, files: dict[SourceFile, int]) -> Packed:
    fix = item.fix
    return [
        item.code,
        item.name,
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
            [
                [edit.path, edit.text]
                if isinstance(edit, Create)
                else [*_pack_span(edit.span, files), edit.replacement]
                for edit in fix.edits
            ],
        ],
        [_pack_span(place, files) for place in item.sensitive],
    ]


def _pack_span(span: Span, files: dict[SourceFile, int]) -> Packed:
    file, start, end = span.origin
    return [files.setdefault(file, len(files)), start, end]


def unpack(data: Any, read: Callable[[str], SourceFile | None]) -> Result:
    """The result that was packed; ``read`` gives the files by path.

    Raises:
        Unfit: for anything else.
    """
    try:
        count, failed, unread, ran, paths, asides, listed, items = data
        files = [_file(entry, read) for entry in listed]
        result = Result()
        result.files, result.failed, result.unread = int(count), bool(failed), bool(unread)
        result.ran.update(map(_text, ran))
        result.read.update(map(_text, paths))
        result.asides += map(_text, asides)
        result.diagnostics = [_item(item, files) for item in items]
    except (TypeError, ValueError, IndexError, AttributeError, OverflowError) as error:
        raise Unfit(str(error)) from None
    return result


def files_of(data: Packed) -> list[str]:
    """The paths of the files whose texts the unpacking side has to have."""
    return [entry for entry in data[-2] if isinstance(entry, str)]


def _file(entry: Any, read: Callable[[str], SourceFile | None]) -> SourceFile:
    if isinstance(entry, str):
        file = read(entry)
        if file is None:
            raise Unfit(f"{entry} was not read")
        return file
    path, text, bom = entry
    file = SourceFile(_text(path), _text(text))
    file.bom = bool(bom)
    return file


def _text(value: Any) -> str:
    if isinstance(value, str):
        return value
    raise Unfit("a text was expected")


def _item(data: Any, files: list[SourceFile]) -> Diagnostic:
    code, name, severity, message, help, subject, evidence, owner, stack, why, *places = data
    span, near, fix, hidden = places
    item = Diagnostic(
        _span(span, files),
        _text(message),
        help=_text(help),
        severity=Severity(severity),
        related=[Related(_span(place[:3], files), _text(place[3])) for place in near],
        fix=None if fix is None else _fix(fix, files),
        subject=_text(subject),
        evidence=_text(evidence),
        sensitive=[_span(place, files) for place in hidden],
    )
    item.code, item.name = _text(code), _text(name)
    if owner is not None:
        kind, of = owner
        item.owner = _text(kind), _text(of)
    item.stack = None if stack is None else _text(stack)
    item.suppressed = None if why is None else _text(why)
    return item


def _span(data: Any, files: list[SourceFile]) -> Span:
    number, start, end = data
    file = files[number]
    if not 0 <= start <= end <= len(file.text):
        raise Unfit("a place outside the text")
    return Span(file, start, end)


def _fix(data: Any, files: list[SourceFile]) -> Fix:
    title, applicability, changes, edits = data
    return Fix(
        _text(title),
        tuple(
            Create(_text(edit[0]), _text(edit[1]))
            if len(edit) == 2
            else Edit(_span(edit[:3], files), _text(edit[3]))
            for edit in edits
        ),
        Applicability(applicability),
        tuple(map(_text, changes)),
    )
