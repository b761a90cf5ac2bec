"""Converts fixes of text embedded in a Compose file to fixes of that file.

Rules edit an embedded Dockerfile as if it were a file. Inside a scalar, a new line needs the
indentation of the block, a quote has to be escaped, and a ``$`` doubled. The result is
checked: if the scalar does not have the value that the rule wants, there is no fix.
"""

from __future__ import annotations

from ..base.text import Span
from ..compose.inline import InlineSource, written
from ..rule import Append, Create, Edit, Fix
from ..source.yaml.nodes import Mapping, Node, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def values_of(source: InlineSource, trees: Iterable[Mapping]) -> tuple[str, ...]:
    """The paths in resolved stacks whose value is the embedded text: several with an anchor."""
    paths: set[str] = set()
    stack: list[tuple[Node, str]] = [(tree, "") for tree in trees]
    file, start = source.path, source.node.start
    while stack:
        node, path = stack.pop()
        if isinstance(node, Mapping):
            prefix = f"{path}." if path else ""
            stack += [(entry.value, f"{prefix}{entry.name}") for entry in node.entries]
        elif isinstance(node, Sequence):
            stack += [(item, f"{path}[{index}]") for index, item in enumerate(node.items)]
        elif node.start == start and node.file.path == file:
            paths.add(path)
    return tuple(sorted(paths))


def hosted(fix: Fix, changes: tuple[str, ...]) -> Fix | None:
    """A fix of embedded text as a fix of its file; None if that cannot be written.

    ``changes`` are the paths in the stack whose value is the text.
    """
    edits: list[Edit | Create | Append] = []
    pairs: dict[InlineSource, list[tuple[Edit, Edit]]] = {}
    for edit in fix.edits:
        if not isinstance(edit, Edit) or not isinstance(edit.span.file, InlineSource):
            edits.append(edit)
            continue
        outer = _hosted_edit(edit, edit.span.file)
        if outer is None:
            return None
        pairs.setdefault(edit.span.file, []).append((edit, outer))
        edits.append(outer)
    if not all(_has_wanted_value(source, inner) for source, inner in pairs.items()):
        return None
    return fix._replace(edits=tuple(edits), changes=(*fix.changes, *changes))


def _has_wanted_value(source: InlineSource, pairs: list[tuple[Edit, Edit]]) -> bool:
    """Whether the edits of the file give the scalar the value that the edits of its text want.

    ``pairs`` are edits of the text, each with the edit of the file.
    """
    value, text = source.raw, source.host.text
    end = source.node.end
    pairs = sorted(pairs, key=lambda pair: (pair[0].span.start, pair[0].span.end), reverse=True)
    for inner, outer in pairs:
        start, stop = source.raw_at[inner.span.start], source.raw_at[inner.span.end]
        value = value[:start] + _escaped(inner.replacement) + value[stop:]
        span = outer.span
        text = text[: span.start] + outer.replacement + text[span.end :]
        end += len(outer.replacement) - (span.end - span.start)
    if not source.node.style and value != value.strip():
        # A plain scalar cannot begin or end with blanks.
        return False
    return written(text, source.node.start, end, source.node.style) == value


def _escaped(text: str) -> str:
    """A text as the Compose file has it before interpolation."""
    return text.replace("\r\n", "\n").replace("$", "$$")


def _hosted_edit(edit: Edit, source: InlineSource) -> Edit | None:
    """An edit of embedded text as an edit of its file; None if that cannot be written."""
    start, end = edit.span.start, edit.span.end
    if any(start < last and first < end for first, last in source.substituted):
        return None
    style, host = source.node.style, source.host
    text = _escaped(edit.replacement)
    first = source.origins[start]
    last = source.ends[end - 1] if end > start else first
    if style in ("|", ">"):
        line_break = "\n" if style == "|" else "\n\n"
        margin = " " * source.indent
        if _whole_lines(edit, source.text):
            # Lines are inserted and deleted with their indentation.
            first -= host.position(first).column - 1
            last = max(first, last) if end > start else first
            lines = text.split("\n")
            text = line_break.join(margin + line if line else line for line in lines)
        else:
            text = text.replace("\n", line_break + margin)
            if end > start and source.text[end - 1] == "\n":
                last = max(last, source.origins[end])
        return Edit(Span(host, first, last), text)
    if end > start and source.text[end - 1] in " \n":
        # Up to the next character of the text: the line break includes what folding removed.
        last = max(last, source.origins[end])
    quoted = _quoted(text, style)
    if quoted is None:
        return None
    if not style and first == source.node.start:
        # The first character decides whether a scalar is plain.
        return None
    return Edit(Span(host, first, last), quoted)


def _whole_lines(edit: Edit, text: str) -> bool:
    """Whether an edit replaces complete lines by complete lines."""
    start, end = edit.span.start, edit.span.end
    pieces = (text[:start], text[start:end], edit.replacement)
    return all(piece == "" or piece[-1] == "\n" for piece in pieces)


def _quoted(text: str, style: str) -> str | None:
    """Text as it is written inside a scalar of this style; None if that is impossible."""
    if style == '"':
        text = text.replace("\\", "\\\\").replace('"', '\\"')
        return text.replace("\n", "\\n").replace("\t", "\\t")
    if "\n" in text:
        return None
    if style == "'":
        return text.replace("'", "''")
    return None if any(mark in text for mark in (": ", " #", "\t")) else text
