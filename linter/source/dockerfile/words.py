"""The small grammars inside a Dockerfile instruction: words, flags, JSON arrays, heredocs.

Pure functions over one joined line of text. Positions are indices into that text; the
instruction that owns the text maps them to the file. Splitting and quoting follow BuildKit
(moby/buildkit, ``frontend/dockerfile/parser``), which differs from a real shell in many
corners.
"""

from __future__ import annotations

import re

from ...base.patterns import on_demand
from ...base.records import NamedTuple
from .variables import skip_dollar, skip_double

TYPE_CHECKING = False

SPACE = (
    "\t\n\v\f\r \x85\xa0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a"
    "\u2028\u2029\u202f\u205f\u3000"
)
"""The white space of Go's ``unicode.IsSpace``, which differs from Python's."""

_ASCII_SPACE = "\t\n\v\f\r "

_CHUNK = on_demand(r"[^\t\v\f\r ]+")
_GO_WORD = on_demand(f"[^{SPACE}]+")
_HEREDOC = on_demand(r"[0-9]*<<(-?)[\t\n\f\r ]*([^<]*)\Z")
_JSON_STRING = on_demand(r'"(?:[^"\\\x00-\x1f]++|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*+"')
# Compiled on first use: it takes longer than all the others together.
_JSON_LIKE = r"""\[(?:["'“”‘’]|[ \t]*(?:"[^"]*"|'[^']*'|[“‘][^”’]*[”’]|[\w./@:+-]++)[ \t]*,)"""


# --- splitting -----------------------------------------------------------------------------


def split_chunks(text: str, at: int) -> list[tuple[int, str]]:
    """Words separated by blanks, as BuildKit splits FROM, COPY, ADD, EXPOSE and VOLUME.

    Quotes do not hold a word together here.
    """
    return [(m.start(), m.group()) for m in _CHUNK.finditer(text, at)]


def first_chunk(text: str, at: int) -> tuple[int, str] | None:
    """The first of the words that ``split_chunks`` gives."""
    match = _CHUNK.search(text, at)
    return (match.start(), match.group()) if match else None


def skip_word(text: str, at: int) -> int:
    """Where the word after the one at ``at`` begins, as HEALTHCHECK separates its type."""
    end = len(text)
    while at < end and text[at] not in _ASCII_SPACE:
        at += 1
    while at < end and text[at] in _ASCII_SPACE:
        at += 1
    return at


def split_quoted(text: str, at: int, escape: str) -> list[tuple[int, str]]:
    """Words that may contain blanks in quotes or escaped, as BuildKit splits ENV, LABEL and ARG."""
    if "'" not in text and '"' not in text and escape not in text:
        return [(m.start(), m.group()) for m in _GO_WORD.finditer(text, at)]
    words: list[tuple[int, str]] = []
    i, end, start = at, len(text), -1
    quote = ""
    while i < end:
        char = text[i]
        if not quote and char in SPACE:
            if start >= 0:
                words.append((start, text[start:i]))
                start = -1
            i += 1
            continue
        if start < 0:
            start = i
        if quote:
            if char == quote:
                quote = ""
            elif char == escape and quote != "'":
                i += 1
        elif char in "'\"":
            quote = char
        elif char == escape:
            i += 1
        i += 1
    if start >= 0 and text[start:] != escape:
        words.append((start, text[start:]))
    return words


class FlagText(NamedTuple):
    """One leading ``--name=value``: its place, and its parts without quotes."""

    at: int
    end: int
    name: str
    value: str | None
    value_at: int


