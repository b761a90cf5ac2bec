"""Source lines with markers under the spans that a finding is about.

A span within one line is underlined; a span over several lines has a bar to the left of
them; of more than four lines, the first two and the last are shown::

     9 | / RUN apt-get update \\
    10 | |     && apt-get install -y curl
       | |______________________________^

Above it are the lines that enclose it, as far as they say more: in YAML the key that it belongs to
and the entry of the file's section, in a Dockerfile the beginning of the instruction::

     4 |   db:
    ...
    11 |     environment:
    12 |       POSTGRES_PASSWORD: postgres
       |                          ^^^^^^^^
"""

from __future__ import annotations

from ..base.escape import pieces, visible
from ..base.records import NamedTuple
from .enclosing import enclosing_lines
from .style import cells, char_cells

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile, Span
    from .style import Paint

_TAB = "    "
_CUT = "..."
_MOST_LINES = 4
_MIN_WIDTH = 24


class Mark(NamedTuple):
    """A span to show, with the style and character of its marker and a label beside it."""

    span: Span
    style: str
    char: str
    label: str = ""


class _Lines:
    """Builds the lines of one file's excerpt."""

    __slots__ = ("_gutter", "_text", "bars", "file", "last", "paint", "rows", "width")

    def __init__(self, file: SourceFile, gutter: int, width: int, bars: bool, paint: Paint) -> None:
        self.file = file
        self.paint = paint
        self.bars = bars
        # The cells that the line number, the bars and the dots at both ends leave.
        self.width = max(_MIN_WIDTH, width - gutter - 3 - 2 * bars - 2 * len(_CUT))
        self._gutter = gutter
        self.rows: list[str] = []
        self.last = 0
        self._text = ""

    def source(self, line: int, text: str, bar: str = " ") -> None:
        """Add a line of the file, unless it (or the same part of it) was the last one shown."""
        if line == self.last and text == self._text:
            return
        if self.last and line not in (self.last, self.last + 1):
            self.skip()
        self.last, self._text = line, text
        self._add(str(line).rjust(self._gutter), bar, text)

    def marker(self, text: str, style: str, label: str = "", bar: str = " ") -> None:
        """Add a line of markers."""
        text = self.paint(style, text)
        if label:
            text += self.paint(style, f" {visible(label)}")
        self._add(" " * self._gutter, bar, text)

    def skip(self, bar: str = "") -> None:
        """Add the dots that stand for omitted lines."""
        text = f"{_CUT:<{self._gutter + 3}}" if bar else _CUT
        self.rows.append(f"{self.paint('gutter', text)}{bar}")

    def _add(self, number: str, bar: str, text: str) -> None:
        if self.bars:
            text = f"{bar} {text}" if bar != "_" else text
        self.rows.append(f"{self.paint('gutter', f'{number} |')} {text}".rstrip())


def excerpt(marks: list[Mark], gutter: int, width: int, paint: Paint) -> list[str]:
    """The marked lines of one file, from first to last, within ``width`` terminal cells.

    ``gutter`` is the width of the line numbers.
    """
    file = marks[0].span.file
    if not file.text:
        return []
    first = file.line_of(min(mark.span.start for mark in marks))
    above = enclosing_lines(file, first)
    if not above and len(marks) == 1 and (short := _one_plain(marks[0], gutter, width, paint)):
        return short
    bars = any(_is_tall(mark.span) for mark in marks)
    lines = _Lines(file, gutter, width, bars, paint)
    for line in above:
        lines.source(line, _cut_line(file, line, lines.width))
    if above and len(marks) == 1 and (short := _one_plain(marks[0], gutter, width, paint)):
        if above[-1] != first - 1:
            lines.skip()
        return lines.rows + short
    for mark in sorted(marks, key=lambda mark: (mark.span.start, mark.span.end)):
        (_tall if _is_tall(mark.span) else _flat)(mark, lines)
    return lines.rows


def _one_plain(mark: Mark, gutter: int, width: int, paint: Paint) -> list[str] | None:
    """The excerpt of a span in one short line of plain text, the usual case; None for others."""
    file, start, end = mark.span
    line = file.line_of(start)
    begin, stop = line_bounds(file, line)
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
    """The line of a span's last character; a line ending belongs to the line that it ends."""
    return span.file.line_of(max(span.start, span.end - 1))


def _is_tall(span: Span) -> bool:
    """Whether a span extends over several lines."""
    file, start, end = span
    return end - start > 1 and "\n" in file.text[start : end - 1]


