"""YAML text to nodes that know where they stand.

PyYAML's C parser (its Python twin where libyaml is missing) supplies the events;
the tree is composed here, because ``yaml.compose`` loses where an alias is used,
rejects what Docker Compose accepts (several documents, redefined anchors) and reads
scalars by YAML 1.1. Scalars are resolved as go-yaml does, which Compose uses:
``yes`` and ``22:22`` are strings, ``0644`` is 420, ``2024-01-01`` a date.

Aliases and merge keys stay as written; ``resolve.py`` expands them.
"""

from __future__ import annotations

import datetime
import re
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import yaml
from yaml import events as ev

from .text import BOM, SourceFile, Span

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 200
"""How deeply collections may nest; real stacks stay below 15."""

MAX_NODES = 400_000
"""How many nodes one file may have."""

ScalarValue = str | int | float | bool | None | datetime.date

_Parser: Any = getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader


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


def parse_yaml(source: SourceFile) -> YamlFile:
    """Compose the documents of a file. Never raises for what the text holds."""
    result = YamlFile(source)
    mark = source.text.find("\n" + BOM)
    if mark >= 0:
        # libyaml skips it, go-yaml makes it part of the key behind it.
        result.problems.append(
            YamlProblem("syntax", "a byte order mark stands inside the file", mark + 1, mark + 2)
        )
    try:
        _compose(source, result)
    except yaml.YAMLError as error:
        result.problems.append(_explain(error, source))
    except RecursionError:  # the pure-Python parser only: it recurses on nesting
        result.problems.append(_too_deep(source, 0))
    return result


def _too_deep(source: SourceFile, at: int) -> YamlProblem:
    return YamlProblem(
        "too-complex",
        f"collections nest more than {MAX_DEPTH} levels deep",
        at,
        min(at + 1, len(source.text)),
    )


def _compose(source: SourceFile, result: YamlFile) -> None:
    text = source.text
    parser = _Parser(text)
    get_event = parser.get_event
    quiet = result._quiet
    anchors: dict[str, Node] = {}
    open_anchors: set[str] = set()
    stack: list[Mapping | Sequence] = []
    keys: list[Node | None] = []
    anchor_stack: list[str | None] = []
    count = 0
    last_end = 0

    try:
        while True:
            event = get_event()
            kind = type(event)
            node: Node
            if kind is ev.ScalarEvent:
                start, end = event.start_mark.index, event.end_mark.index
                style = event.style or ""
                if event.anchor or event.tag:
                    start = min(_after_properties(text, start), end)
                if style == "|" or style == ">":
                    end = _block_end(text, start, end, event.value)
                elif style == '"' and "\\/" in text[start:end]:
                    escape = _slash_escape(text, start, end)
                    if escape >= 0:
                        result.problems.append(
                            YamlProblem(
                                "syntax",
                                r'Docker Compose does not know the escape "\/" of JSON',
                                escape,
                                escape + 2,
                            )
                        )
                        return
                scalar = Scalar(source, start, end, event.value, style)
                scalar.tag = event.tag
                if end > start:
                    # Block scalars begin after their header, which may hold a comment.
                    if style == "|" or style == ">":
                        header = text.find("\n", start)
                        quiet.append((start if header < 0 else header, end))
                    else:
                        quiet.append((start, end))
                    last_end = end
                node = scalar
            elif kind is ev.MappingStartEvent or kind is ev.SequenceStartEvent:
                start = event.start_mark.index
                if event.anchor or event.tag:
                    start = _after_properties(text, start, lines=True)
                if len(stack) >= MAX_DEPTH:
                    result.problems.append(_too_deep(source, start))
                    return
                flow = bool(event.flow_style)
                if kind is ev.MappingStartEvent:
                    branch: Mapping | Sequence = Mapping(source, start, start, flow)
                else:
                    branch = Sequence(source, start, start, flow)
                branch.tag = event.tag
                if event.anchor:
                    branch.anchor = event.anchor
                    anchors[event.anchor] = branch
                    open_anchors.add(event.anchor)
                stack.append(branch)
                keys.append(None)
                anchor_stack.append(event.anchor)
                continue
            elif kind is ev.MappingEndEvent or kind is ev.SequenceEndEvent:
                done = stack.pop()
                keys.pop()
                closed = anchor_stack.pop()
                if closed:
                    open_anchors.discard(closed)
                if done.flow:
                    done.end = event.end_mark.index
                    last_end = done.end
                else:
                    done.end = max(done.start, last_end)
                node = done
            elif kind is ev.AliasEvent:
                start, end = event.start_mark.index, event.end_mark.index
                name = event.anchor
                target = anchors.get(name)
                if target is None:
                    result.problems.append(
                        YamlProblem(
                            "syntax", f'no anchor "&{name}" stands before this alias', start, end
                        )
                    )
                    return
                if name in open_anchors:
                    result.problems.append(
                        YamlProblem(
                            "syntax",
                            f'the alias "*{name}" stands inside its own anchor',
                            start,
                            end,
                        )
                    )
                    return
                node = Alias(source, start, end, name, target)
                last_end = end
            elif kind is ev.DocumentStartEvent:
                # Anchors live on: go-yaml takes an alias of an earlier document's.
                if event.version is not None and event.version != (1, 1):
                    start, end = event.start_mark.index, event.end_mark.index
                    result.problems.append(
                        YamlProblem(
                            "syntax",
                            f"Docker Compose takes no %YAML {'.'.join(map(str, event.version))}, "
                            "only 1.1",
                            start,
                            max(end, start + 1),
                        )
                    )
                    return
                continue
            elif kind is ev.StreamEndEvent:
                return
            else:
                continue

            count += 1
            if count > MAX_NODES:
                result.problems.append(
                    YamlProblem(
                        "too-complex",
                        f"the file has more than {MAX_NODES:,} values",
                        node.start,
                        node.end,
                    )
                )
                return
            if kind is ev.ScalarEvent and event.anchor:
                node.anchor = event.anchor
                anchors[event.anchor] = node
            if not stack:
                result.documents.append(node)
                continue
            parent = stack[-1]
            if type(parent) is Sequence:
                parent.items.append(node)
            else:
                key = keys[-1]
                if key is None:
                    keys[-1] = node
                else:
                    parent.entries.append(Entry(key, node))  # type: ignore[union-attr]
                    keys[-1] = None
    finally:
        dispose = getattr(parser, "dispose", None)
        if dispose is not None:
            dispose()


