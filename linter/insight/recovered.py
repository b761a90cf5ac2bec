"""YAML files with errors of syntax, as far as they can be read.

People navigate and complete in files that they are typing into. A line that the parser refuses is
left out, as if it was blank, so that all others keep their places.
"""

from __future__ import annotations

from weakref import WeakKeyDictionary

from ..base.text import SourceFile, line_end
from ..source.yaml.parser import parse_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..source.yaml.nodes import YamlFile

MAX_LINES = 12
"""How many lines are left out at most."""

_MOST_TEXT = 1_000_000
"""How many characters are read again at most, for all the lines that are left out."""

_kept: WeakKeyDictionary[YamlFile, YamlFile] = WeakKeyDictionary()


def readable(yaml: YamlFile) -> YamlFile:
    """The file; one with an error of syntax without the lines that cannot be read.

    Offsets are those of the file. Its nodes belong to another ``SourceFile`` of the same path.
    """
    if not any(problem.kind == "syntax" for problem in yaml.problems):
        return yaml
    answer = _kept.get(yaml)
    if answer is None:
        answer = _recovered(yaml)
        if answer is not yaml:
            _kept[yaml] = answer
    return answer


def _recovered(yaml: YamlFile) -> YamlFile:
    best = yaml
    # Each step reads the text twice.
    for _ in range(min(MAX_LINES, _MOST_TEXT // (2 * len(yaml.source.text) + 1))):
        at = _first_error(best)
        if at is None:
            return best
        candidates = [parse_yaml(text) for text in _without_line(best.source, at)]
        if not candidates:
            return best
        # The line above may be to blame: a word without a colon is only refused on the next line.
        best = max(candidates, key=_reach)
    # If there are more errors: what is above the first one that is left, or the line above it.
    head = best.source.text
    for _ in range(3):
        at = _first_error(best)
        if at is None:
            return best
        end = head.rstrip().rfind("\n") if at >= len(head.rstrip()) else head.rfind("\n", 0, at)
        head = head[: end + 1]
        best = parse_yaml(SourceFile(yaml.source.path, head))
    return best


def _first_error(yaml: YamlFile) -> int | None:
    """The offset of the error of syntax; None if there is none."""
    starts = [problem.start for problem in yaml.problems if problem.kind == "syntax"]
    return min(starts, default=None)


def _reach(yaml: YamlFile) -> int:
    """How far a file can be read."""
    at = _first_error(yaml)
    return len(yaml.source.text) + 1 if at is None else at


def _without_line(source: SourceFile, at: int) -> list[SourceFile]:
    """The text without the line of an offset, and without the line with text above it."""
    text = source.text
    texts: list[SourceFile] = []
    start = text.rfind("\n", 0, min(at, len(text))) + 1
    end = line_end(text, start)
    while len(texts) < 2:
        if text[start:end].strip():
            blank = f"{text[:start]}{' ' * (end - start)}{text[end:]}"
            texts.append(SourceFile(source.path, blank))
        if start == 0:
            break
        end = start - 1
        start = text.rfind("\n", 0, end) + 1
    return texts
