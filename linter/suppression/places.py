"""The lines that comments in a file apply to."""

from __future__ import annotations

from bisect import bisect_right

from ..source.yaml.nodes import Mapping, Node, Sequence, YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Sequence as Seq

    Lines = tuple[int, int]
    """The first and the last line, counted from 1."""


class EntryLines:
    """The first and last lines of the entries and items of a YAML file."""

    __slots__ = ("_by_first", "_firsts", "_source")

    def __init__(self, yaml: YamlFile) -> None:
        self._source = yaml.source
        self._by_first: dict[int, int] = {}
        stack: list[Node] = list(yaml.documents)
        while stack:
            node = stack.pop()
            if isinstance(node, Mapping):
                for entry in node.entries:
                    self._add(entry.key.start, max(entry.key.end, entry.value.end))
                    stack.append(entry.value)
            elif isinstance(node, Sequence):
                for item in node.items:
                    self._add(item.start, item.end)
                    stack.append(item)
        self._firsts = sorted(self._by_first)

    def _add(self, start: int, end: int) -> None:
        first = self._source.line_of(start)
        last = self._source.line_of(max(start, end - 1))
        self._by_first[first] = max(last, self._by_first.get(first, 0))

    def of_line(self, line: int) -> Lines:
        """The lines of the longest entry that begins on a line, or the line alone."""
        return line, self._by_first.get(line, line)

    def after_line(self, line: int) -> Lines:
        """The lines of the next entry below a line, or the next line alone."""
        index = bisect_right(self._firsts, line)
        return self.of_line(self._firsts[index] if index < len(self._firsts) else line + 1)

    def around(self, line: int) -> list[int]:
        """The first lines of the entries that contain a line, the innermost entry first."""
        return [first for first in reversed(self._firsts) if first <= line <= self._by_first[first]]

    def is_at_start(self, line: int) -> bool:
        """Whether a line is above all entries."""
        return not self._firsts or line < self._firsts[0]

    def one_below(self, line: int) -> Lines:
        """The line below a comment."""
        return line + 1, line + 1

    def block_below(self, line: int) -> Lines | None:
        """The lines of the block that a comment is above: those of the entry."""
        return self.after_line(line)

    def stage_around(self, line: int) -> Lines | None:
        """None: a YAML file has no stages."""

    def rest_of_stage(self, line: int, others: Iterable[int]) -> Lines | None:
        """None: a YAML file has no stages."""


class InstructionLines:
    """The first and last lines of the instructions of a Dockerfile, or of an ignore or env file.

    ``extents`` are those of all instructions, in order; ``stages`` are the first lines of FROM.
    """

    __slots__ = ("_extents", "_firsts", "_stages")

    def __init__(self, extents: Seq[Lines], stages: Seq[int] = ()) -> None:
        self._extents = extents
        self._firsts = [first for first, _ in extents]
        self._stages = stages

    def _around(self, line: int) -> Lines | None:
        """The instruction that contains a line."""
        index = bisect_right(self._firsts, line) - 1
        return self._extents[index] if index >= 0 and self._extents[index][1] >= line else None

    def of_line(self, line: int) -> Lines:
        """The lines of the instruction that begins on a line, or the line alone."""
        around = self._around(line)
        return around if around is not None and around[0] == line else (line, line)

    def after_line(self, line: int) -> Lines:
        """The lines of the next instruction below a line, or the next line alone."""
        around = self._around(line)
        # A comment between continued lines applies to the next physical line.
        if around is not None and line < around[1]:
            return line + 1, line + 1
        index = bisect_right(self._firsts, line)
        return self._extents[index] if index < len(self._extents) else (line + 1, line + 1)

    def is_at_start(self, line: int) -> bool:
        """Whether a line is above all instructions."""
        return not self._firsts or line < self._firsts[0]

    def one_below(self, line: int) -> Lines:
        """The lines of the next instruction."""
        return self.after_line(line)

    def block_below(self, line: int) -> Lines | None:
        """The lines of the block that a comment is above: a stage; None above anything else."""
        first = self.after_line(line)[0]
        return self.stage_around(first) if first in self._stages else None

    def stage_around(self, line: int) -> Lines | None:
        """The lines of the stage that a line belongs to; None above the first FROM."""
        index = bisect_right(self._stages, line)
        if not index:
            return None
        return self._stages[index - 1], self._next_stage(line) - 1

    def _next_stage(self, line: int) -> int:
        """The line of the first FROM below a line, or a line below the file."""
        index = bisect_right(self._stages, line)
        return self._stages[index] if index < len(self._stages) else 1 << 31

    def rest_of_stage(self, line: int, others: Iterable[int]) -> Lines | None:
        """The lines that hadolint's ``stage ignore`` reaches from a line.

        They begin below the instruction under the comment (which is FROM, as it is meant), and end
        with the line of the next FROM, or under the next of these comments: a later one replaces an
        earlier one. ``others`` are the lines of all of these comments. None if the comment is inside
        an instruction, where hadolint does not read it.
        """
        if self._around(line) is not None:
            return None
        starts = [self._next_stage(line + 1)]
        starts += [other + 1 for other in others if other > line and self._around(other) is None]
        return self.of_line(line + 1)[1] + 1, min(starts)
