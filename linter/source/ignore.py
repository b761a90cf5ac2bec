"""``.dockerignore`` files: their patterns, and which paths they keep out of a build context.

Reading follows moby's ``ignorefile.ReadAll``, matching ``patternmatcher``'s
``MatchesOrParentMatches`` (moby/patternmatcher): the last pattern that matches a path or
one of its folders decides. Unlike ``.gitignore``, patterns are anchored at the root of the
context. Paths are relative to the context, with ``/``.
"""

from __future__ import annotations

import posixpath

from ..base.records import NamedTuple
from ..base.text import Span

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..base.text import SourceFile

MAX_LINE_BYTES = 65535
"""The longest line that Docker reads."""

_MAX_PATH = 4096
_MAX_DEPTH = 20

_SPACE = " \t\n\v\f\r\x85\xa0\u2028\u2029\u3000"


class IgnoreProblem(NamedTuple):
    """A line that makes Docker refuse the file.

    ``kind`` is ``bare-negation``, ``bad-pattern`` or ``line-too-long``.
    """

    kind: str
    message: str
    start: int
    end: int


class IgnorePattern:
    """One pattern. ``raw`` is the line trimmed, ``cleaned`` what is matched, without ``!``.

    ``start`` and ``end`` are offsets in the file, ``index`` counts the patterns from 0.
    ``valid`` is False for a pattern that Docker refuses, which matches nothing here.
    """

    __slots__ = (
        "_deep",
        "_match",
        "cleaned",
        "end",
        "file",
        "index",
        "line",
        "negated",
        "raw",
        "start",
        "valid",
    )

    def __init__(self, file: SourceFile, index: int, line: int, start: int, raw: str) -> None:
        self.file = file
        self.index = index
        self.line = line
        self.start = start
        self.end = start + len(raw)
        self.raw = raw
        self.negated = raw.startswith("!")
        self.cleaned = clean(raw[1:].strip(_SPACE) if self.negated else raw)
        if len(self.cleaned) > 1 and self.cleaned[0] == "/":
            self.cleaned = self.cleaned[1:]
        self.valid = bool(self.cleaned) and is_valid(self.cleaned)
        self._match: Callable[[str], bool] | None = None
        self._deep: Callable[[str], bool] | None = None

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)

    def matches(self, path: str) -> bool:
        """Whether the pattern itself matches a cleaned path (not one of its folders)."""
        if self._match is None:
            from .ignore_match import compile_pattern

            self._match = compile_pattern(self.cleaned) if self.valid else _never
        return self._match(path)

    def matches_deep(self, path: str) -> bool:
        """Whether the pattern matches a cleaned path or one of its folders."""
        if self._deep is None:
            from .ignore_match import compile_deep

            self._deep = compile_deep(self.cleaned) if self.valid else _never
        return self._deep(path)

    def __repr__(self) -> str:
        return f"IgnorePattern({self.raw!r})"


class IgnoreSyntax:
    """A ``.dockerignore`` file.

    ``comments`` are the offsets (start, end) of comment lines. A path is looked up through
    its folders, whose results are kept, so that walking a tree costs one match per pattern
    and path.
    """

    __slots__ = ("_exact", "_folders", "_others", "comments", "file", "patterns", "problems")

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.patterns: list[IgnorePattern] = []
        self.comments: list[tuple[int, int]] = []
        self.problems: list[IgnoreProblem] = []
        self._folders: dict[str, int] = {"": 0}
        self._exact: dict[str, int] | None = None
        self._others: list[tuple[int, IgnorePattern]] = []

    @property
    def has_negation(self) -> bool:
        return any(pattern.negated for pattern in self.patterns)

    def matches(self, path: str) -> bool:
        """Whether a path is kept out of the context."""
        pattern = self.deciding(path)
        return pattern is not None and not pattern.negated

    def deciding(self, path: str) -> IgnorePattern | None:
        """The pattern that decides about a path; None if none matches it."""
        bits = self._bits(_relative(path))
        return self.patterns[bits.bit_length() - 1] if bits else None

    def matching(self, path: str) -> list[IgnorePattern]:
        """Every pattern that matches a path or one of its folders, in order."""
        bits = self._bits(_relative(path))
        return [pattern for pattern in self.patterns if bits >> pattern.index & 1]

    def _bits(self, path: str) -> int:
        """The patterns that match, as a bit each."""
        if path in (".", "") or len(path) > _MAX_PATH:
            # Docker never lets a pattern keep out the context itself.
            return 0
        if path.count("/") > _MAX_DEPTH:
            return sum(1 << p.index for p in self.patterns if p.matches_deep(path))
        folders = self._folders
        parent, slash, _ = path.rpartition("/")
        if not slash:
            return self._own(path)
        bits = folders.get(parent)
        if bits is None:
            bits = at = 0
            while at >= 0:
                at = path.find("/", at + 1)
                if at >= 0:
                    folder = path[:at]
                    known = folders.get(folder)
                    if known is None:
                        known = folders[folder] = bits | self._own(folder)
                    bits = known
        return bits | self._own(path)

    def _own(self, path: str) -> int:
        if self._exact is None:
            self._exact = {}
            for pattern in self.patterns:
                bit = 1 << pattern.index
                if not pattern.valid:
                    continue
                if any(char in pattern.cleaned for char in "*?[]\\"):
                    self._others.append((bit, pattern))
                else:
                    self._exact[pattern.cleaned] = self._exact.get(pattern.cleaned, 0) | bit
        bits = self._exact.get(path, 0)
        for bit, pattern in self._others:
            if pattern.matches(path):
                bits |= bit
        return bits

    def __repr__(self) -> str:
        return f"IgnoreSyntax({self.file.path!r}, {len(self.patterns)} patterns)"


