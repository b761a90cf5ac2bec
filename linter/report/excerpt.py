"""Source lines with markers under the spans that a finding is about.

A span within one line is underlined; one over several lines has a bar at their left,
of which the first two and the last are shown when there are more than four::

     9 | / RUN apt-get update \\
    10 | |     && apt-get install -y curl
       | |______________________________^
"""

from __future__ import annotations

from ..base.escape import pieces, visible
from ..base.records import NamedTuple
from .style import cells, char_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile, Span
    from .style import Paint

_TAB = "    "
_CUT = "..."
_MOST_LINES = 4
_MIN_WIDTH = 40


class Mark(NamedTuple):
    """A span to show: the style and character of its marker, and a word beside it."""

    span: Span
    style: str
    char: str
    label: str = ""


class _Lines:
    """Builds the lines of one file's excerpt."""

    __slots__ = ("_gutter", "_text", "bars", "file", "last", "made", "paint", "width")

    def __init__(self, file: SourceFile, gutter: int, width: int, bars: bool, paint: Paint) -> None:
        self.file = file
        self.paint = paint
        self.bars = bars
        # What remains beside the line number, the bars and the dots at both ends.
        self.width = max(_MIN_WIDTH, width - gutter - 3 - 2 * bars - 2 * len(_CUT))
        self._gutter = gutter
        self.made: list[str] = []
        self.last = 0
        self._text = ""

    def source(self, line: int, text: str, bar: str = " ") -> None:
        """A line of the file, unless it (or the same part of it) was the last one shown."""
        if line == self.last and text == self._text:
            return
        if self.last and line not in (self.last, self.last + 1):
            self.skip()
        self.last, self._text = line, text
        self._add(str(line).rjust(self._gutter), bar, text)

    def marker(self, text: str, style: str, label: str = "", bar: str = " ") -> None:
        text = self.paint(style, text)
        if label:
            text += self.paint(style, f" {visible(label)}")
        self._add(" " * self._gutter, bar, text)

    def skip(self, bar: str = "") -> None:
        text = f"{_CUT:<{self._gutter + 3}}" if bar else _CUT
        self.made.append(f"{self.paint('gutter', text)}{bar}")

    def _add(self, number: str, bar: str, text: str) -> None:
        if self.bars:
            text = f"{bar} {text}" if bar != "_" else text
        paint = self.paint
        self.made.append(f"{paint('gutter', f'{number} |')} {text}".rstrip())


def excerpt(marks: list[Mark], gutter: int, width: int, paint: Paint) -> list[str]:
    """The marked lines of one file, from first to last, within ``width`` terminal cells.

    ``gutter`` is the width of the line numbers.
    """
    file = marks[0].span.file
    if not file.text:
        return []
    if len(marks) == 1 and (short := _one_plain(marks[0], gutter, width, paint)):
        return short
    placed = sorted(marks, key=lambda mark: (mark.span.start, mark.span.end))
    bars = any(_is_tall(mark.span) for mark in placed)
    lines = _Lines(file, gutter, width, bars, paint)
    for mark in placed:
        if _is_tall(mark.span):
            _tall(mark, lines)
        else:
            _flat(mark, lines)
    return lines.made


def _one_plain(mark: Mark, gutter: int, width: int, paint: Paint) -> list[str] | None:
    """The two lines of a span in a line that needs no care, as nearly every one is."""
    file, start, end = mark.span
    line = file.line_of(start)
    begin, stop = _bounds(file, line)
    room = max(_MIN_WIDTH, width - gutter - 3 - 2 * len(_CUT))
    if end > stop or mark.label or not 0 < stop - begin <= room or end - start > room * 3 // 4:
        return None
    text = file.text[begin:stop]
    if not _is_plain(text):
        return None
    marker = paint(mark.style, " " * (start - begin) + mark.char * max(1, end - start))
    return [
        f"{paint('gutter', f'{line:>{gutter}} |')} {text}".rstrip(),
        f"{paint('gutter', ' ' * gutter + ' |')} {marker}",
    ]


def last_line(span: Span) -> int:
    """The line of a span's last character; a line ending belongs to the line it ends."""
    return span.file.line_of(max(span.start, span.end - 1))


def _is_tall(span: Span) -> bool:
    file, start, end = span
    return end - start > 1 and "\n" in file.text[start : end - 1]


