"""Comments of other linters: the rules that they name, and the lines that they apply to.

Each applies where its own tool documents it, and to the findings that its tool would report:

- hadolint: ``# hadolint ignore=…``, ``global ignore=…`` and ``stage ignore=…``;
- ShellCheck: ``# shellcheck disable=…``, above or between the lines of an instruction;
- BuildKit: ``# check=skip=…``;
- dclint: ``# dclint disable…``;
- tally: ``# tally ignore=…``, ``# tally global ignore=…``;
- trivy: ``# trivy:ignore:…``, which may end with ``:exp:2027-01-31``;
- checkov: ``# checkov:skip=ID:reason``, which applies to the whole file;
- semgrep: ``# nosemgrep`` and ``# nosemgrep: id``;
- kics: ``# kics-scan ignore``, ``ignore-line``, ``ignore-block`` and ``disable=…``.
"""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..base.text import SourceFile
    from .places import EntryLines, InstructionLines

    _Reader = Callable[["Comment"], Iterator["Reached"]]


class Selector(NamedTuple):
    """One name in a suppression; ``start`` and ``end`` are its offsets in the file."""

    text: str
    start: int
    end: int


class Reached(NamedTuple):
    """What a comment of a tool suppresses.

    ``names`` are those of its rules, ``lines`` the first and the last line that it applies to,
    ``until`` is the last day in ISO format.
    """

    names: tuple[Selector, ...]
    lines: tuple[int, int]
    reason: str = ""
    until: str | None = None


class Comment:
    """One comment, and where in its file it is.

    ``stage_comments`` are the lines of all of hadolint's comments for a stage in the file.
    """

    __slots__ = ("own_line", "places", "source", "stage_comments", "start", "text")

    def __init__(
        self,
        source: SourceFile,
        start: int,
        end: int,
        own_line: bool,
        places: EntryLines | InstructionLines,
        stage_comments: Sequence[int] = (),
    ) -> None:
        self.source = source
        self.start = start
        self.text = source.text[start:end]
        self.own_line = own_line
        self.places = places
        self.stage_comments = stage_comments

    @property
    def line(self) -> int:
        """The line that it begins on."""
        return self.source.line_of(self.start)

    @property
    def whole_file(self) -> tuple[int, int]:
        """The first line of the file, and one below its last."""
        return 1, len(self.source.line_starts) + 1

    def next_to(self) -> tuple[int, int]:
        """The lines of what begins on its line, or below it if it is alone on a line."""
        return (self.places.after_line if self.own_line else self.places.of_line)(self.line)

    def below(self) -> tuple[int, int]:
        """The lines of what is below it."""
        return self.places.after_line(self.line)

    def names(self, match: re.Match[str], group: int, prefix: str = "") -> tuple[Selector, ...]:
        """The names in a group of a match of its text."""
        if not match[group]:
            return ()
        return tuple(
            Selector(prefix + name[0], self.start + name.start(), self.start + name.end())
            for name in _NAME.finditer(match.string, *match.span(group))
        )

    def all_of(self, tool: str) -> tuple[Selector, ...]:
        """The name for all rules that a tool has a counterpart of."""
        return (Selector(f"{tool}:*", self.start, self.start + len(self.text)),)


STAGE = on_demand(r"#\s*hadolint\s+stage\s+ignore\s*=")
"""hadolint's comments for the rest of a stage."""

_NAME = on_demand(r"[^\s,]+")
_HADOLINT = on_demand(r"#\s*hadolint\s+(global\s+|stage\s+)?ignore\s*=\s*([A-Za-z0-9_, \t-]+)")
_SHELLCHECK = on_demand(r"#\s*shellcheck\s+(?:\S+\s+)*?disable=([A-Za-z0-9,-]+)")
_CHECK = on_demand(r"#\s*check\s*=")
_SKIP = on_demand(r"(?:#\s*check\s*=|;)\s*skip\s*=([^;]*)")
_DCLINT = on_demand(r"#\s*dclint\s+(disable-file|disable-line|disable)\b(.*)")
_TALLY = on_demand(
    r"#\s*tally\s+(global\s+)?ignore\s*=\s*([\w, \t/.-]+?)\s*(?:;\s*reason\s*=\s*(.*))?$",
    re.IGNORECASE,
)
_TRIVY = on_demand(r"(?:(?<=\s)|(?<=#))trivy:ignore:([^\s:\[]+)(?:\[[^\]\s]*\])?(?::(\S*))?")
_EXPIRES = on_demand(r"(?:^|:)exp:(\d{4}-\d{2}-\d{2})\b")
_CHECKOV = on_demand(r"(?:checkov|bridgecrew):skip=\s*([A-Z][A-Z_0-9]*(?:,[A-Z_0-9]+)*)(?::(.*))?")
_SEMGREP = on_demand(
    r"#\s+nosem(?:grep)?\b(?!\s*:)|#(?:.*\s)?nosem(?:grep)?\s*:\s*([\w.-]+(?:\s*,\s*[\w.-]+)*)"
)
_KICS = on_demand(r"#+\s*kics-scan\s+(ignore-line|ignore-block|ignore|disable)\b(?:\s*=(.*))?")

_ABOUT_STAGE = frozenset(("semgrep:missing-user", "semgrep:missing-user-entrypoint"))
"""Rules that report the command of a stage for what the stage lacks, which is reported at FROM."""


