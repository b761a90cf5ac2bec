"""Text edits of YAML nodes that keep everything around them as it is.

Each function returns the edit for one change, or None if the change would affect something
else (in flow style, with anchors that others use, on shared lines).
"""

from __future__ import annotations

from ..base.escape import json_string
from ..base.text import Span
from ..rule import Applicability, Edit, Fix
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence
from .comments import end_of_block, is_commented_out, is_continued, line_end, line_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.service import Service

Tree = str | list[str] | tuple[str, ...] | dict[str, "Tree"]
"""A value to write: a text in YAML syntax (empty for a key alone), a list in one line, a tuple for
a list with one line per item, or a mapping."""

_MOST_LOOKED_AT = 100
"""Blank lines between entries are a habit that so many entries show."""


def quote(node: Scalar) -> Edit | None:
    """The edit that double-quotes a plain scalar, so that every parser reads it as a string."""
    if node.style or node.tag:
        return None
    text = node.span.text
    if not text or any(char in text for char in '\n"\\'):
        return None
    return Edit(node.span, f'"{text}"')


def remove_entry(parent: Mapping, entry: Entry) -> Edit | None:
    """The edit that deletes the lines of a key and its value.

    Comments above remain; one at the end of a line is deleted. None if commented-out lines below
    belong to it. A blank line is deleted too if
    it would become the first line of the file or follow another one.
    """
    if parent.flow or len(parent.entries) < 2 or entry.value.anchor:
        return None
    text = entry.key.file.text
    start = line_start(text, entry.key.start)
    if text[start : entry.key.start].strip(" "):
        return None
    end = line_end(text, max(entry.key.end, entry.value.end))
    if is_continued(text, end, entry.key.start - start):
        # Uncommented, it would continue the entry above.
        return None
    before = text[:start].rstrip(" \t")
    if not before or before.endswith(("\n\n", "\n\r\n")):
        while end < len(text) and not text[end : line_end(text, end)].strip():
            end = line_end(text, end)
    if end == len(text) and not text.endswith("\n"):
        # The file still ends without a line ending.
        start = len(text[:start].rstrip("\r\n"))
    return Edit(Span(entry.key.file, start, end), "")


def written_service(service: Service) -> Mapping | None:
    """The mapping of a service in its file; None if a change to it would affect others.

    That is so for a service with an anchor, for an alias, and for one that others extend.
    """
    written = service.stack.written.get((service.key.file.path, service.key.start))
    return written.block if written is not None and not written.shared else None


def is_written_in(service: Service, node: Node) -> bool:
    """Whether a node is in the block of a service, not behind an alias or in a base."""
    key = service.key
    written = service.stack.written.get((key.file.path, key.start))
    return written is not None and node.file is key.file and key.start <= node.start < written.end


def written_root(service: Service) -> Mapping | None:
    """The top-level mapping of the document that contains a service."""
    file = service.stack.loaded.documents.get(service.key.file.path)
    for document in file.documents if file else ():
        if isinstance(document, Mapping) and document.start <= service.key.start < document.end:
            return document
    return None


def add_entry(parent: Mapping, path: Iterable[str], value: Tree) -> Edit | None:
    """The edit that writes a value under a path of keys, the first of which may exist already.

    New keys come after the last of their mapping, with the file's own indentation; comments
    that belong to the entry above them stay with it. None if a key of the path is an alias or has
    an anchor, is there as a comment, or its place is not clear.
    """
    names = list(path)
    node = parent
    while True:
        if node.anchor and node is not parent:
            return None
        entry = node.entry(names[0])
        if entry is None:
            break
        names.pop(0)
        inner = entry.value
        if not names:
            return None
        if isinstance(inner, Scalar) and inner.start == inner.end and not inner.anchor:
            return None if node.flow else _below(node, entry, _nested(names, value))
        if not isinstance(inner, Mapping) or inner.anchor:
            return None
        node = inner
    tree: Tree = {names[0]: _nested(names[1:], value)}
    return _in_flow(node, tree) if node.flow else _in_block(node, tree)


