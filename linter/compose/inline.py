"""Text inside a Compose file as a source of its own, every character with its place in the file.

The text of a scalar is decoded again as YAML does it, this time with the place of each
character: indentation, folded lines, quotes and escapes are skipped. ``$$`` is one ``$``;
characters that come from a variable have the place of its reference.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.text import EmbeddedSource, Span
from ..source.template import Literal, Template, parse_template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..source.yaml.nodes import Scalar


class InlineSource(EmbeddedSource):
    """The value of a scalar.

    ``ends`` are the offsets in the host at which the characters end (an escape is longer
    than one). ``raw`` is the text before variables are substituted, ``raw_at`` the index
    into it of each character; ``substituted`` are the ranges that come from variables.
    ``indent`` is how far the lines of a block are indented.
    """

    __slots__ = ("ends", "indent", "node", "raw", "raw_at", "substituted")

    def __init__(self, node: Scalar, text: str, raw: str, aligned: _Aligned, indent: int) -> None:
        super().__init__(node.file, text, aligned.origins)
        self.node = node
        self.raw = raw
        self.raw_at = aligned.raw_at
        self.ends = aligned.ends
        self.indent = indent
        self.substituted = aligned.substituted

    def locate(self, start: int, end: int) -> Span:
        begin = self.origins[start]
        last = begin if end <= start else self.ends[end - 1]
        return self.host.locate(begin, max(begin, last))

    def __repr__(self) -> str:
        return f"InlineSource({self.host.path!r})"


def embedded(node: Scalar) -> InlineSource:
    """A scalar's value, resolved or as written, as a source inside its file."""
    value = node.value if isinstance(node.value, str) else node.raw
    decoded = _decode(node.file.text, node.start, node.end, node.style)
    raw = "".join(decoded.chars)
    if raw == value:
        aligned = _Aligned(decoded.origins, decoded.ends, list(range(len(raw))), [])
    else:
        aligned = _through_variables(value, raw, decoded)
    aligned.origins.append(decoded.end)
    aligned.raw_at.append(len(raw))
    return InlineSource(node, value, raw, aligned, decoded.indent)


def written(text: str, start: int, end: int, style: str) -> str:
    """The text of the scalar at ``start`` to ``end`` of a file."""
    return "".join(_decode(text, start, end, style).chars)


# --- decoding


class _Decoded:
    """The characters of a scalar with the range of each in the file."""

    __slots__ = ("chars", "end", "ends", "indent", "origins")

    def __init__(self) -> None:
        self.chars: list[str] = []
        self.origins: list[int] = []
        self.ends: list[int] = []
        self.indent = 0
        self.end = 0

    def add(self, char: str, start: int, end: int) -> None:
        self.chars.append(char)
        self.origins.append(start)
        self.ends.append(end)

    def verbatim(self, text: str, start: int, end: int) -> None:
        self.chars += text[start:end]
        self.origins += range(start, end)
        self.ends += range(start + 1, end + 1)


def _decode(text: str, start: int, end: int, style: str) -> _Decoded:
    decoded = _Decoded()
    start = _after_properties(text, start, end)
    if style in ("|", ">"):
        _block(text, start, end, style, decoded)
    else:
        _flow(text, start, end, style, decoded)
    return decoded


def _after_properties(text: str, at: int, end: int) -> int:
    """Where a scalar begins whose anchor or tag may be on a line above."""
    while at < end:
        if text[at] in " \t\r\n":
            at += 1
        elif text[at] == "#":
            at = text.find("\n", at, end) + 1 or end
        elif text[at] in "&!":
            while at < end and text[at] not in " \t\r\n":
                at += 1
        else:
            break
    return at


class _Line(NamedTuple):
    """A line of a block: its content, and where its line break begins and ends."""

    start: int
    end: int
    next: int

    @property
    def blank(self) -> bool:
        return self.start == self.end


def _block(text: str, start: int, end: int, style: str, decoded: _Decoded) -> None:
    header_end = text.find("\n", start, end)
    if header_end < 0:
        decoded.end = end
        return
    header = text[start + 1 : header_end].split("#", 1)[0]
    at = header_end + 1
    digits = [char for char in header if char in "0123456789"]
    if digits:
        decoded.indent = int(digits[0]) + _key_column(text, start)
    else:
        decoded.indent = _indentation(text, at, end)
    lines = _lines(text, at, end, decoded.indent)
    count = len(lines)
    while count and lines[count - 1].blank:
        count -= 1
    content, trailing = lines[:count], lines[count:]
    decoded.end = content[-1].end if content else at
    if style == ">":
        _folded(text, content, decoded)
    else:
        for number, line in enumerate(content):
            if number:
                _break(content[number - 1], decoded)
            decoded.verbatim(text, line.start, line.end)
    if "-" in header:
        return
    for line in content[-1:] + (trailing if "+" in header else []):
        if line.next > line.end:
            _break(line, decoded)
            decoded.end = line.next


def _lines(text: str, at: int, end: int, indent: int) -> list[_Line]:
    """The lines of a block, blank ones after the node included."""
    limit = len(text)
    if indent == 0:
        if text[at:end].strip():
            limit = end
        else:
            indent = 1
    lines: list[_Line] = []
    while at < limit:
        stop = text.find("\n", at)
        stop, following = (stop, stop + 1) if stop >= 0 else (len(text), len(text))
        if stop > at and text[stop - 1] == "\r":
            stop -= 1
        spaces = at
        while spaces < stop and text[spaces] == " ":
            spaces += 1
        if spaces < stop and spaces - at < indent:
            break
        lines.append(_Line(min(at + indent, spaces), stop, following))
        at = following
    return lines


