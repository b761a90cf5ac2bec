"""From the text of a YAML file to the nodes of ``nodes.py``.

PyYAML's C parser (or that of ``pure.py``, where libyaml is missing) supplies the events. The tree
is built here, because ``yaml.compose`` loses where an alias is used, rejects what Docker
Compose accepts (several documents, redefined anchors) and reads scalars by YAML 1.1.

A module of its own, because PyYAML takes long to load and runs over Dockerfiles do not need it.
"""

from __future__ import annotations

import re

from ...base.patterns import on_demand
from ...base.text import BOM, SourceFile, line_end
from .events import load
from .nodes import MAX_DEPTH, Alias, Entry, Mapping, Node, Scalar, Sequence, YamlFile, YamlProblem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


_Parser, ev, YAMLError = load()

MAX_NODES = 400_000
"""How many nodes one file may have."""

MAX_KEY = 1024
"""The longest key that libyaml takes."""
MAX_SLOW = 100_000
"""The longest text that the parser in Python reads, which takes keys of any length."""


class _Refused(Exception):
    """The file is not read any further."""

    def __init__(self, kind: str, message: str, start: int, end: int) -> None:
        super().__init__(message)
        self.problem = YamlProblem(kind, message, start, end)


def parse_yaml(source: SourceFile) -> YamlFile:
    """Read the documents of a file. Never raises; see ``YamlFile.problems``."""
    result = YamlFile(source)
    mark = source.text.find("\n" + BOM)
    if mark >= 0:
        # libyaml skips it, go-yaml makes it part of the key behind it.
        result.problems.append(
            YamlProblem("syntax", "there is a byte order mark inside the file", mark + 1, mark + 2)
        )
    try:
        _read(_Parser, source, result)
    except YAMLError as error:
        if not _may_be_long_key(error, source.text):
            result.problems.append(_explain(error, source))
            return result
        explained = _explain(error, source)
        place = (explained.start, explained.end)
        result.documents.clear()
        result.scalars.clear()
        if len(source.text) > MAX_SLOW:
            message = f"keys of more than {MAX_KEY:,} characters are only read in files of up to {MAX_SLOW:,}"
            result.problems.append(YamlProblem("too-complex", message, *place))
            return result
        from .pure import LongKeys

        try:
            _read(LongKeys, source, result)
        except YAMLError as second_error:
            result.problems.append(_explain(second_error, source))
        else:
            if not result.problems:
                message = f"a key has more than {MAX_KEY:,} characters"
                result.long_key = YamlProblem("syntax", message, *place)
    return result


def _read(parser_type: Any, source: SourceFile, result: YamlFile) -> None:
    """Fill ``result`` with what a parser makes of the text; raises its errors of syntax."""
    try:
        parser = parser_type(source.text)
        try:
            _compose(parser.get_event, source, result)
        finally:
            parser.dispose()
    except _Refused as refused:
        result.problems.append(refused.problem)
    except RecursionError as error:  # only in the parser in Python
        result.problems.append(_too_deep(source, getattr(error, "place", 0)))


_OF_LONG_KEYS = (
    "mapping values are not allowed in this context",
    "mapping values are not allowed here",
    "could not find expected ':'",
    "did not find expected ',' or '}'",
    "did not find expected ',' or ']'",
    "expected ',' or '}', but got",
    "expected ',' or ']', but got",
)
"""What the parsers say of a key that is longer than it takes, and of other faults."""


def _may_be_long_key(error: Any, text: str) -> bool:
    """Whether an error may come from a key that is longer than libyaml takes: its line is as long."""
    mark = getattr(error, "problem_mark", None)
    if mark is None or not error.problem.startswith(_OF_LONG_KEYS):
        return False
    start = text.rfind("\n", 0, mark.index) + 1
    end = text.find("\n", mark.index)
    return (end if end >= 0 else len(text)) - start > MAX_KEY