def insertion(
    service: Service,
    names: tuple[str, ...],
    value: Tree,
    title: str,
    applicability: Applicability = Applicability.UNSAFE,
) -> Fix | None:
    """The fix that writes a value under a path of keys of a service; unsafe if not said otherwise.

    None if that would affect something else, or if the keys above it are in another file or
    behind a merge key.
    """
    block = written_service(service)
    if block is None:
        return None
    for length in range(1, len(names) + 1):
        if service.get(*names[:length]) is None:
            break
    written: Node | None = block
    for name in names[: length - 1]:
        written = written.get(name) if isinstance(written, Mapping) else None
    if not isinstance(written, Mapping):
        return None
    edit = add_entry(block, names, value)
    if edit is None:
        return None
    changed = ".".join((service.path, *names[:length]))
    return Fix(title, (edit,), applicability, (changed,))


def _nested(names: list[str], value: Tree) -> Tree:
    """A value inside a mapping for each of the names."""
    for name in reversed(names):
        value = {name: value}
    return value


def _in_flow(node: Mapping, tree: Tree) -> Edit:
    """The edit that adds entries to a mapping in flow style."""
    text = render_flow(tree)[1:-1]
    if not node.entries:
        return Edit(Span(node.file, node.start + 1, node.start + 1), text)
    last = node.entries[-1]
    at = max(last.key.end, last.value.end)
    return Edit(Span(node.file, at, at), f", {text}")


def _in_block(node: Mapping, tree: Tree) -> Edit | None:
    """The edit that adds entries to a mapping in block style."""
    if not node.entries:
        return None
    text = node.file.text
    column = _column(text, node.entries[0].key.start)
    last = node.entries[-1]
    end = max(last.key.end, last.value.end)
    if column is None or _keeps_blank_lines(last.value):
        return None
    names = tree if isinstance(tree, dict) else ()
    if is_commented_out(text, node.start, line_end(text, end), column, names):
        return None
    at = end_of_block(text, line_end(text, end), column)
    lines = render_block(tree, step_of(node))
    if column == 0 and _has_blank_lines(node):
        lines = ["", *lines]
    return _insert_lines(node, at, column, lines)


def _below(node: Mapping, entry: Entry, tree: Tree) -> Edit | None:
    """The edit that writes entries below a key without a value."""
    text = node.file.text
    column = _column(text, entry.key.start)
    if column is None:
        return None
    step = step_of(node)
    if is_continued(text, line_end(text, entry.key.end), column):
        # What is commented out there may have another form, or the same keys.
        return None
    return _insert_lines(
        node, line_end(text, entry.key.end), column + step, render_block(tree, step)
    )


def _insert_lines(node: Node, at: int, column: int, lines: list[str]) -> Edit:
    """The edit that inserts indented lines at the beginning of a line or the end of the file."""
    block = "\n".join(" " * column + line if line else "" for line in lines)
    is_unended = at and node.file.text[at - 1] != "\n"
    return Edit(Span(node.file, at, at), f"\n{block}" if is_unended else f"{block}\n")


def append_item(sequence: Sequence, item: str) -> Edit | None:
    """The edit that appends an item, given in YAML syntax, to a list."""
    if not sequence.items or sequence.anchor:
        return None
    last = sequence.items[-1]
    if sequence.flow:
        return Edit(Span(last.file, last.end, last.end), f", {item}")
    text = last.file.text
    line = line_start(text, sequence.start)
    if (
        text[line : sequence.start].strip(" ")
        or not text.startswith("-", sequence.start)
        or _keeps_blank_lines(last)
    ):
        return None
    column = sequence.start - line
    at = end_of_block(text, line_end(text, last.end), column, is_list=True)
    return _insert_lines(sequence, at, column, [f"- {item}"])


