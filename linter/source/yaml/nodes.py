"""YAML text to nodes that know where they stand.

PyYAML supplies the events; the tree is composed here (``yaml_composer``), because
``yaml.compose`` loses where an alias is used, rejects what Docker Compose accepts
(several documents, redefined anchors) and reads scalars by YAML 1.1. Scalars are
resolved as go-yaml does, which Compose uses: ``yes`` and ``22:22`` are strings,
``0644`` is 420, ``2024-01-01`` a date.

Aliases and merge keys stay as written; ``resolve.py`` expands them.
"""

from __future__ import annotations

import datetime

from ...base.patterns import on_demand
from ...base.records import NamedTuple
from ...base.text import SourceFile, Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import ClassVar

MAX_DEPTH = 200
"""How deeply collections may nest; real stacks stay below 15."""

ScalarValue = str | int | float | bool | None | datetime.date


class Node:
    """A value in a YAML file. ``start`` and ``end`` are offsets in ``file``."""

    __slots__ = ("anchor", "end", "file", "start", "tag")

    kind = "value"
    unknown: ClassVar[bool] = False
    """Whether nobody can tell the value, since it depends on unset variables."""

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
    """A single value. ``raw`` is its text after YAML's own unquoting and folding.

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
        """The value as Compose's YAML reader types it."""
        try:
            return self._value
        except AttributeError:
            self._value: ScalarValue = _typed(self.raw, self.style, self.tag)
            return self._value

    @value.setter
    def value(self, value: ScalarValue) -> None:
        self._value = value

    def derive(self, value: ScalarValue) -> Scalar:
        """The same place in the file holding another value (an interpolated one, say)."""
        twin = Scalar(
            self.file, self.start, self.end, value if isinstance(value, str) else self.raw
        )
        twin.style = self.style
        twin._value = value
        return twin

    def __repr__(self) -> str:
        return f"Scalar({self.raw!r})"


class UnknownScalar(Scalar):
    """A scalar that depends on the unset variables ``names``.

    Its ``value`` takes them as empty, as Docker Compose does: the right view for a
    verdict. Where advice is given, the value is to be taken as unknown; ``pattern`` is
    the text with a U+FFFF, which no YAML file may hold, in place of each such variable.
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
        """The key's text; empty where the key is no scalar."""
        key = self.key
        return key.raw if isinstance(key, Scalar) else ""

    @property
    def span(self) -> Span:
        """From the key to the end of the value, where both stand together."""
        if self.value.file is not self.key.file or self.value.end < self.key.end:
            return self.key.span
        return Span(self.key.file, self.key.start, self.value.end)


class Mapping(Node):
    """Keys and values in the order of the file, duplicates included."""

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
        if index is None or len(index) > len(self.entries):
            index = {}
            for item in self.entries:
                key = item.key
                index.setdefault(key.raw if type(key) is Scalar else item.name, item)
            self._index = index
        return index.get(name)

    def get(self, name: str) -> Node | None:
        """The value under this key."""
        entry = self.entry(name)
        return entry.value if entry else None

    def changed(self) -> None:
        """Forget the key index: call after changing ``entries``."""
        self._index = None

    def __repr__(self) -> str:
        return f"Mapping({[entry.name for entry in self.entries]})"


class Sequence(Node):
    """A list."""

    __slots__ = ("flow", "items")

    kind = "list"

    def __init__(self, file: SourceFile, start: int, end: int, flow: bool = False) -> None:
        super().__init__(file, start, end)
        self.items: list[Node] = []
        self.flow = flow

    def __repr__(self) -> str:
        return f"Sequence({self.items})"