def _bounds(file: SourceFile, line: int) -> tuple[int, int]:
    """The offsets of a line without its ending."""
    starts = file.line_starts
    start = starts[line - 1]
    end = starts[line] - 1 if line < len(starts) else len(file.text)
    return start, end - (end > start and file.text[end - 1] == "\r")


def _flat(mark: Mark, lines: _Lines) -> None:
    span, file, room = mark.span, lines.file, lines.width
    line = file.line_of(span.start)
    begin, end = _bounds(file, line)
    first = min(span.start, end)
    last = min(max(span.end, first), end)
    text = file.text[begin:end] if end - begin <= room else ""
    if last - first <= room * 3 // 4 and _is_plain(text) and text:
        # As nearly every line is: nothing to write out, nothing to cut.
        lines.source(line, text)
        lines.marker(
            " " * (first - begin) + mark.char * max(1, last - first), mark.style, mark.label
        )
        return
    # More characters than cells cannot be shown: a long line is never read as a whole.
    low, high = max(begin, first - room), min(end, last + room)
    if last - first > room:
        high = first + room
    made = _shown(file.text[low:high])
    split, stop = first - low, min(last, high) - low
    before, marked, after = (
        "".join(made[a:b]) for a, b in ((0, split), (split, stop), (stop, None))
    )
    cut_mark = high < last
    marked, cut = _take(marked, room * 3 // 4)
    cut_mark = cut_mark or cut
    if cut_mark:
        marked += _CUT
        after = ""
    left = room - cells(marked)
    before, cut = _take_last(before, max(left // 2, left - cells(after)))
    left -= cells(before)
    if cut or low > begin:
        before = _CUT + before
    if not cut_mark:
        after, cut = _take(after, max(0, left))
        if cut or high < end:
            after += _CUT
    lines.source(line, before + marked + after)
    size = max(1, cells(marked))
    lines.marker(" " * cells(before) + mark.char * size, mark.style, mark.label)


def _tall(mark: Mark, lines: _Lines) -> None:
    span, file, paint = mark.span, lines.file, lines.paint
    first, last = file.position(span.start).line, last_line(span)
    bar = paint(mark.style, "|")
    begin, end = _bounds(file, first)
    lead = file.text[begin : min(span.start, begin + lines.width)]
    if lead.strip():
        lines.source(first, _cut_line(file, first, lines.width))
        column = min(cells("".join(_shown(lead))), lines.width)
        lines.marker(" " + "_" * (column + 1) + mark.char, mark.style, bar="_")
    else:
        lines.source(first, _cut_line(file, first, lines.width), paint(mark.style, "/"))
    is_long = last - first >= _MOST_LINES
    for line in [first + 1] if is_long else range(first + 1, last):
        lines.source(line, _cut_line(file, line, lines.width), bar)
    if is_long:
        lines.skip(bar)
        lines.last = last - 1
    lines.source(last, _cut_line(file, last, lines.width), bar)
    begin, end = _bounds(file, last)
    upto = min(span.end, end, begin + lines.width)
    column = min(cells("".join(_shown(file.text[begin:upto]))), lines.width)
    lines.marker(f"|{'_' * column}{mark.char}", mark.style, mark.label, bar="_")


def _cut_line(file: SourceFile, line: int, room: int) -> str:
    begin, end = _bounds(file, line)
    text, cut = _take("".join(_shown(file.text[begin : min(end, begin + room)])), room)
    return text + _CUT if cut or end > begin + room else text


def _is_plain(text: str) -> bool:
    return text.isascii() and text.isprintable() and "##" not in text


def _shown(text: str) -> list[str]:
    if _is_plain(text):
        return list(text)
    return [_TAB if piece == "\\t" else piece for piece in pieces(text)]


def _take(text: str, room: int) -> tuple[str, bool]:
    """As much of the text's beginning as fits into ``room`` cells, and whether more was there."""
    if cells(text) <= room:
        return text, False
    used = 0
    for index, char in enumerate(text):
        used += char_cells(char)
        if used > room:
            return text[:index], True
    return text, False


def _take_last(text: str, room: int) -> tuple[str, bool]:
    """As much of the text's end as fits into ``room`` cells, and whether more was there."""
    if cells(text) <= room:
        return text, False
    used = 0
    for index in range(len(text) - 1, -1, -1):
        used += char_cells(text[index])
        if used > room:
            return text[index + 1 :], True
    return text, False
