"""Env files as Docker Compose 2.40 reads them: ``.env``, ``--env-file`` and ``env_file``.

The format is Compose's own, not a shell's. What surprises people:

* A value without quotes ends at `` #`` (a space, then ``#``), so that ``A=x#y`` keeps the
  ``#`` and ``A= # note`` has the value ``# note``.
* Double quotes know ``\\n``, ``\\t`` and the like; single quotes only ``\\'``. Both may contain
  several lines. After the closing quote the next statement may follow on the same line.
* ``KEY: value`` equals ``KEY=value``; ``export`` is ignored; a bare ``KEY`` inherits its value.
* A bare ``KEY`` at the end of a file without a final newline is read as the value of a
  variable without a name.
* ``$NAME`` and ``${NAME…}`` are replaced in values without quotes and in double quotes:
  first by the environment's value, then by that of an earlier line.

`parse_raw_env` reads the other format, ``format: raw``, where every line is ``KEY=value``
and the value is taken as it is.

Compose stops at the first fatal problem and uses nothing of the file; these parsers
continue with the next line, so that one run finds every problem.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.text import SourceFile, line_end
from .dotenv import EnvEntry, EnvProblem, EnvSyntax, expand, unescape
from .template import TemplateError, parse_template

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re

    from .template import Lookup

MAX_RAW_LINE = 65535
"""The longest line, in bytes of UTF-8, that Compose reads in the raw format."""

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


def parse_env(source: SourceFile, lookup: Lookup | None = None) -> EnvSyntax:
    """Read an env file; ``lookup`` gives the variables of the environment. Never raises."""
    syntax = EnvSyntax(source)
    _Reader(syntax).read()
    return _evaluated(syntax, lookup)


def parse_raw_env(source: SourceFile, lookup: Lookup | None = None) -> EnvSyntax:
    """Read an env file of ``format: raw``, as the Docker CLI reads its ``--env-file``.

    A value is the rest of the line: quotes, ``#`` and ``$`` have no meaning in it. Comments
    have lines of their own. Keys may contain everything but spaces and tabs. Never raises.
    """
    syntax = EnvSyntax(source, "raw")
    at = 0
    for line in source.text.split("\n"):
        _read_raw_line(syntax, line, at)
        at += len(line) + 1
    return _evaluated(syntax, lookup)


def _evaluated(syntax: EnvSyntax, lookup: Lookup | None) -> EnvSyntax:
    for expanded in expand(syntax, lookup):
        expanded.entry.value = expanded.value
    return syntax


class _Reader:
    """Splits the text into statements, in one pass and linear time."""

    def __init__(self, syntax: EnvSyntax) -> None:
        self.syntax = syntax
        self.file = syntax.file
        self.text = syntax.file.text

    def read(self) -> None:
        text, syntax = self.text, self.syntax
        length = len(text)
        at = 0
        quoted: EnvEntry | None = None  # the entry whose closing quote is on this line
        reported = False  # whether that line's further statements were reported
        while True:
            start = _end(_BLANK, text, at)
            if quoted is not None and text.find("\n", at, start) >= 0:
                quoted, reported = None, False
            if start >= length:
                return
            if text[start] == "#":
                at = line_end(text, start)
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
                message = f"{shown} after the closing quote is read as a separate statement"
                end = start + len(text[start : line_end(text, start)].rstrip(_STRIP))
                self.problem("text-after-value", message, start, end, fatal=False)
            quoted = entry if entry is not None and entry.quote else None

    def statement(self, start: int) -> tuple[int, EnvEntry | None]:
        """Read the statement at ``start``; gives the offset after it, and its entry."""
        text = self.text
        exported = _EXPORT.match(text, start) is not None
        key_start = _end(_INDENT, text, start + 6) if exported else start
        key_end = _end(_KEY, text, key_start)
        if key_end == len(text):
            return key_end, self.lost_key(start, key_start)
        separator = text[key_end]
        if separator not in "=:\n":
            line = self.shown(key_start)
            message = f"unexpected character {_quote(separator)} in variable name {line}"
            return self.skip("invalid-character", message, key_end, key_end + 1)
        key = text[key_start:key_end].rstrip(_STRIP)
        end = key_start + len(key)
        if " " in key:
            return self.skip("space-in-key", "key cannot contain a space", key_start, end)
        if separator == "\n":
            if not key:  # "export" alone
                return key_end + 1, None
            entry = EnvEntry(self.file, key, start, key_start, end, end, "", has_value=False)
            return key_end + 1, self.add(entry)
        if not key:
            message = "a value without a name"
            self.problem("empty-key", message, start, key_end + 1, fatal=False)
        at = _end(_INDENT, text, key_end + 1)
        quote = text[at : at + 1]
        if quote in _CLOSED:
            closed = _CLOSED[quote].match(text, at)
            if closed is None:
                # No later line can cost as much: its quote would have closed this value.
                line = text[at : line_end(text, at)].rstrip("\r")
                message = f"unterminated quoted value {line[:_SHOWN]}"
                return self.skip("unterminated-quote", message, at, at + len(line))
            value, end = closed[1], closed.end()
            if "\\" in value:
                value = unescape(value, quote)
            entry = EnvEntry(self.file, key, start, key_start, at, end, value, quote=quote)
            return end, self.add(entry)
        stop = line_end(text, at)
        value = text[at:stop]
        cut = value.find(" #")
        comment = None
        if cut >= 0:
            comment = (at + cut + 1, at + len(value.rstrip("\r")))
            self.syntax.comments.append(comment)
            value = value[:cut]
        value = value.rstrip(_STRIP)
        end = at + len(value)
        entry = EnvEntry(self.file, key, start, key_start, at, end, value, comment=comment)
        return stop, self.add(entry)

    def add(self, entry: EnvEntry) -> EnvEntry:
        if "$" in entry.text and entry.quote != "'":
            template = parse_template(entry.text)
            entry.template = template
            if isinstance(template, TemplateError):
                at = entry.locate(template.start, template.end)
                self.problem("invalid-template", template.message, at.start, at.end)
        self.syntax.entries.append(entry)
        return entry

    def lost_key(self, start: int, key_start: int) -> EnvEntry | None:
        """The entry for a bare key that the end of the file cuts off."""
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
        entry = EnvEntry(self.file, "", start, key_start, key_start, end, value)
        self.syntax.entries.append(entry)
        return entry

    def problem(self, kind: str, message: str, start: int, end: int, fatal: bool = True) -> None:
        self.syntax.problems.append(EnvProblem(kind, message, start, end, fatal))

    def skip(self, kind: str, message: str, start: int, end: int) -> tuple[int, None]:
        """Note a fatal problem and continue with the next line."""
        self.problem(kind, message, start, end)
        return line_end(self.text, start), None

    def shown(self, start: int) -> str:
        return _quote(self.text[start : line_end(self.text, start)].rstrip("\r")[:_SHOWN])


def _read_raw_line(syntax: EnvSyntax, line: str, at: int) -> None:
    """Read the line at the offset ``at`` in the raw format."""
    if len(line) > MAX_RAW_LINE // 4 and len(line.encode()) > MAX_RAW_LINE:
        message = f"the line is longer than {MAX_RAW_LINE} bytes"
        syntax.problems.append(EnvProblem("long-line", message, at, at + len(line), True))
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
    key_end = start + len(key)
    if not key:
        message = f"no variable name on line {_quote(line[:_SHOWN])}"
        syntax.problems.append(EnvProblem("empty-key", message, start, end, True))
    elif " " in key or "\t" in key:
        message = f"variable {_quote(key[:_SHOWN])} contains whitespace"
        syntax.problems.append(EnvProblem("space-in-key", message, start, key_end, True))
    else:
        value_start = key_end + len(equals)
        syntax.entries.append(
            EnvEntry(
                syntax.file, key, start, start, value_start, end, value, has_value=bool(equals)
            )
        )


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    match = pattern.match(text, at)
    return match.end() if match else at


def _quote(text: str) -> str:
    """``text`` in double quotes on one line."""
    shown = "".join(
        "\\" + char if char in '"\\' else char if char.isprintable() else repr(char)[1:-1]
        for char in text
    )
    return f'"{shown}"'
