"""Variables, quotes and escapes in a Dockerfile word, as BuildKit processes them.

``$NAME``, ``${NAME}`` and the forms with an operator, which may nest. Positions are indices
into the text that is given. The source is BuildKit's ``frontend/dockerfile/shell``.
"""

from __future__ import annotations

from ...base.patterns import on_demand
from ...base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_MAX_DEPTH = 40
"""How deeply ``${A:-${B:-…}}`` may nest; deeper ones count as not well formed."""

MAX_LENGTH = 4096
"""How long a value may become by its variables, in characters; longer ones are unknown.

Linux takes no longer path; without a limit, forty lines ``ENV A=$A$A`` fill the memory.
"""

_NAME = on_demand(r"\d+|[@*#?\-$!]|\w+")
"""Digits, one special character, or a name."""


class Reference(NamedTuple):
    """One ``$NAME`` or ``${NAME<operator>word}``; ``operator`` is empty for the plain forms.

    ``at`` and ``end`` are indices into the text that was searched.
    """

    name: str
    operator: str
    at: int
    end: int


def expand(
    text: str,
    variables: Mapping[str, str | None],
    *,
    escape: str = "\\",
    closed: bool = False,
    quotes: bool = True,
) -> str | None:
    """The value of a Dockerfile word: variables replaced, quotes and escapes removed.

    ``variables`` maps names to values; None is a variable that is set to something unknown.
    A name that is absent is unknown too, unless ``closed`` says that the mapping has all
    variables: then it is unset, which is empty or the default of ``${NAME:-default}``.
    ``quotes=False`` keeps quotes as they are (mount options).

    Returns None when the value cannot be known: it depends on an unknown variable, uses a
    pattern (``#``, ``%``, ``/``), lacks a required value (``:?``), is not well formed, or
    becomes longer than ``MAX_LENGTH``.
    """
    if "$" not in text and "'" not in text and '"' not in text and escape not in text:
        return text
    return _Lexer(text, variables, escape, closed, quotes).value()


def references(text: str, *, escape: str = "\\", quotes: bool = True) -> list[Reference]:
    """The variables that a word refers to, nested ones included, in order of their start."""
    if "$" not in text:
        return []
    lexer = _Lexer(text, {}, escape, False, quotes)
    lexer.value()
    lexer.references.sort(key=lambda reference: reference.at)
    return lexer.references


def unquote(text: str, escape: str = "\\") -> str:
    """A word without its quotes and escapes; variables stay as they are written.

    A word that is not well formed comes back unchanged.
    """
    if "'" not in text and '"' not in text and escape not in text:
        return text
    out: list[str] = []
    i, end = 0, len(text)
    double = False
    while i < end:
        char = text[i]
        if char == '"':
            double = not double
        elif char == "'" and not double:
            close = text.find("'", i + 1)
            if close < 0:
                return text
            out.append(text[i + 1 : close])
            i = close
        elif char == escape:
            follower = text[i + 1 : i + 2]
            if double and follower not in ('"', "$", escape):
                out.append(char)
            else:
                out.append(follower)
                i += 1
        elif char == "$" and text.startswith("${", i):
            close = skip_dollar(text, i, escape, 0)
            if close <= 0:
                return text
            out.append(text[i:close])
            i = close - 1
        else:
            out.append(char)
        i += 1
    return text if double else "".join(out)


class _Malformed(ValueError):
    """BuildKit could not process the word."""