def split_flags(text: str, at: int, escape: str) -> tuple[list[FlagText], int]:
    """The flags at the start of an instruction's arguments, and where the arguments begin."""
    flags: list[FlagText] = []
    end = len(text)
    while True:
        while at < end and text[at] in _ASCII_SPACE:
            at += 1
        if not text.startswith("--", at):
            break
        start, quote, equals = at, "", -1
        chars: list[str] = []
        name_length = 0
        while at < end:
            char = text[at]
            if quote:
                if char == quote:
                    quote = ""
                    at += 1
                    continue
            elif char in _ASCII_SPACE:
                break
            elif char in "'\"":
                quote = char
                at += 1
                continue
            if char == escape:
                at += 1
                if at >= end:
                    break
                char = text[at]
            if char == "=" and equals < 0:
                equals, name_length = at, len(chars)
            chars.append(char)
            at += 1
        word = "".join(chars)
        if word == "--":
            break
        if equals < 0:
            flags.append(FlagText(start, at, word[2:], None, at))
        else:
            name, value = word[2:name_length], word[name_length + 1 :]
            flags.append(FlagText(start, at, name, value, equals + 1))
    while at < end and text[at] in SPACE:
        at += 1
    return flags, at


# --- JSON form -----------------------------------------------------------------------------


class JsonProblem(NamedTuple):
    """Why text that looks like a JSON array of strings is not one.

    ``kind`` is ``json-quotes``, ``json-comma``, ``json-trailing`` (text after the array),
    ``json-escape`` (an escape that JSON does not have), ``json-type`` or ``json-syntax``. Only
    ``json-type`` stops a build; the others make BuildKit run the text in a shell.
    """

    kind: str
    message: str
    at: int
    end: int


def json_array(text: str, at: int) -> list[tuple[int, str, str]] | None:
    """The elements (index, raw text, value) of a JSON array of strings; None if it is not one."""
    end = len(text)
    if not text.startswith("[", at):
        return None
    elements: list[tuple[int, str, str]] = []
    i = _blanks(text, at + 1)
    if not text.startswith("]", i):
        while True:
            match = _JSON_STRING.match(text, i)
            if match is None:
                return None
            raw = match.group()
            elements.append((i, raw, _json_value(raw)))
            i = _blanks(text, match.end())
            if not text.startswith(",", i):
                break
            i = _blanks(text, i + 1)
        if not text.startswith("]", i):
            return None
    return elements if _blanks(text, i + 1) == end else None


def _bad_escape(text: str, at: int) -> int:
    """Where the string at ``at`` has an escape that JSON does not have; -1 if it has none."""
    i = at + 1
    while i + 1 < len(text) and text[i] != '"':
        if text[i] == "\\":
            if text[i + 1] not in '"\\/bfnrtu':
                return i
            i += 1
        i += 1
    return -1


def json_problem(text: str, at: int) -> JsonProblem | None:
    """Why ``json_array`` refused an array; None if the text does not look like one.

    A shell test (``[ -f x ] && …``) is not taken for an array.
    """
    if not text.startswith("[", at):
        return None
    end = len(text)
    if not re.compile(_JSON_LIKE).match(text, at):
        if _json_is_array(text[at:]):
            return JsonProblem("json-type", "every element must be a string", at, end)
        return None
    i = _blanks(text, at + 1)
    while i < end:
        match = _JSON_STRING.match(text, i)
        if match is None:
            break
        i = _blanks(text, match.end())
        char = text[i : i + 1]
        if char == ",":
            comma, i = i, _blanks(text, i + 1)
            if text.startswith("]", i):
                return JsonProblem("json-comma", "a comma before the closing bracket", comma, i)
        elif char == '"':
            return JsonProblem("json-comma", "a comma is missing between two elements", i, i + 1)
        elif char == "]" and (rest := _blanks(text, i + 1)) < end:
            return JsonProblem("json-trailing", "text after the closing bracket", rest, end)
        else:
            break
    if _json_is_array(text[at:]):
        return JsonProblem("json-type", "every element must be a string", i, end)
    if i >= end:
        return JsonProblem("json-syntax", "the closing bracket is missing", at, at + 1)
    if text[i] == '"' and (escape := _bad_escape(text, i)) >= 0:
        shown = text[escape : escape + 2]
        return JsonProblem("json-escape", f"JSON has no escape {shown}", escape, escape + 2)
    if text[i] in "'‘’“”":
        return JsonProblem("json-quotes", "JSON strings need double quotes", i, i + 1)
    return JsonProblem("json-syntax", "this is not a JSON array of strings", i, i + 1)


