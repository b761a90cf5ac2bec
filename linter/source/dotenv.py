"""Env files as Docker Compose 2.40 reads them: ``.env``, ``--env-file`` and ``env_file``.

The format is Compose's own, not a shell's. What surprises people:

* A value without quotes ends at `` #`` (a space, then ``#``), so that ``A=x#y`` keeps the
  ``#`` and ``A= # note`` has the value ``# note``.
* Double quotes know ``\\n``, ``\\t`` and the like; single quotes only ``\\'``. Both go over
  several lines. After the closing quote the next statement may follow on the same line.
* ``KEY: value`` equals ``KEY=value``; ``export`` is ignored; a bare ``KEY`` inherits its value.
* A bare ``KEY`` at the end of a file without a final newline is read as the value of a
  variable without a name.
* ``$NAME`` and ``${NAME…}`` are replaced in values without quotes and in double quotes:
  first by what the environment says, then by what stands further up.

`parse_raw_env` reads the other format, ``format: raw``, where every line is ``KEY=value``
and the value is taken as it is.

Compose stops at the first fatal problem and uses nothing of the file; these readers
go on with the next line, so that every problem is found in one run.
"""

from __future__ import annotations

from bisect import bisect_right

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from .template import (
    Failure,
    Lookup,
    Opaque,
    Reference,
    Template,
    TemplateError,
    parse_template,
    substitute,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Callable, MutableMapping

MAX_RAW_LINE = 65535
"""The longest line, in bytes of UTF-8, that Compose reads in the raw format."""

MAX_EXPANSION = 8_000_000
"""How many characters the values with references of one file may come to in all; those
after it count as unknown."""

_SHOWN = 80  # how much of a line a message quotes

_SPACES = "\t\v\f\r \u0085\u00a0"
# White space is Go's, which is Python's without the four separators of ASCII.
_STRIP = (
    _SPACES + "\n\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(map(chr, range(0x2000, 0x200B)))
)
_BLANK = on_demand(r"[^\S\x1c-\x1f]*")
_INDENT = on_demand(f"[{_SPACES}]*")
_EXPORT = on_demand(r"export(?=[\t\n\f\r ])")
_KEY = on_demand(rf"[\w.\-\[\]{_SPACES}]*")
_CLOSED = {
    '"': on_demand(r'"((?:[^"\\]++|\\(?s:.))*+)"'),
    "'": on_demand(r"'((?:[^'\\]++|\\(?s:.))*+)'"),
}
_ESCAPE = on_demand(r"\\(?:0[0-9]{0,3}|(?s:.))")
_ESCAPES = {
    "\\a": "\a",
    "\\b": "\b",
    "\\f": "\f",
    "\\n": "\n",
    "\\r": "\r",
    "\\t": "\t",
    "\\v": "\v",
    "\\\\": "\\",
    '\\"': '"',
    "\\$": "$$",
}


class EnvProblem(NamedTuple):
    """Something wrong at ``start`` to ``end``. Compose refuses the file if ``fatal``.

    ``kind`` is one of ``invalid-character``, ``space-in-key``, ``nothing-to-export``,
    ``unterminated-quote``, ``invalid-template`` (fatal); ``empty-key``, ``lost-key``,
    ``text-after-value`` (not fatal); and in the raw format ``empty-key``,
    ``space-in-key``, ``long-line`` (all fatal).
    """

    kind: str
    message: str
    start: int
    end: int
    fatal: bool


class EnvEntry:
    """One definition. Offsets are those of ``file``.

    ``text`` is the value before variables are replaced, its quotes and escapes undone;
    ``template`` the references in it, None where there are none. ``value`` is what
    the reader's ``lookup`` makes of it, None where a bare key finds nothing or the value
    is invalid. ``value_start`` to ``value_end`` includes the quotes; ``start`` to ``end``
    also ``export`` and the key. ``comment`` is the range of the comment on its line.
    """

    __slots__ = (
        "_origins",
        "comment",
        "end",
        "exported",
        "file",
        "has_value",
        "key",
        "key_end",
        "key_start",
        "quote",
        "start",
        "template",
        "text",
        "value",
        "value_end",
        "value_start",
    )

    def __init__(
        self,
        file: SourceFile,
        key: str,
        start: int,
        key_start: int,
        value_start: int,
        value_end: int,
        text: str,
        *,
        has_value: bool = True,
        quote: str = "",
        exported: bool = False,
        comment: tuple[int, int] | None = None,
    ) -> None:
        self.file = file
        self.key = key
        self.start = start
        self.key_start = key_start
        self.key_end = key_start + len(key)
        self.value_start = value_start
        self.value_end = value_end
        self.end = value_end
        self.text = text
        self.has_value = has_value
        self.quote = quote
        self.exported = exported
        self.comment = comment
        self.template: Template | TemplateError | None = None
        self.value: str | None = text if has_value else None
        self._origins: tuple[list[int], list[int]] | None = None

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)

    @property
    def key_span(self) -> Span:
        return Span(self.file, self.key_start, self.key_end)

    @property
    def value_span(self) -> Span:
        return Span(self.file, self.value_start, self.value_end)

    @property
    def raw(self) -> str:
        """The value as it stands in the file, quotes included."""
        return self.file.text[self.value_start : self.value_end]

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references in the value; `locate` tells where they stand."""
        return tuple(self.template.references) if isinstance(self.template, Template) else ()

    def locate(self, start: int, end: int) -> Span:
        """Where ``start`` to ``end`` of ``text`` stand in the file."""
        base = self.value_start + len(self.quote)
        if self._origins is None and "\\" in self.raw and self.quote:
            _, self._origins = _unescape(self.raw[1:-1], self.quote)
        if self._origins is None:
            return Span(self.file, base + start, base + end)
        offsets, origins = self._origins
        first = bisect_right(offsets, start) - 1
        last = bisect_right(offsets, max(start, end - 1)) - 1
        begin = origins[first] + (
            start - offsets[first] if _is_plain(offsets, origins, first) else 0
        )
        if end <= start:
            return Span(self.file, base + begin, base + begin)
        if _is_plain(offsets, origins, last):
            finish = origins[last] + end - offsets[last]
        else:
            finish = origins[last + 1]
        return Span(self.file, base + begin, base + finish)

    def __repr__(self) -> str:
        return f"EnvEntry({self.key!r}, {self.value!r})"


class EnvSyntax:
    """One env file. ``comments`` are the ranges of all its comments, ``#`` included."""

    __slots__ = ("comments", "entries", "file", "format", "problems")

    def __init__(self, file: SourceFile, format: str = "dotenv") -> None:
        self.file = file
        self.format = format
        self.entries: list[EnvEntry] = []
        self.comments: list[tuple[int, int]] = []
        self.problems: list[EnvProblem] = []

    @property
    def verdict(self) -> EnvProblem | None:
        """The problem for which Compose refuses the file, whatever the environment."""
        return next((problem for problem in self.problems if problem.fatal), None)

    @property
    def values(self) -> dict[str, str]:
        """What the file defines: of several definitions of a key, the last."""
        values: dict[str, str] = {}
        for entry in self.entries:
            if entry.value is not None:
                values[entry.key] = entry.value
        return values

    def definitions(self, key: str) -> list[EnvEntry]:
        """Every definition of ``key`` from top to bottom; all but the last are lost."""
        return [entry for entry in self.entries if entry.key == key]

    def __repr__(self) -> str:
        return f"EnvSyntax({self.file.path!r}, {len(self.entries)} entries)"