def _too_deep(source: SourceFile, at: int) -> YamlProblem:
    return YamlProblem("too-complex", _TOO_DEEP, at, min(at + 1, len(source.text)))


_TOO_DEEP = f"collections nest more than {MAX_DEPTH} levels deep"


def _compose(get_event: Any, source: SourceFile, result: YamlFile) -> None:
    """Build the documents of ``result`` from the parser's events, in one loop for speed."""
    text = source.text
    scalars = result.scalars
    anchors: dict[str, Node] = {}
    open_anchors: set[str] = set()
    stack: list[Mapping | Sequence] = []
    keys: list[Node | None] = []  # for each mapping in the stack, the key that awaits its value
    count = 0
    last_end = 0

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
                _refuse_escaped_slash(text, start, end)
            node = Scalar(source, start, end, event.value, style)
            node.tag = event.tag
            if event.anchor:
                node.anchor = event.anchor
                anchors[event.anchor] = node
            if end > start:
                # Block scalars begin after their header, which may contain a comment.
                if style == "|" or style == ">":
                    header = text.find("\n", start)
                    scalars.append((start if header < 0 else header, end))
                else:
                    scalars.append((start, end))
                last_end = end
        elif kind is ev.MappingStartEvent or kind is ev.SequenceStartEvent:
            start = event.start_mark.index
            if event.anchor or event.tag:
                start = _after_properties(text, start, lines=True)
            if len(stack) >= MAX_DEPTH:
                raise _Refused(*_too_deep(source, start))
            branch_type = Mapping if kind is ev.MappingStartEvent else Sequence
            branch = branch_type(source, start, start, bool(event.flow_style))
            branch.tag = event.tag
            if event.anchor:
                branch.anchor = event.anchor
                anchors[event.anchor] = branch
                open_anchors.add(event.anchor)
            stack.append(branch)
            keys.append(None)
            continue
        elif kind is ev.MappingEndEvent or kind is ev.SequenceEndEvent:
            branch = stack.pop()
            keys.pop()
            if branch.anchor:
                open_anchors.discard(branch.anchor)
            if branch.flow:
                branch.end = last_end = event.end_mark.index
            else:
                branch.end = max(branch.start, last_end)
            node = branch
        elif kind is ev.AliasEvent:
            start, end = event.start_mark.index, event.end_mark.index
            name = event.anchor
            if name not in anchors:
                message = f'there is no anchor "&{name}" before this alias'
                raise _Refused("syntax", message, start, end)
            if name in open_anchors:
                message = f'the alias "*{name}" is inside its own anchor'
                raise _Refused("syntax", message, start, end)
            node = Alias(source, start, end, name, anchors[name])
            last_end = end
        elif kind is ev.DocumentStartEvent:
            # Anchors are kept: go-yaml accepts an alias to an anchor of an earlier document.
            if event.version is not None and event.version != (1, 1):
                start, end = event.start_mark.index, event.end_mark.index
                version = ".".join(map(str, event.version))
                message = f"Docker Compose does not accept %YAML {version}, only 1.1"
                raise _Refused("syntax", message, start, max(end, start + 1))
            continue
        elif kind is ev.StreamEndEvent:
            return
        else:
            continue

        count += 1
        if count > MAX_NODES:
            message = f"the file has more than {MAX_NODES:,} values"
            raise _Refused("too-complex", message, node.start, node.end)
        if not stack:
            result.documents.append(node)
            continue
        parent = stack[-1]
        if type(parent) is Sequence:
            parent.items.append(node)
        elif type(parent) is Mapping:
            key = keys[-1]
            if key is None:
                keys[-1] = node
            else:
                parent.entries.append(Entry(key, node))
                keys[-1] = None


_PROPERTY = on_demand(r"[&!][^\s,\[\]{}]*[ \t]*")
_GAP = on_demand(r"(?:[ \t\r\n]+|#[^\n]*)*")