_PROPERTY = re.compile(r"[&!][^\s,\[\]{}]*[ \t]*")
_GAP = re.compile(r"(?:[ \t\r\n]+|#[^\n]*)*")


def _after_properties(text: str, start: int, lines: bool = False) -> int:
    """Where the value itself begins behind its anchor and tag."""
    while match := _PROPERTY.match(text, start):
        start = match.end()
        if lines and (gap := _GAP.match(text, start)):
            start = gap.end()
    return start


_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


def _slash_escape(text: str, start: int, end: int) -> int:
    r"""Where ``\/``, which libyaml knows and go-yaml does not, stands in a string; else -1."""
    for escape in _ESCAPE.finditer(text, start, end):
        if escape[1] == "/":
            return escape.start()
    return -1


def _block_end(text: str, start: int, limit: int, value: str) -> int:
    """Where the content of a block scalar really ends.

    The parser's mark runs on over blank and comment lines to the next token.
    """
    header = text.find("\n", start, limit)
    if header < 0:
        return limit
    if not value.strip("\n "):
        return header - (text[header - 1] == "\r")
    indent = -1
    end = at = header + 1
    while at < limit:
        stop = text.find("\n", at, limit)
        stop = limit if stop < 0 else stop
        line = text[at:stop]
        content = line.lstrip(" ")
        if content.strip():
            width = len(line) - len(content)
            if indent < 0:
                indent = width
            if width < indent:
                if content.startswith("#") and text[start + 1 : start + 3].strip("+-\r\n ") == "":
                    break
                indent = width
            end = stop - line.endswith("\r")
        at = stop + 1
    return end


