"""Comments that suppress findings: ours, and those of the peers that people already have.

``# composelint: ignore[CF201, missing-healthcheck] reason`` at the end of a line holds for
the entry that begins there, alone on a line for the entry or instruction below it;
``# composelint: file-ignore[...] reason`` holds for the file. ``until=2027-01-01`` in the
reason ends it. Honoured too: ``# hadolint ignore=…``, ``# hadolint global ignore=…``,
``# shellcheck disable=…``, ``# check=skip=…`` and ``# dclint disable…``.
"""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..source.yaml.nodes import Mapping, Node, Scalar, Sequence, YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from ..base.text import SourceFile
    from ..rule import Diagnostic

    _Extent = Callable[[int], tuple[int, int]]


class Suppression:
    """One comment and the lines that it covers (both ends included, counted from 1)."""

    __slots__ = (
        "codes",
        "end",
        "file",
        "first",
        "foreign",
        "last",
        "reason",
        "start",
        "until",
        "used",
    )

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
    """A comment as the readers find it: its offsets, and whether it stands alone on its line."""

    start: int
    end: int
    own_line: bool


_OURS = on_demand(
    r"#\s*composelint:\s*(file-ignore|ignore)\b\s*(?:\[([^\]]*)\])?[:\s]*(.*)", re.DOTALL
)
_HADOLINT = on_demand(r"#\s*hadolint\s+(global\s+|stage\s+)?ignore\s*=\s*([A-Za-z0-9_, \t-]+)")
_SHELLCHECK = on_demand(r"#\s*shellcheck\s+(?:\S+\s+)*?disable=([A-Za-z0-9,-]+)")
_CHECK = on_demand(r"#\s*check\s*=\s*(.*)")
_DCLINT = on_demand(r"#\s*dclint\s+(disable-file|disable-line|disable)\b(.*)")
_UNTIL = on_demand(r"\buntil=(\d{4}-\d{2}-\d{2})\b")
_NAME = on_demand(r"[^\s,]+")
_HINTS = ("composelint:", "hadolint", "dclint", "check=", "check =", "disable=SC", "disable=all")


def may_suppress(source: SourceFile) -> bool:
    """Whether a file can hold a suppression at all (nearly none does: a quick look)."""
    text = source.text
    return "#" in text and any(hint in text for hint in _HINTS)


def in_yaml(yaml: YamlFile) -> list[Suppression]:
    """The suppressions of a YAML file."""
    source = yaml.source
    if not may_suppress(source):
        return []
    extents = _Extents(yaml)
    marks = (Mark(*comment) for comment in yaml.comments)
    return list(_read(source, marks, extents.of_line, extents.after_line))


def in_lines(
    source: SourceFile, marks: Iterable[Mark], extents: list[tuple[int, int]]
) -> list[Suppression]:
    """The suppressions of a Dockerfile, ignore file or env file.

    ``extents`` are the first and last lines of its instructions, in order.
    """
    if not may_suppress(source):
        return []

    def after(line: int) -> tuple[int, int]:
        for first, last in extents:
            if first > line:
                return first, last
            # A comment between continued lines holds for the next physical line.
            if first <= line < last:
                return line + 1, line + 1
        return line + 1, line + 1

    def at(line: int) -> tuple[int, int]:
        return next((extent for extent in extents if extent[0] == line), (line, line))

    return list(_read(source, marks, at, after))


def in_host(listed: list[Suppression]) -> list[Suppression]:
    """Suppressions of a Dockerfile inside a Compose file, by the lines of that file."""
    for entry in listed:
        source = entry.file
        count = len(source.line_starts)

        def line_of(offset: int, source: SourceFile = source) -> int:
            span = source.locate(offset, offset)
            return span.file.position(span.start).line

        last = min(entry.last, count)
        end = source.line_starts[last] - 1 if last < count else len(source.text)
        entry.first = line_of(source.offset(min(entry.first, count)))
        entry.last = line_of(max(end, 0))
    return listed


def _read(
    source: SourceFile, marks: Iterable[Mark], at_line: _Extent, after_line: _Extent
) -> Iterator[Suppression]:
    everywhere = (1, len(source.line_starts) + 1)
    for start, end, own_line in marks:
        text = source.text[start:end]
        line = source.position(start).line
        found = _OURS.match(text)
        if found:
            where = everywhere
            if found[1] == "ignore":
                where = after_line(line) if own_line else at_line(line)
            codes = _names(found[2] or "", start + found.start(2)) if found[2] else ()
            yield Suppression(source, start, end, codes, *where, found[3].strip())
            continue
        found = _HADOLINT.match(text)
        if found:
            codes = _names(found[2], start + found.start(2))
            where = everywhere if (found[1] or "").strip() == "global" else after_line(line)
            yield Suppression(source, start, end, codes, *where, foreign=True)
            continue
        found = _SHELLCHECK.match(text)
        if found:
            # Inside a script ShellCheck reads it itself; here it stands above or between lines.
            codes = _names(found[1], start + found.start(1))
            codes = tuple(
                code._replace(text="shellcheck") if code.text == "all" else code for code in codes
            )
            yield Suppression(source, start, end, codes, *after_line(line), foreign=True)
            continue
        found = _DCLINT.match(text)
        if found:
            codes = _names(found[2], start + found.start(2)) or (Selector("ALL", start, end),)
            where = at_line(line) if found[1] == "disable-line" else everywhere
            if found[1] == "disable-line" and own_line:
                where = after_line(line)
            yield Suppression(source, start, end, codes, *where, foreign=True)
            continue
        found = _CHECK.match(text)
        if found and own_line:
            for part in found[1].split(";"):
                key, _, value = part.partition("=")
                if key.strip() != "skip":
                    continue
                codes = _names(value, start + text.find(value))
                if any(code.text == "all" for code in codes):
                    codes = (Selector("buildkit:*", start, end),)
                # Among the directives it holds for the file, above an instruction for that one.
                before = source.text[:start]
                leads = all(item.startswith("#") for item in before.splitlines() if item.strip())
                where = everywhere if leads and line <= 3 else after_line(line)
                yield Suppression(source, start, end, codes, *where, foreign=True)