def _break(line: _Line, decoded: _Decoded) -> None:
    decoded.add("\n", line.end, line.next)


def _folded(text: str, content: list[_Line], decoded: _Decoded) -> None:
    """The lines of a ``>`` block: a break between two that are not indented is a blank."""
    last: _Line | None = None
    blanks: list[_Line] = []
    for line in content:
        if line.blank:
            blanks.append(line)
            continue
        breaks = blanks
        if last is not None and (text[last.start] in " \t" or text[line.start] in " \t"):
            breaks = [last, *blanks]
        elif last is not None and not blanks:
            decoded.add(" ", last.end, last.next)
        for broken in breaks:
            _break(broken, decoded)
        decoded.verbatim(text, line.start, line.end)
        last, blanks = line, []


def _key_column(text: str, start: int) -> int:
    """The indentation of the mapping or list that a scalar is a value of."""
    at = text.rfind("\n", 0, start) + 1
    first = at
    while at < start and text[at] in " -?":
        at += 1
    return at - first


def _indentation(text: str, at: int, end: int) -> int:
    """The indentation of the first line of a block that is not blank."""
    while at < end:
        stop = text.find("\n", at, end)
        line = text[at : end if stop < 0 else stop]
        if line.strip():
            return len(line) - len(line.lstrip(" "))
        at = end if stop < 0 else stop + 1
    return 0


_ESCAPES = {
    "0": "\0",
    "a": "\a",
    "b": "\b",
    "t": "\t",
    "\t": "\t",
    "n": "\n",
    "v": "\v",
    "f": "\f",
    "r": "\r",
    "e": "\x1b",
    "N": "\x85",
    "_": "\xa0",
    "L": "\u2028",
    "P": "\u2029",
}
_HEX = {"x": 2, "u": 4, "U": 8}


def _flow(text: str, start: int, end: int, style: str, decoded: _Decoded) -> None:
    at = start
    if style:
        at, end = start + 1, end - 1
    decoded.end = end
    while at < end:
        char = text[at]
        if char in " \t\r\n":
            at = _blanks(text, at, end, decoded)
        elif style == "'" and char == "'" and text[at + 1 : at + 2] == "'":
            decoded.add("'", at, at + 2)
            at += 2
        elif style == '"' and char == "\\":
            at = _escape(text, at, end, decoded)
        else:
            decoded.add(char, at, at + 1)
            at += 1


def _blanks(text: str, at: int, end: int, decoded: _Decoded) -> int:
    """A run of blanks and line breaks in a flow scalar."""
    stop = at
    while stop < end and text[stop] in " \t\r\n":
        stop += 1
    breaks = [place for place in range(at, stop) if text[place] == "\n"]
    if not breaks:
        decoded.verbatim(text, at, stop)
    elif len(breaks) == 1:
        decoded.add(" ", at, stop)
    else:
        for place in breaks[1:]:
            decoded.add("\n", place, place + 1)
    return stop


def _escape(text: str, at: int, end: int, decoded: _Decoded) -> int:
    char = text[at + 1 : at + 2]
    if char in ("\n", "\r"):
        # An escaped line break joins the lines; blank lines below it still count.
        at = text.find("\n", at, end) + 1 or end
        while at < end and text[at] in " \t\r\n":
            if text[at] == "\n":
                decoded.add("\n", at, at + 1)
            at += 1
        return at
    size = 2 + _HEX.get(char, 0)
    value = _ESCAPES.get(char, char)
    if char in _HEX:
        try:
            value = chr(int(text[at + 2 : at + size], 16))
        except (ValueError, OverflowError):
            value = "\ufffd"
    decoded.add(value, at, min(at + size, end))
    return min(at + size, end)


# --- variables


class _Aligned(NamedTuple):
    """For each character its range in the file and its index in the raw text."""

    origins: list[int]
    ends: list[int]
    raw_at: list[int]
    substituted: list[tuple[int, int]]

    def add(self, count: int, origin: int, end: int, raw_at: int) -> None:
        """Add characters that all have the same range."""
        self.origins.extend([origin] * count)
        self.ends.extend([end] * count)
        self.raw_at.extend([raw_at] * count)


def _through_variables(value: str, raw: str, decoded: _Decoded) -> _Aligned:
    """The places of a value that was made from ``raw`` by substituting variables."""
    template = parse_template(raw)
    aligned = _Aligned([], [], [], [])
    at = 0
    parts = template.parts if isinstance(template, Template) else ()
    for number, part in enumerate(parts):
        if isinstance(part, Literal) and value.startswith(part.text, at):
            is_doubled = part.end - part.start > len(part.text)
            for place in range(part.start, part.start + len(part.text)):
                last = part.end - 1 if is_doubled else place
                aligned.add(1, decoded.origins[place], decoded.ends[last], place)
            at += len(part.text)
            continue
        following = parts[number + 1] if number + 1 < len(parts) else None
        stop = len(value)
        if isinstance(following, Literal):
            stop = value.find(following.text, at)
            stop = len(value) if stop < 0 else stop
        elif following is not None:
            stop = at
        if stop > at:
            aligned.substituted.append((at, stop))
        origin, end = decoded.origins[part.start], decoded.ends[part.end - 1]
        aligned.add(stop - at, origin, end, part.start)
        at = stop
    if at < len(value):
        # Not made from this text after all: the rest has the place of all of it.
        aligned.substituted.append((at, len(value)))
        first = decoded.origins[0] if decoded.origins else decoded.end
        aligned.add(len(value) - at, first, decoded.end, 0)
    return aligned