class EnvValue(NamedTuple):
    """What an entry comes to in an environment.

    ``value`` is None where a bare key finds nothing, the template is invalid or a
    required variable is missing (``failures``); it is `Opaque` where it depends on
    variables that are unset or opaque. ``unset`` are the references to nothing.
    """

    entry: EnvEntry
    value: str | None
    unset: tuple[Reference, ...] = ()
    failures: tuple[Failure, ...] = ()


def parse_env(source: SourceFile, lookup: Lookup | None = None) -> EnvSyntax:
    """Read an env file; ``lookup`` gives the variables of the environment."""
    syntax = EnvSyntax(source)
    _Reader(source, syntax).read()
    for item in expand(syntax, lookup):
        item.entry.value = item.value
    return syntax


def parse_raw_env(source: SourceFile, lookup: Lookup | None = None) -> EnvSyntax:
    """Read an env file of ``format: raw``, as the Docker CLI reads its ``--env-file``.

    A value is the rest of the line: quotes, ``#`` and ``$`` in it mean nothing. Comments
    stand on lines of their own. Keys may hold anything but spaces and tabs.
    """
    syntax = EnvSyntax(source, "raw")
    text = source.text
    at = 0
    while at < len(text):
        stop = text.find("\n", at)
        if stop < 0:
            stop = len(text)
        _read_raw_line(source, syntax, at, stop)
        at = stop + 1
    for item in expand(syntax, lookup):
        item.entry.value = item.value
    return syntax


