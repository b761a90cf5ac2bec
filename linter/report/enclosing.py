"""The lines above a place that say what it belongs to."""

from __future__ import annotations

from functools import lru_cache

from ..base.patterns import on_demand
from ..files.kinds import DOCKERFILE, kind_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile

_KEY = on_demand(r"[ ]*(?:- +)?[^\s:#]+:(?: +[&!]\S+)?[ \t]*(?:#.*)?\r?$")
"""A key with its value below."""


@lru_cache(maxsize=1024)
def enclosing_lines(file: SourceFile, line: int) -> tuple[int, ...]:
    """The numbers of at most two lines that enclose a line, from the top.

    In YAML they are the key that the line belongs to, and the entry of the file's section that has
    it. In a Dockerfile it is the first line of an instruction.
    """
    if is_yaml(file.path):
        return _keys_above(file, line)
    if kind_of(file.path) == DOCKERFILE:
        return _instruction_above(file, line)
    return ()


def is_yaml(path: str) -> bool:
    """Whether a file is YAML by its name."""
    return path.endswith((".yaml", ".yml"))


def _keys_above(file: SourceFile, line: int) -> tuple[int, ...]:
    parents = _parents(file)
    found = []
    while line := parents[line]:
        # A line with a value says something else, and may hold a secret.
        if _KEY.match(text := file.line_text(line)) is not None:
            found.append((line, text))
    # The sections themselves, such as "services", say less than their entries.
    if len(found) > 1 and found[-1][1][:1] not in (" ", "-"):
        found.pop()
    if not found or found[-1][1].startswith("services:"):
        return ()
    return tuple(sorted({found[0][0], found[-1][0]}))


@lru_cache(maxsize=16)
def _parents(file: SourceFile) -> list[int]:
    """For each line of YAML, counted from 1, the line that it is indented under; 0 for none."""
    parents = [0]
    above: list[tuple[int, bool, int]] = []
    for number, text in enumerate(file.text.split("\n"), 1):
        stripped = text.lstrip(" ")
        if not stripped or stripped[0] in "#\r":
            parents.append(above[-1][2] if above else 0)
            continue
        indent, is_item = len(text) - len(stripped), stripped[:2] in ("- ", "-", "-\r")
        while above and not (
            above[-1][0] < indent or (above[-1][0] == indent and is_item and not above[-1][1])
        ):
            above.pop()
        parents.append(above[-1][2] if above else 0)
        above.append((indent, is_item, number))
    return parents


def _instruction_above(file: SourceFile, line: int) -> tuple[int, ...]:
    first = _beginnings(file)[line]
    return (first,) if first != line else ()


@lru_cache(maxsize=16)
def _beginnings(file: SourceFile) -> list[int]:
    """For each line of a Dockerfile, counted from 1, the line in which its instruction begins."""
    beginnings = [0]
    goes_on = False
    for number, line in enumerate(file.text.split("\n"), 1):
        beginnings.append(beginnings[-1] if goes_on else number)
        text = line.strip()
        if text and not text.startswith("#"):
            goes_on = text.endswith(("\\", "`"))
    return beginnings
