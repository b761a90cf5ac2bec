"""Adds comments that suppress findings, at places where they apply and change nothing else.

In a Compose file this is the end of the finding's line if possible, else a line of its own
above the entry that contains the finding; in other files a line of its own above the
instruction or line. A place in YAML is tested: it is used only if the text with the comment
has the same data, and the comment is parsed as one.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.text import SourceFile
from ..files.content import kind_in
from ..files.kinds import COMPOSE, DOCKERFILE
from ..source.yaml.nodes import Mapping, Scalar, Sequence, YamlFile
from ..source.yaml.parser import parse_yaml
from .places import EntryLines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..source.yaml.nodes import Node

_OURS = on_demand(r"#\s*composelint:\s*ignore\s*\[[^\]\n]*(?=\])")


def add_ignores(
    source: SourceFile, wanted: dict[int, set[str]], reason: str = ""
) -> tuple[str, set[int]]:
    """Add comments that suppress rules.

    Args:
        source: the file.
        wanted: the names of the rules to suppress, by line (from 1).
        reason: the reason in each new comment.

    Returns:
        The new text, and the lines for which there is no place.
    """
    kind = kind_in(source.path, source.text)
    places: dict[tuple[int, str], set[str]] = {}
    lost = set()
    yaml = parse_yaml(source) if kind == COMPOSE else None
    entries = EntryLines(yaml) if yaml is not None else None
    starts = _instructions(source) if kind == DOCKERFILE else {}
    for line, names in wanted.items():
        if yaml is not None and entries is not None:
            place = _place_in_yaml(yaml, entries, line)
        else:
            first = starts.get(line, line if kind != DOCKERFILE else 0)
            place = _above(source, first) if first else None
        if place is None:
            lost.add(line)
        else:
            places.setdefault(place, set()).update(names)
    text = source.text
    for (at, pattern), names in sorted(places.items(), reverse=True):
        text = _insert(text, at, pattern.format(", ".join(sorted(names))), reason)
    return text, lost


def _insert(text: str, at: int, comment: str, reason: str) -> str:
    if reason and "]" in comment:
        comment = comment.replace("]", f"] {reason}", 1)
    return text[:at] + comment + text[at:]


def _instructions(source: SourceFile) -> dict[int, int]:
    """The first line of the instruction that each line of a Dockerfile belongs to."""
    from ..source.dockerfile.parser import parse_dockerfile

    return {
        line: instruction.start_line
        for instruction in parse_dockerfile(source).instructions
        for line in range(instruction.start_line, instruction.end_line + 1)
    }


# A place is an offset and the text to insert there; "{}" stands for the names.
_NEW = "# composelint: ignore[{}]"
_MORE = ", {}"


def _above(source: SourceFile, line: int) -> tuple[int, str]:
    """The place for a comment above a line: a line of its own, or our comment that is there."""
    above = source.line_text(line - 1)
    ours = _OURS.search(above)
    if ours and above.lstrip().startswith("#"):
        return source.offset(line - 1) + ours.end(), _MORE
    text = source.line_text(line)
    indent = text[: len(text) - len(text.lstrip(" \t"))]
    return source.offset(line), f"{indent}{_NEW}{source.newline}"


def _place_in_yaml(yaml: YamlFile, entries: EntryLines, line: int) -> tuple[int, str] | None:
    """The place for a comment that applies to a line; None if there is no such place."""
    source = yaml.source
    start, end = source.offset(line), source.offset(line) + len(source.line_text(line))
    trailing = next((comment for comment in yaml.comments if start <= comment.start < end), None)
    if trailing is not None:
        ours = _OURS.match(source.text, trailing.start, trailing.end)
        if ours:
            return ours.end(), _MORE
    else:
        place = end, f"  {_NEW}"
        if _holds(yaml, place):
            return place
    places = (_above(source, first) for first in entries.around(line))
    return next((place for place in places if _holds(yaml, place)), None)


def _holds(yaml: YamlFile, place: tuple[int, str]) -> bool:
    """Whether a comment at this place is parsed as one, and the data stay the same."""
    at, pattern = place
    if pattern == _MORE:
        return True
    source = yaml.source
    text = pattern.format("x")
    tried = parse_yaml(SourceFile(source.path, source.text[:at] + text + source.text[at:]))
    begin = at + text.index("#")
    return (
        len(tried.problems) == len(yaml.problems)
        and any(comment.start == begin for comment in tried.comments)
        and _shape(tried.documents) == _shape(yaml.documents)
    )


def _shape(nodes: Iterable[Node]) -> list[object]:
    """Nodes as plain data that can be compared; each node once, as aliases may form cycles."""
    flat: list[object] = []
    stack = list(nodes)
    visited: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in visited:
            continue
        visited.add(id(node))
        if isinstance(node, Scalar):
            flat.append((node.raw, node.style, node.tag))
        elif isinstance(node, Mapping):
            flat.append((len(node.entries), node.tag))
            for entry in node.entries:
                stack += (entry.key, entry.value)
        elif isinstance(node, Sequence):
            flat.append((len(node.items), node.tag))
            stack += node.items
        else:
            flat.append(type(node).__name__)
    return flat