def expand(
    syntax: EnvSyntax,
    lookup: Lookup | None = None,
    defined: MutableMapping[str, str] | None = None,
) -> list[EnvValue]:
    """Evaluate the entries in order, in the environment that ``lookup`` describes.

    ``defined`` holds what files read before it defined and takes in what this one
    defines; it yields to ``lookup``. Nothing of ``syntax`` changes.
    """
    known: MutableMapping[str, str] = {} if defined is None else defined
    outer = lookup or _nothing
    find = _chain(outer, known)
    out: list[EnvValue] = []
    budget = MAX_EXPANSION
    for entry in syntax.entries:
        template = entry.template
        if not entry.has_value:
            item = EnvValue(entry, outer(entry.key))
        elif template is None:
            item = EnvValue(entry, entry.text)
        elif isinstance(template, TemplateError):
            item = EnvValue(entry, None)
        else:
            result = substitute(template, find)
            value = result.value
            if value is not None:
                budget -= len(value)
                if budget < 0:
                    value = Opaque("")
                elif result.unknown:
                    value = Opaque(value)
            item = EnvValue(entry, value, result.unset, result.failures)
        if item.value is not None:
            known[entry.key] = item.value
        out.append(item)
    return out


def _nothing(name: str) -> None:
    return None


def _chain(outer: Lookup, known: MutableMapping[str, str]) -> Callable[[str], str | None]:
    def find(name: str) -> str | None:
        value = outer(name)
        return known.get(name) if value is None else value

    return find


