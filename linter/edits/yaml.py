"""Text edits on YAML nodes that keep everything around them as it is.

Each function gives the edits for one change, or None where the change cannot be made
without touching what it should not (flow style, anchors that others use, shared lines).
"""

from __future__ import annotations

from ..base.text import Span
from ..rule import Applicability, Edit, Fix
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.stack import Service

Tree = str | list[str] | tuple[str, ...] | dict[str, "Tree"]
"""What is to be written: texts as YAML writes them (empty for a key alone), lists in one line,
tuples for lists with a line for each item, and mappings."""


def line_start(text: str, at: int) -> int:
    """The offset of the first character of the line that ``at`` is in."""
    return text.rfind("\n", 0, at) + 1


def line_end(text: str, at: int) -> int:
    """The offset behind the line ending of the line that ``at`` is in."""
    end = text.find("\n", at)
    return len(text) if end < 0 else end + 1


def quote(node: Scalar) -> Edit | None:
    """Double-quote a plain scalar, so that every reader takes it for a string."""
    if node.style or node.tag:
        return None
    shown = node.file.text[node.start : node.end]
    if not shown or "\n" in shown or '"' in shown or "\\" in shown:
        return None
    return Edit(node.span, f'"{shown}"')


def remove_entry(parent: Mapping, entry: Entry) -> Edit | None:
    """Delete a key with its whole value and the lines they stand on.

    Comments above stay; one at the end of its line goes with it. A blank line is deleted
    too where it would otherwise open the file or double another.
    """
    if parent.flow or len(parent.entries) < 2 or entry.value.anchor:
        return None
    text = entry.key.file.text
    start = line_start(text, entry.key.start)
    if text[start : entry.key.start].strip(" "):
        return None
    end = line_end(text, max(entry.key.end, entry.value.end))
    before = text[:start].rstrip(" \t")
    if not before or before.endswith(("\n\n", "\n\r\n")):
        while end < len(text) and not text[end : line_end(text, end)].strip():
            end = line_end(text, end)
    if end == len(text) and not text.endswith("\n"):
        # The file goes on ending without one.
        start = len(text[:start].rstrip("\r\n"))
    return Edit(Span(entry.key.file, start, end), "")


def written_service(service: Service) -> Mapping | None:
    """The block of a service as its file has it; None where a change to it would reach further.

    That is so for a service with an anchor, for an alias, and for one that others extend.
    """
    found = service.stack.written.get((service.key.file.path, service.key.start))
    return found.block if found is not None and not found.shared else None


def stands_in(service: Service, node: Node) -> bool:
    """Whether a node is written in the block of a service, not behind an alias or in a base."""
    key = service.key
    found = service.stack.written.get((key.file.path, key.start))
    return found is not None and node.file is key.file and key.start <= node.start < found.end


def written_root(service: Service) -> Mapping | None:
    """The document that a service is written in."""
    file = service.stack.loaded.documents.get(service.key.file.path)
    for document in file.documents if file else ():
        if isinstance(document, Mapping) and document.start <= service.key.start < document.end:
            return document
    return None


def add_entry(parent: Mapping, path: Iterable[str], value: Tree) -> Edit | None:
    """Write a value under a path of keys, in what of the path is there already.

    New keys come after the last of their mapping, at the file's own indentation; comments
    that are indented deeper than the keys stay with the entry above them. None where a key
    of the path is an alias or anchored, or its place is not plain to see.
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


def insertion(service: Service, names: tuple[str, ...], value: Tree, title: str) -> Fix | None:
    """The unsafe fix that writes a value under a path of keys of a service.

    None where it cannot be written without touching what it should not, or where the keys
    above it stand in another file or behind a merge key.
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
    return Fix(title, (edit,), Applicability.UNSAFE, (changed,))


def _nested(names: list[str], value: Tree) -> Tree:
    for name in reversed(names):
        value = {name: value}
    return value


def _in_flow(node: Mapping, tree: Tree) -> Edit | None:
    shown = render_flow(tree)[1:-1]
    if node.entries:
        last = node.entries[-1]
        at = max(last.key.end, last.value.end)
        return Edit(Span(node.file, at, at), f", {shown}")
    return Edit(Span(node.file, node.start + 1, node.start + 1), shown)