def _names(text: str, offset: int) -> tuple[Selector, ...]:
    return tuple(
        Selector(found[0], offset + found.start(), offset + found.end())
        for found in _NAME.finditer(text)
    )


class _Extents:
    """The lines that the entries and items of a YAML file cover."""

    __slots__ = ("_by_first", "_lines", "_source")

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
        self._lines = sorted(self._by_first)

    def _add(self, start: int, end: int) -> None:
        first = self._source.position(start).line
        last = self._source.position(max(start, end - 1)).line
        if last > self._by_first.get(first, 0):
            self._by_first[first] = last

    def of_line(self, line: int) -> tuple[int, int]:
        return line, self._by_first.get(line, line)

    def after_line(self, line: int) -> tuple[int, int]:
        for first in self._lines:
            if first > line:
                return first, self._by_first[first]
        return line + 1, line + 1


def inert(yaml: YamlFile) -> Iterator[tuple[int, int]]:
    """Offsets of suppressions that stand inside a value, where they are only text."""
    text = yaml.source.text
    at = text.find("composelint: ignore[")
    if at < 0:
        return
    stack: list[Node] = list(yaml.documents)
    while stack:
        node = stack.pop()
        if isinstance(node, Mapping):
            stack += [entry.value for entry in node.entries]
        elif isinstance(node, Sequence):
            stack += node.items
        elif isinstance(node, Scalar) and node.style in ("|", ">"):
            body = text.find("\n", node.start)
            found = text.find("# composelint: ignore[", body, node.end) if body >= 0 else -1
            if found >= 0:
                end = text.find("\n", found)
                yield found, len(text) if end < 0 else min(end, node.end)


class SuppressionMatcher:
    """Applies the suppressions of a run's files to its findings.

    ``resolve`` turns a name in a comment into rule codes (None: no such rule); ``ran``
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

    def apply(self, found: Iterable[Diagnostic], by_path: dict[str, list[Suppression]]) -> None:
        """Mark the findings that a comment suppresses with its reason."""
        for item in found:
            span = item.span.origin
            listed = by_path.get(span.file.path)
            if not listed:
                continue
            line = span.file.position(span.start).line
            for entry in listed:
                if not entry.first <= line <= entry.last or self.expired(entry):
                    continue
                for selector in entry.codes:
                    codes = self.resolve(selector.text)
                    if codes and item.code in codes:
                        entry.used.add(selector.text)
                        item.suppressed = entry.reason or "suppressed by a comment"

    def expired(self, entry: Suppression) -> bool:
        return entry.until is not None and entry.until < self.today

    def complaints(self, entry: Suppression) -> Iterator[Complaint]:
        """What is wrong with one of our own suppressions."""
        if entry.foreign:
            return
        if self.expired(entry):
            yield Complaint(
                "LN012",
                entry.start,
                entry.end,
                f"this suppression ended on {entry.until}",
                "solve what it hid, or set a later day",
            )
            return
        if not entry.codes:
            yield Complaint(
                "LN011",
                entry.start,
                entry.end,
                "this suppression names no rule, so it suppresses nothing",
                'name the rules in brackets: "# composelint: ignore[missing-healthcheck] reason"',
            )
            return
        if not entry.reason:
            yield Complaint(
                "LN013",
                entry.start,
                entry.end,
                "this suppression gives no reason",
                "say why behind the bracket",
            )
        for selector in entry.codes:
            codes = self.resolve(selector.text)
            if codes is None:
                yield Complaint(
                    "LN011",
                    selector.start,
                    selector.end,
                    f'no rule is called "{selector.text}"',
                    "",
                )
            elif selector.text not in entry.used and any(self.ran(code) for code in codes):
                yield Complaint(
                    "LN010",
                    selector.start,
                    selector.end,
                    f'"{selector.text}" reports nothing here',
                    "delete it, or move it to the line above what it is meant for",
                )


class Complaint(NamedTuple):
    """Something wrong with a suppression: the code to report it under and its offsets."""

    code: str
    start: int
    end: int
    message: str
    help: str
