"""Keeps the values of secrets out of the output.

Rules say which places hold secrets (``Diagnostic.sensitive``). Source lines that contain
such a place are shown with ``MASK`` in it, whichever finding shows them. The values are also
masked in the other texts of the findings and elsewhere in the files, unless they are so
short or so common that they would be found where something else is meant.
"""

from __future__ import annotations

from bisect import bisect_right
from copy import copy

from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from ..rule import Append, Create
from ..secrets.dummies import is_guessable, looks_real
from .secret_values import (
    MASK,
    MIN_LENGTH,
    is_distinctive,
    mask_value,
    mask_values,
    occurrences,
    secret_ranges,
    spellings,
    text_before_dots,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from ..result import Result
    from ..rule import Diagnostic, Fix

_MOST = 500
"""How many values are masked outside of their places: each is searched for in all texts."""
_FEW = 16
"""So few values are searched for one by one."""
_MOST_NEAR = 50
"""How many values of a line are masked in the texts about it, words among them."""


class _MaskedFile(NamedTuple):
    """A file with masks in it.

    ``starts`` and ``ends`` bound what is masked in the original file; ``places`` are the
    offsets of the masks in ``file``, the masked one.
    """

    starts: list[int]
    ends: list[int]
    places: list[int]
    file: SourceFile


class Masks:
    """The values to mask in the findings of a run.

    Files are told apart by path and text, since texts of one path may differ, as before and
    after a fix.
    """

    __slots__ = (
        "_by_beginning",
        "_common",
        "_files",
        "_found",
        "_names",
        "_near",
        "_places",
        "_values",
    )

    def __init__(self, findings: Sequence[Diagnostic], in_lines: Sequence[Span] = ()) -> None:
        self._places: dict[tuple[str, str], set[tuple[int, int]]] = {}
        self._near: dict[tuple[str, str], dict[int, set[str]]] = {}
        self._files: dict[tuple[str, str], _MaskedFile | None] = {}
        self._names = {finding.owner[1].casefold() for finding in findings if finding.owner}
        self._common: dict[str, bool] = {}
        self._found: dict[str, tuple[str, ...]] = {}
        values: set[str] = set()
        places = dict.fromkeys(span for finding in findings for span in finding.sensitive)
        for span in (*places, *in_lines):
            values |= self._add_place(span)
        distinctive = (
            value for value in values if is_distinctive(value) and not self._is_common(value)
        )
        # Longer values first: one may be a part of another.
        self._values = tuple(sorted(distinctive, key=_by_length)[:_MOST])
        self._by_beginning: dict[str, list[str]] = {}
        for value in self._values:
            self._by_beginning.setdefault(value[:MIN_LENGTH], []).append(value)

    def _add_place(self, span: Span) -> set[str]:
        """Record a place, and return the spellings of the values in it."""
        file, ranges = span.file, list(secret_ranges(span))
        key = (file.path, file.text)
        places = self._places.setdefault(key, set())
        if places.issuperset(ranges):
            return set()
        places.update(ranges)
        values = spellings(span, ranges)
        near = self._near.setdefault(key, {})
        for start, end in ranges:
            near.setdefault(file.line_of(start), set()).add(file.text[start:end])
        if len(ranges) == 1:
            near[file.line_of(ranges[0][0])].update(values)
        return values

    def _is_common(self, value: str) -> bool:
        """Whether a value is a well-known word, or a name in the reports."""
        common = self._common.get(value)
        if common is None:
            common = self._common[value] = value.casefold() in self._names or (
                # What is spelled in capitals may be an example, but is not a word of every report.
                value == value.casefold() and is_guessable(value) and not looks_real(value)
            )
        return common

    # --- texts of findings

    def text(self, text: str) -> str:
        """A text with the values masked."""
        for value in self._values:
            text = mask_value(text, value)
        return text

    def findings(self, findings: Sequence[Diagnostic]) -> list[Diagnostic]:
        """The findings as they may be printed: copies where something is masked."""
        paths = {path for path, _ in self._places}
        masked = []
        for finding in findings:
            values = self._values_in(_texts(finding))
            is_near = any(
                span.file.path in paths and self._values_near(span.origin)
                for span in (finding.span, *(related.span for related in finding.related))
            )
            moves_secret = finding.fix is not None and _holds_secret(finding.fix)
            is_masked = is_near or values or moves_secret
            masked.append(self._finding(finding, values) if is_masked else finding)
        return masked

    def _finding(self, finding: Diagnostic, values: Sequence[str]) -> Diagnostic:
        """A copy of a finding without these values and those in the lines that it is about."""
        span = finding.span.origin
        near = self._values_near(span)
        near_related = [self._values_near(related.span.origin) for related in finding.related]
        own = [*self._fragments(span), *values, *self._telling(near)]
        masked = copy(finding)
        masked.message = mask_values(finding.message, own)
        masked.help = mask_values(finding.help, own)
        masked.subject = mask_values(finding.subject, own)
        masked.suppressed = finding.suppressed and mask_values(finding.suppressed, own)
        masked.related = tuple(
            related._replace(
                message=mask_values(
                    related.message,
                    [*self._values_in((related.message,)), *self._telling(its_near)],
                )
            )
            for related, its_near in zip(finding.related, near_related, strict=True)
        )
        if fix := finding.fix:
            # Edits with masks in them would destroy the value where they are applied.
            contains = self._contains(fix, {*values}.union(near, *near_related))
            edits = () if contains or _holds_secret(fix) else fix.edits
            masked.fix = fix._replace(title=mask_values(fix.title, own), edits=edits)
        return masked

    def _values_in(self, texts: Iterable[str]) -> list[str]:
        """The values that texts contain, whole or cut short by dots; longer ones first."""
        if not self._values:
            return []
        found: set[str] = set()
        for text in texts:
            values = self._found.get(text)
            if values is None:
                # Many findings say the same.
                values = self._found[text] = self._search(text)
            found.update(values)
        return sorted(found, key=_by_length)

    def _search(self, text: str) -> tuple[str, ...]:
        values: Iterable[str] = self._values
        if len(self._values) > _FEW:
            # One search for the beginnings of all.
            starts = range(len(text) - MIN_LENGTH + 1)
            beginnings = {text[at : at + MIN_LENGTH] for at in starts} & self._by_beginning.keys()
            values = (value for each in beginnings for value in self._by_beginning[each])
        cut = text_before_dots(text)
        return tuple(value for value in values if value in text or value[:MIN_LENGTH] in cut)

    def _values_near(self, span: Span) -> set[str]:
        """The values in the lines of a span."""
        near = self._near.get((span.file.path, span.file.text))
        if not near:
            return set()
        first, last = span.file.line_of(span.start), span.file.line_of(span.end)
        if last == first:
            return near.get(first, set())
        lines = near if last - first > len(near) else range(first, last + 1)
        return {value for line in lines if first <= line <= last for value in near.get(line, ())}

    def _telling(self, values: set[str]) -> list[str]:
        """The values of some lines, longest first, without those that may mean something else."""
        if len(values) > _MOST_NEAR:
            return []
        return [value for value in sorted(values, key=_by_length) if not self._is_common(value)]

    def _contains(self, fix: Fix, values: set[str]) -> bool:
        """Whether the edits of a fix contain a value; assumed where there are too many to search."""
        return len(values) > _MOST or any(
            value in text for text in _fix_texts(fix) for value in values
        )

    def _fragments(self, span: Span) -> tuple[str, ...]:
        """The text of a span inside a secret, and the variable name that it was taken for."""
        masked = self._masked_file(span.file)
        index = bisect_right(masked.starts, span.start) - 1 if masked is not None else -1
        if masked is None or index < 0:
            return ()
        start, end = masked.starts[index], masked.ends[index]
        if not span.start < span.end <= end or (start, end) == (span.start, span.end):
            return ()
        return tuple(filter(None, (span.text, span.text.strip("${}"))))

    # --- source lines

    def hide(self, span: Span) -> None:
        """Mask a place in a file that no view was asked of yet."""
        key = (span.file.path, span.file.text)
        self._places.setdefault(key, set()).update(secret_ranges(span))

    def view(self, file: SourceFile) -> SourceFile | None:
        """A file with masks in it and the same lines as before; None where nothing is masked."""
        masked = self._masked_file(file)
        return None if masked is None else masked.file

    def shown(self, span: Span) -> Span:
        """The span in the masked file; one that begins or ends inside a mask includes the mask."""
        masked = self._masked_file(span.file)
        if masked is None:
            return span
        return Span(masked.file, _moved(masked, span.start, False), _moved(masked, span.end, True))

    def hides(self, span: Span) -> bool:
        """Whether something in a span is masked."""
        masked = self._masked_file(span.file)
        if masked is None:
            return False
        index = bisect_right(masked.ends, span.start)
        return index < len(masked.starts) and masked.starts[index] < span.end

    def _masked_file(self, file: SourceFile) -> _MaskedFile | None:
        key = (file.path, file.text)
        if key not in self._files:
            self._files[key] = self._mask_file(file)
        return self._files[key]

    def _mask_file(self, file: SourceFile) -> _MaskedFile | None:
        text = file.text
        ranges = set(self._places.get((file.path, text), ()))
        for value in self._values:
            if value in text:
                ranges.update(occurrences(text, value))
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
        masked = SourceFile(file.path, "")
        masked.text = "".join(parts)
        return _MaskedFile(starts, ends, places, masked)


def masked(result: Result, masks: Masks) -> Result:
    """A copy of a result as it may be printed."""
    masked = copy(result)
    masked.diagnostics = masks.findings(result.diagnostics)
    masked.fixed = masks.findings(result.fixed)
    return masked


def _by_length(value: str) -> tuple[int, str]:
    return -len(value), value


def _texts(finding: Diagnostic) -> Iterator[str]:
    """All texts of a finding that a report may show."""
    yield from (finding.message, finding.help, finding.subject, finding.suppressed or "")
    yield from (related.message for related in finding.related)
    if finding.fix is not None:
        yield finding.fix.title
        yield from _fix_texts(finding.fix)


def _fix_texts(fix: Fix) -> Iterator[str]:
    """The texts that the edits of a fix put into files."""
    for edit in fix.edits:
        if isinstance(edit, Append):
            yield from edit.lines
        else:
            yield edit.text if isinstance(edit, Create) else edit.replacement


def _holds_secret(fix: Fix) -> bool:
    """Whether a fix puts secrets into a file."""
    return any(isinstance(edit, Append) and edit.secret for edit in fix.edits)


def _moved(masked: _MaskedFile, offset: int, is_end: bool) -> int:
    """The offset in a masked file for an offset in the original."""
    index = bisect_right(masked.starts, offset) - 1
    if index < 0:
        return offset
    place, end = masked.places[index], masked.ends[index]
    if offset >= end:
        return place + len(MASK) + offset - end
    return place + len(MASK) if is_end and offset > masked.starts[index] else place
