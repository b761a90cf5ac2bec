"""``.dockerignore`` files: their patterns, and which paths they exclude from a build context.

Reading follows ``ignorefile.ReadAll`` and matching ``MatchesOrParentMatches`` of
moby/patternmatcher: the last pattern that matches a path or one of its folders decides.
Unlike in ``.gitignore``, patterns are anchored at the root of the context. Paths are relative
to the context, with ``/``.
"""

from __future__ import annotations

import posixpath

from ..base.lazy import cached_property
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

    ``start`` and ``end`` are offsets in the file; ``line`` counts from 1, ``index`` counts the
    patterns from 0. ``valid`` is False for a pattern that Docker refuses; it matches nothing.
    """

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

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)

    @cached_property
    def matches(self) -> Callable[[str], bool]:
        """A function: whether the pattern matches a cleaned path itself (not its folders)."""
        from .ignore_match import compile_pattern

        return compile_pattern(self.cleaned) if self.valid else _never

    @cached_property
    def matches_deep(self) -> Callable[[str], bool]:
        """A function: whether the pattern matches a cleaned path or one of its folders."""
        from .ignore_match import compile_deep

        return compile_deep(self.cleaned) if self.valid else _never

    def __repr__(self) -> str:
        return f"IgnorePattern({self.raw!r})"


class IgnoreSyntax:
    """A ``.dockerignore`` file.

    ``comments`` are the offsets (start, end) of comment lines. The results for folders are
    kept, so that walking a tree costs one match per pattern and path.
    """

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.patterns: list[IgnorePattern] = []
        self.comments: list[tuple[int, int]] = []
        self.problems: list[IgnoreProblem] = []
        self._folders: dict[str, int] = {"": 0}

    def matches(self, path: str) -> bool:
        """Whether a path is excluded from the context."""
        pattern = self.deciding(path)
        return pattern is not None and not pattern.negated

    def deciding(self, path: str) -> IgnorePattern | None:
        """The pattern that decides about a path; None if no pattern matches it."""
        bits = self._bits(_relative(path))
        return self.patterns[bits.bit_length() - 1] if bits else None

    def _bits(self, path: str) -> int:
        """The patterns that match a path or one of its folders, as a bit each."""
        if path in (".", "") or len(path) > _MAX_PATH:
            # Docker lets no pattern exclude the context itself.
            return 0
        if path.count("/") > _MAX_DEPTH:
            return sum(1 << p.index for p in self.patterns if p.matches_deep(path))
        return self._folder_bits(path.rpartition("/")[0]) | self._own_bits(path)

    def _folder_bits(self, folder: str) -> int:
        bits = self._folders.get(folder)
        if bits is None:
            bits = self._folder_bits(folder.rpartition("/")[0]) | self._own_bits(folder)
            self._folders[folder] = bits
        return bits

    def _own_bits(self, path: str) -> int:
        """The patterns that match a path itself, as a bit each."""
        exact, others = self._by_kind
        bits = exact.get(path, 0)
        for bit, pattern in others:
            if pattern.matches(path):
                bits |= bit
        return bits

    @cached_property
    def _by_kind(self) -> tuple[dict[str, int], list[tuple[int, IgnorePattern]]]:
        """The bits of patterns that are plain paths, by path, and the other patterns' bits."""
        exact: dict[str, int] = {}
        others: list[tuple[int, IgnorePattern]] = []
        for pattern in self.patterns:
            bit = 1 << pattern.index
            if pattern.valid and any(char in pattern.cleaned for char in "*?[]\\"):
                others.append((bit, pattern))
            elif pattern.valid:
                exact[pattern.cleaned] = exact.get(pattern.cleaned, 0) | bit
        return exact, others

    def __repr__(self) -> str:
        return f"IgnoreSyntax({self.file.path!r}, {len(self.patterns)} patterns)"


def _relative(path: str) -> str:
    """A path as it is matched: ``src`` for the ``/src`` that COPY may have."""
    path = clean(path)
    return path[1:] if len(path) > 1 and path[0] == "/" else path


def _never(path: str) -> bool:
    return False


def parse_ignore(source: SourceFile) -> IgnoreSyntax:
    """Read a ``.dockerignore`` file. Never raises; see ``IgnoreSyntax.problems``."""
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
        if len(line) > MAX_LINE_BYTES // 4 and len(line.encode(errors="replace")) > MAX_LINE_BYTES:
            pattern.valid = False
            problem = (
                "line-too-long",
                f"Docker does not read lines longer than {MAX_LINE_BYTES} bytes",
            )
        elif pattern.valid:
            continue
        elif pattern.cleaned:
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
    """Whether Docker takes a pattern: brackets and escapes are complete, ranges ascend."""
    i, end = 0, len(pattern)
    while i < end:
        char = pattern[i]
        if char == "\\":
            i += 1
            if i >= end:
                return False
        elif char == "[":
            i = _class_end(pattern, i)
            if i < 0:
                return False
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
            # Go's Match would take a descending range, but Docker makes a regexp of it.
            if i < 0 or pattern[i - 1] < low:
                return -1
        ranges += 1
    return -1


def _class_character(pattern: str, i: int) -> int:
    """The index after one character of a class; -1 if there is none at ``i``."""
    if i >= len(pattern) or pattern[i] in "-]":
        return -1
    i += pattern[i] == "\\"
    return i + 1 if i < len(pattern) else -1


def ignore_candidates(dockerfile: str, context: str = ".") -> tuple[str, str]:
    """Where BuildKit looks for the ignore file of a build; it uses the first that exists.

    ``dockerfile`` and ``context`` are paths with ``/``. The two files are never merged.
    """
    beside = f"{clean(dockerfile)}.dockerignore"
    return beside, clean(posixpath.join(context or ".", ".dockerignore"))
