"""The nodes of a YAML file, with their places in the text, and the values of scalars.

``parser.py`` builds the tree. Scalars have the values that go-yaml (v3 and v4, ``resolve.go``)
gives them, which Docker Compose uses: ``yes`` and ``22:22`` are strings, ``0644`` is 420,
``2024-01-01`` is a date.

Aliases and merge keys stay as written; ``compose/resolve.py`` expands them.
"""

from __future__ import annotations

from ...base.lazy import cached_property
from ...base.patterns import on_demand
from ...base.records import NamedTuple
from ...base.text import SourceFile, Span, line_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    import datetime
    from collections.abc import Iterator
    from typing import ClassVar

    ScalarValue = str | int | float | bool | None | datetime.date
    """The type of a scalar's value. A timestamp with a time is a ``datetime``."""

MAX_DEPTH = 200
"""How deeply collections may nest; real stacks stay below 15."""


class Node:
    """A value in a YAML file. ``start`` and ``end`` are offsets in ``file``.

    ``anchor`` is the name after ``&``; ``tag`` the tag in full, None where none is written.
    """

    __slots__ = ("anchor", "end", "file", "start", "tag")

    kind = "value"
    unknown: ClassVar[bool] = False
    """Whether the value cannot be known, because it depends on unset variables."""

    def __init__(self, file: SourceFile, start: int, end: int) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.tag: str | None = None
        self.anchor: str | None = None

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)


class Scalar(Node):
    """A single value. ``raw`` is its text after YAML's unquoting and folding.

    ``style`` is one of ``""`` (plain), ``"'"``, ``'"'``, ``"|"`` and ``">"``.
    """

    __slots__ = ("_value", "raw", "style")

    kind = "string"

    def __init__(self, file: SourceFile, start: int, end: int, raw: str, style: str = "") -> None:
        self.file = file
        self.start = start
        self.end = end
        self.tag = None
        self.anchor = None
        self.raw = raw
        self.style = style

    @property
    def value(self) -> ScalarValue:
        """The value with the type that Compose's YAML reader gives it."""
        try:
            return self._value
        except AttributeError:
            self._value: ScalarValue = _typed(self.raw, self.style, self.tag)
            return self._value

    @value.setter
    def value(self, value: ScalarValue) -> None:
        self._value = value

    def derive(self, value: ScalarValue) -> Scalar:
        """A scalar at the same place with another value, such as an interpolated one."""
        raw = value if isinstance(value, str) else self.raw
        twin = Scalar(self.file, self.start, self.end, raw, self.style)
        twin._value = value
        return twin

    def __repr__(self) -> str:
        return f"Scalar({self.raw!r})"


class UnknownScalar(Scalar):
    """A scalar that depends on the unset variables ``names``.

    Its ``value`` takes them as empty, as Docker Compose does: right for what Compose would
    refuse. Where advice is given, the value counts as unknown; ``pattern`` is the text with
    U+FFFF, which no YAML file may contain, in place of each such variable.
    """

    __slots__ = ("names", "pattern")

    unknown = True

    def __init__(
        self,
        file: SourceFile,
        start: int,
        end: int,
        raw: str,
        style: str = "",
        names: tuple[str, ...] = (),
        pattern: str = "\uffff",
    ) -> None:
        super().__init__(file, start, end, raw, style)
        self.names = names
        self.pattern = pattern

    def derive(self, value: ScalarValue) -> UnknownScalar:
        raw = value if isinstance(value, str) else self.raw
        twin = UnknownScalar(
            self.file, self.start, self.end, raw, self.style, self.names, self.pattern
        )
        twin.value = value
        return twin


class Entry(NamedTuple):
    """One ``key: value`` pair of a mapping."""

    key: Node
    value: Node

    @property
    def name(self) -> str:
        """The key's text; empty where the key is not a scalar."""
        key = self.key
        return key.raw if isinstance(key, Scalar) else ""

    @property
    def span(self) -> Span:
        """From the key to the end of the value; the key alone where the value is elsewhere."""
        if self.value.file is not self.key.file or self.value.end < self.key.end:
            return self.key.span
        return Span(self.key.file, self.key.start, self.value.end)


class Mapping(Node):
    """Keys and values in the order of the file, duplicates included.

    ``flow`` tells that it is written in braces.
    """

    __slots__ = ("_index", "entries", "flow")

    kind = "mapping"

    def __init__(self, file: SourceFile, start: int, end: int, flow: bool = False) -> None:
        super().__init__(file, start, end)
        self.entries: list[Entry] = []
        self.flow = flow
        self._index: dict[str, Entry] | None = None

    def entry(self, name: str) -> Entry | None:
        """The entry with this key (the first, where the key is given twice)."""
        index = self._index
        if index is None:
            # Backwards, so that of two entries with one key the first is kept.
            index = {
                key.raw if type(key := entry.key) is Scalar else entry.name: entry
                for entry in reversed(self.entries)
            }
            self._index = index
        return index.get(name)

    def get(self, name: str) -> Node | None:
        """The value under this key (the first, where the key is given twice)."""
        entry = self.entry(name)
        return entry.value if entry else None

    def __repr__(self) -> str:
        return f"Mapping({[entry.name for entry in self.entries]})"


class Sequence(Node):
    """A list. ``flow`` tells that it is written in brackets."""

    __slots__ = ("flow", "items")

    kind = "list"

    def __init__(self, file: SourceFile, start: int, end: int, flow: bool = False) -> None:
        super().__init__(file, start, end)
        self.items: list[Node] = []
        self.flow = flow

    def __repr__(self) -> str:
        return f"Sequence({self.items})"


