"""Where a cursor is in a Compose file: the path of keys, also while the text is not valid YAML.

The lines are read as people see them, by their indentation: a line that is being typed breaks the
syntax, and what is to be completed is just there.
"""

from __future__ import annotations

from itertools import pairwise

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import line_end
from .lines import ELEMENT, MAX_LINES, Part, indent_of, parts_of, unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    Path = tuple[str | int, ...]

KEY, VALUE, ITEM, TEXT, COMMENT = "key", "value", "item", "text", "comment"

_MOST_FLOW_LINES = 60
"""How many lines a collection in braces or brackets may have before the cursor."""

_BLOCK = on_demand(r"(?:[&!]\S+[ \t]+)*[|>][-+0-9]{0,2}[ \t]*(?:#.*)?$")
_PROPERTIES = on_demand(r"(?:(?:&\S+|!\S*)[ \t]+)+")


class Cursor(NamedTuple):
    """A place in a Compose file.

    ``role`` is ``key`` (a key is typed, or may be), ``value`` (of the last key of ``path``), ``item``
    (of the list at ``path``), ``text`` (in a block of text) or ``comment``. ``path`` leads to the
    mapping for a key, to the value for a value, to the list for an item. ``start`` to ``end`` is the
    word that a completion replaces, ``typed`` what of it is before the cursor. ``siblings`` are the
    other keys of the mapping with their texts. ``indent`` is the column of the key or dash,
    ``is_flow`` tells that it is in braces or brackets, ``quote`` the quote that is open.
    ``has_value`` tells that a colon follows the key.
    """

    role: str
    path: Path
    start: int
    end: int
    typed: str
    siblings: dict[str, str]
    indent: int
    is_flow: bool = False
    quote: str = ""
    has_value: bool = False

    @property
    def last(self) -> str:
        """The last key of the path; empty if there is none."""
        return next((part for part in reversed(self.path) if isinstance(part, str)), "")


def cursor_at(text: str, offset: int) -> Cursor:
    """The place of an offset in a Compose file, whether it is valid or not."""
    return _Reading(text, max(0, min(offset, len(text)))).cursor()


