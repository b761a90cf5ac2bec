"""The indentation of YAML: the same number of blanks for each level, and lists in one way.

Lines that begin no key and no item (of scalars and of flow collections) move with the line that they
belong to, so they keep their form. Comments keep the level that they are on.
"""

from __future__ import annotations

from collections import Counter

from ..base.text import SourceFile, Span, line_end
from ..rule import Edit
from ..source.yaml.nodes import Alias, Mapping, Scalar, Sequence
from ..source.yaml.parser import parse_yaml
from .comments import line_start

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..source.yaml.nodes import Node, YamlFile

    Levels = tuple[tuple[int, int], ...]

USUAL = 2


class Unclear(Exception):
    """Something is written such that its lines are better not moved."""


class Indentation:
    """How a file is indented: as most of its levels and most of its lists are.

    Attributes:
        step: the blanks for each level.
        of_lists: the blanks before the dashes of a list; 0 if they are in the column of its key.
    """

    def __init__(self, yaml: YamlFile, spaces: int) -> None:
        self._yaml = yaml
        self._text = yaml.source.text
        steps: Counter[int] = Counter()
        lists: Counter[int] = Counter()
        for column, child in self._nested():
            if isinstance(child, Mapping):
                steps[self._column(child.entries[0].key.start) - column] += 1
            else:
                lists[self._column(self._dash(child, 0)) - column] += 1
        self.step = spaces or max(_most(steps, USUAL), USUAL)
        self.of_lists = _most(lists, self.step)
        if self.of_lists and (spaces or self.of_lists != USUAL):
            self.of_lists = self.step
        self._lines: dict[int, tuple[int, Levels]] = {}

    def edits(self) -> list[Edit]:
        """The edits that indent all lines in this way; the file says the same after them.

        Raises:
            Unclear: if lines are better not moved.
        """
        edits = self._edits()
        if not edits:
            return edits
        parts = []
        at = 0
        for edit in edits:
            parts += [self._text[at : edit.span.start], edit.replacement]
            at = edit.span.end
        result = parse_yaml(SourceFile(self._yaml.source.path, "".join((*parts, self._text[at:]))))
        if result.problems or not _are_same(self._yaml.documents, result.documents):
            raise Unclear
        return edits

    def _edits(self) -> list[Edit]:
        for root in self._yaml.documents:
            if isinstance(root, Mapping) and not root.flow:
                self._place(root, self._column(root.entries[0].key.start), ())
            elif not (isinstance(root, Mapping) and root.flow):
                raise Unclear
        file = self._yaml.source
        edits = []
        for start, column, target in self._targets():
            if target < 0:
                raise Unclear
            if target != column:
                edits.append(Edit(Span(file, start, start + column), " " * target))
        return edits

    def _nested(self) -> Iterator[tuple[int, Mapping | Sequence]]:
        """The block collections that are values of keys, each with the column of the key."""
        stack: list[Node] = list(self._yaml.documents)
        while stack:
            node = stack.pop()
            if isinstance(node, Sequence) and not node.flow:
                stack += node.items
            elif isinstance(node, Mapping) and not node.flow:
                for entry in node.entries:
                    value = entry.value
                    if isinstance(value, Mapping | Sequence) and not value.flow:
                        yield self._column(entry.key.start), value
                        stack.append(value)

    def _column(self, at: int) -> int:
        return at - line_start(self._text, at)

    def _dash(self, parent: Sequence, index: int) -> int:
        """The offset of an item's dash, which has to be on the line of the item."""
        start = parent.items[index].start
        dash = self._text.rfind("-", line_start(self._text, start), start)
        if dash < 0 or self._text[dash + 1 : start].strip(" "):
            raise Unclear
        return dash

    def _begin(self, at: int, target: int, levels: Levels) -> None:
        """Note the column where a line is to begin, if a key or dash is the first on it."""
        start = line_start(self._text, at)
        above = self._text[start:at]
        if above.strip(" -"):
            raise Unclear
        if not above.strip(" "):
            self._lines[start] = (target, levels)

    def _place(self, node: Node, target: int, levels: Levels) -> None:
        """Note the columns of all lines of a block collection."""
        if isinstance(node, Mapping):
            column = self._column(node.entries[0].key.start)
            levels = (*levels, (column, target))
            for entry in node.entries:
                if self._column(entry.key.start) != column:
                    raise Unclear
                self._begin(entry.key.start, target, levels)
                value = entry.value
                if isinstance(value, Mapping) and not value.flow:
                    self._place(value, target + self.step, levels)
                elif isinstance(value, Sequence) and not value.flow:
                    self._place(value, target + self.of_lists, levels)
        elif isinstance(node, Sequence):
            for index, item in enumerate(node.items):
                dash = self._dash(node, index)
                column = self._column(dash)
                inside = (*levels, (column, target))
                self._begin(dash, target, inside)
                if isinstance(item, Mapping | Sequence) and not item.flow:
                    self._place(item, target + self._column(item.start) - column, inside)

    def _targets(self) -> Iterator[tuple[int, int, int]]:
        """For each line its start, its column and the column where it is to begin."""
        text = self._text
        comments = {line_start(text, each.start) for each in self._yaml.comments if each.own_line}
        waiting: list[tuple[int, int]] = []
        levels: Levels = ()
        moved = start = 0
        while start < len(text):
            end = line_end(text, start)
            line = text[start:end]
            column = len(line) - len(line.lstrip(" "))
            if start in comments:
                waiting.append((start, column))
            elif start in self._lines:
                target, following = self._lines[start]
                for place, of_comment in waiting:
                    yield place, of_comment, _level(of_comment, levels, following)
                waiting = []
                yield start, column, target
                levels, moved = following, target - column
            elif line.strip():
                for place, of_comment in waiting:
                    yield place, of_comment, of_comment + moved
                waiting = []
                yield start, column, column + moved if column else column
            start = end + 1
        for place, of_comment in waiting:
            yield place, of_comment, _level(of_comment, levels, ())


