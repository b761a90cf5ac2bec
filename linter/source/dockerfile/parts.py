"""The parts of a Dockerfile instruction: words, flags, pairs, mounts, heredocs, comments.

Each has the instruction that contains it (``owner``) and its index there; ``span`` is its
place in the file, computed when it is asked for.
"""

from __future__ import annotations

from ...base.records import NamedTuple
from ...base.text import Span
from .variables import expand, references, unquote

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from ...base.text import SourceFile
    from .variables import Reference
    from .words import FlagText, HeredocText

    class Owner(Protocol):
        """The members of an instruction that its parts use."""

        file: SourceFile
        name: str
        text: str
        escape: str

        def source_offset(self, index: int, /) -> int: ...
        def source_end(self, index: int, /) -> int: ...
        def span_of(self, start: int, end: int, /) -> Span: ...


class Problem(NamedTuple):
    """Something in a Dockerfile that BuildKit does not understand.

    ``kind`` is a stable short name (``unknown-instruction``); ``start`` and ``end`` are
    offsets in the file; ``suggestion`` is the word that was probably meant.
    """

    kind: str
    message: str
    start: int
    end: int
    suggestion: str | None = None


class Comment(NamedTuple):
    """A line that is a comment, without its indentation and line ending."""

    file: SourceFile
    start: int
    end: int
    line: int

    @property
    def text(self) -> str:
        """The text after the ``#``, trimmed."""
        return self.file.text[self.start + 1 : self.end].strip()

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)


class Heredoc:
    """A here-document: the word that opens it, its body and its terminator.

    ``body_start`` to ``body_end`` are complete lines. An unterminated heredoc has an empty
    ``terminator_span`` at the end of the lines that were taken for its body.
    """

    def __init__(self, word: Word, text: HeredocText) -> None:
        self.word = word
        self.name = text.name
        self.strip_tabs = text.strip_tabs
        self.expand = text.expand
        self.terminated = False
        self.body_start = self.body_end = self.terminator_start = self.terminator_end = 0

    @property
    def body(self) -> str:
        """The lines of the body, as they are in the file."""
        return self.word.owner.file.text[self.body_start : self.body_end]

    @property
    def content(self) -> str:
        """The text that the command or file receives: without leading tabs for ``<<-``."""
        if not self.strip_tabs:
            return self.body
        return "\n".join(line.lstrip("\t") for line in self.body.split("\n"))

    @property
    def span(self) -> Span:
        return self.word.span

    @property
    def terminator_span(self) -> Span:
        return Span(self.word.owner.file, self.terminator_start, self.terminator_end)

    def __repr__(self) -> str:
        return f"Heredoc({self.name!r})"


class Word:
    """A word of an instruction. ``text`` is as written, ``at`` its index in ``owner.text``."""

    __slots__ = ("_value", "at", "owner", "text")

    def __init__(self, owner: Owner, at: int, text: str, value: str | None = None) -> None:
        self.owner = owner
        self.at = at
        self.text = text
        self._value = value

    @property
    def value(self) -> str:
        """The word without quotes and escapes; variables stay as they are written."""
        if self._value is None:
            self._value = unquote(self.text, self.owner.escape)
        return self._value

    @property
    def start(self) -> int:
        return self.owner.source_offset(self.at)

    @property
    def end(self) -> int:
        return self.owner.source_end(self.at + len(self.text))

    @property
    def span(self) -> Span:
        return self.owner.span_of(self.at, self.at + len(self.text))

    @property
    def is_json(self) -> bool:
        """Whether the word is an element of a JSON array (``text`` has its quotes)."""
        return self._value is not None and self.text.startswith('"')

    @property
    def has_variable(self) -> bool:
        """Whether the word has a ``$NAME`` or ``${NAME…}`` that is replaced."""
        return "$" in self.text and bool(self.references)

    @property
    def references(self) -> list[Reference]:
        """The variables in the word; their positions are indices into ``text``."""
        return references(self.text, escape=self.owner.escape)

    def part(self, start: int, end: int) -> Span:
        """The place in the file of a range of ``text``."""
        return self.owner.span_of(self.at + start, self.at + end)

    def expand(self, variables: Mapping[str, str | None], closed: bool = False) -> str | None:
        """The value with its variables replaced, or None if it cannot be known."""
        text = self.value if self.is_json else self.text
        return expand(text, variables, escape=self.owner.escape, closed=closed)

    def __repr__(self) -> str:
        return f"Word({self.text!r})"


class Flag:
    """A leading ``--name=value``; ``value`` is None when there is no ``=``."""

    __slots__ = ("at", "name", "owner", "text", "value", "value_at")

    def __init__(self, owner: Owner, flag: FlagText) -> None:
        self.owner = owner
        self.at = flag.at
        self.text = owner.text[flag.at : flag.end]
        self.name = flag.name
        self.value = flag.value
        self.value_at = flag.value_at

    @property
    def span(self) -> Span:
        return self.owner.span_of(self.at, self.at + len(self.text))

    @property
    def name_span(self) -> Span:
        """The name with its two hyphens."""
        end = self.at + len(self.text) if self.value is None else self.value_at - 1
        return self.owner.span_of(self.at, end)

    @property
    def value_span(self) -> Span:
        """The value as written; empty where there is none."""
        return self.owner.span_of(self.value_at, self.at + len(self.text))

    @property
    def word(self) -> Word:
        """The value as a word."""
        return Word(self.owner, self.value_at, self.text[self.value_at - self.at :])

    def __repr__(self) -> str:
        return f"Flag({self.text!r})"


class Pair(NamedTuple):
    """``key=value`` of ENV, LABEL and ARG. ``value`` is None for ``ARG NAME`` only.

    ``legacy`` marks ``ENV key value``, whose value is the rest of the line.
    """

    key: Word
    value: Word | None
    legacy: bool = False

    @property
    def span(self) -> Span:
        last = self.value or self.key
        return self.key.owner.span_of(self.key.at, last.at + len(last.text))


class MountOption(NamedTuple):
    """``key=value`` in a mount; ``key`` is lower case, ``value`` None for a bare key."""

    key: str
    value: str | None
    span: Span
    value_span: Span


class Mount:
    """The options of one ``RUN --mount``."""

    __slots__ = ("flag", "options")

    def __init__(self, flag: Flag) -> None:
        self.flag = flag
        self.options: list[MountOption] = []
        value = flag.value or ""
        # Where the value has quotes or escapes, its options have the place of all of it.
        exact = flag.word.text == value
        at, owner, value_span = flag.value_at, flag.owner, flag.value_span
        for field in value.split(","):
            end = at + len(field)
            key, equals, rest = field.strip('"').partition("=")
            if key or equals:
                span = owner.span_of(at, end) if exact else value_span
                inner = owner.span_of(end - len(rest), end) if exact else value_span
                self.options.append(MountOption(key.lower(), rest if equals else None, span, inner))
            at = end + 1

    def get(self, *keys: str) -> str | None:
        """The value of the last of these keys; ``""`` for a bare one, None if absent."""
        for option in reversed(self.options):
            if option.key in keys:
                return option.value or ""
        return None

    @property
    def type(self) -> str:
        return (self.get("type") or "bind").lower()

    @property
    def target(self) -> str | None:
        return self.get("target", "dst", "destination")

    @property
    def source(self) -> str | None:
        return self.get("source", "src")

    def __repr__(self) -> str:
        return f"Mount({self.flag.value!r})"