class Alias(Node):
    """``*name``: stands where the alias is used; ``target`` is the anchored node."""

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

    ``own_line`` tells whether nothing but blanks stands before it.
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
    before it. An empty document has no root and is left out.
    """

    __slots__ = ("_blocks", "_comments", "_quiet", "documents", "problems", "source")

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.documents: list[Node] = []
        self.problems: list[YamlProblem] = []
        self._quiet: list[tuple[int, int]] = []
        self._comments: list[Comment] | None = None

    @property
    def comments(self) -> list[Comment]:
        """Every comment of the file in order, found in the gaps between its scalars."""
        if self._comments is None:
            self._comments = list(self._scan_comments())
        return self._comments

    def _scan_comments(self) -> Iterator[Comment]:
        text = self.source.text
        quiet, index = self._quiet, 0
        at = text.find("#")
        while at >= 0:
            while index < len(quiet) and quiet[index][1] <= at:
                index += 1
            if index < len(quiet) and quiet[index][0] <= at:
                at = text.find("#", quiet[index][1])
                continue
            before = text[at - 1] if at else "\n"
            if before in " \t\n\r\ufeff":
                end = text.find("\n", at)
                end = len(text) if end < 0 else end
                if text[end - 1] == "\r":
                    end -= 1
                line = text.rfind("\n", 0, at) + 1
                yield Comment(at, end, not text[line:at].strip())
                at = text.find("#", end)
            else:
                at = text.find("#", at + 1)


_WORDS: dict[str, ScalarValue] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
    ".nan": float("nan"),
    ".NaN": float("nan"),
    ".NAN": float("nan"),
    ".inf": float("inf"),
    ".Inf": float("inf"),
    ".INF": float("inf"),
    "+.inf": float("inf"),
    "+.Inf": float("inf"),
    "+.INF": float("inf"),
    "-.inf": float("-inf"),
    "-.Inf": float("-inf"),
    "-.INF": float("-inf"),
}
_INTEGER = on_demand(
    r"([-+]?)(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))\Z"
)
_FLOAT = on_demand(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_TIMESTAMP = on_demand(
    r"(\d{4})-(\d{1,2})-(\d{1,2})(?:"
    r"[Tt](\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?(Z|[-+]\d{2}:\d{2})"
    r"| +(\d{1,2}):(\d{1,2}):(\d{1,2})(?:\.(\d{1,9}))?"
    r")?\Z"
)
"""A zone stands behind ``T`` only, and has to; the rest are strings."""


def _typed(raw: str, style: str, tag: str | None) -> ScalarValue:
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
    if style or (tag is not None and tag == "!"):
        return raw
    return plain_value(raw)


def _decoded(raw: str) -> str:
    import binascii

    try:
        return binascii.a2b_base64("".join(raw.split())).decode("utf-8", "replace")
    except (ValueError, binascii.Error):
        return raw


def plain_value(raw: str) -> ScalarValue:
    """What an unquoted scalar means to Docker Compose."""
    if raw in _WORDS:
        return _WORDS[raw]
    first = raw[0]
    if not ("0" <= first <= "9" or first in "+-."):
        return raw
    if len(raw) > 5 and raw[4] == "-":
        moment = _timestamp(raw)
        if moment is not None:
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
            number = -number
        if -(1 << 63) <= number < (1 << 64):
            return number
    if len(digits) < 400 and _FLOAT.match(digits):
        parsed = float(digits)
        # What is too large for a float stays a string.
        return raw if parsed in (float("inf"), float("-inf")) else parsed
    return raw


def _timestamp(raw: str) -> datetime.date | None:
    match = _TIMESTAMP.match(raw)
    if not match:
        return None
    year, month, day, hour, minute, second, fraction, zone, *plain = match.groups()
    if plain[0] is not None:
        hour, minute, second, fraction = plain
    try:
        if hour is None:
            return datetime.datetime(int(year), int(month), int(day), tzinfo=datetime.UTC)
        moment = datetime.datetime(
            int(year),
            int(month),
            int(day),
            int(hour),
            int(minute),
            int(second),
            int((fraction or "0").ljust(6, "0")[:6]),
            tzinfo=datetime.UTC,
        )
        if zone and zone != "Z":
            hours, minutes = int(zone[:3]), int(zone[4:])
            offset = datetime.timedelta(hours=hours, minutes=minutes if hours >= 0 else -minutes)
            moment = moment.replace(tzinfo=datetime.timezone(offset))
        return moment
    except ValueError:
        return None


# --- reasons in plain words ---
