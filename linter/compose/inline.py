"""Text inside a Compose file as a source of its own, every character still in its place.

A scalar's text is decoded again as YAML does it, this time with the place of each
character: indentation, folded lines, quotes and escapes are passed over. ``$$`` stands for
one ``$``; what a variable brought in has the place of the variable.
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
    into it of each character; ``substituted`` are the ranges that variables brought in.
    ``indent`` is how far the lines of a block are indented.
    """

    __slots__ = ("ends", "indent", "node", "raw", "raw_at", "substituted")

    def __init__(self, node: Scalar, text: str, raw: str, found: _Aligned, indent: int) -> None:
        super().__init__(node.file, text, found.origins)
        self.node = node
        self.raw = raw
        self.raw_at = found.raw_at
        self.ends = found.ends
        self.indent = indent
        self.substituted = found.substituted

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
        found = _Aligned(decoded.origins, decoded.ends, list(range(len(raw))), [])
    else:
        found = _through_variables(value, raw, decoded)
    found.origins.append(decoded.end)
    found.raw_at.append(len(raw))
    return InlineSource(node, value, raw, found, decoded.indent)


def written(text: str, start: int, end: int, style: str) -> str:
    """What a scalar that stands from ``start`` to ``end`` of a file says."""
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
    found = _Decoded()
    start = _behind_properties(text, start, end)
    if style in ("|", ">"):
        _block(text, start, end, style, found)
    else:
        _flow(text, start, end, style, found)
    return found


def _behind_properties(text: str, at: int, end: int) -> int:
    """Where a scalar begins whose anchor or tag may stand on a line above."""
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


def _block(text: str, start: int, end: int, style: str, found: _Decoded) -> None:
    header_end = text.find("\n", start, end)
    if header_end < 0:
        found.end = end
        return
    header = text[start + 1 : header_end].split("#", 1)[0]
    digits = [char for char in header if char.isdigit()]
    at = header_end + 1
    if digits:
        indent = int(digits[0]) + _key_column(text, start)
    else:
        indent = _indentation(text, at, end)
    found.indent = indent
    lines: list[_Line] = []
    # Blank lines at the end of the block may lie behind the node.
    limit = len(text)
    if indent == 0:
        if text[at:end].strip():
            limit = end
        else:
            indent = 1
    while at < limit:
        stop = text.find("\n", at)
        following = stop + 1 if stop >= 0 else len(text)
        stop = len(text) if stop < 0 else stop
        if stop > at and text[stop - 1] == "\r":
            stop -= 1
        spaces = at
        while spaces < stop and text[spaces] == " ":
            spaces += 1
        if spaces < stop and spaces - at < indent:
            break
        lines.append(_Line(min(at + indent, spaces), stop, following))
        at = following
    count = len(lines)
    while count and lines[count - 1].blank:
        count -= 1
    content, trailing = lines[:count], lines[count:]
    found.end = content[-1].end if content else header_end + 1
    if style == "|":
        for number, line in enumerate(content):
            if number:
                _break(content[number - 1], found)
            found.verbatim(text, line.start, line.end)
    else:
        _folded(text, content, found)
    ends_in_break = bool(content) and content[-1].next > content[-1].end
    if "-" in header:
        return
    if ends_in_break:
        _break(content[-1], found)
        found.end = content[-1].next
    if "+" in header:
        for line in trailing:
            if line.next > line.end:
                _break(line, found)
                found.end = line.next


def _break(line: _Line, found: _Decoded) -> None:
    found.add("\n", line.end, line.next)


def _folded(text: str, content: list[_Line], found: _Decoded) -> None:
    """The lines of a ``>`` block: a break between two that are not indented is a blank."""
    last: _Line | None = None
    blanks: list[_Line] = []
    for line in content:
        if line.blank:
            blanks.append(line)
            continue
        if last is None:
            breaks = blanks
        elif text[last.start] in " \t" or text[line.start] in " \t":
            breaks = [last, *blanks]
        elif blanks:
            breaks = blanks
        else:
            breaks = []
            found.add(" ", last.end, last.next)
        for each in breaks:
            _break(each, found)
        found.verbatim(text, line.start, line.end)
        last, blanks = line, []