def replace_list(entry: Entry, tree: dict[str, Tree]) -> Edit | None:
    """The edit that replaces an entry's list by a mapping; None if the list contains comments."""
    sequence = entry.value
    if not isinstance(sequence, Sequence) or sequence.anchor:
        return None
    text = sequence.file.text
    if "#" in text[entry.key.end : sequence.end]:
        return None
    if sequence.flow:
        return Edit(sequence.span, render_flow(tree))
    key = _column(text, entry.key.start)
    line = line_start(text, sequence.start)
    last = sequence.items[-1] if sequence.items else sequence
    if key is None or is_continued(text, line_end(text, last.end), key):
        return None
    if text[line : sequence.start].strip(" "):
        return None
    step = max(sequence.start - line - key, 0) or 2
    margin = " " * (key + step)
    block = "\n".join(margin + text_line for text_line in render_block(tree, step))
    return Edit(Span(sequence.file, line, sequence.end), block)


def quoted(text: str) -> str:
    """A string in quotes: double quotes, or single ones if it contains double quotes."""
    if '"' in text and "'" not in text and "\n" not in text and text.isprintable():
        return f"'{text}'"
    return json_string(text)


def render_flow(tree: Tree) -> str:
    """A tree in one line of YAML."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{k}: {render_flow(v)}".strip() for k, v in tree.items()) + "}"
    return tree if isinstance(tree, str) else "[" + ", ".join(tree) + "]"


def render_block(tree: Tree, step: int) -> list[str]:
    """The lines of a mapping in block style, indented by ``step`` columns a level."""
    lines: list[str] = []
    for name, value in tree.items() if isinstance(tree, dict) else ():
        if isinstance(value, dict):
            lines.append(f"{name}:")
            lines += [" " * step + line for line in render_block(value, step)]
        elif isinstance(value, tuple):
            lines.append(f"{name}:")
            lines += [" " * step + "- " + item for item in value]
        else:
            lines.append(f"{name}: {render_flow(value)}".rstrip())
    return lines


def step_of(node: Mapping) -> int:
    """The number of columns by which the file indents nested mappings, near ``node``."""
    text = node.file.text
    if not node.entries:
        return 2
    own = node.entries[0].key.start - line_start(text, node.entries[0].key.start)
    for entry in node.entries:
        value = entry.value
        if isinstance(value, Mapping) and not value.flow and value.entries:
            first = value.entries[0].key
            inner = first.start - line_start(text, first.start)
            if first.file is node.file and own < inner <= own + 8:
                return inner - own
    at = line_start(text, node.entries[0].key.start)
    for _ in range(20):
        if not at:
            break
        end, at = at, line_start(text, at - 1)
        line = text[at:end]
        indent = len(line) - len(line.lstrip(" "))
        if line.strip() and not line.lstrip().startswith("#") and indent < own:
            return min(own - indent, 8)
    return 2


def _column(text: str, at: int) -> int | None:
    """The column, from 0, of a key that begins its line; None for other keys."""
    start = line_start(text, at)
    return None if text[start:at].strip(" ") else at - start


def _keeps_blank_lines(node: Node) -> bool:
    """Whether a value ends in a block scalar that includes the blank lines behind it."""
    while True:
        if isinstance(node, Mapping) and node.entries and not node.flow:
            node = node.entries[-1].value
        elif isinstance(node, Sequence) and node.items and not node.flow:
            node = node.items[-1]
        else:
            break
    if not isinstance(node, Scalar) or node.style not in ("|", ">"):
        return False
    text = node.file.text
    return "+" in text[node.start : line_end(text, node.start)].partition("#")[0]


def _has_blank_lines(node: Mapping) -> bool:
    """Whether there are blank lines between the entries of a mapping, or of its only entry."""
    text = node.file.text
    if len(node.entries) == 1:
        only = node.entries[0].value
        return isinstance(only, Mapping) and len(only.entries) > 1 and _has_blank_lines(only)
    return any(
        not text[line_start(text, start - 1) : start].strip()
        for entry in node.entries[1:_MOST_LOOKED_AT]
        if (start := _before_comments(text, line_start(text, entry.key.start))) > 0
    )


def _before_comments(text: str, start: int) -> int:
    """The start of the comment lines directly above a line."""
    while start:
        above = line_start(text, start - 1)
        if not text[above:start].lstrip(" ").startswith("#"):
            break
        start = above
    return start
