"""Comments that suppress findings: our own, and those of other linters.

``# composelint: ignore[CF201, missing-healthcheck] reason`` at the end of a line applies to
the entry that begins there, alone on a line to the entry or instruction below it;
``# composelint: file-ignore[...] reason`` applies to the file. ``until=2027-01-01`` in the
reason is the last day on which it applies. Also supported: ``# hadolint ignore=…``, ``# hadolint global ignore=…``,
``# shellcheck disable=…``, ``# check=skip=…`` and ``# dclint disable…``.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..source.yaml.nodes import Mapping, Node, Sequence, YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..base.text import SourceFile
    from ..rule import Diagnostic

    _Extent = Callable[[int], tuple[int, int]]


class Suppression:
    """A comment and the lines that it applies to, ``first`` to ``last``, counted from 1.

    ``codes`` are the names in it, ``used`` those that suppressed a finding. ``foreign`` marks
    the comments of other linters. ``until`` is the last day in ISO format, None for no end.
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
        foreign: bool = False,
    ) -> None:
        self.file = file
        self.start = start
        self.end = end
        self.codes = codes
        self.first = first
        self.last = last
        self.reason = reason
        self.foreign = foreign
        self.used: set[str] = set()
        until = _UNTIL.search(reason)
        self.until: str | None = until[1] if until else None


class Selector(NamedTuple):
    """One name in a suppression; ``start`` and ``end`` are its offsets in the file."""

    text: str
    start: int
    end: int


class Mark(NamedTuple):
    """The offsets of a comment, and whether it is alone on its line."""

    start: int
    end: int
    own_line: bool


_OURS = on_demand(
    r"#\s*composelint:\s*(file-ignore|ignore)\b\s*(?:\[([^\]]*)\])?[:\s]*(.*)", re.DOTALL
)
_HADOLINT = on_demand(r"#\s*hadolint\s+(global\s+|stage\s+)?ignore\s*=\s*([A-Za-z0-9_, \t-]+)")
_SHELLCHECK = on_demand(r"#\s*shellcheck\s+(?:\S+\s+)*?disable=([A-Za-z0-9,-]+)")
_CHECK = on_demand(r"#\s*check\s*=")
_SKIP = on_demand(r"(?:#\s*check\s*=|;)\s*skip\s*=([^;]*)")
_DCLINT = on_demand(r"#\s*dclint\s+(disable-file|disable-line|disable)\b(.*)")
_UNTIL = on_demand(r"\buntil=(\d{4}-\d{2}-\d{2})\b")
_NAME = on_demand(r"[^\s,]+")


def in_yaml(yaml: YamlFile) -> list[Suppression]:
    """The suppressions of a YAML file."""
    source = yaml.source
    entries = EntryLines(yaml)
    marks = (Mark(*comment) for comment in yaml.comments)
    return list(_read(source, marks, entries.of_line, entries.after_line))


