"""Dockerfile text to instructions that know where they stand.

Reads as BuildKit's parser does (moby/buildkit, ``frontend/dockerfile/parser``): parser
directives, line continuations with comments and blank lines in between, heredocs, ONBUILD.
Lines end at ``\\n`` only. Nothing here raises: what BuildKit would refuse becomes an entry
of ``DockerfileSyntax.problems`` and reading goes on at the next line.
"""

from __future__ import annotations

import re

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import Span
from .dockerfile_parts import Comment, Flag, Heredoc, Mount, Pair, Problem, Word
from .dockerfile_words import SPACE, heredoc_words
from .instruction import INSTRUCTIONS, Instruction

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..base.text import SourceFile

__all__ = [
    "DIRECTIVES",
    "INSTRUCTIONS",
    "MAX_LINE_BYTES",
    "Comment",
    "Directive",
    "DockerfileSyntax",
    "Flag",
    "Heredoc",
    "Instruction",
    "Mount",
    "Pair",
    "Problem",
    "Token",
    "Word",
    "parse_dockerfile",
]

MAX_LINE_BYTES = 65535
"""The longest physical line that BuildKit reads."""

DIRECTIVES = ("syntax", "escape", "check")

_DIRECTIVE = on_demand(r"#[\t\n\v\f\r \x85\xa0]*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)", re.DOTALL)
_NAME = on_demand(r"[^\t\v\f\r ]+")
_KEYWORD_LINE = on_demand(rf"(?:{'|'.join(sorted(INSTRUCTIONS))})[ \t]")
_ARITHMETIC = 200
"""How far before a ``<<`` its ``$((`` is looked for."""
_HEREDOC_OWNERS = frozenset(("ADD", "COPY", "RUN"))


class Directive(NamedTuple):
    """A parser directive such as ``# escape=```; ``name`` is lower case."""

    file: SourceFile
    name: str
    value: str
    start: int
    end: int
    value_start: int

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)

    @property
    def value_span(self) -> Span:
        return Span(self.file, self.value_start, self.value_start + len(self.value))


class Token(NamedTuple):
    """A stretch of the file. All tokens together are the file.

    Kinds: ``directive``, ``comment``, ``code`` (text of an instruction), ``heredoc`` (a
    body), ``terminator``, and ``space`` (blanks, line endings, continuation characters).
    """

    kind: str
    start: int
    end: int


class DockerfileSyntax:
    """A Dockerfile as it is written.

    ``comments`` are those outside instructions, in order; ``escape`` is the escape
    character in force; ``instructions`` includes those with unknown names.
    """

    __slots__ = ("_problems", "comments", "directives", "escape", "file", "found", "instructions")

    def __init__(self, file: SourceFile) -> None:
        self.file = file
        self.escape = "\\"
        self.directives: list[Directive] = []
        self.comments: list[Comment] = []
        self.instructions: list[Instruction] = []
        self.found: list[Problem] = []
        self._problems: list[Problem] | None = None

    @property
    def source(self) -> SourceFile:
        return self.file

    @property
    def problems(self) -> list[Problem]:
        """Everything that BuildKit's parser would refuse, in order."""
        if self._problems is None:
            from .dockerfile_problems import collect

            self._problems = collect(self)
        return self._problems

    @property
    def all_comments(self) -> list[Comment]:
        """All comments, those between an instruction's lines included."""
        inner = [c for each in self.instructions for c in each.inner_comments]
        return sorted(self.comments + inner, key=lambda comment: comment.start)

    def directive(self, name: str) -> Directive | None:
        for directive in self.directives:
            if directive.name == name:
                return directive
        return None

    @property
    def custom_frontend(self) -> bool:
        """Whether ``# syntax=`` names a frontend other than Docker's own.

        It may know other instructions.
        """
        directive = self.directive("syntax")
        if directive is None:
            return False
        image = directive.value.split(" ", 1)[0].split("@", 1)[0].rsplit("/", 2)
        name = image[-1].split(":", 1)[0]
        return image[-2:-1] != ["docker"] or name not in ("dockerfile", "dockerfile-upstream")

    def tokens(self) -> Iterator[Token]:
        """The whole file as consecutive tokens."""
        marks = [Token("directive", d.start, d.end) for d in self.directives]
        marks += [Token("comment", c.start, c.end) for c in self.all_comments]
        for instruction in self.instructions:
            marks += [Token("code", start, end) for start, end in instruction.pieces]
            for heredoc in instruction.heredocs:
                marks.append(Token("heredoc", heredoc.body_start, heredoc.body_end))
                terminator = heredoc.terminator_span
                marks.append(Token("terminator", terminator.start, terminator.end))
        at = 0
        for mark in sorted(marks, key=lambda mark: mark.start):
            if mark.end == mark.start:
                continue
            if mark.start > at:
                yield Token("space", at, mark.start)
            yield mark
            at = mark.end
        if at < len(self.file.text):
            yield Token("space", at, len(self.file.text))

    def __repr__(self) -> str:
        return f"DockerfileSyntax({self.file.path!r}, {len(self.instructions)} instructions)"