def _in_block(node: Mapping, tree: Tree) -> Edit | None:
    if not node.entries:
        return None
    text = node.file.text
    column = _column(text, node.entries[0].key.start)
    last = node.entries[-1]
    end = max(last.key.end, last.value.end)
    if column is None or _keeps_blank_lines(last.value):
        return None
    at = after_comments(text, line_end(text, end), column)
    lines = render_block(tree, step_of(node))
    if column == 0 and _parted(node):
        lines = ["", *lines]
    return _insert_lines(node, at, column, lines)


def _below(node: Mapping, entry: Entry, tree: Tree) -> Edit | None:
    """Write under a key that has no value yet."""
    text = node.file.text
    column = _column(text, entry.key.start)
    if column is None:
        return None
    step = step_of(node)
    return _insert_lines(
        node, line_end(text, entry.key.end), column + step, render_block(tree, step)
    )


def _insert_lines(node: Node, at: int, column: int, lines: list[str]) -> Edit:
    text = node.file.text
    block = "\n".join(" " * column + line if line else "" for line in lines)
    whole = "\n" + block if at and text[at - 1] != "\n" else block + "\n"
    return Edit(Span(node.file, at, at), whole)


def append_item(sequence: Sequence, item: str) -> Edit | None:
    """Add an item, given as YAML writes it, to the end of a list."""
    if not sequence.items or sequence.anchor:
        return None
    last = sequence.items[-1]
    if sequence.flow:
        return Edit(Span(last.file, last.end, last.end), f", {item}")
    text = last.file.text
    line = line_start(text, sequence.start)
    if text[line : sequence.start].strip(" ") or not text.startswith("-", sequence.start):
        return None
    if _keeps_blank_lines(last):
        return None
    column = sequence.start - line
    at = after_comments(text, line_end(text, last.end), column)
    return _insert_lines(sequence, at, column, [f"- {item}"])


def replace_list(entry: Entry, tree: dict[str, Tree]) -> Edit | None:
    """Put a mapping in the place of an entry's list; None where comments stand in the list."""
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
    if key is None or text[line : sequence.start].strip(" "):
        return None
    column = sequence.start - line
    step = max(column - key, 0) or 2
    lines = render_block(tree, step)
    column = key + step
    block = "\n".join(" " * column + text_line for text_line in lines)
    return Edit(Span(sequence.file, line, sequence.end), block)


def quoted(text: str) -> str:
    """A string as YAML writes it in quotes: double ones, unless it is full of them itself."""
    if '"' in text and "'" not in text and "\n" not in text and text.isprintable():
        return f"'{text}'"
    import json

    return json.dumps(text, ensure_ascii=False)


def render_flow(tree: Tree) -> str:
    """A tree in one line; its texts are YAML already."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{k}: {render_flow(v)}".strip() for k, v in tree.items()) + "}"
    return tree if isinstance(tree, str) else "[" + ", ".join(tree) + "]"


def render_block(tree: Tree, step: int) -> list[str]:
    """The lines of a mapping."""
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
    """By how many columns the file indents what is inside a mapping, seen near ``node``."""
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
    """The column, from 0, of a key that begins its line."""
    start = line_start(text, at)
    return None if text[start:at].strip(" ") else at - start


def after_comments(text: str, at: int, column: int) -> int:
    """Behind the comments that follow directly and are indented deeper than a column."""
    while at < len(text):
        end = line_end(text, at)
        line = text[at:end]
        bare = line.lstrip(" ")
        if not bare.startswith("#") or len(line) - len(bare) <= column:
            break
        at = end
    return at


def _keeps_blank_lines(node: Node) -> bool:
    """Whether a value ends in a block scalar that holds on to the blank lines behind it."""
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


def _parted(node: Mapping) -> bool:
    """Whether blank lines stand between the entries of a mapping."""
    text = node.file.text
    return any(
        not text[line_start(text, start - 1) : start].strip()
        for entry in node.entries[1:]
        if (start := _top(text, line_start(text, entry.key.start))) > 0
    )


def _top(text: str, start: int) -> int:
    """The start of the comment lines right above a line."""
    while start:
        above = line_start(text, start - 1)
        if not text[above:start].lstrip(" ").startswith("#"):
            break
        start = above
    return start