class _Reading:
    """One reading of the lines around an offset."""

    def __init__(self, text: str, offset: int) -> None:
        self.text = text
        self.offset = offset
        self.start = text.rfind("\n", 0, offset) + 1
        self.stop = line_end(text, offset)
        self.line = text[self.start : self.stop].rstrip("\r")
        self.before = text[self.start : offset]
        self.above = ""
        """What follows the colon of the key above, on its line."""

    def cursor(self) -> Cursor:
        comment = _comment_at(self.before)
        if comment is not None:
            start = self.start + comment
            typed = self.before[comment:]
            return Cursor(COMMENT, (), start, self.stop, typed, {}, comment)
        flow = self.in_flow()
        if flow is not None:
            return flow
        parts = [part for part in parts_of(self.line) if part.value_at <= len(self.before)]
        if not parts and (block := self.in_block()) is not None:
            return block
        return self.in_line(parts)

    # --- a line of block style

    def in_line(self, parts: list[Part]) -> Cursor:
        blank = len(self.before) - len(self.before.lstrip(" "))
        column = parts[0].column if parts else blank
        is_item = bool(parts) and parts[0].name is None
        path = self.parents(column, is_item)
        if is_item:
            path = (*path, self.index(column))
        for before, part in pairwise(parts):
            if before.name is not None:
                path = (*path, before.name)
            if part.name is None:
                path = (*path, 0)
        last = parts[-1] if parts else None
        if last is not None and last.name is not None:
            path = (*path, last.name)
            found = self.value(VALUE, path, last.value_at, column)
            return found._replace(siblings=self.siblings(last.column))
        at = last.value_at if last is not None else column
        rest = self.line[at:]
        indent = at + len(rest) - len(rest.lstrip(" \t")) if last is not None else column
        if last is not None:
            indent = max(indent, last.column + 2) if not rest.strip() else indent
            found = self.value(ITEM, path, at, indent)
            return found._replace(siblings=self.siblings(indent, above=False))
        return self.key(path, column)

    def key(self, path: Path, column: int) -> Cursor:
        start = self.start + min(column, len(self.before))
        end = start
        match = ELEMENT.match(self.line, min(column, len(self.line)))
        if match is not None:
            end = self.start + match.end("key")
        while match is None and end < self.stop and not self.text[end].isspace():
            end += 1
        end = max(end, self.offset)
        has_value = match is not None
        typed = self.text[start : self.offset]
        if _begins_text(self.above):
            return Cursor(TEXT, path, start, end, typed, {}, column)
        siblings = self.siblings(column)
        return Cursor(KEY, path, start, end, typed, siblings, column, has_value=has_value)

    def value(self, role: str, path: Path, at: int, indent: int) -> Cursor:
        """The cursor in a value that begins at a column of the line, or behind it."""
        line = self.line
        while at < len(line) and line[at] in " \t":
            at += 1
        properties = _PROPERTIES.match(line, at)
        if properties is not None and properties.end() <= len(self.before):
            at = properties.end()
        at = min(at, len(self.before))
        quote = ""
        if line[at : at + 1] in ("'", '"') and at < len(self.before):
            quote = line[at]
            at += 1
            end = line.find(quote, max(at, len(self.before)))
            end = len(line) if end < 0 else end
        else:
            comment = _comment_at(line)
            end = len(line[: comment if comment is not None else None].rstrip())
        start = self.start + at
        stop = max(self.start + end, self.offset)
        typed = self.text[start : self.offset]
        return Cursor(role, path, start, stop, typed, {}, indent, quote=quote)

    # --- what is around it

    def lines_above(self) -> Iterator[str]:
        """The lines above that have something to say, the nearest first."""
        end = self.start - 1
        for _ in range(MAX_LINES):
            if end < 0:
                return
            start = self.text.rfind("\n", 0, end) + 1
            line = self.text[start:end].rstrip("\r")
            end = start - 1
            stripped = line.lstrip(" ")
            if line.startswith(("---", "...")):
                return
            if stripped and not stripped.startswith("#"):
                yield line

    def parents(self, column: int, is_item: bool) -> Path:
        """The keys and indexes above what is at a column."""
        path: list[str | int] = []
        limit = column
        item = is_item
        index: int | None = None
        dash = 0
        for line in self.lines_above():
            if limit <= 0 and not item:
                break
            parts = parts_of(line)
            if index is not None:
                # The dash of a list was passed: dashes at its column count.
                if parts and parts[0].name is None and parts[0].column == dash:
                    index += 1
                elif indent_of(line) <= dash:
                    path.append(index)
                    index = None
            for part in reversed(parts):
                if index is not None:
                    break
                if part.column < limit or (item and part.column <= limit and part.name is not None):
                    if part.name is None:
                        if item and part.column == limit:
                            continue
                        dash, index, limit, item = part.column, 0, part.column, True
                        if part is not parts[0]:
                            path.append(index)
                            index = None
                        continue
                    if not path:
                        self.above = line[part.value_at :]
                    path.append(part.name)
                    limit, item = part.column, False
        if index is not None:
            path.append(index)
        return tuple(reversed(path))

    def index(self, column: int) -> int:
        """How many dashes of the same list are above the line."""
        count = 0
        for line in self.lines_above():
            parts = parts_of(line)
            if parts and parts[0].column == column and parts[0].name is None:
                count += 1
            elif indent_of(line) <= column:
                break
        return count

    def siblings(self, column: int, above: bool = True) -> dict[str, str]:
        """The keys at a column in the same mapping, with what follows them on their lines."""
        found: dict[str, str] = {}
        for line in self.lines_above() if above else ():
            is_over = self._add_sibling(line, column, found)
            if is_over:
                break
        at = self.stop + 1
        for _ in range(MAX_LINES):
            if at > len(self.text):
                break
            end = line_end(self.text, at)
            line = self.text[at:end].rstrip("\r")
            at = end + 1
            if line.startswith(("---", "...")):
                break
            if not line.strip() or line.lstrip().startswith("#"):
                continue
            if indent_of(line) < column:
                break
            if indent_of(line) == column and line.lstrip().startswith("- "):
                break
            self._add_sibling(line, column, found)
        return found

    def _add_sibling(self, line: str, column: int, found: dict[str, str]) -> bool:
        """Add the key that a line has at a column; returns whether the mapping begins there."""
        for part in parts_of(line):
            if part.name is not None and part.column == column:
                found.setdefault(part.name, line[part.value_at :].strip())
        return indent_of(line) < column

    # --- blocks of text, braces and brackets

    def in_block(self) -> Cursor | None:
        """The cursor in a block of text (``|`` or ``>``); None if it is not in one."""
        column = len(self.line) - len(self.line.lstrip(" ")) if self.line.strip() else None
        if column is None:
            column = len(self.before)
        for line in self.lines_above():
            indent = indent_of(line)
            if indent >= column:
                continue
            parts = parts_of(line)
            if parts and _BLOCK.match(line[parts[-1].value_at :].strip()):
                path = self.parents(column, False)
                word = len(self.before) - len(self.before.rsplit(" ", 1)[-1])
                start = self.start + word
                typed = self.text[start : self.offset]
                return Cursor(TEXT, path, start, self.offset, typed, {}, column)
            return None
        return None

    def in_flow(self) -> Cursor | None:
        """The cursor in braces or brackets; None if it is not in such."""
        start = self.start
        for _ in range(_MOST_FLOW_LINES):
            line = self.text[start : line_end(self.text, start)]
            parts = parts_of(line)
            at = parts[-1].value_at if parts else indent_of(line)
            while line[at : at + 1] in (" ", "\t"):
                at += 1
            properties = _PROPERTIES.match(line, at)
            at = properties.end() if properties is not None else at
            if line[at : at + 1] in ("{", "[") and start + at < self.offset:
                return self.flow_from(start, start + at, parts)
            if parts and start != self.start:
                return None
            if start == 0:
                return None
            start = self.text.rfind("\n", 0, start - 1) + 1
        return None

    def flow_from(self, line_start: int, at: int, parts: list[Part]) -> Cursor | None:
        """The cursor in the collection that begins at an offset; None if it is behind its end."""
        outer = _Reading(self.text, min(at, line_end(self.text, line_start)))
        base = outer.in_line(parts).path
        stack: list[_Flow] = []
        quote, word = "", at
        index = at
        text = self.text
        while index < self.offset:
            char = text[index]
            if quote:
                if char == "\\" and quote == '"':
                    index += 1
                elif char == quote:
                    quote = ""
            elif char in "\"'" and not text[word:index].strip():
                quote, word = char, index + 1
            elif char in "{[":
                path = stack[-1].inner if stack else base
                stack.append(_Flow(char, path))
                word = index + 1
            elif char in "}]":
                if not stack:
                    return None
                stack.pop()
                word = index + 1
            elif char == "," and stack:
                stack[-1].close(text[word:index])
                word = index + 1
            elif char == ":" and stack and text[index + 1 : index + 2] in (" ", "", "\n", "\r"):
                stack[-1].key = unquoted(text[word:index].strip().strip("\"'"))
                stack[-1].seen.setdefault(stack[-1].key, "")
                word = index + 1
            index += 1
        if not stack:
            return None
        flow = stack[-1]
        while word < self.offset and text[word] in " \t\r\n":
            word += 1
        end = self.offset
        stops = (quote, "\n") if quote else (",", "}", "]", "\n", ":")
        while end < len(text) and text[end] not in stops:
            end += 1
        if not quote:
            end = max(self.offset, self.offset + len(text[self.offset : end].rstrip()))
        typed = text[word : self.offset]
        if flow.bracket == "[":
            path = (
                (*flow.path, flow.index) if flow.key is None else (*flow.path, flow.index, flow.key)
            )
            role = ITEM if flow.key is None else VALUE
        elif flow.key is None:
            has_value = text[end : end + 1] == ":"
            return Cursor(
                KEY, flow.path, word, end, typed, dict(flow.seen), 0, True, quote, has_value
            )
        else:
            path, role = (*flow.path, flow.key), VALUE
        return Cursor(role, path, word, end, typed, dict(flow.seen), 0, True, quote)