def parse_dockerfile(source: SourceFile) -> DockerfileSyntax:
    """Read a Dockerfile. Never raises; see ``DockerfileSyntax.problems``."""
    syntax = DockerfileSyntax(source)
    _Reader(syntax).read()
    return syntax


class _Reader:
    """One pass over the physical lines."""

    __slots__ = ("at", "last_seen", "lines", "number", "pending", "syntax", "text")

    def __init__(self, syntax: DockerfileSyntax) -> None:
        self.syntax = syntax
        self.text = syntax.file.text
        self.lines = self.text.split("\n")
        if not self.lines[-1]:
            self.lines.pop()
        self.number = 0  # lines read so far
        self.at = 0  # where the next line begins
        self.pending: list[Comment] = []
        self.last_seen: dict[tuple[bool, str], int] | None = None

    def read(self) -> None:
        lines, syntax, file = self.lines, self.syntax, self.syntax.file
        comments = syntax.comments
        count = len(lines)
        directives_open = True
        while self.number < count:
            line = lines[self.number]
            start = self.at
            self.number += 1
            self.at += len(line) + 1
            if line[-1:] == "\r":
                line = line.rstrip("\r")
            body = line.lstrip(SPACE)
            if not body:
                directives_open = False
                continue
            start += len(line) - len(body)
            if body[0] == "#":
                if directives_open:
                    directives_open = self.directive(body, start)
                    if directives_open:
                        continue
                comment = Comment(file, start, start + len(body), self.number)
                comments.append(comment)
                if len(body) > 1 and body[1:].strip(SPACE):
                    self.pending.append(comment)
                else:
                    self.pending = []
                continue
            directives_open = False
            self.instruction(body, start)
        if len(self.text) > MAX_LINE_BYTES // 4:
            self.long_lines()

    def directive(self, body: str, start: int) -> bool:
        """Take the line for a directive if it is one."""
        match = _DIRECTIVE.match(body)
        name = match[1].lower() if match else ""
        if match is None or name not in DIRECTIVES:
            return False
        syntax = self.syntax
        value = match[2].rstrip("\t\n\f\r ")
        end = start + len(body)
        if syntax.directive(name) is not None:
            message = f"the directive `{name}` was already given"
            syntax.found.append(Problem("duplicate-directive", message, start, end))
        elif name == "escape":
            if value in ("\\", "`"):
                syntax.escape = value
            else:
                message = f"the escape character can be \\ or `, not {value}"
                syntax.found.append(Problem("bad-directive", message, start, end))
        syntax.directives.append(
            Directive(syntax.file, name, value, start, end, start + match.start(2))
        )
        return True

    def instruction(self, body: str, start: int) -> None:
        """Read an instruction whose first line, left-trimmed, is ``body``."""
        syntax, escape = self.syntax, self.syntax.escape
        first_line = self.number
        end = start + len(body)
        text, starts, offsets = body, [0], [start]
        inner: list[Comment] = []
        empty: list[int] = []
        if escape in body and (kept := _continued(body, escape)) >= 0:
            text, end = self.continuation(body[:kept], end, starts, offsets, inner, empty)
        text = text.rstrip(SPACE)
        match = _NAME.search(text, len(text) - len(text.lstrip(SPACE)))
        if match is None:
            syntax.found.append(
                Problem("empty-instruction", "nothing follows this line continuation", start, end)
            )
            syntax.comments += inner
            return
        found = Instruction(
            syntax.file, escape, text, match.group(), match.start(), starts, offsets
        )
        found.start, found.end = start, end
        found.start_line, found.end_line = first_line, self.number
        if inner:
            found.inner_comments = inner
        if empty:
            found.empty_lines = empty
        if self.pending:
            found.comments = self.pending
            self.pending = []
        syntax.instructions.append(found)
        if "<<" in text:
            self.heredocs(found)

    def continuation(
        self,
        kept: str,
        end: int,
        starts: list[int],
        offsets: list[int],
        comments: list[Comment],
        empty: list[int],
    ) -> tuple[str, int]:
        """Join the lines that continue the one of which ``kept`` is left."""
        lines, escape, file = self.lines, self.syntax.escape, self.syntax.file
        count = len(lines)
        parts = [kept]
        total = len(kept)
        while self.number < count:
            line = lines[self.number]
            start = self.at
            self.number += 1
            self.at += len(line) + 1
            if line[-1:] == "\r":
                line = line.rstrip("\r")
            body = line.lstrip(SPACE)
            if not body:
                empty.append(self.number)
                continue
            end = start + len(line)
            if body[0] == "#":
                comments.append(Comment(file, end - len(body), end, self.number))
                continue
            more = _continued(line, escape) if escape in line else -1
            if more >= 0:
                line = line[:more]
            starts.append(total)
            offsets.append(start)
            parts.append(line)
            total += len(line)
            if more < 0:
                break
        return "".join(parts), end

    # --- heredocs

    def heredocs(self, instruction: Instruction) -> None:
        owner = instruction.inner if instruction.name == "ONBUILD" else instruction
        if owner is None or owner.name not in _HEREDOC_OWNERS or owner.json is not None:
            return
        found: list[Heredoc] = []
        for text in heredoc_words(instruction.text):
            word = Word(owner, text.at, instruction.text[text.at : text.end])
            heredoc = Heredoc(word, text)
            self.body(heredoc)
            if not heredoc.terminated and not self.unterminated(heredoc):
                continue
            found.append(heredoc)
            instruction.end = heredoc.terminator_end
            instruction.end_line = self.number
        if found:
            instruction.heredocs = found
            if owner is not instruction:
                owner.heredocs = found
                owner.end, owner.end_line = instruction.end, instruction.end_line

    def body(self, heredoc: Heredoc) -> None:
        """Find the terminator, and move behind it."""
        lines, name, strip = self.lines, heredoc.name, heredoc.strip_tabs
        heredoc.body_start = heredoc.body_end = min(self.at, len(self.text))
        if self.last_seen is not None and self.last_seen.get((strip, name), -1) < self.number:
            return
        at = self.at
        for number in range(self.number, len(lines)):
            line = lines[number]
            plain = line.rstrip("\r")
            if (plain.lstrip("\t") if strip else plain) == name:
                heredoc.terminated = True
                heredoc.body_end = at
                heredoc.terminator_start = at + len(plain) - len(name)
                heredoc.terminator_end = at + len(plain)
                self.number = number + 1
                self.at = at + len(line) + 1
                return
            at += len(line) + 1
        # From now on ask an index, so that many such heredocs cost no more than one.
        if self.last_seen is None:
            self.last_seen = {}
            for number, line in enumerate(lines):
                plain = line.rstrip("\r")
                self.last_seen[False, plain] = self.last_seen[True, plain.lstrip("\t")] = number

    def unterminated(self, heredoc: Heredoc) -> bool:
        """Report it and find where its body ends; False if it was meant as no heredoc."""
        word, text = heredoc.word, heredoc.word.owner.text
        span = word.span
        before = text[max(0, word.at - _ARITHMETIC) : word.at]
        arithmetic = before.rfind("((")
        if arithmetic >= 0 and "))" not in before[arithmetic:] and "))" in word.text:
            message = f"BuildKit takes `{word.text}` for a heredoc that nothing ends"
            self.syntax.found.append(Problem("shift-as-heredoc", message, span.start, span.end))
            return False
        message = f"no line `{heredoc.name}` ends this heredoc"
        self.syntax.found.append(Problem("unterminated-heredoc", message, span.start, span.end))
        # Its body ends where the next instruction seems to begin.
        at, lines = self.at, self.lines
        while self.number < len(lines) and not _KEYWORD_LINE.match(lines[self.number]):
            at += len(lines[self.number]) + 1
            self.number += 1
        self.at = at
        heredoc.body_end = min(at, len(self.text))
        heredoc.terminator_start = heredoc.terminator_end = heredoc.body_end
        return True

    def long_lines(self) -> None:
        at = 0
        for line in self.lines:
            if len(line) > MAX_LINE_BYTES // 4 and _utf8_length(line) > MAX_LINE_BYTES:
                message = f"BuildKit reads no line longer than {MAX_LINE_BYTES} bytes"
                self.syntax.found.append(Problem("line-too-long", message, at, at + len(line)))
            at += len(line) + 1


def _continued(line: str, escape: str) -> int:
    """How much of a line is left before its continuation character; -1 if it has none."""
    line = line.rstrip(" \t")
    if line[-1:] != escape or line[-2:-1] == escape:
        return -1
    return len(line) - 1


def _utf8_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