def read_peer_comment(comment: Comment) -> Iterator[tuple[str, Reached]]:
    """What a comment suppresses, each with the tool that it is for; nothing for other comments.

    A comment may contain those of several tools.
    """
    for tool, hint, read in _READERS:
        if hint in comment.text:
            for reached in read(comment):
                yield tool, reached


def _hadolint(comment: Comment) -> Iterator[Reached]:
    match = _HADOLINT.match(comment.text)
    if not match:
        return
    lines: tuple[int, int] | None = comment.below()
    kind = (match[1] or "").strip()
    if kind == "global":
        lines = comment.whole_file
    elif kind == "stage":
        lines = comment.places.rest_of_stage(comment.line, comment.stage_comments)
    if lines is not None:
        yield Reached(comment.names(match, 2), lines)


def _shellcheck(comment: Comment) -> Iterator[Reached]:
    # ShellCheck reads those inside a script itself; this one is above or between lines.
    if match := _SHELLCHECK.match(comment.text):
        names = tuple(
            name._replace(text="shellcheck") if name.text == "all" else name
            for name in comment.names(match, 1)
        )
        yield Reached(names, comment.below())


def _dclint(comment: Comment) -> Iterator[Reached]:
    if match := _DCLINT.match(comment.text):
        end = comment.start + len(comment.text)
        names = comment.names(match, 2) or (Selector("ALL", comment.start, end),)
        of_line = match[1] == "disable-line"
        yield Reached(names, comment.next_to() if of_line else comment.whole_file)


def _buildkit(comment: Comment) -> Iterator[Reached]:
    if not comment.own_line or not _CHECK.match(comment.text):
        return
    skips = _SKIP.finditer(comment.text)
    names = tuple(name for skip in skips for name in comment.names(skip, 1))
    if any(name.text == "all" for name in names):
        names = comment.all_of("buildkit")
    # Among the directives it holds for the file, above an instruction for that one.
    before = comment.source.text[: comment.start].splitlines()
    is_directive = comment.line <= 3 and all(
        previous.startswith("#") for previous in before if previous.strip()
    )
    yield Reached(names, comment.whole_file if is_directive else comment.below())


def _tally(comment: Comment) -> Iterator[Reached]:
    if match := _TALLY.match(comment.text):
        names = comment.names(match, 2, "tally:")
        if any(name.text.lower() == "tally:all" for name in names):
            names = comment.all_of("tally")
        lines = comment.whole_file if match[1] else comment.below()
        yield Reached(names, lines, (match[3] or "").strip())


def _trivy(comment: Comment) -> Iterator[Reached]:
    for match in _TRIVY.finditer(comment.text):
        until = None
        if expires := _EXPIRES.search(match[2] or ""):
            until = _day_before(expires[1])
            if until is None:
                continue
        yield Reached(comment.names(match, 1, "trivy:"), comment.next_to(), until=until)


def _day_before(day: str) -> str | None:
    """The day before a day in ISO format; None if it is not a date."""
    from datetime import date, timedelta

    try:
        return (date.fromisoformat(day) - timedelta(days=1)).isoformat()
    except (ValueError, OverflowError):
        return None


def _checkov(comment: Comment) -> Iterator[Reached]:
    for match in _CHECKOV.finditer(comment.text):
        reason = (match[2] or "").strip().strip('"')
        yield Reached(comment.names(match, 1, "checkov:"), comment.whole_file, reason)


def _semgrep(comment: Comment) -> Iterator[Reached]:
    match = _SEMGREP.match(comment.text)
    if not match:
        return
    if not match[1]:
        yield Reached(comment.all_of("semgrep"), comment.next_to())
        return
    for name in comment.names(match, 1):
        # An id is written with the folders of its rule: dockerfile.security.missing-user.
        rule = name._replace(text=f"semgrep:{name.text.rpartition('.')[2]}")
        lines = comment.next_to()
        if rule.text in _ABOUT_STAGE:
            lines = comment.places.stage_around(lines[0]) or lines
        yield Reached((rule,), lines)


def _kics(comment: Comment) -> Iterator[Reached]:
    match = _KICS.match(comment.text)
    if not match or not comment.own_line:
        return
    command = match[1]
    if command == "ignore-line":
        yield Reached(comment.all_of("kics"), comment.places.one_below(comment.line))
    elif command == "ignore-block":
        block = comment.places.block_below(comment.line)
        if block is not None:
            yield Reached(comment.all_of("kics"), block)
    elif comment.places.is_at_start(comment.line):
        names = comment.all_of("kics")
        if command == "disable":
            names = comment.names(match, 2, "kics:")
        yield Reached(names, comment.whole_file)


_READERS: tuple[tuple[str, str, _Reader], ...] = (
    ("hadolint", "hadolint", _hadolint),
    ("shellcheck", "shellcheck", _shellcheck),
    ("dclint", "dclint", _dclint),
    ("buildkit", "check", _buildkit),
    ("tally", "tally", _tally),
    ("trivy", "trivy:", _trivy),
    ("checkov", ":skip=", _checkov),
    ("semgrep", "nosem", _semgrep),
    ("kics", "kics-scan", _kics),
)
"""Each tool with a text that all of its comments contain, and what reads them."""