def _blanks(text: str, at: int) -> int:
    end = len(text)
    while at < end and text[at] in " \t\r\n":
        at += 1
    return at


def _json_value(raw: str) -> str:
    if "\\" not in raw:
        return raw[1:-1]
    import json

    value: str = json.loads(raw)
    return value


def _json_is_array(text: str) -> bool:
    import json

    try:
        return isinstance(json.loads(text), list)
    except (ValueError, RecursionError):
        return False


# --- heredocs ------------------------------------------------------------------------------


class HeredocText(NamedTuple):
    """A ``<<NAME`` word of a joined line; ``expand`` tells that its body has variables."""

    at: int
    end: int
    name: str
    strip_tabs: bool
    expand: bool


def heredoc_words(line: str) -> list[HeredocText]:
    """The heredocs that a RUN, COPY or ADD line opens, in order.

    A word that BuildKit cannot lex (``${x^^}``, a lone quote) hides every heredoc of the
    line, and ``$((1 << 2))`` opens one: both are BuildKit's behaviour.
    """
    heredocs: list[HeredocText] = []
    for at, word in _raw_words(line):
        match = _HEREDOC.match(word)
        if match is None:
            continue
        dash, rest = match.groups()
        name = _heredoc_name(rest)
        if name is not None:
            # Variables are replaced in the body unless quotes around the name were removed.
            expand = _quotes(name) == _quotes(rest)
            heredocs.append(HeredocText(at, at + len(word), name, dash == "-", expand))
    return heredocs


def _quotes(text: str) -> int:
    return text.count("'") + text.count('"')


def _heredoc_name(rest: str) -> str | None:
    """The name after ``<<`` without quotes and escapes; None if BuildKit takes none."""
    chars: list[str] = []
    i, end = 0, len(rest)
    while i < end:
        char = rest[i]
        if char in "'\"":
            close = rest.find(char, i + 1)
            if close < 0:
                return None
            chars.append(rest[i + 1 : close])
            i = close + 1
        elif char == "\\":
            chars.append(rest[i + 1 : i + 2])
            i += 2
        elif char in SPACE:
            return None
        else:
            chars.append(char)
            i += 1
    return "".join(chars) or None


def _raw_words(line: str) -> list[tuple[int, str]]:
    """The words of a line, quotes and escapes kept; empty if the line cannot be lexed."""
    words: list[tuple[int, str]] = []
    parts: list[str] = []
    start, i, end = 0, 0, len(line)
    while i < end:
        char = line[i]
        if char == "'":
            j = line.find("'", i + 1) + 1
        elif char == '"':
            j = skip_double(line, i + 1, "\\", 0)
        elif char == "$":
            j = skip_dollar(line, i, "\\", 0)
            if j > i and line.startswith("${", i) and not line[i + 2 : j - 1].isidentifier():
                # BuildKit loses the text before ${name-word} in the same word, and splits
                # the word again at blanks.
                parts.clear()
                text = line[i:j]
                inner = text.split()
                if len(inner) > 1:
                    words.extend((i, part) for part in inner[:-1])
                    parts.append(inner[-1])
                    start, i = j - len(inner[-1]), j
                    continue
        elif char == "<" and line.startswith("<<", i):
            j = i + 2
            while j < end and line[j] in "\t\r ":
                j += 1
        elif char == "\\":
            j = min(i + 2, end)
        elif char in SPACE:
            if parts:
                words.append((start, "".join(parts)))
                parts.clear()
            i += 1
            continue
        else:
            match = _PLAIN.match(line, i)
            j = match.end() if match else i + 1
        if j <= 0:
            return []
        if not parts:
            start = i
        parts.append(line[i:j])
        i = j
    if parts:
        words.append((start, "".join(parts)))
    return words


_PLAIN = on_demand(rf"[^'\"$<\\{SPACE}]+")
