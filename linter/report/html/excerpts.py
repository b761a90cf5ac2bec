"""The source lines of a place, as rows of a page.

The lines are those that ``shown_lines.py`` looks for secrets in, and no others.
"""

from __future__ import annotations

from ...base.escape import visible
from ..enclosing import enclosing_lines
from ..excerpt import line_bounds
from ..shown_lines import few_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...base.text import SourceFile, Span
    from ..masking import Masks

    Row = list[int | str]

_CUT = "…"
_LONGEST = 240
"""A longer line is shown around its mark."""
_BEFORE = 80
_MARKED = 120


def rows_of(span: Span, masks: Masks | None) -> list[Row]:
    """The lines of a span: number, text before it, its own text, text after it.

    Lines that only enclose it are a number and a text.
    """
    if masks is not None:
        span = masks.shown(span)
    file, start, end = span
    if not file.text:
        return []
    first, last = file.line_of(start), file.line_of(max(start, end - 1))
    rows: list[Row] = [[line, _beginning(file, line)] for line in enclosing_lines(file, first)]
    rows += (_marked(file, line, start, end) for line in few_lines(first, last))
    return rows


def _beginning(file: SourceFile, line: int) -> str:
    begin, end = line_bounds(file, line)
    return _shown(file.text[begin : min(end, begin + _LONGEST)]) + _CUT * (end - begin > _LONGEST)


def _marked(file: SourceFile, line: int, start: int, end: int) -> Row:
    """A line with the part of a span that is in it, cut around that where it is long."""
    text = file.text
    begin, stop = line_bounds(file, line)
    first = min(max(start, begin), stop)
    if start < begin:
        while first < stop and first < begin + _LONGEST and text[first] == " ":
            first += 1
    last = min(max(end, first), stop)
    if start == end:
        last = min(first + 1, stop)
    low, high = begin, stop
    if stop - begin > _LONGEST:
        low = max(begin, first - _BEFORE)
        last, whole = min(last, first + _MARKED), last
        high = last if last < whole else min(stop, max(last, low + _LONGEST))
    before = _CUT * (low > begin) + _shown(text[low:first])
    after = _shown(text[last:high]) + _CUT * (high < stop)
    return [line, before, _shown(text[first:last]), after]


def _shown(text: str) -> str:
    return visible(text.replace("\t", "    "))
