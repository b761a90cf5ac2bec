"""The values of nodes as text, lists and environment variables, with their places."""

from __future__ import annotations

import re

from ..base.records import NamedTuple
from ..base.text import Span
from ..compose.nodes import go_text
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator


def is_unknown(node: Node | None) -> bool:
    """Whether the value depends on a variable that no file in sight defines."""
    return node is not None and node.unknown


def text_of(node: Node | None) -> str | None:
    """A scalar as the text that Compose passes on; None for other nodes and unknown ones."""
    if not isinstance(node, Scalar) or is_unknown(node):
        return None
    return scalar_text(node)


def scalar_text(node: Scalar) -> str:
    """A scalar's value as Compose writes it into a string; empty for null."""
    value = node.value
    return value if isinstance(value, str) else "" if value is None else go_text(value)


def text_list(node: Node | None) -> list[str] | None:
    """The texts of a list of scalars, or of one scalar; without unknown items. Else None."""
    if isinstance(node, Scalar):
        text = text_of(node)
        return None if text is None else [text]
    if isinstance(node, Sequence):
        return [text for item in node.items if (text := text_of(item)) is not None]
    return None


def part_of(node: Node, start: int, end: int) -> Span:
    """The span of ``raw[start:end]`` of a scalar if the file has it verbatim, else of the node."""
    if isinstance(node, Scalar) and node.style not in ("|", ">"):
        shown = node.file.text[node.start : node.end]
        shift = 1 if node.style else 0
        if shown[shift : len(shown) - shift] == node.raw:
            return Span(node.file, node.start + shift + start, node.start + shift + end)
    return node.span


def word_in(node: Node, word: str) -> Span:
    """The span of a word in a scalar or in an item of a list; of the node if the word is not
    in its text."""
    if isinstance(node, Sequence):
        equal = next((item for item in node.items if text_of(item) == word), None)
        if equal is not None:
            return equal.span
        for item in node.items:
            if isinstance(item, Scalar) and word in item.raw:
                return word_in(item, word)
    elif isinstance(node, Scalar):
        match = re.search(rf"(?<![\w.-]){re.escape(word)}(?![\w-])", node.raw)
        if match:
            return part_of(node, match.start(), match.end())
    return node.span


class Field(NamedTuple):
    """A key with its value in the resolved stack."""

    key: Node
    value: Node


class EnvVar(NamedTuple):
    """One variable of ``environment``, from either form.

    ``value`` is None if the variable is only passed through (has no value) or unknown.
    ``name_span`` and ``value_span`` are the places in the file.
    """

    name: str
    value: str | None
    unknown: bool
    node: Node
    name_span: Span
    value_span: Span


def key_values(node: Node | None) -> Iterator[EnvVar]:
    """The variables of a mapping or of a list of ``KEY=value``: environment, labels, arguments."""
    if isinstance(node, Mapping):
        for entry in node.entries:
            value = entry.value
            is_set = isinstance(value, Scalar) and value.value is not None
            yield EnvVar(
                entry.name,
                text_of(value) if is_set else None,
                is_unknown(value),
                value,
                entry.key.span,
                value.span,
            )
    elif isinstance(node, Sequence):
        for item in node.items:
            if not isinstance(item, Scalar):
                continue
            name, equals, text = scalar_text(item).partition("=")
            unknown = is_unknown(item)
            name_span, value_span = _sides(item)
            shown = name_span.text
            if "$" in shown:
                continue
            yield EnvVar(
                shown if unknown else name,
                text if equals and not unknown else None,
                unknown,
                item,
                name_span,
                value_span,
            )


def _sides(item: Scalar) -> tuple[Span, Span]:
    """The places of ``KEY`` and ``value`` of an item ``KEY=value`` in the file."""
    file = item.file
    # An item that comes from a mapping's entry counts as quoted, even if the file has no quotes.
    quote = 1 if item.style and file.text[item.start : item.start + 1] in ("'", '"') else 0
    start, end = item.start + quote, item.end - quote
    cut = file.text.find("=", start, end)
    if cut < 0 or item.style in ("|", ">"):
        return item.span, item.span
    return Span(file, start, cut), Span(file, cut + 1, end)