def _relative(path: str) -> str:
    """A path as it is matched; COPY writes ``/src`` for ``src``."""
    path = clean(path)
    return path[1:] if len(path) > 1 and path[0] == "/" else path


def _never(path: str) -> bool:
    return False


def parse_ignore(source: SourceFile) -> IgnoreSyntax:
    """Read a ``.dockerignore`` file. Never raises."""
    syntax = IgnoreSyntax(source)
    at = 0
    for number, line in enumerate(source.text.split("\n"), start=1):
        start, at = at, at + len(line) + 1
        if line.startswith("#"):
            syntax.comments.append((start, start + len(line.rstrip("\r"))))
            continue
        raw = line.strip(_SPACE)
        if not raw:
            continue
        start += len(line) - len(line.lstrip(_SPACE))
        pattern = IgnorePattern(source, len(syntax.patterns), number, start, raw)
        syntax.patterns.append(pattern)
        if (
            len(line) > MAX_LINE_BYTES // 4
            and len(line.encode("utf-8", "replace")) > MAX_LINE_BYTES
        ):
            pattern.valid = False
            message = f"Docker reads no line longer than {MAX_LINE_BYTES} bytes"
            syntax.problems.append(
                IgnoreProblem("line-too-long", message, pattern.start, pattern.end)
            )
        elif not pattern.valid:
            if pattern.cleaned:
                problem = "bad-pattern", f"`{raw}` is not a valid pattern"
            else:
                problem = "bare-negation", "`!` needs a pattern"
            syntax.problems.append(IgnoreProblem(*problem, pattern.start, pattern.end))
    return syntax


def clean(path: str) -> str:
    """A path without ``.``, ``..`` and doubled slashes, as Go's ``path.Clean``; ``""`` stays."""
    if not path:
        return ""
    if path[0] == "/":
        return posixpath.normpath("/" + path.lstrip("/"))
    return posixpath.normpath(path)


def is_valid(pattern: str) -> bool:
    """Whether Docker takes a pattern: brackets and escapes are complete, ranges go upwards."""
    i, end = 0, len(pattern)
    while i < end:
        char = pattern[i]
        if char == "\\":
            i += 1
            if i >= end:
                return False
        elif char == "[":
            stop = _class_end(pattern, i)
            if stop < 0:
                return False
            i = stop
        i += 1
    return True


def _class_end(pattern: str, i: int) -> int:
    """The index of the ``]`` that ends a character class; -1 if the class is malformed."""
    end = len(pattern)
    i += 1
    if i < end and pattern[i] == "^":
        i += 1
    ranges = 0
    while i < end:
        if pattern[i] == "]" and ranges:
            return i
        i = _class_character(pattern, i)
        if i < 0:
            return -1
        if pattern[i : i + 1] == "-":
            low = pattern[i - 1]
            i = _class_character(pattern, i + 1)
            # Go's Match would take a range that is upside down, but Docker makes a regexp of it.
            if i < 0 or pattern[i - 1] < low:
                return -1
        ranges += 1
    return -1


def _class_character(pattern: str, i: int) -> int:
    """The index after one character of a class; -1 if none may stand there."""
    if i >= len(pattern) or pattern[i] in "-]":
        return -1
    if pattern[i] == "\\":
        i += 1
        if i >= len(pattern):
            return -1
    return i + 1


def ignore_candidates(dockerfile: str, context: str = ".") -> tuple[str, str]:
    """Where BuildKit looks for the ignore file of a build; the first that exists is the one.

    ``dockerfile`` and ``context`` are paths with ``/``. The two files are never merged.
    """
    beside = f"{clean(dockerfile)}.dockerignore"
    return beside, clean(posixpath.join(context or ".", ".dockerignore"))
