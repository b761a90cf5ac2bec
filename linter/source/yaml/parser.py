"""From the text of a YAML file to the nodes of ``nodes.py``.

PyYAML's C parser (or its Python one, where libyaml is missing) supplies the events. The tree
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
        try:
            _read(_long_key_parser(), source, result)
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
    except RecursionError:  # only in PyYAML's Python parser, which recurses on nesting
        result.problems.append(_too_deep(source, 0))


_OF_LONG_KEYS = (
    "mapping values are not allowed in this context",
    "could not find expected ':'",
    "did not find expected ',' or '}'",
    "did not find expected ',' or ']'",
)
"""What libyaml says of a key that is longer than it takes, and of other faults."""


def _may_be_long_key(error: Any, text: str) -> bool:
    """Whether an error may come from a key that is longer than libyaml takes: its line is as long."""
    mark = getattr(error, "problem_mark", None)
    if mark is None or error.problem not in _OF_LONG_KEYS:
        return False
    start = text.rfind("\n", 0, mark.index) + 1
    end = text.find("\n", mark.index)
    return (end if end >= 0 else len(text)) - start > MAX_KEY


def _long_key_parser() -> Any:
    """PyYAML's parser in Python, with keys of any length."""
    import yaml

    class LongKeys(yaml.SafeLoader):
        def stale_possible_simple_keys(self) -> None:
            # Each level is looked at for each token: deeper ones than are read at all would take long.
            if self.flow_level > MAX_DEPTH:
                place = self.get_mark().index
                raise _Refused("too-complex", _TOO_DEEP, place, place + 1)
            for level, key in list(self.possible_simple_keys.items()):
                if key.line != self.line:
                    if key.required:
                        raise yaml.scanner.ScannerError(
                            "while scanning a simple key",
                            key.mark,
                            "could not find expected ':'",
                            self.get_mark(),
                        )
                    del self.possible_simple_keys[level]

    return LongKeys


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
_NO_KEY = "a key was expected here: check the indentation and the quotes above"
_NO_VALUE = "a value was expected here"
_OPEN_LIST = 'the list opened with "[" is not closed: a "," or "]" is missing'
_OPEN_MAPPING = 'the mapping opened with "{" is not closed: a "," or "}" is missing'
_CONTROL = "there is a control character in the text"
_REASONS = {
    "found a tab character that violates indentation": _TAB,
    "found a tab character where an indentation space is expected": _TAB,
    "mapping values are not allowed in this context": _COLON,
    "mapping values are not allowed here": _COLON,
    "could not find expected ':'": 'this line has no ":" after its key',
    "did not find expected key": _NO_KEY,
    "did not find expected '-' indicator": 'a "-" was expected here: the items of a list must be indented alike',
    "did not find expected ',' or ']'": _OPEN_LIST,
    "did not find expected ',' or '}'": _OPEN_MAPPING,
    "expected <block end>, but found": _NO_KEY,
    "expected ',' or ']', but got": _OPEN_LIST,
    "expected ',' or '}', but got": _OPEN_MAPPING,
    "expected the node content, but found": _NO_VALUE,
    "did not find expected node content": _NO_VALUE,
    "found unexpected end of stream": "a quote that opens here is never closed",
    "did not find expected <document start>": "this does not belong to the document above: check the indentation",
    "found duplicate anchor": "an anchor is defined twice",
    "block sequence entries are not allowed in this context": 'a list item ("- ") is not possible here',
    "control characters are not allowed": _CONTROL,
    "special characters are not allowed": _CONTROL,
    "found undefined tag handle": "this tag uses a handle that no %TAG line defines",
    "found unknown escape character": "this escape is unknown in a double-quoted string: use single quotes or a second backslash",
}
"""How PyYAML's messages begin (those of libyaml and of the Python parser), and what is said."""

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
    elif message == _TAB:
        tab = text.find("\t", line)
        at = tab if tab >= 0 else at
    end = at + 1
    if text[at : at + 1] not in ("\t", ":", "-", "", "\n", "\r"):
        end = max(end, at + len(text[at : line_end(text, at)].rstrip()))
    return YamlProblem("syntax", message, at, min(end, len(text)))