def line_bounds(file: SourceFile, line: int) -> tuple[int, int]:
    """The start and end offset of a line without its ending."""
    starts = file.line_starts
    start = starts[line - 1]
    end = starts[line] - 1 if line < len(starts) else len(file.text)
    return start, end - (end > start and file.text[end - 1] == "\r")


def _flat(mark: Mark, lines: _Lines) -> None:
    """Add a line with an underlined span, cut to the width around the span."""
    span, file, room = mark.span, lines.file, lines.width
    line = file.line_of(span.start)
    begin, end = line_bounds(file, line)
    first = min(span.start, end)
    last = min(max(span.end, first), end)
    text = file.text[begin:end] if end - begin <= room else ""
    if last - first <= room * 3 // 4 and _is_plain(text) and text:
        # The usual case: no characters to escape, nothing to cut.
        lines.source(line, text)
        lines.marker(
            " " * (first - begin) + mark.char * max(1, last - first), mark.style, mark.label
        )
        return
    # At most one character per cell can be shown: the rest of a long line is not processed.
    low, high = max(begin, first - room), min(end, last + room)
    if last - first > room:
        high = first + room
    chars = _shown(file.text[low:high])
    split, stop = first - low, min(last, high) - low
    before, marked, after = map("".join, (chars[:split], chars[split:stop], chars[stop:]))
    marked, cut = _take(marked, room * 3 // 4)
    mark_is_cut = cut or high < last
    if mark_is_cut:
        marked += _CUT
        after = ""
    left = room - cells(marked)
    before, cut = _take_last(before, max(left // 2, left - cells(after)))
    left -= cells(before)
    if cut or low > begin:
        before = _CUT + before
    if not mark_is_cut:
        after, cut = _take(after, max(0, left))
        if cut or high < end:
            after += _CUT
    lines.source(line, before + marked + after)
    marker = " " * cells(before) + mark.char * max(1, cells(marked))
    lines.marker(marker, mark.style, mark.label)


def _tall(mark: Mark, lines: _Lines) -> None:
    """Add the lines of a span that extends over several, with a bar to the left of them."""
    span, file, room = mark.span, lines.file, lines.width
    first, last = file.line_of(span.start), last_line(span)
    bar = lines.paint(mark.style, "|")
    begin, _ = line_bounds(file, first)
    lead = file.text[begin : min(span.start, begin + room)]
    if lead.strip():
        lines.source(first, _cut_line(file, first, room))
        lines.marker(f" _{_underscores(lead, room)}{mark.char}", mark.style, bar="_")
    else:
        lines.source(first, _cut_line(file, first, room), lines.paint(mark.style, "/"))
    is_long = last - first >= _MOST_LINES
    for line in [first + 1] if is_long else range(first + 1, last):
        lines.source(line, _cut_line(file, line, room), bar)
    if is_long:
        lines.skip(bar)
        lines.last = last - 1
    lines.source(last, _cut_line(file, last, room), bar)
    begin, end = line_bounds(file, last)
    underscores = _underscores(file.text[begin : min(span.end, end, begin + room)], room)
    lines.marker(f"|{underscores}{mark.char}", mark.style, mark.label, bar="_")


def _underscores(text: str, room: int) -> str:
    """An underscore for each cell that a text takes, ``room`` at most."""
    return "_" * min(cells("".join(_shown(text))), room)


def _cut_line(file: SourceFile, line: int, room: int) -> str:
    """The beginning of a line that fits into ``room`` cells, with dots where it is cut."""
    begin, end = line_bounds(file, line)
    text, cut = _take("".join(_shown(file.text[begin : min(end, begin + room)])), room)
    return text + _CUT if cut or end > begin + room else text


def _is_plain(text: str) -> bool:
    """Whether a text can be shown as it is, one cell for each character."""
    return text.isascii() and text.isprintable() and "##" not in text


def _shown(text: str) -> list[str]:
    """Each character as it is shown: tabs as spaces, control characters as escapes."""
    if _is_plain(text):
        return list(text)
    return [_TAB if piece == "\\t" else piece for piece in pieces(text)]


def _take(text: str, room: int) -> tuple[str, bool]:
    """The beginning of a text that fits into ``room`` cells, and whether the text is longer."""
    if cells(text) <= room:
        return text, False
    used = 0
    for index, char in enumerate(text):
        used += char_cells(char)
        if used > room:
            return text[:index], True
    return text, False


def _take_last(text: str, room: int) -> tuple[str, bool]:
    """The end of a text that fits into ``room`` cells, and whether the text is longer."""
    reversed_end, cut = _take(text[::-1], room)
    return reversed_end[::-1], cut
