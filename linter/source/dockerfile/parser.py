"""From the text of a Dockerfile to its instructions.

Reads as BuildKit's parser does (moby/buildkit, ``frontend/dockerfile/parser``): parser
directives, line continuations with comments and blank lines in between, heredocs, ONBUILD.
Lines end at ``\\n`` only. Nothing here raises: what BuildKit would refuse becomes an entry
of ``DockerfileSyntax.parser_problems``, and reading continues at the next line.
"""

from __future__ import annotations

import re

from ...base.patterns import on_demand
from .instruction import INSTRUCTIONS, Instruction
from .parts import Comment, Heredoc, Problem, Word
from .syntax import DIRECTIVES, MAX_LINE_BYTES, Directive, DockerfileSyntax
from .words import SPACE, heredoc_words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...base.text import SourceFile

_DIRECTIVE = on_demand(r"#[\t\n\v\f\r \x85\xa0]*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(\S.*)", re.DOTALL)
_NAME = on_demand(r"[^\t\v\f\r ]+")
_KEYWORD_LINE = on_demand(rf"(?:{'|'.join(sorted(INSTRUCTIONS))})[ \t]")
_ARITHMETIC = 200
"""How many characters before a ``<<`` its ``$((`` is searched for."""
_HEREDOC_OWNERS = frozenset(("ADD", "COPY", "RUN"))


def parse_dockerfile(source: SourceFile) -> DockerfileSyntax:
    """Read a Dockerfile. Never raises; ``problems_of`` gives the problems."""
    syntax = DockerfileSyntax(source)
    _Reader(syntax).read()
    return syntax


class _Reader:
    """One pass over the physical lines."""

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
        """Read the line if it is a directive; False if it is not."""
        match = _DIRECTIVE.match(body)
        name = match[1].lower() if match else ""
        if match is None or name not in DIRECTIVES:
            return False
        syntax = self.syntax
        value = match[2].rstrip("\t\n\f\r ")
        end = start + len(body)
        if syntax.directive(name) is not None:
            message = f"the directive `{name}` was already given"
            self.problem("duplicate-directive", message, start, end)
        elif name == "escape":
            if value in ("\\", "`"):
                syntax.escape = value
            else:
                message = f"the escape character can be \\ or `, not {value}"
                self.problem("bad-directive", message, start, end)
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
            message = "nothing follows this line continuation"
            self.problem("empty-instruction", message, start, end)
            syntax.comments += inner
            return
        instruction = Instruction(
            syntax.file, escape, text, match.group(), match.start(), starts, offsets
        )
        instruction.start, instruction.end = start, end
        instruction.start_line, instruction.end_line = first_line, self.number
        if inner:
            instruction.inner_comments = inner
        if empty:
            instruction.empty_lines = empty
        if self.pending:
            instruction.comments, self.pending = self.pending, []
        syntax.instructions.append(instruction)
        if "<<" in text:
            self.heredocs(instruction)

    def continuation(
        self,
        kept: str,
        end: int,
        starts: list[int],
        offsets: list[int],
        comments: list[Comment],
        empty: list[int],
    ) -> tuple[str, int]:
        """The text of a line with the lines that continue it, and its end in the file.

        ``kept`` is the line without its continuation character. The lists grow.
        """
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
        """Read the bodies of the heredocs that an instruction opens."""
        owner = instruction.inner if instruction.name == "ONBUILD" else instruction
        if owner is None or owner.name not in _HEREDOC_OWNERS or owner.json is not None:
            return
        heredocs: list[Heredoc] = []
        for text in heredoc_words(instruction.text):
            word = Word(owner, text.at, instruction.text[text.at : text.end])
            heredoc = Heredoc(word, text)
            self.body(heredoc)
            if heredoc.terminated or self.unterminated(heredoc):
                heredocs.append(heredoc)
                instruction.end = heredoc.terminator_end
                instruction.end_line = self.number
        instruction.heredocs = owner.heredocs = heredocs
        owner.end, owner.end_line = instruction.end, instruction.end_line

    def body(self, heredoc: Heredoc) -> None:
        """Find the terminator, and continue after it."""
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
        # From now on there is an index, so that many such heredocs cost no more than one.
        if self.last_seen is None:
            self.last_seen = {}
            for number, line in enumerate(lines):
                plain = line.rstrip("\r")
                self.last_seen[False, plain] = self.last_seen[True, plain.lstrip("\t")] = number

    def unterminated(self, heredoc: Heredoc) -> bool:
        """Report it and find where its body ends; False if it was not meant as a heredoc."""
        word, text = heredoc.word, heredoc.word.owner.text
        span = word.span
        before = text[max(0, word.at - _ARITHMETIC) : word.at]
        arithmetic = before.rfind("((")
        if arithmetic >= 0 and "))" not in before[arithmetic:] and "))" in word.text:
            message = f"BuildKit reads `{word.text}` as a heredoc, which has no end"
            self.problem("shift-as-heredoc", message, span.start, span.end)
            return False
        message = f"this heredoc has no closing line `{heredoc.name}`"
        self.problem("unterminated-heredoc", message, span.start, span.end)
        # Its body ends where the next instruction seems to begin.
        at, lines = self.at, self.lines
        while self.number < len(lines) and not _KEYWORD_LINE.match(lines[self.number]):
            at += len(lines[self.number]) + 1
            self.number += 1
        self.at = at
        heredoc.body_end = min(at, len(self.text))
        heredoc.terminator_start = heredoc.terminator_end = heredoc.body_end
        return True

    def problem(self, kind: str, message: str, start: int, end: int) -> None:
        self.syntax.parser_problems.append(Problem(kind, message, start, end))

    def long_lines(self) -> None:
        at = 0
        for line in self.lines:
            if len(line) > MAX_LINE_BYTES // 4 and _utf8_length(line) > MAX_LINE_BYTES:
                message = f"BuildKit does not read lines longer than {MAX_LINE_BYTES} bytes"
                self.problem("line-too-long", message, at, at + len(line))
            at += len(line) + 1


def _continued(line: str, escape: str) -> int:
    """How much of a line is left before its continuation character; -1 if it has none."""
    line = line.rstrip(" \t")
    if line[-1:] != escape or line[-2:-1] == escape:
        return -1
    return len(line) - 1


def _utf8_length(text: str) -> int:
    return len(text.encode("utf-8", "surrogatepass"))
