"""The pieces of a Dockerfile instruction: words, flags, pairs, mounts, heredocs, comments.

Each knows the instruction that it stands in (``owner``) and where; ``span`` is its place in
the file, worked out when it is asked for.
"""

from __future__ import annotations

from ...base.records import NamedTuple
from ...base.text import Span
from . import variables as variables_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Protocol

    from ...base.text import SourceFile
    from .variables import Reference
    from .words import FlagText, HeredocText

    class Owner(Protocol):
        """What a part asks of the instruction that contains it."""

        file: SourceFile
        name: str
        text: str
        escape: str

        def source_offset(self, index: int, /) -> int: ...
        def source_end(self, index: int, /) -> int: ...
        def span_of(self, start: int, end: int, /) -> Span: ...


class Problem(NamedTuple):
    """Something that a reader of the file could not make sense of.

    ``kind`` is a stable short name (``unknown-instruction``); ``start`` and ``end`` are
    offsets in the file; ``suggestion`` is what was probably meant.
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
        """What follows the ``#``, trimmed."""
        return self.file.text[self.start + 1 : self.end].strip()

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)


class Heredoc:
    """A here-document: the word that opens it, its body and its terminator.

    ``body_start`` to ``body_end`` are whole lines. An unterminated heredoc has an empty
    ``terminator_span`` at the end of what was taken for its body.
    """

    __slots__ = (
        "body_end",
        "body_start",
        "expand",
        "fd",
        "name",
        "strip_tabs",
        "terminated",
        "terminator_end",
        "terminator_start",
        "word",
    )

    def __init__(self, word: Word, text: HeredocText) -> None:
        self.word = word
        self.name = text.name
        self.fd = text.fd
        self.strip_tabs = text.strip_tabs
        self.expand = text.expand
        self.terminated = False
        self.body_start = self.body_end = self.terminator_start = self.terminator_end = 0

    @property
    def body(self) -> str:
        """The lines between, as they stand in the file."""
        return self.word.owner.file.text[self.body_start : self.body_end]

    @property
    def content(self) -> str:
        """What the command or file receives: leading tabs removed for ``<<-``."""
        if not self.strip_tabs:
            return self.body
        return "\n".join(line.lstrip("\t") for line in self.body.split("\n"))

    @property
    def span(self) -> Span:
        return self.word.span

    @property
    def body_span(self) -> Span:
        return Span(self.word.owner.file, self.body_start, self.body_end)

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
            self._value = variables_in.unquote(self.text, self.owner.escape)
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
        """Whether a ``$NAME`` or ``${NAME…}`` is replaced in the word."""
        return "$" in self.text and bool(self.references)

    @property
    def references(self) -> list[Reference]:
        """The variables in the word; their positions are indices into ``text``."""
        return variables_in.references(self.text, escape=self.owner.escape)

    def part(self, start: int, end: int) -> Span:
        """Where a piece of ``text`` stands in the file."""
        return self.owner.span_of(self.at + start, self.at + end)

    def expand(self, variables: Mapping[str, str | None], closed: bool = False) -> str | None:
        """The value with its variables replaced, or None if it cannot be known."""
        text = self.value if self.is_json else self.text
        return variables_in.expand(text, variables, escape=self.owner.escape, closed=closed)

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
        return Word(
            self.owner, self.value_at, self.owner.text[self.value_at : self.at + len(self.text)]
        )

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
        # With quotes or escapes in it, only the flag's value as a whole has a place.
        exact = flag.word.text == value
        at, owner, whole = flag.value_at, flag.owner, flag.value_span
        for field in value.split(","):
            end = at + len(field)
            key, equals, rest = field.strip('"').partition("=")
            if key or equals:
                span = owner.span_of(at, end) if exact else whole
                inner = owner.span_of(end - len(rest), end) if exact else whole
                option = MountOption(key.lower(), rest if equals else None, span, inner)
                self.options.append(option)
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
