"""Fixes of text that stands inside a Compose file, as edits of that file.

Rules edit a Dockerfile as if it stood alone. Inside a scalar, a new line needs the block's
indentation, a quote its escape, and a ``$`` is written twice. Whether the scalar then says
what the rule wanted is tried out: what cannot be written so is no fix.
"""

from __future__ import annotations

from ..base.text import Span
from ..compose.inline import InlineSource, written
from ..rule import Create, Edit, Fix
from ..source.yaml.nodes import Mapping, Node, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def values_of(source: InlineSource, trees: Iterable[Mapping]) -> tuple[str, ...]:
    """The paths of resolved stacks at which the embedded text is a value (an anchor has several)."""
    found: dict[str, None] = {}
    todo: list[tuple[Node, str]] = [(tree, "") for tree in trees]
    path, start = source.path, source.node.start
    while todo:
        node, at = todo.pop()
        if isinstance(node, Mapping):
            prefix = f"{at}." if at else ""
            todo += [(entry.value, f"{prefix}{entry.name}") for entry in node.entries]
        elif isinstance(node, Sequence):
            todo += [(item, f"{at}[{index}]") for index, item in enumerate(node.items)]
        elif node.start == start and node.file.path == path:
            found[at] = None
    return tuple(sorted(found))


def hosted(fix: Fix, changes: tuple[str, ...]) -> Fix | None:
    """A fix of embedded text as one of the file around it; None where that cannot be written.

    ``changes`` are the paths of the stack at which the text is a value.
    """
    edits: list[Edit | Create] = []
    inside: dict[InlineSource, list[tuple[Edit, Edit]]] = {}
    for edit in fix.edits:
        if isinstance(edit, Create) or not isinstance(edit.span.file, InlineSource):
            edits.append(edit)
            continue
        source = edit.span.file
        made = _hosted_edit(edit, source)
        if made is None:
            return None
        inside.setdefault(source, []).append((edit, made))
        edits.append(made)
    if not all(_says_so(source, pairs) for source, pairs in inside.items()):
        return None
    return fix._replace(edits=tuple(edits), changes=(*fix.changes, *changes))


def _says_so(source: InlineSource, pairs: list[tuple[Edit, Edit]]) -> bool:
    """Whether the scalar means what the edits of its text want, once it is rewritten."""
    wanted, text = source.raw, source.host.text
    end = source.node.end
    pairs = sorted(pairs, key=lambda pair: (pair[0].span.start, pair[0].span.end), reverse=True)
    for inner, outer in pairs:
        start, stop = source.raw_at[inner.span.start], source.raw_at[inner.span.end]
        wanted = wanted[:start] + _escaped(inner.replacement) + wanted[stop:]
        span = outer.span
        text = text[: span.start] + outer.replacement + text[span.end :]
        end += len(outer.replacement) - (span.end - span.start)
    if not source.node.style and wanted != wanted.strip():
        # Blanks around a plain scalar are none of it.
        return False
    return written(text, source.node.start, end, source.node.style) == wanted


def _escaped(text: str) -> str:
    return text.replace("\r\n", "\n").replace("$", "$$")


def _hosted_edit(edit: Edit, source: InlineSource) -> Edit | None:
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
            # Whole lines come and go with their indentation.
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
        # Up to where the text goes on: what folding adds belongs to the break.
        last = max(last, source.origins[end])
    quoted = _quoted(text, style)
    if quoted is None:
        return None
    if not style and first == source.node.start:
        # The first character of a plain scalar can make something else of it.
        return None
    return Edit(Span(host, first, last), quoted)


def _whole_lines(edit: Edit, text: str) -> bool:
    """Whether an edit takes whole lines away and puts whole lines in their place."""
    start, end = edit.span.start, edit.span.end
    if start and text[start - 1] != "\n":
        return False
    if end > start and text[end - 1] != "\n":
        return False
    return not edit.replacement or edit.replacement.endswith("\n")


def _quoted(text: str, style: str) -> str | None:
    """Text as it is written inside a scalar of this style; None where it cannot be."""
    if style == '"':
        text = text.replace("\\", "\\\\").replace('"', '\\"')
        return text.replace("\n", "\\n").replace("\t", "\\t")
    if "\n" in text:
        return None
    if style == "'":
        return text.replace("'", "''")
    return None if any(mark in text for mark in (": ", " #", "\t")) else text