def _after_properties(text: str, start: int, lines: bool = False) -> int:
    """Where the value itself begins, after its anchor and tag."""
    while match := _PROPERTY.match(text, start):
        start = match.end()
        if lines and (gap := _GAP.match(text, start)):
            start = gap.end()
    return start


_ESCAPE = on_demand(r"\\(.)", re.DOTALL)


def _refuse_escaped_slash(text: str, start: int, end: int) -> None:
    r"""Raise `_Refused` where a string contains ``\/``, which only libyaml knows, not go-yaml."""
    for escape in _ESCAPE.finditer(text, start, end):
        if escape[1] == "/":
            message = r'Docker Compose does not know the escape "\/" of JSON'
            raise _Refused("syntax", message, *escape.span())


def _block_end(text: str, start: int, limit: int, value: str) -> int:
    """Where the content of a block scalar ends.

    The parser's mark is later: after the blank and comment lines, at the next token.
    """
    header = text.find("\n", start, limit)
    if header < 0:
        return limit
    if not value.strip("\n "):
        return header - (text[header - 1] == "\r")
    indent = -1
    end = at = header + 1
    while at < limit:
        stop = line_end(text, at, limit)
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


_TAB = "there is a tab in the indentation, where only spaces are allowed"
_BAD_CHARACTER = "this character cannot start a value: quote the value"
_COLON = 'a ":" is not possible here: the line above may need one, or the indentation is off'
_LAST_COLON = 'a value in brackets cannot end with ":": quote it'
_NO_COLON = 'this line has no ":" after its key'
_NO_KEY = "a key was expected here: check the indentation and the quotes above"
_NO_ITEM = 'a "-" was expected here: the items of a list must be indented alike'
_NO_VALUE = "a value was expected here"
_NO_NAME = 'a name is missing after this "&" or "*": quote a value that begins with one'
_NO_DOCUMENT = "this does not belong to the document above: check the indentation"
_OPEN_LIST = 'the list opened with "[" is not closed: a "," or "]" is missing'
_OPEN_MAPPING = 'the mapping opened with "{" is not closed: a "," or "}" is missing'
_ITEM = 'a list item ("- ") is not possible here'
_KEY = 'a key with "? " is not possible here: quote a value that begins with it'
_HEADER = "only a comment may be here; the text begins on the next line"
_TAG = 'a space is missing after a tag: quote a value that begins with "!"'
_HEXADECIMAL = (
    "an escape has too few hexadecimal digits: two after \\x, four after \\u, eight after \\U"
)
_ESCAPED = (
    "this escape is unknown in a double-quoted string: use single quotes or a second backslash"
)
_DIRECTIVE = 'a line that begins with "%" is a directive: quote a value that begins with it'
_CONTROL = "there is a control character in the text"
_REASONS = {
    "found a tab character that violates indentation": _TAB,
    "found a tab character where an indentation space is expected": _TAB,
    "mapping values are not allowed": _COLON,
    "could not find expected ':'": _NO_COLON,
    "found unexpected ':'": _LAST_COLON,
    "did not find expected key": _NO_KEY,
    "did not find expected '-' indicator": _NO_ITEM,
    "did not find expected ',' or ']'": _OPEN_LIST,
    "did not find expected ',' or '}'": _OPEN_MAPPING,
    "expected <block end>, but found": _NO_KEY,
    "expected ',' or ']', but got": _OPEN_LIST,
    "expected ',' or '}', but got": _OPEN_MAPPING,
    "expected the node content, but found": _NO_VALUE,
    "did not find expected node content": _NO_VALUE,
    "found unexpected end of stream": "a quote that opens here is never closed",
    "found unexpected document": "a quote is not closed before the next document begins",
    "did not find expected <document start>": _NO_DOCUMENT,
    "expected '<document start>', but found": _NO_DOCUMENT,
    "did not find expected alphabetic or numeric character": _NO_NAME,
    "expected alphabetic or numeric character, but found": _NO_NAME,
    "found duplicate anchor": "an anchor is defined twice",
    "block sequence entries are not allowed": _ITEM,
    "sequence entries are not allowed": _ITEM,
    "mapping keys are not allowed": _KEY,
    "did not find expected comment or line break": _HEADER,
    "expected a comment or a line break, but found": _HEADER,
    "expected chomping or indentation indicators": _HEADER,
    "found an indentation indicator equal to 0": _HEADER,
    "expected indentation indicator in the range 1-9": _HEADER,
    "did not find expected whitespace or line break": _TAG,
    "did not find expected tag URI": _TAG,
    "did not find expected '!'": _TAG,
    "did not find the expected '>'": _TAG,
    "did not find URI escaped octet": _TAG,
    "expected ' ', but found": _TAG,
    "expected URI": _TAG,
    "expected '!', but found": _TAG,
    "expected '>', but found": _TAG,
    "did not find expected hexdecimal number": _HEXADECIMAL,
    "expected escape sequence of": _HEXADECIMAL,
    "control characters are not allowed": _CONTROL,
    "special characters are not allowed": _CONTROL,
    "found undefined tag handle": "this tag uses a handle that no %TAG line defines",
    "found unknown escape character": _ESCAPED,
}
"""How the messages of PyYAML's parsers begin (libyaml's and those in Python), and what is said."""