def _level(column: int, above: Levels, below: Levels) -> int:
    """The column of a comment between two lines, by the levels that they are on."""
    if below and below[-1][0] == column:
        return below[-1][1]
    known = {**dict(below), **dict(above)}
    if column in known:
        return known[column]
    lower = max((each for each in known if each < column), default=None)
    return column if lower is None else known[lower] + column - lower


def _most(counts: Counter[int], usual: int) -> int:
    """The number that is met most often, and the usual one if there are several of them."""
    largest = max(counts.values(), default=0)
    most = [number for number, count in counts.items() if count == largest]
    return most[0] if len(most) == 1 else usual


def _are_same(before: list[Node], after: list[Node]) -> bool:
    """Whether two trees have the same values, anchors and tags."""
    pairs: list[tuple[Node | None, Node | None]] = list(zip(before, after, strict=False))
    if len(before) != len(after):
        return False
    while pairs:
        old, new = pairs.pop()
        if old is None or new is None or type(old) is not type(new):
            return False
        if (old.anchor, old.tag) != (new.anchor, new.tag):
            return False
        if isinstance(old, Scalar) and isinstance(new, Scalar):
            if (old.raw, old.style) != (new.raw, new.style):
                return False
        elif isinstance(old, Mapping) and isinstance(new, Mapping):
            if len(old.entries) != len(new.entries):
                return False
            for one, other in zip(old.entries, new.entries, strict=True):
                pairs += [(one.key, other.key), (one.value, other.value)]
        elif isinstance(old, Sequence) and isinstance(new, Sequence):
            if len(old.items) != len(new.items):
                return False
            pairs += zip(old.items, new.items, strict=True)
        elif isinstance(old, Alias) and old.span.text != new.span.text:
            return False
    return True
