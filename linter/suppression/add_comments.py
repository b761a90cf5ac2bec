"""Comments that suppress findings, put where they hold and change nothing else.

In a Compose file at the end of the finding's line where a comment can stand there, else
alone above the entry that the finding is in; everywhere else alone above the instruction
or line. A place in YAML is tried: it is taken only if the comment reads back as one, with
the data around it unchanged.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.text import SourceFile
from ..files.kinds import COMPOSE, DOCKERFILE, kind_of_named
from ..source.yaml.nodes import Mapping, Scalar, Sequence, YamlFile
from ..source.yaml.parser import parse_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..source.yaml.nodes import Node

_OURS = on_demand(r"#\s*composelint:\s*ignore\s*\[[^\]\n]*(?=\])")


def add_ignores(
    source: SourceFile, wanted: dict[int, set[str]], reason: str = ""
) -> tuple[str, set[int]]:
    """The text with comments that suppress rules.

    Args:
        source: the file.
        wanted: names of rules by line (from 1).
        reason: what each new comment gives as its reason.

    Returns:
        The text, and the lines for which no place was found.
    """
    kind = kind_of_named(source.path)
    places: dict[tuple[int, str], set[str]] = {}
    lost = set()
    yaml = parse_yaml(source) if kind == COMPOSE else None
    starts = _instructions(source) if kind == DOCKERFILE else {}
    for line, names in wanted.items():
        if yaml is not None:
            place = _place_in_yaml(yaml, line)
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
        line: item.start_line
        for item in parse_dockerfile(source).instructions
        for line in range(item.start_line, item.end_line + 1)
    }


# A place is an offset and what to put there; "{}" stands for the names.
_NEW = "# composelint: ignore[{}]"
_MORE = ", {}"


def _above(source: SourceFile, line: int) -> tuple[int, str]:
    """A line of its own above a line, indented alike, or a comment of ours that is there."""
    before = _OURS.search(source.line_text(line - 1))
    if before and source.line_text(line - 1).lstrip().startswith("#"):
        return source.offset(line - 1) + before.end(), _MORE
    shown = source.line_text(line)
    indent = shown[: len(shown) - len(shown.lstrip(" \t"))]
    return source.offset(line), f"{indent}{_NEW}{source.newline}"


def _place_in_yaml(yaml: YamlFile, line: int) -> tuple[int, str] | None:
    source = yaml.source
    start, end = source.offset(line), source.offset(line) + len(source.line_text(line))
    trailing = next((item for item in yaml.comments if start <= item.start < end), None)
    if trailing is not None:
        ours = _OURS.match(source.text, trailing.start, trailing.end)
        if ours:
            return ours.end(), _MORE
    else:
        place = end, f"  {_NEW}"
        if _holds(yaml, place):
            return place
    for first in _entries_around(yaml, line):
        place = _above(source, first)
        if _holds(yaml, place):
            return place
    return None


def _entries_around(yaml: YamlFile, line: int) -> list[int]:
    """The first lines of the entries and items that a line is in, the innermost first."""
    position = yaml.source.position
    found = set()
    stack: list[Node] = list(yaml.documents)
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            parts = [(entry.key.start, entry.value) for entry in node.entries]
        elif isinstance(node, Sequence):
            parts = [(item.start, item) for item in node.items]
        else:
            continue
        for start, value in parts:
            first = position(start).line
            if first <= line <= position(max(start, value.end - 1)).line:
                found.add(first)
                stack.append(value)
    return sorted(found, reverse=True)


def _holds(yaml: YamlFile, place: tuple[int, str]) -> bool:
    """Whether a comment at this place is one, and the data stay what they are."""
    at, pattern = place
    if pattern == _MORE:
        return True
    source = yaml.source
    comment = pattern.format("x")
    tried = parse_yaml(SourceFile(source.path, source.text[:at] + comment + source.text[at:]))
    begin = at + comment.index("#")
    return (
        len(tried.problems) == len(yaml.problems)
        and any(item.start == begin for item in tried.comments)
        and _shape(tried.documents) == _shape(yaml.documents)
    )


def _shape(nodes: Iterable[Node]) -> list[object]:
    """Nodes as plain data that can be compared; aliases that lead back are met once."""
    flat: list[object] = []
    stack = list(nodes)
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
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
