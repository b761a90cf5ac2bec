"""Keeps the values of secrets out of what is printed.

Rules say which places hold secrets (``Diagnostic.sensitive``). Source lines that reach into
such a place are shown with ``MASK`` in it, whichever finding shows them; the values are also
looked for in the other texts of the findings and elsewhere in the files, unless they are so
short or so common that they would be found where something else is meant.
"""

from __future__ import annotations

from bisect import bisect_right

from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..result import Result
from ..rule import Create, Diagnostic, Fix
from ..secrets.values import is_guessable
from .secret_values import (
    _LEAST,
    MASK,
    _cut_short,
    _masked,
    _occurrences,
    _pieces,
    _stands_out,
    _values,
    _without,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_MOST = 500
"""How many values are looked for outside of their places: each has to be, in all texts."""
_MOST_NEAR = 50
"""How many values in a line are looked for in the texts about it, words among them."""


class _View(NamedTuple):
    """A file as it is shown.

    ``starts`` and ``ends`` bound what is masked in it, ``places`` are those of the masks in
    the text that results.
    """

    starts: list[int]
    ends: list[int]
    places: list[int]
    file: SourceFile


class Masks:
    """What to mask in the findings of a run, and how.

    Texts of the same path may differ, as before and after a fix.
    """

    __slots__ = ("_common", "_names", "_near", "_places", "_spread", "_views")

    def __init__(self, items: Sequence[Diagnostic]) -> None:
        self._places: dict[tuple[str, str], set[tuple[int, int]]] = {}
        self._near: dict[tuple[str, str], dict[int, set[str]]] = {}
        self._views: dict[tuple[str, str], _View | None] = {}
        self._names = {item.owner[1].casefold() for item in items if item.owner}
        self._common: dict[str, bool] = {}
        values: set[str] = set()
        for span in dict.fromkeys(span for item in items for span in item.sensitive):
            values |= self._note(span)
        telling = (value for value in values if _stands_out(value) and not self._is_common(value))
        # Longer ones first: one may be a part of another.
        self._spread = tuple(sorted(telling, key=_by_length)[:_MOST])

    def _note(self, span: Span) -> set[str]:
        """Remember a place; the values that are found there."""
        file, pieces = span.file, list(_pieces(span))
        key = (file.path, file.text)
        places = self._places.setdefault(key, set())
        if places.issuperset(pieces):
            return set()
        places.update(pieces)
        values = _values(span, pieces)
        near = self._near.setdefault(key, {})
        for start, end in pieces:
            near.setdefault(file.line_of(start), set()).add(file.text[start:end])
        if len(pieces) == 1:
            near[file.line_of(pieces[0][0])].update(values)
        return values

    def _is_common(self, value: str) -> bool:
        """Whether a value is a word that everybody knows, or a name in the reports."""
        known = self._common.get(value)
        if known is None:
            known = self._common[value] = value.casefold() in self._names or is_guessable(value)
        return known

    # --- texts of findings

    def text(self, text: str) -> str:
        """A text without the values."""
        for value in self._spread:
            text = _without(text, value)
        return text

    def findings(self, items: Sequence[Diagnostic]) -> list[Diagnostic]:
        """Findings as they may be printed: copies where something is masked."""
        texts = ["\0".join(_texts(item)) for item in items]
        whole = "\0".join(texts)
        cut = _cut_short(whole)
        spread = [value for value in self._spread if value in whole or value[:_LEAST] in cut]
        paths = {path for path, _ in self._places}
        made = []
        for item, text in zip(items, texts, strict=True):
            met = [value for value in spread if value[:_LEAST] in text] if spread else []
            is_near = item.span.file.path in paths and self._lines(item.span.origin)
            for place in item.related:
                is_near = is_near or (
                    place.span.file.path in paths and self._lines(place.span.origin)
                )
            made.append(self._finding(item, met) if is_near or met else item)
        return made

    def _finding(self, item: Diagnostic, spread: Sequence[str]) -> Diagnostic:
        """A finding without these values and those that stand in its own lines."""
        span = item.span.origin
        lines = self._lines(span)
        places = [self._lines(place.span.origin) for place in item.related]
        own = [*self._fragments(span), *spread, *self._telling(lines)]
        fix = item.fix
        if fix is not None and self._is_told(fix, spread, (lines, *places)):
            # With masks in them the edits would destroy the value wherever they are applied.
            fix = Fix(fix.title, (), fix.applicability, fix.changes)
        made = Diagnostic(
            item.span,
            _masked(item.message, own),
            help=_masked(item.help, own),
            severity=item.severity,
            related=[
                place._replace(message=_masked(place.message, [*spread, *self._telling(near)]))
                for place, near in zip(item.related, places, strict=True)
            ],
            fix=fix and fix._replace(title=_masked(fix.title, own)),
            subject=_masked(item.subject, own),
            evidence=item.evidence,
            sensitive=item.sensitive,
        )
        made.code, made.name, made.owner, made.stack = item.code, item.name, item.owner, item.stack
        made.suppressed = item.suppressed and _masked(item.suppressed, own)
        return made

    def _lines(self, span: Span) -> set[str]:
        """The values that stand in the lines of a place."""
        near = self._near.get((span.file.path, span.file.text))
        if not near:
            return set()
        first, last = span.file.line_of(span.start), span.file.line_of(span.end)
        if last == first:
            return near.get(first, set())
        lines = near if last - first > len(near) else range(first, last + 1)
        return {value for line in lines if first <= line <= last for value in near.get(line, ())}

    def _telling(self, lines: set[str]) -> list[str]:
        """Those of the values in some lines that mean nothing else there."""
        if len(lines) > _MOST_NEAR:
            return []
        return [value for value in sorted(lines, key=_by_length) if not self._is_common(value)]

    def _is_told(self, fix: Fix, spread: Sequence[str], near: Sequence[set[str]]) -> bool:
        """Whether the edits of a fix hold a value; where there are too many to try, they do."""
        values = {*spread}.union(*near)
        return len(values) > _MOST or any(
            value in text for text in _fix_texts(fix) for value in values
        )

    def _fragments(self, span: Span) -> tuple[str, ...]:
        """The text of a place in a secret, and the name that it is taken for."""
        view = self._view(span.file)
        index = bisect_right(view.starts, span.start) - 1 if view is not None else -1
        if view is None or index < 0:
            return ()
        start, end = view.starts[index], view.ends[index]
        if not span.start < span.end <= end or (start, end) == (span.start, span.end):
            return ()
        return span.text, span.text.strip("${}")

    # --- source lines

    def view(self, file: SourceFile) -> SourceFile | None:
        """A file with masks in it, the same lines as before; None where nothing is masked."""
        view = self._view(file)
        return None if view is None else view.file

    def shown(self, span: Span) -> Span:
        """A place in the file as it is shown; what is inside a mask is all of it."""
        view = self._view(span.file)
        if view is None:
            return span
        return Span(view.file, _moved(view, span.start, False), _moved(view, span.end, True))

    def hides(self, span: Span) -> bool:
        """Whether something in this place is masked."""
        view = self._view(span.file)
        if view is None:
            return False
        index = bisect_right(view.ends, span.start)
        return index < len(view.starts) and view.starts[index] < span.end

    def _view(self, file: SourceFile) -> _View | None:
        key = (file.path, file.text)
        if key not in self._views:
            self._views[key] = self._make_view(file)
        return self._views[key]

    def _make_view(self, file: SourceFile) -> _View | None:
        text = file.text
        ranges = set(self._places.get((file.path, text), ()))
        for value in self._spread:
            if value in text:
                ranges.update(_occurrences(text, value))
        if not ranges:
            return None
        starts: list[int] = []
        ends: list[int] = []
        for start, end in sorted(ranges):
            if ends and start < ends[-1]:
                ends[-1] = max(end, ends[-1])
            else:
                starts.append(start)
                ends.append(end)
        parts: list[str] = []
        places: list[int] = []
        at = size = 0
        for start, end in zip(starts, ends, strict=True):
            parts += (text[at:start], MASK)
            places.append(size + start - at)
            size = places[-1] + len(MASK)
            at = end
        parts.append(text[at:])
        shown = SourceFile(file.path, "")
        shown.text = "".join(parts)
        return _View(starts, ends, places, shown)


def masked(result: Result, masks: Masks) -> Result:
    """A result as it may be printed."""
    made = Result()
    for name in Result.__slots__:
        setattr(made, name, getattr(result, name))
    made.diagnostics = masks.findings(result.diagnostics)
    return made


def _by_length(value: str) -> tuple[int, str]:
    return -len(value), value


def _texts(item: Diagnostic) -> Iterator[str]:
    yield from (item.message, item.help, item.subject, item.suppressed or "")
    for place in item.related:
        yield place.message
    if item.fix is not None:
        yield item.fix.title
        yield from _fix_texts(item.fix)


def _fix_texts(fix: Fix) -> Iterator[str]:
    """What the edits of a fix put into files."""
    for edit in fix.edits:
        yield edit.text if isinstance(edit, Create) else edit.replacement


def _moved(view: _View, offset: int, is_end: bool) -> int:
    """Where an offset of a file is in its view."""
    index = bisect_right(view.starts, offset) - 1
    if index < 0:
        return offset
    place, end = view.places[index], view.ends[index]
    if offset >= end:
        return place + len(MASK) + offset - end
    return place + len(MASK) if is_end and offset > view.starts[index] else place


# --- which text of a place is the secret


# --- values in other text