# --- scalars, as go-yaml v3/v4 resolves them (its resolve.go names the forms) ---

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
_INTEGER = re.compile(
    r"([-+]?)(?:(0[xX][0-9a-fA-F]+)|(0[bB][01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))\Z"
)
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z")
_TIMESTAMP = re.compile(
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

_REASONS = (
    (
        "found character '\\t' that cannot start any token",
        "a tab stands where only spaces may indent",
    ),
    (
        "found a tab character that violates indentation",
        "a tab stands where only spaces may indent",
    ),
    (
        "found a tab character where an indentation space is expected",
        "a tab stands where only spaces may indent",
    ),
    (
        "mapping values are not allowed in this context",
        'a ":" is not possible here: the line above may lack one, or the indentation is off',
    ),
    (
        "mapping values are not allowed here",
        'a ":" is not possible here: the line above may lack one, or the indentation is off',
    ),
    ("could not find expected ':'", 'this line has no ":" after its key'),
    (
        "did not find expected key",
        "a key was expected here: check the indentation and the quotes above",
    ),
    (
        "did not find expected '-' indicator",
        'a "-" was expected here: the items of a list must be indented alike',
    ),
    (
        "did not find expected ',' or ']'",
        'the list opened with "[" is not closed: a "," or "]" is missing',
    ),
    (
        "did not find expected ',' or '}'",
        'the mapping opened with "{" is not closed: a "," or "}" is missing',
    ),
    (
        "expected <block end>, but found",
        "a key was expected here: check the indentation and the quotes above",
    ),
    (
        "expected ',' or ']', but got",
        'the list opened with "[" is not closed: a "," or "]" is missing',
    ),
    (
        "expected ',' or '}', but got",
        'the mapping opened with "{" is not closed: a "," or "}" is missing',
    ),
    ("expected the node content, but found", "a value was expected here"),
    ("did not find expected node content", "a value was expected here"),
    ("found unexpected end of stream", "a quote that opens here is never closed"),
    (
        "found character that cannot start any token",
        "this character cannot start a value: quote the value",
    ),
    (
        "did not find expected <document start>",
        "this does not belong to the document above: check the indentation",
    ),
    ("found duplicate anchor", "an anchor is defined twice"),
    (
        "block sequence entries are not allowed in this context",
        'a list item ("- ") is not possible here',
    ),
    ("control characters are not allowed", "a control character stands in the text"),
    ("special characters are not allowed", "a control character stands in the text"),
    ("found undefined tag handle", "this tag uses a handle that no %TAG line defines"),
    (
        "found unknown escape character",
        "this escape is unknown in a double-quoted string: use single quotes or a second backslash",
    ),
)


_GLUED = re.compile(r"[ ]*(?:- +)?[\w.-]+:[^\s:/]")


def _explain(error: yaml.YAMLError, source: SourceFile) -> YamlProblem:
    text = source.text
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML")
    mark = getattr(error, "problem_mark", None)
    at = mark.index if mark is not None else getattr(error, "position", 0) or 0
    at = max(0, min(at, len(text)))
    if "found character" in problem and "cannot start any token" in problem:
        problem = (
            "found character '\\t' that cannot start any token"
            if text[at : at + 1] == "\t"
            else "found character that cannot start any token"
        )
    if "unexpected end of stream" in problem:
        context_mark = getattr(error, "context_mark", None)
        if context_mark is not None:
            at = min(context_mark.index, len(text))
    if "max depth" in problem or "nesting" in problem:
        return _too_deep(source, at)
    message = next((reason for known, reason in _REASONS if problem.startswith(known)), problem)
    if "is not closed" in message:
        opening = getattr(error, "context_mark", None)
        # Where the rest of the file is swallowed, the bracket that opens is to blame.
        if opening is not None and mark is not None and opening.line < mark.line:
            return YamlProblem("syntax", message, opening.index, opening.index + 1)
    if message.startswith('a ":" is not possible'):
        line = text.rfind("\n", 0, at) + 1
        glued = _GLUED.match(text, text.rfind("\n", 0, max(0, line - 1)) + 1, line)
        if glued:
            colon = glued.end() - 2
            return YamlProblem("syntax", 'a space is missing after this ":"', colon, colon + 1)
    if message.startswith("a tab"):
        line = text.rfind("\n", 0, at) + 1
        tab = text.find("\t", line)
        at = tab if tab >= 0 else at
    end = at + 1
    if text[at : at + 1] not in ("\t", ":", "-", "", "\n", "\r"):
        stop = text.find("\n", at)
        stop = len(text) if stop < 0 else stop
        end = max(at + 1, at + len(text[at:stop].rstrip()))
    return YamlProblem("syntax", message, at, min(end, len(text)))
