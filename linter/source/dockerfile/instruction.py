"""One Dockerfile instruction: its joined text, and the parts of it that rules read.

``parser.py`` finds where an instruction begins and ends; everything else is computed when it
is first asked for. Every index into ``Instruction.text`` maps back to the file, through line
continuations.
"""

from __future__ import annotations

from bisect import bisect_right

from ...base.text import Span
from .parts import Flag, Mount, Pair, Problem, Word
from .words import (
    first_chunk,
    json_array,
    json_problem,
    skip_word,
    split_chunks,
    split_flags,
    split_quoted,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from ...base.text import SourceFile
    from .parts import Comment, Heredoc

# fmt: off
INSTRUCTIONS = frozenset((
    "ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL",
    "MAINTAINER", "ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR",
))
# fmt: on

_JSON_FORM = frozenset(
    ("ADD", "CMD", "COPY", "ENTRYPOINT", "HEALTHCHECK", "RUN", "SHELL", "VOLUME")
)
_COMMAND_FORM = frozenset(("CMD", "ENTRYPOINT", "HEALTHCHECK", "RUN", "SHELL"))
_ONE_ARGUMENT = frozenset(("MAINTAINER", "STOPSIGNAL", "USER", "WORKDIR"))
_PAIRS = frozenset(("ARG", "ENV", "LABEL"))


class Instruction:
    """An instruction, or the one inside ONBUILD.

    ``text`` is the line as BuildKit joins it: without continuations, comments and blank
    lines in between, blanks at its end and heredoc bodies. ``start`` to ``end`` covers it in
    the file, with its heredocs and their terminators; ``start_line`` and ``end_line`` count
    from 1.

    ``name`` is the keyword in upper case, ``raw_name`` as written, ``name_at`` its index in
    ``text``. ``comments`` are those above it that belong to it (an empty comment ends what
    belongs together, a blank line does not), and ``inner_comments`` those between its lines;
    ``empty_lines`` are the numbers of the blank lines between its lines. ``outer`` is the
    ONBUILD around an inner instruction.
    """

    __slots__ = (
        "_arguments_at",
        "_flags",
        "_inner",
        "_json",
        "_offsets",
        "_pairs",
        "_starts",
        "_words",
        "comments",
        "empty_lines",
        "end",
        "end_line",
        "escape",
        "file",
        "heredocs",
        "inner_comments",
        "name",
        "name_at",
        "outer",
        "raw_name",
        "start",
        "start_line",
        "text",
    )

    def __init__(
        self,
        file: SourceFile,
        escape: str,
        text: str,
        name: str,
        name_at: int,
        starts: list[int],
        offsets: list[int],
    ) -> None:
        self.file = file
        self.escape = escape
        self.text = text
        self.raw_name = name
        self.name = name.upper()
        self.name_at = name_at
        self._starts = starts
        self._offsets = offsets
        self._flags: list[Flag] | None = None
        self._words: list[Word] | None = None
        self._pairs: list[Pair] | None = None
        self._inner: Instruction | None = None
        self.heredocs: Sequence[Heredoc] = ()
        self.comments: Sequence[Comment] = ()
        self.inner_comments: Sequence[Comment] = ()
        self.empty_lines: Sequence[int] = ()
        self.outer: Instruction | None = None
        self.start = self.end = self.start_line = self.end_line = 0

    # --- places

    def source_offset(self, index: int) -> int:
        """The offset in the file of an index into ``text``."""
        starts = self._starts
        if len(starts) == 1:
            return self._offsets[0] + index
        piece = bisect_right(starts, index) - 1
        return self._offsets[piece] + index - starts[piece]

    def source_end(self, index: int) -> int:
        """The offset at which a range of ``text`` that ends at ``index`` ends in the file."""
        return self.source_offset(index - 1) + 1 if index > 0 else self.source_offset(0)

    def span_of(self, start: int, end: int) -> Span:
        """The place in the file of a range of ``text``."""
        begin = self.source_offset(start)
        return Span(self.file, begin, self.source_end(end) if end > start else begin)

    @property
    def span(self) -> Span:
        """From the keyword to the end of the last line (without its line ending)."""
        return Span(self.file, self.start, self.end)

    @property
    def lines(self) -> Span:
        """All lines of the instruction, from the first column, with the line ending."""
        file = self.file
        return Span(file, file.offset(self.start_line), file.offset(self.end_line + 1))

    @property
    def name_span(self) -> Span:
        return self.span_of(self.name_at, self.name_at + len(self.raw_name))

    @property
    def pieces(self) -> list[tuple[int, int]]:
        """The offsets (start, end) in the file of the pieces that ``text`` is joined from."""
        size = len(self.text)
        ends = [*self._starts[1:], size]
        return [
            (offset, offset + min(end, size) - start)
            for start, end, offset in zip(self._starts, ends, self._offsets, strict=True)
            if start < size
        ]

    # --- flags and arguments

    @property
    def flags(self) -> list[Flag]:
        """The leading ``--flags``, in order."""
        if self._flags is None:
            self._flags = self._split()
        return self._flags

    @property
    def arguments_at(self) -> int:
        """The index in ``text`` at which the arguments begin, after the flags."""
        if self._flags is None:
            self._flags = self._split()
        return self._arguments_at

    def _split(self) -> list[Flag]:
        """The flags. Sets the place of the arguments, and the elements of their JSON form."""
        text = self.text
        flags, at = split_flags(text, self.name_at + len(self.raw_name), self.escape)
        self._arguments_at = at
        self._json: list[Word] | None = None
        if self.name in _JSON_FORM:
            elements = json_array(text, skip_word(text, at) if self.name == "HEALTHCHECK" else at)
            if elements is not None:
                self._json = [Word(self, index, raw, value) for index, raw, value in elements]
        return [Flag(self, flag) for flag in flags]

    def flag(self, name: str) -> Flag | None:
        """The last flag of that name."""
        return next((flag for flag in reversed(self.flags) if flag.name == name), None)

    @property
    def arguments(self) -> str:
        """Everything after the keyword and its flags, trimmed."""
        return self.text[self.arguments_at :]

    @property
    def mounts(self) -> list[Mount]:
        """The ``--mount`` flags of RUN."""
        return [Mount(flag) for flag in self.flags if flag.name == "mount"]

    # --- commands

    @property
    def command_at(self) -> int:
        """The index of the command of RUN, CMD, ENTRYPOINT, SHELL or HEALTHCHECK CMD."""
        at = self.arguments_at
        return skip_word(self.text, at) if self.name == "HEALTHCHECK" else at

    @property
    def command(self) -> str:
        """The command's text, shell or JSON, trimmed; empty for other instructions."""
        return self.text[self.command_at :] if self.name in _COMMAND_FORM else ""

    @property
    def json(self) -> list[Word] | None:
        """The elements of the JSON form; None when the instruction has another form."""
        if self._flags is None:
            self._flags = self._split()
        return self._json

    @property
    def json_error(self) -> Problem | None:
        """Why arguments that look like the JSON form are not (BuildKit takes another form)."""
        if self.json is not None or self.name not in _JSON_FORM:
            return None
        problem = json_problem(self.text, self.command_at)
        if problem is None:
            return None
        span = self.span_of(problem.at, problem.end)
        return Problem(problem.kind, problem.message, span.start, span.end)

    # --- words

    @property
    def words(self) -> list[Word]:
        """The arguments as words.

        JSON elements where the JSON form is used; the one argument, blanks included, of
        USER, WORKDIR, STOPSIGNAL and MAINTAINER; the type of HEALTHCHECK; empty for a
        shell command, which ``scripts.py`` reads.
        """
        if self._words is None:
            self._words = self._split_words()
        return self._words

    def _split_words(self) -> list[Word]:
        name, at, text = self.name, self.arguments_at, self.text
        if name == "HEALTHCHECK":
            words = split_chunks(text, at)[:1]
        elif name in _ONE_ARGUMENT:
            words = [(at, text[at:])] if at < len(text) else []
        elif name in _PAIRS:
            words = split_quoted(text, at, self.escape)
        elif (elements := self.json) is not None:
            return elements
        elif name in _COMMAND_FORM or name == "ONBUILD":
            return []
        else:
            words = split_chunks(text, at)
        return [Word(self, index, word) for index, word in words]

    @property
    def _is_legacy(self) -> bool:
        """Whether an ENV or LABEL has the form ``ENV key value``."""
        return self.name != "ARG" and bool(self.words) and "=" not in self.words[0].text

    @property
    def pairs(self) -> list[Pair]:
        """The pairs of ENV, LABEL and ARG, without the words that are not pairs."""
        if self._pairs is None:
            self._pairs = self._split_pairs()
        return self._pairs

    def _split_pairs(self) -> list[Pair]:
        if self.name not in _PAIRS:
            return []
        if self._is_legacy:
            return self._legacy_pair()
        pairs: list[Pair] = []
        for word in self.words:
            key, equals, value = word.text.partition("=")
            if equals:
                at = word.at + len(key) + 1
                pairs.append(Pair(Word(self, word.at, key), Word(self, at, value)))
            elif self.name == "ARG":
                pairs.append(Pair(word, None))
        return pairs

    def _legacy_pair(self) -> list[Pair]:
        text = self.text
        chunks = split_chunks(text, self.arguments_at)
        if len(chunks) < 2:
            return []
        (at, key), (value_at, _) = chunks[:2]
        return [Pair(Word(self, at, key), Word(self, value_at, text[value_at:]), legacy=True)]

    @property
    def sources(self) -> list[Word]:
        """The arguments of COPY and ADD that are copied, heredocs included."""
        return self.words[:-1] if self.name in ("ADD", "COPY") else []

    @property
    def destination(self) -> Word | None:
        """The target of COPY and ADD; None when they have fewer than two arguments."""
        return self.words[-1] if self.name in ("ADD", "COPY") and len(self.words) > 1 else None

    @property
    def inner(self) -> Instruction | None:
        """The instruction that ONBUILD defers; it shares ``text`` and heredocs with this one.

        ONBUILD may not defer ONBUILD, so what such a one defers is not read.
        """
        if self._inner is None and self.name == "ONBUILD" and self.outer is None:
            self._inner = self._read_inner()
        return self._inner

    def _read_inner(self) -> Instruction | None:
        first = first_chunk(self.text, self.arguments_at)
        if first is None:
            return None
        at, name = first
        inner = Instruction(
            self.file, self.escape, self.text, name, at, self._starts, self._offsets
        )
        inner.outer = self
        inner.start, inner.end = self.source_offset(at), self.end
        inner.start_line = self.file.position(inner.start).line
        inner.end_line = self.end_line
        inner.heredocs = self.heredocs
        inner.inner_comments, inner.empty_lines = self.inner_comments, self.empty_lines
        return inner

    # --- problems

    @property
    def problems(self) -> list[Problem]:
        """The problems that stop BuildKit's parser in this instruction, those of flags excepted."""
        if self.name in _PAIRS:
            return self._pair_problems()
        if self.name == "ONBUILD" and self.inner is not None:
            return self.inner.problems
        error = self.json_error
        return [error] if error is not None and error.kind == "json-type" else []

    def _pair_problems(self) -> list[Problem]:
        problems: list[Problem] = []
        words = self.words if self.name != "ARG" else []
        if self._is_legacy:
            if not self.pairs:
                message = f"{self.name} needs a value: {words[0].text}=…"
                problems.append(Problem("missing-value", message, words[0].start, words[0].end))
        else:
            for word in words:
                if "=" not in word.text:
                    message = f"`{word.text}` is not of the form name=value"
                    problems.append(Problem("missing-equals", message, word.start, word.end))
        for pair in self.pairs:
            if not pair.key.text:
                span = pair.span
                message = f"{self.name} names cannot be blank"
                problems.append(Problem("blank-name", message, span.start, span.end))
        return problems

    def __repr__(self) -> str:
        return f"Instruction({self.start_line}: {self.text[self.name_at :][:40]!r})"