class _Reader:
    """Splits the text into statements; one pass, linear."""

    __slots__ = ("file", "syntax", "text")

    def __init__(self, file: SourceFile, syntax: EnvSyntax) -> None:
        self.file = file
        self.syntax = syntax
        self.text = file.text

    def read(self) -> None:
        text, syntax = self.text, self.syntax
        length = len(text)
        at = 0
        quoted: EnvEntry | None = None  # the entry whose closing quote stands on this line
        reported = False  # whether that line's further statements were reported
        while True:
            blank = _BLANK.match(text, at)
            start = blank.end() if blank else at
            if quoted is not None and text.find("\n", at, start) >= 0:
                quoted, reported = None, False
            if start >= length:
                return
            if text[start] == "#":
                at = self.line_end(start)
                comment = (start, start + len(text[start:at].rstrip("\r")))
                syntax.comments.append(comment)
                if quoted is not None:
                    quoted.comment = comment
                continue
            before = len(syntax.problems)
            at, entry = self.statement(start)
            if quoted is None:
                reported = False
            elif not reported and not any(p.fatal for p in syntax.problems[before:]):
                reported = True
                shown = self.shown(start)
                message = f"{shown} after the closing quote is read as a statement of its own"
                end = start + len(text[start : self.line_end(start)].rstrip(_STRIP))
                self.problem("text-after-value", message, start, end, fatal=False)
            quoted = entry if entry is not None and entry.quote else None

    def statement(self, start: int) -> tuple[int, EnvEntry | None]:
        """Read what begins at ``start``; gives the offset after it."""
        text, file = self.text, self.file
        exported = _EXPORT.match(text, start) is not None
        key_start = _end(_INDENT, text, start + 6) if exported else start
        key_end = _end(_KEY, text, key_start)
        if key_end == len(text):
            return key_end, self.lost_key(start, key_start, exported)
        separator = text[key_end]
        if separator not in "=:\n":
            line = self.shown(key_start)
            message = f"unexpected character {_quote(separator)} in variable name {line}"
            return self.skip("invalid-character", message, key_end, key_end + 1), None
        key = text[key_start:key_end].rstrip(_STRIP)
        if " " in key:
            end = key_start + len(key)
            return self.skip("space-in-key", "key cannot contain a space", key_start, end), None
        if separator == "\n":
            end = key_start + len(key)
            if not key:  # "export" alone
                return key_end + 1, None
            entry = EnvEntry(
                file, key, start, key_start, end, end, "", has_value=False, exported=exported
            )
            self.syntax.entries.append(entry)
            return key_end + 1, entry
        if not key:
            message = "a value without a name"
            self.problem("empty-key", message, start, key_end + 1, fatal=False)
        value_start = _end(_INDENT, text, key_end + 1)
        quote = text[value_start : value_start + 1]
        if quote and quote in _CLOSED:
            return self.quoted(start, key, key_start, value_start, quote, exported)
        stop = self.line_end(value_start)
        value = text[value_start:stop]
        cut = value.find(" #")
        comment = None
        if cut >= 0:
            comment = (value_start + cut + 1, value_start + len(value.rstrip("\r")))
            self.syntax.comments.append(comment)
            value = value[:cut]
        value = value.rstrip(_STRIP)
        entry = EnvEntry(
            file,
            key,
            start,
            key_start,
            value_start,
            value_start + len(value),
            value,
            exported=exported,
            comment=comment,
        )
        self.add(entry)
        return stop, entry

    def quoted(
        self, start: int, key: str, key_start: int, value_start: int, quote: str, exported: bool
    ) -> tuple[int, EnvEntry | None]:
        text = self.text
        closed = _CLOSED[quote].match(text, value_start)
        if closed is None:
            # No later line can be as costly: its quote would have closed this value.
            line = text[value_start : self.line_end(value_start)].rstrip("\r")
            message = f"unterminated quoted value {line[:_SHOWN]}"
            end = value_start + len(line)
            return self.skip("unterminated-quote", message, value_start, end), None
        value = closed.group(1)
        if "\\" in value:
            value, _ = _unescape(value, quote)
        entry = EnvEntry(
            self.file,
            key,
            start,
            key_start,
            value_start,
            closed.end(),
            value,
            quote=quote,
            exported=exported,
        )
        self.add(entry)
        return closed.end(), entry

    def add(self, entry: EnvEntry) -> None:
        if "$" in entry.text and entry.quote != "'":
            template = parse_template(entry.text)
            entry.template = template
            if isinstance(template, TemplateError):
                at = entry.locate(template.start, template.end)
                self.problem("invalid-template", template.message, at.start, at.end)
        self.syntax.entries.append(entry)

    def lost_key(self, start: int, key_start: int, exported: bool) -> EnvEntry | None:
        """A bare key that the end of the file cuts off."""
        value = self.text[key_start:].rstrip(_STRIP)
        end = key_start + len(value)
        if not value:
            self.problem("nothing-to-export", 'no name after "export"', start, start + 6)
            return None
        message = (
            f"without a newline after it, {_quote(value[:_SHOWN])} is read as the value of a variable "
            "that has no name"
        )
        self.problem("lost-key", message, key_start, end, fatal=False)
        entry = EnvEntry(self.file, "", start, key_start, key_start, end, value, exported=exported)
        self.syntax.entries.append(entry)
        return entry

    def problem(self, kind: str, message: str, start: int, end: int, fatal: bool = True) -> None:
        self.syntax.problems.append(EnvProblem(kind, message, start, end, fatal))

    def skip(self, kind: str, message: str, start: int, end: int) -> int:
        """Note a fatal problem and go on with the next line."""
        self.problem(kind, message, start, end)
        return self.line_end(start)

    def line_end(self, at: int) -> int:
        stop = self.text.find("\n", at)
        return len(self.text) if stop < 0 else stop

    def shown(self, start: int) -> str:
        return _quote(self.text[start : self.line_end(start)].rstrip("\r")[:_SHOWN])