def _key_column(text: str, start: int) -> int:
    """How far the mapping or list is indented that a scalar is a value of."""
    at = text.rfind("\n", 0, start) + 1
    first = at
    while at < start and text[at] in " -?":
        at += 1
    return at - first


def _indentation(text: str, at: int, end: int) -> int:
    """How far the first line of a block that is not blank is indented."""
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


def _flow(text: str, start: int, end: int, style: str, found: _Decoded) -> None:
    at = start
    if style:
        at, end = start + 1, end - 1
    found.end = end
    while at < end:
        char = text[at]
        if char in " \t\r\n":
            at = _blanks(text, at, end, found)
        elif style == "'" and char == "'" and text[at + 1 : at + 2] == "'":
            found.add("'", at, at + 2)
            at += 2
        elif style == '"' and char == "\\":
            at = _escape(text, at, end, found)
        else:
            found.add(char, at, at + 1)
            at += 1


def _blanks(text: str, at: int, end: int, found: _Decoded) -> int:
    """A run of blanks and line breaks in a flow scalar."""
    stop = at
    breaks: list[int] = []
    while stop < end and text[stop] in " \t\r\n":
        if text[stop] == "\n":
            breaks.append(stop)
        stop += 1
    if not breaks:
        found.verbatim(text, at, stop)
    elif len(breaks) == 1:
        found.add(" ", at, stop)
    else:
        for place in breaks[1:]:
            found.add("\n", place, place + 1)
    return stop


def _escape(text: str, at: int, end: int, found: _Decoded) -> int:
    char = text[at + 1 : at + 2]
    if char in ("\n", "\r"):
        # An escaped line break joins the lines; blank lines below it still count.
        at = text.find("\n", at, end) + 1 or end
        while at < end and text[at] in " \t\r\n":
            if text[at] == "\n":
                found.add("\n", at, at + 1)
            at += 1
        return at
    size = 2 + _HEX.get(char, 0)
    value = _ESCAPES.get(char, char)
    if char in _HEX:
        try:
            value = chr(int(text[at + 2 : at + size], 16))
        except (ValueError, OverflowError):
            value = "\ufffd"
    found.add(value, at, min(at + size, end))
    return min(at + size, end)


# --- variables


class _Aligned(NamedTuple):
    """For each character its range in the file and its index in the raw text."""

    origins: list[int]
    ends: list[int]
    raw_at: list[int]
    substituted: list[tuple[int, int]]


def _through_variables(value: str, raw: str, decoded: _Decoded) -> _Aligned:
    """The places of a value that was made from ``raw`` by substituting variables."""
    template = parse_template(raw)
    found = _Aligned([], [], [], [])
    at = 0
    parts = template.parts if isinstance(template, Template) else ()
    for number, part in enumerate(parts):
        if isinstance(part, Literal) and value.startswith(part.text, at):
            doubled = part.end - part.start > len(part.text)
            for index in range(len(part.text)):
                place = part.start + index
                last = part.end - 1 if doubled else place
                found.origins.append(decoded.origins[place])
                found.ends.append(decoded.ends[last])
                found.raw_at.append(place)
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
            found.substituted.append((at, stop))
        found.origins.extend([decoded.origins[part.start]] * (stop - at))
        found.ends.extend([decoded.ends[part.end - 1]] * (stop - at))
        found.raw_at.extend([part.start] * (stop - at))
        at = stop
    if at < len(value):
        # Not made from this text after all: it is somewhere in there.
        found.substituted.append((at, len(value)))
        first = decoded.origins[0] if decoded.origins else decoded.end
        found.origins.extend([first] * (len(value) - at))
        found.ends.extend([decoded.end] * (len(value) - at))
        found.raw_at.extend([0] * (len(value) - at))
    return found
