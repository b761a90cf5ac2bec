"""From a text to the nodes of ``nodes.py``.

PyYAML's C parser (its Python twin where libyaml is missing) supplies the events; the tree is
composed here. It is a module of its own since PyYAML takes long to load, and a run over
Dockerfiles has no use for it.
"""

from __future__ import annotations

import re

from ...base.patterns import deferred, on_demand
from ...base.text import BOM, SourceFile
from .nodes import MAX_DEPTH, Alias, Entry, Mapping, Node, Scalar, Sequence, YamlFile, YamlProblem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


with deferred():
    # Its own scanner compiles patterns of which the one in C uses none.
    import yaml
    from yaml import events as ev

MAX_NODES = 400_000
"""How many nodes one file may have."""

_Parser: Any = getattr(yaml, "CSafeLoader", None) or yaml.SafeLoader


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
                    parent.entries.append(Entry(key, node))  # type: ignore[union-attr]  # there are only two kinds
                    keys[-1] = None
    finally:
        dispose = getattr(parser, "dispose", None)
        if dispose is not None:
            dispose()


_PROPERTY = on_demand(r"[&!][^\s,\[\]{}]*[ \t]*")
_GAP = on_demand(r"(?:[ \t\r\n]+|#[^\n]*)*")


def _after_properties(text: str, start: int, lines: bool = False) -> int:
    """Where the value itself begins behind its anchor and tag."""
    while match := _PROPERTY.match(text, start):
        start = match.end()
        if lines and (gap := _GAP.match(text, start)):
            start = gap.end()
    return start


_ESCAPE = on_demand(r"\\(.)", re.DOTALL)


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


_GLUED = on_demand(r"[ ]*(?:- +)?[\w.-]+:[^\s:/]")


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