class _Lexer:
    """Reads a word; collects its references on the way."""

    __slots__ = ("closed", "escape", "quotes", "references", "text", "variables")

    def __init__(
        self,
        text: str,
        variables: Mapping[str, str | None],
        escape: str,
        closed: bool,
        quotes: bool,
    ) -> None:
        self.text = text
        self.variables = variables
        self.escape = escape
        self.closed = closed
        self.quotes = quotes
        self.references: list[Reference] = []

    def value(self) -> str | None:
        """The value of the text; None if it is unknown or not well formed."""
        try:
            return self.until("", 0, 0)[0]
        except _Malformed:
            return None

    def until(self, stop: str, i: int, depth: int) -> tuple[str | None, int]:
        """The value of the text up to ``stop`` (the end if empty), and the index after it."""
        if depth > _MAX_DEPTH:
            raise _Malformed
        text, escape, end = self.text, self.escape, len(self.text)
        parts: list[str | None] = []
        while i < end:
            char = text[i]
            if char == stop:
                return self.joined(parts), i + 1
            if char == "$":
                value, i = self.dollar(i, depth)
                parts.append(value)
            elif char == escape:
                parts.append(text[i + 1 : i + 2])
                i += 2
            elif char == "'" and self.quotes:
                close = text.find("'", i + 1)
                if close < 0:
                    raise _Malformed
                parts.append(text[i + 1 : close])
                i = close + 1
            elif char == '"' and self.quotes:
                value, i = self.double(i + 1, depth)
                parts.append(value)
            else:
                parts.append(char)
                i += 1
        if stop:
            raise _Malformed
        return self.joined(parts), i

    def double(self, i: int, depth: int) -> tuple[str | None, int]:
        """The value of the double-quoted text from ``i``, and the index after its quote."""
        text, escape, end = self.text, self.escape, len(self.text)
        parts: list[str | None] = []
        while i < end:
            char = text[i]
            if char == '"':
                return self.joined(parts), i + 1
            if char == "$":
                value, i = self.dollar(i, depth)
                parts.append(value)
                continue
            if char == escape:
                if i + 1 == end:
                    raise _Malformed
                if text[i + 1] in ('"', "$", escape):
                    i += 1
                    char = text[i]
            parts.append(char)
            i += 1
        raise _Malformed

    def dollar(self, i: int, depth: int) -> tuple[str | None, int]:
        """The value of the reference whose ``$`` is at ``i``, and the index after it."""
        text, start = self.text, i
        if not text.startswith("{", i + 1):
            end = _name_end(text, i + 1)
            name = text[i + 1 : end]
            return self.plain(name, start, end) if name else "$", end
        i += 2
        if text[i : i + 1] in ("", "{", "}", ":"):
            raise _Malformed
        name_end = _name_end(text, i)
        name, i = text[i:name_end], name_end
        operator = text[i : i + 1]
        if operator == "}":
            return self.plain(name, start, i + 1), i + 1
        if operator == ":":
            operator = text[i : i + 2]
            if operator not in (":-", ":+", ":?"):
                raise _Malformed
        elif operator not in ("-", "+", "?", "#", "%", "/"):
            raise _Malformed
        i += len(operator)
        if operator == "/":
            if text.startswith("/", i):
                i += 1
            _, i = self.until("/", i, depth + 1)
        word, i = self.until("}", i, depth + 1)
        self.references.append(Reference(name, operator, start, i))
        return self.apply(operator, word, *self.look_up(name)), i

    def plain(self, name: str, start: int, end: int) -> str | None:
        """The value of ``$NAME`` or ``${NAME}``."""
        self.references.append(Reference(name, "", start, end))
        may_be_set, value = self.look_up(name)
        return value if may_be_set else ""

    def apply(self, operator: str, word: str | None, is_set: bool, value: str | None) -> str | None:
        """The value of a reference with an operator and the word after it."""
        if operator in ("#", "%", "/"):
            return "" if not is_set or value == "" else None
        if is_set and value is None:
            return None
        missing = not is_set or (operator[0] == ":" and value == "")
        kind = operator[-1]
        if kind == "-":
            return word if missing else value
        if kind == "+":
            return "" if missing else word
        return None if missing else value

    def joined(self, parts: list[str | None]) -> str | None:
        """The parts as one value; None if one of them is unknown, or variables make it too long."""
        texts = [part for part in parts if part is not None]
        length = sum(map(len, texts))
        if len(texts) < len(parts) or (length > MAX_LENGTH and length > len(self.text)):
            return None
        return "".join(texts)

    def look_up(self, name: str) -> tuple[bool, str | None]:
        """Whether the variable may be set, and its value."""
        if name in self.variables:
            return True, self.variables[name]
        return not self.closed, None


def _name_end(text: str, i: int) -> int:
    """Where the variable name at ``i`` ends."""
    match = _NAME.match(text, i)
    return match.end() if match else i


def skip_dollar(text: str, i: int, escape: str, depth: int) -> int:
    """The index after the expansion that starts at ``i``; 0 if it is not well formed."""
    if not text.startswith("{", i + 1):
        return max(_name_end(text, i + 1), i + 1)
    i += 2
    if depth > _MAX_DEPTH or text[i : i + 1] in ("", "{", "}", ":"):
        return 0
    i = _name_end(text, i)
    operator = text[i : i + 1]
    if operator == "}":
        return i + 1
    if operator == ":":
        i += 1
    elif operator not in ("-", "+", "?", "#", "%", "/"):
        return 0
    i += 1
    if operator == "/":
        if text.startswith("/", i):
            i += 1
        i = _skip_until(text, i, "/", escape, depth + 1)
        if i == 0:
            return 0
    return _skip_until(text, i, "}", escape, depth + 1)


def _skip_until(text: str, i: int, stop: str, escape: str, depth: int) -> int:
    """The index after ``stop``, quotes and expansions skipped; 0 if it is missing."""
    end = len(text)
    while i < end:
        char = text[i]
        if char == stop:
            return i + 1
        if char == escape:
            i += 2
            continue
        if char == "'":
            i = text.find("'", i + 1) + 1
        elif char == '"':
            i = skip_double(text, i + 1, escape, depth)
        elif char == "$":
            i = skip_dollar(text, i, escape, depth)
        else:
            i += 1
        if i == 0:
            return 0
    return 0


def skip_double(text: str, i: int, escape: str, depth: int) -> int:
    """The index after the quote that ends the double-quoted text at ``i``; 0 if it is missing."""
    end = len(text)
    while i < end:
        char = text[i]
        if char == '"':
            return i + 1
        if char == "$":
            i = skip_dollar(text, i, escape, depth)
            if i == 0:
                return 0
        elif char == escape and text[i + 1 : i + 2] in ('"', "$", escape):
            i += 2
        else:
            i += 1
    return 0