def in_lines(
    source: SourceFile, marks: Iterable[Mark], extents: list[tuple[int, int]]
) -> list[Suppression]:
    """The suppressions of a Dockerfile, ignore file or env file.

    ``extents`` are the first and last lines of its instructions, in order.
    """

    def after(line: int) -> tuple[int, int]:
        for first, last in extents:
            if first > line:
                return first, last
            # A comment between continued lines applies to the next physical line.
            if first <= line < last:
                return line + 1, line + 1
        return line + 1, line + 1

    def at(line: int) -> tuple[int, int]:
        return next((extent for extent in extents if extent[0] == line), (line, line))

    return list(_read(source, marks, at, after))


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
    source: SourceFile, marks: Iterable[Mark], at_line: _Extent, after_line: _Extent
) -> Iterator[Suppression]:
    """The suppressions among the comments of a file."""
    whole_file = (1, len(source.line_starts) + 1)
    for start, end, own_line in marks:
        text = source.text[start:end]
        line = source.position(start).line
        next_to = after_line if own_line else at_line
        if match := _OURS.match(text):
            lines = next_to(line) if match[1] == "ignore" else whole_file
            yield Suppression(source, start, end, _names(match, 2, start), *lines, match[3].strip())
            continue
        if match := _HADOLINT.match(text):
            names = _names(match, 2, start)
            is_global = (match[1] or "").strip() == "global"
            lines = whole_file if is_global else after_line(line)
        elif match := _SHELLCHECK.match(text):
            # ShellCheck reads those inside a script itself; this one is above or between lines.
            names = tuple(
                name._replace(text="shellcheck") if name.text == "all" else name
                for name in _names(match, 1, start)
            )
            lines = after_line(line)
        elif match := _DCLINT.match(text):
            names = _names(match, 2, start) or (Selector("ALL", start, end),)
            lines = next_to(line) if match[1] == "disable-line" else whole_file
        elif own_line and _CHECK.match(text):
            skips = _SKIP.finditer(text)
            names = tuple(name for skip in skips for name in _names(skip, 1, start))
            if any(name.text == "all" for name in names):
                names = (Selector("buildkit:*", start, end),)
            # Among the directives it holds for the file, above an instruction for that one.
            before = source.text[:start].splitlines()
            is_directive = line <= 3 and all(
                previous.startswith("#") for previous in before if previous.strip()
            )
            lines = whole_file if is_directive else after_line(line)
        else:
            continue
        if names:
            yield Suppression(source, start, end, names, *lines, foreign=True)


def _names(match: re.Match[str], group: int, offset: int) -> tuple[Selector, ...]:
    """The names in a group of a match in a comment that begins at an offset."""
    if not match[group]:
        return ()
    return tuple(
        Selector(name[0], offset + name.start(), offset + name.end())
        for name in _NAME.finditer(match.string, *match.span(group))
    )


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

    def of_line(self, line: int) -> tuple[int, int]:
        """The lines of the longest entry that begins on a line, or the line alone."""
        return line, self._by_first.get(line, line)

    def after_line(self, line: int) -> tuple[int, int]:
        """The lines of the next entry below a line, or the next line alone."""
        index = bisect_right(self._firsts, line)
        return self.of_line(self._firsts[index] if index < len(self._firsts) else line + 1)

    def around(self, line: int) -> list[int]:
        """The first lines of the entries that contain a line, the innermost entry first."""
        return [first for first in reversed(self._firsts) if first <= line <= self._by_first[first]]


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
        for finding in findings:
            span = finding.span.origin
            suppressions = by_path.get(span.file.path)
            if not suppressions:
                continue
            line = span.file.line_of(span.start)
            for suppression in suppressions:
                if not suppression.first <= line <= suppression.last or self.expired(suppression):
                    continue
                for name in suppression.codes:
                    codes = self.resolve(name.text)
                    if codes and finding.code in codes:
                        suppression.used.add(name.text)
                        finding.suppressed = suppression.reason or "suppressed by a comment"

    def expired(self, suppression: Suppression) -> bool:
        """Whether the day in the comment's reason is over."""
        return suppression.until is not None and suppression.until < self.today

    def complaints(self, suppression: Suppression) -> Iterator[Complaint]:
        """The problems of a suppression; none for the comments of other linters."""
        if suppression.foreign:
            return
        start, end = suppression.start, suppression.end
        if self.expired(suppression):
            message = f"this suppression ended on {suppression.until}"
            hint = "solve what it hid, or set a later day"
            yield Complaint("LN012", start, end, message, hint)
            return
        if not suppression.codes:
            message = "this suppression names no rule, so it suppresses nothing"
            hint = 'name the rules in brackets: "# composelint: ignore[missing-healthcheck] reason"'
            yield Complaint("LN011", start, end, message, hint)
            return
        if not suppression.reason:
            message, hint = "this suppression gives no reason", "say why behind the bracket"
            yield Complaint("LN013", start, end, message, hint)
        for name, start, end in suppression.codes:
            codes = self.resolve(name)
            if codes is None:
                yield Complaint("LN011", start, end, f'no rule is called "{name}"', "")
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
