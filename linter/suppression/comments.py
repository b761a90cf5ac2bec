"""Comments that suppress findings: our own, and those of other linters.

``# composelint: ignore[CF201, missing-healthcheck] reason`` at the end of a line applies to
the entry that begins there, alone on a line to the entry or instruction below it;
``# composelint: file-ignore[...] reason`` applies to the file. ``until=2027-01-01`` in the
reason is the last day on which it applies. Comments of other linters are supported, too: see
``peers``.
"""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from .peers import STAGE, Comment, Selector, read_peer_comment
from .places import EntryLines, InstructionLines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..base.text import SourceFile
    from ..rule import Diagnostic
    from ..source.yaml.nodes import YamlFile


class Suppression:
    """A comment and the lines that it applies to, ``first`` to ``last``, counted from 1.

    ``codes`` are the names in it, ``used`` those that suppressed a finding. ``tool`` is the other
    linter that the comment is for, empty for ours. ``until`` is the last day in ISO format, None for no end.
    """

    def __init__(
        self,
        file: SourceFile,
        start: int,
        end: int,
        codes: tuple[Selector, ...],
        first: int,
        last: int,
        reason: str = "",
        tool: str = "",
    ) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.codes = codes
        self.first = first
        self.last = last
        self.reason = reason
        self.tool = tool
        self.used: set[str] = set()
        until = _UNTIL.search(reason)
        self.until: str | None = until[1] if until else None


class Mark(NamedTuple):
    """The offsets of a comment, and whether it is alone on its line."""

    start: int
    end: int
    own_line: bool


_OURS = on_demand(
    r"#\s*composelint:\s*(file-ignore|ignore)\b\s*(?:\[([^\]]*)\])?[:\s]*(.*)", re.DOTALL
)
_UNTIL = on_demand(r"\buntil=(\d{4}-\d{2}-\d{2})\b")


def in_yaml(yaml: YamlFile) -> list[Suppression]:
    """The suppressions of a YAML file."""
    marks = [Mark(*comment) for comment in yaml.comments]
    return list(_read(yaml.source, marks, EntryLines(yaml)))


def in_lines(
    source: SourceFile,
    marks: Iterable[Mark],
    extents: list[tuple[int, int]],
    stages: list[int] | None = None,
) -> list[Suppression]:
    """The suppressions of a Dockerfile, ignore file or env file.

    ``extents`` are the first and last lines of its instructions, in order; ``stages`` are the
    first lines of those that begin a stage.
    """
    return list(_read(source, list(marks), InstructionLines(extents, stages or ())))


def in_host(suppressions: list[Suppression]) -> list[Suppression]:
    """The suppressions of a Dockerfile inside a Compose file, moved to the lines of that file."""
    for suppression in suppressions:
        source = suppression.file
        count = len(source.line_starts)
        last = min(suppression.last, count)
        end = source.line_starts[last] - 1 if last < count else len(source.text)
        start = source.offset(min(suppression.first, count))
        suppression.first = _host_line(source, start)
        suppression.last = _host_line(source, max(end, 0))
    return suppressions


def _host_line(source: SourceFile, offset: int) -> int:
    """The line in the file on disk of an offset in embedded text."""
    span = source.locate(offset, offset)
    return span.file.line_of(span.start)


def _read(
    source: SourceFile, marks: list[Mark], places: EntryLines | InstructionLines
) -> Iterator[Suppression]:
    """The suppressions among the comments of a file."""
    stage_comments = [
        source.line_of(start) for start, end, _ in marks if STAGE.match(source.text, start, end)
    ]
    for start, end, own_line in marks:
        comment = Comment(source, start, end, own_line, places, stage_comments)
        if match := _OURS.match(comment.text):
            lines = comment.next_to() if match[1] == "ignore" else comment.whole_file
            names = comment.names(match, 2)
            yield Suppression(source, start, end, names, *lines, match[3].strip())
        for tool, reached in read_peer_comment(comment):
            if reached.names:
                names, lines, reason, until = reached
                suppression = Suppression(source, start, end, names, *lines, reason, tool)
                suppression.until = until
                yield suppression


class _Reach:
    """What the comments suppress that apply to the same lines."""

    __slots__ = ("by_code", "first", "last")

    def __init__(self, first: int, last: int) -> None:
        self.first = first
        self.last = last
        self.by_code: dict[str, list[tuple[int, Suppression, str]]] = {}

    def take(self, code: str) -> tuple[int, str] | None:
        """The number and the reason of the last comment that suppresses a code; marks all as used."""
        uses = self.by_code.get(code)
        if not uses:
            return None
        for _, suppression, name in uses:
            suppression.used.add(name)
        # They are marked; for further findings the last one is enough.
        del uses[:-1]
        return uses[0][0], uses[0][1].reason