class _Flow:
    """A collection in braces or brackets that is open at the cursor."""

    def __init__(self, bracket: str, path: Path) -> None:
        self.bracket = bracket
        self.path = path
        self.key: str | None = None
        self.index = 0
        self.seen: dict[str, str] = {}

    @property
    def inner(self) -> Path:
        """The path of a collection that begins here."""
        if self.bracket == "[":
            return (*self.path, self.index)
        return (*self.path, self.key or "")

    def close(self, text: str) -> None:
        """An item or entry ends, whose last part is a text."""
        if self.key is not None:
            self.seen[self.key] = text.strip()
        self.key = None
        self.index += 1


def _begins_text(rest: str) -> bool:
    """Whether what follows a colon is a value on its line, which the next line can only continue."""
    rest = rest.strip()
    while rest[:1] in ("&", "!"):
        rest = rest.partition(" ")[2].lstrip()
    return rest[:1] not in ("", "#", "{", "[", "|", ">")


def _comment_at(line: str) -> int | None:
    """Where a comment begins in a line; None if it has none."""
    at = line.find("#")
    while at >= 0:
        if (at == 0 or line[at - 1] in " \t") and not _is_quoted(line, at):
            return at
        at = line.find("#", at + 1)
    return None


def _is_quoted(line: str, at: int) -> bool:
    """Whether a place of a line is between quotes that open a value or item."""
    quote = ""
    for index in range(at):
        char = line[index]
        if quote:
            if char == quote and (quote != '"' or line[index - 1] != "\\"):
                quote = ""
        elif char in "\"'" and line[:index].rstrip(" \t")[-1:] in ("", ":", "-", "[", ",", "{"):
            quote = char
    return bool(quote)