def _read_raw_line(source: SourceFile, syntax: EnvSyntax, at: int, stop: int) -> None:
    line = source.text[at:stop]
    if len(line) > MAX_RAW_LINE // 4 and len(line.encode()) > MAX_RAW_LINE:
        message = f"the line is longer than {MAX_RAW_LINE} bytes"
        syntax.problems.append(EnvProblem("long-line", message, at, stop, True))
        return
    line = line.removesuffix("\r")
    end = at + len(line)
    line = line.lstrip(_STRIP)
    start = end - len(line)
    if not line:
        return
    if line[0] == "#":
        syntax.comments.append((start, end))
        return
    key, equals, value = line.partition("=")
    if not key:
        message = f"no variable name on line {_quote(line[:_SHOWN])}"
        syntax.problems.append(EnvProblem("empty-key", message, start, end, True))
    elif " " in key or "\t" in key:
        message = f"variable {_quote(key[:_SHOWN])} contains whitespace"
        syntax.problems.append(EnvProblem("space-in-key", message, start, start + len(key), True))
    else:
        value_start = start + len(key) + len(equals)
        syntax.entries.append(
            EnvEntry(source, key, start, start, value_start, end, value, has_value=bool(equals))
        )


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _quote(text: str) -> str:
    """``text`` in double quotes on one line."""
    shown = "".join(
        "\\" + char if char in '"\\' else char if char.isprintable() else repr(char)[1:-1]
        for char in text
    )
    return f'"{shown}"'


def _unescape(raw: str, quote: str) -> tuple[str, tuple[list[int], list[int]]]:
    """Undo the escapes between quotes.

    Also gives where the pieces of the result begin: their offsets in the result and in
    ``raw``, each list with its end.
    """
    out: list[str] = []
    offsets: list[int] = []
    origins: list[int] = []
    length = done = 0

    def piece(text: str, origin: int) -> None:
        nonlocal length
        if text:
            out.append(text)
            offsets.append(length)
            origins.append(origin)
            length += len(text)

    for match in _ESCAPE.finditer(raw):
        written = match.group()
        if quote == "'":
            meant = "'" if written == "\\'" else written
        else:
            meant = _ESCAPES.get(written) or _octal(written)
        if meant != written:
            piece(raw[done : match.start()], done)
            piece(meant, match.start())
            done = match.end()
    piece(raw[done:], done)
    offsets.append(length)
    origins.append(len(raw))
    return "".join(out), (offsets, origins)


def _octal(written: str) -> str:
    r"""``\0ddd``: the character of that number, or, if it is none, the same without its 0."""
    if written[1] != "0":
        return written
    digits = written[2:]
    if len(digits) == 3 and digits.isdigit() and max(digits) < "8" and int(digits, 8) < 256:
        return chr(int(digits, 8))
    return "\\" + digits


def _is_plain(offsets: list[int], origins: list[int], index: int) -> bool:
    """Whether that piece stands in the file letter by letter."""
    if index + 1 == len(offsets):
        return True
    return offsets[index + 1] - offsets[index] == origins[index + 1] - origins[index]