def _by_first(reach: _Reach) -> int:
    return reach.first


def _first_line(placed: tuple[int, Diagnostic]) -> int:
    return placed[0]


class SuppressionMatcher:
    """Applies the suppressions of a run's files to its findings.

    ``resolve`` gives the rule codes for a name in a comment, None for an unknown name; ``ran``
    tells whether the run selected a code; ``today`` is an ISO date.
    """

    def __init__(
        self,
        resolve: Callable[[str], frozenset[str] | None],
        ran: Callable[[str], bool],
        today: str,
    ) -> None:
        self.resolve = resolve
        self.ran = ran
        self.today = today

    def apply(self, findings: Iterable[Diagnostic], by_path: dict[str, list[Suppression]]) -> None:
        """Mark the findings that a comment suppresses, with the comment's reason."""
        by_file: dict[str, list[tuple[int, Diagnostic]]] = {}
        for finding in findings:
            span = finding.span.origin
            path = span.file.path
            if by_path.get(path):
                by_file.setdefault(path, []).append((span.file.line_of(span.start), finding))
        for path, placed in by_file.items():
            self._apply(placed, by_path[path])

    def _apply(self, placed: list[tuple[int, Diagnostic]], suppressions: list[Suppression]) -> None:
        """Mark the findings of a file, which come with their lines.

        Both are passed through from top to bottom, with the comments that reach the line at hand.
        """
        waiting = self._reaches(suppressions)
        active: list[_Reach] = []
        for line, finding in sorted(placed, key=_first_line):
            while waiting and waiting[-1].first <= line:
                active.append(waiting.pop())
            active = [reach for reach in active if reach.last >= line]
            # The last comment in the file gives the reason.
            reasons = [reach.take(finding.code) for reach in active]
            _, reason = max(filter(None, reasons), default=(0, None))
            if reason is not None:
                finding.suppressed = reason or "suppressed by a comment"

    def _reaches(self, suppressions: list[Suppression]) -> list[_Reach]:
        """What comments suppress in the same lines, the first lines last."""
        reaches: dict[tuple[int, int], _Reach] = {}
        for number, suppression in enumerate(suppressions):
            if self.expired(suppression):
                continue
            lines = (suppression.first, suppression.last)
            reach = reaches.setdefault(lines, _Reach(*lines))
            for name in suppression.codes:
                for code in self.resolve(name.text) or ():
                    uses = reach.by_code.setdefault(code, [])
                    uses.append((number, suppression, name.text))
        return sorted(reaches.values(), key=_by_first, reverse=True)

    def expired(self, suppression: Suppression) -> bool:
        """Whether the day in the comment's reason is over."""
        return suppression.until is not None and suppression.until < self.today

    def complaints(self, suppression: Suppression) -> Iterator[Complaint]:
        """The problems of a suppression; none for the comments of other linters."""
        if suppression.tool:
            return
        start, end = suppression.start, suppression.end
        if self.expired(suppression):
            message = f"this suppression ended on {suppression.until}"
            hint = "fix what it suppressed, or set a later day"
            yield Complaint("LN012", start, end, message, hint)
            return
        if not suppression.codes:
            message = "this suppression names no rule, so it suppresses nothing"
            hint = 'name the rules in brackets: "# composelint: ignore[missing-healthcheck] reason"'
            yield Complaint("LN011", start, end, message, hint)
            return
        if not suppression.reason:
            message, hint = "this suppression gives no reason", "write the reason after the bracket"
            yield Complaint("LN013", start, end, message, hint)
        for name, start, end in suppression.codes:
            codes = self.resolve(name)
            if codes is None:
                from ..rulebook.registry import meant_in_comment

                message = f'no rule is called "{name}"'
                yield Complaint("LN011", start, end, message, meant_in_comment(name))
            elif name not in suppression.used and any(map(self.ran, codes)):
                hint = "delete it, or move it to the line above what it is meant for"
                yield Complaint("LN010", start, end, f'"{name}" reports nothing here', hint)


class Complaint(NamedTuple):
    """A problem of a suppression: the code to report it under and its offsets in the file."""

    code: str
    start: int
    end: int
    message: str
    help: str