class Alias(Node):
    """``*name``, at the place where it is used; ``target`` is the node with the anchor."""

    __slots__ = ("name", "target")

    kind = "alias"

    def __init__(self, file: SourceFile, start: int, end: int, name: str, target: Node) -> None:
        super().__init__(file, start, end)
        self.name = name
        self.target = target

    def __repr__(self) -> str:
        return f"Alias({self.name!r})"


class Comment(NamedTuple):
    """A comment, from its ``#`` to the end of the line.

    ``own_line`` tells whether its line has nothing but blanks before it.
    """

    start: int
    end: int
    own_line: bool


class YamlProblem(NamedTuple):
    """Why a text is not YAML, or too much of it. ``kind``: ``syntax`` or ``too-complex``."""

    kind: str
    message: str
    start: int
    end: int


class YamlFile:
    """One parsed YAML file.

    ``documents`` holds the root node of each document; after a syntax error those
    before it. An empty document has no root and is left out. ``scalars`` are the places
    (start, end) of the scalars in order, those of block scalars without their headers.
    ``long_key`` is the problem of a key that is too long for libyaml, and not for go-yaml 4.
    """

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.documents: list[Node] = []
        self.problems: list[YamlProblem] = []
        self.scalars: list[tuple[int, int]] = []
        self.long_key: YamlProblem | None = None

    @cached_property
    def comments(self) -> list[Comment]:
        """Every comment of the file in order, from the gaps between its scalars."""
        return list(self._scan_comments())

    def _scan_comments(self) -> Iterator[Comment]:
        text = self.source.text
        scalars, index = self.scalars, 0
        at = text.find("#")
        while at >= 0:
            while index < len(scalars) and scalars[index][1] <= at:
                index += 1
            if index < len(scalars) and scalars[index][0] <= at:
                at = text.find("#", scalars[index][1])
            elif at and text[at - 1] not in " \t\n\r\ufeff":
                at = text.find("#", at + 1)
            else:
                end = line_end(text, at)
                end -= text[end - 1] == "\r"
                line = text.rfind("\n", 0, at) + 1
                yield Comment(at, end, not text[line:at].strip())
                at = text.find("#", end)


_WORDS: dict[str, ScalarValue] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys((".nan", ".NaN", ".NAN"), float("nan")),
    **dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), float("inf")),
    **dict.fromkeys(("-.inf", "-.Inf", "-.INF"), float("-inf")),
}
_INTEGER = on_demand(
    r"([-+]?)(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))\Z"
)
_FLOAT = on_demand(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_TIMESTAMP = on_demand(
    r"(\d{4})-(\d{1,2})-(\d{1,2})"
    r"(?:(?:([Tt])| +)(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?(?(4)(Z|[-+]\d{2}:\d{2})))?\Z"
)
"""With ``T`` a zone must follow, with a blank none may; the rest are strings."""


def _typed(raw: str, style: str, tag: str | None) -> ScalarValue:
    """The value of a scalar with a style and a tag."""
    if tag is not None and tag.startswith("tag:yaml.org,2002:"):
        kind = tag[18:]
        if kind == "str":
            return raw
        if kind == "binary":
            return _decoded(raw)
        if kind == "null":
            return None
        if kind == "float":
            plain = plain_value(raw)
            return float(plain) if isinstance(plain, int) else plain
        if kind in ("int", "bool", "timestamp"):
            return plain_value(raw)
    # Under any other tag a scalar is a text, "!reset" and "!override" included.
    return raw if style or tag is not None else plain_value(raw)


def _decoded(raw: str) -> str:
    """What base64 stands for; the text itself where it is not base64."""
    import binascii

    try:
        return binascii.a2b_base64("".join(raw.split())).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return raw


def plain_value(raw: str) -> ScalarValue:
    """The value that Docker Compose gives an unquoted scalar."""
    if raw in _WORDS:
        return _WORDS[raw]
    first = raw[0]
    if not ("0" <= first <= "9" or first in "+-."):
        return raw
    if len(raw) > 5 and raw[4] == "-" and (moment := _timestamp(raw)) is not None:
        return moment
    digits = raw.replace("_", "")
    match = _INTEGER.match(digits)
    if match:
        sign, hexadecimal, binary, octal, decimal = match.groups()
        if hexadecimal:
            number = int(hexadecimal, 16)
        elif binary:
            number = int(binary, 2)
        elif octal:
            number = int(octal, 8)
        else:
            number = int(decimal) if len(decimal) < 25 else 1 << 65
        if sign == "-":
            if raw == "-0":
                return -0.0
            number = -number
        if -(1 << 63) <= number < (1 << 64):
            return number
    if len(digits) < 400 and _FLOAT.match(digits):
        parsed = float(digits)
        # A number that is too large for a float stays a string.
        return raw if parsed in (float("inf"), float("-inf")) else parsed
    return raw


def _timestamp(raw: str) -> datetime.date | None:
    match = _TIMESTAMP.match(raw)
    if not match:
        return None
    import datetime

    year, month, day, hour, minute, second = (int(n or 0) for n in match.group(1, 2, 3, 5, 6, 7))
    micro = int((match[8] or "").ljust(6, "0")[:6])
    zone = match[9]
    try:
        moment = datetime.datetime(
            year, month, day, hour, minute, second, micro, tzinfo=datetime.UTC
        )
        if not zone or zone == "Z":
            return moment
        hours, minutes = int(zone[:3]), int(zone[4:])
        offset = datetime.timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
        return moment.replace(tzinfo=datetime.timezone(offset))
    except ValueError:
        return None