_UNPRINTABLE = on_demand(
    r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|(?<!^)(?<!\n)\ufeff"
)
_GLUED = on_demand(r"[ ]*(?:- +)?[\w.-]+:[^\s:/]")


def _explain(error: Exception, source: SourceFile) -> YamlProblem:
    """The problem that an error of PyYAML's parser stands for, in plain words."""
    text = source.text
    problem = str(getattr(error, "problem", None) or getattr(error, "reason", None) or "not YAML")
    mark = getattr(error, "problem_mark", None)
    opening = getattr(error, "context_mark", None)
    at = mark.index if mark is not None else getattr(error, "position", 0) or 0
    if "unexpected end of stream" in problem and opening is not None:
        at = opening.index
    at = max(0, min(at, len(text)))
    if "max depth" in problem or "nesting" in problem:
        return _too_deep(source, at)
    if "found character" in problem and "cannot start any token" in problem:
        message = _TAB if text[at : at + 1] == "\t" else _BAD_CHARACTER
    else:
        message = next(
            (reason for start, reason in _REASONS.items() if problem.startswith(start)), problem
        )
    context = getattr(error, "context", None)
    if context == "while scanning a directive" or problem == "found unknown directive name":
        message = _DIRECTIVE
    elif message == _NO_KEY and context == "while parsing a block collection":
        message = _NO_ITEM
    line = text.rfind("\n", 0, at) + 1
    if message in (_OPEN_LIST, _OPEN_MAPPING):
        # Where the rest of the file is swallowed, the opening bracket is to blame.
        if opening is not None and mark is not None and opening.line < mark.line:
            return YamlProblem("syntax", message, opening.index, opening.index + 1)
    elif message == _COLON:
        glued = _GLUED.match(text, text.rfind("\n", 0, max(0, line - 1)) + 1, line)
        if glued:
            colon = glued.end() - 2
            return YamlProblem("syntax", 'a space is missing after this ":"', colon, colon + 1)
    elif message == _CONTROL:
        # libyaml counts bytes.
        control = _UNPRINTABLE.search(text)
        at = control.start() if control else at
    elif message == _ESCAPED and text[at - 1 : at] == "\\":
        at -= 1
    elif message == _TAB:
        tab = text.find("\t", line)
        at = tab if tab >= 0 else at
    end = at + 1
    if text[at : at + 1] not in ("\t", ":", "-", "", "\n", "\r"):
        end = max(end, at + len(text[at : line_end(text, at)].rstrip()))
    return YamlProblem("syntax", message, at, min(end, len(text)))
