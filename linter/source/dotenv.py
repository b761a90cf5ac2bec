"""The definitions of an env file, and their values in an environment.

``dotenv_parser.py`` reads the two formats that Docker Compose knows.
"""

from __future__ import annotations

from ..base.lazy import cached_property
from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import SourceFile, Span
from .template import Failure, Lookup, Opaque, Reference, Template, TemplateError, substitute

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import MutableMapping

MAX_EXPANSION = 8_000_000
"""How many characters the values with references of one file may have in all; those
after it count as unknown."""

_ESCAPE = on_demand(r"\\(?:0[0-9]{0,3}|(?s:.))")
_ESCAPES = {
    "\\a": "\a",
    "\\b": "\b",
    "\\f": "\f",
    "\\n": "\n",
    "\\r": "\r",
    "\\t": "\t",
    "\\v": "\v",
    "\\\\": "\\",
    '\\"': '"',
    "\\$": "$$",
}


class EnvProblem(NamedTuple):
    """A problem at ``start`` to ``end``. Compose refuses the file if it is ``fatal``.

    ``kind`` is one of ``invalid-character``, ``space-in-key``, ``nothing-to-export``,
    ``unterminated-quote``, ``invalid-template`` (fatal); ``empty-key``, ``lost-key``,
    ``text-after-value`` (not fatal); and in the raw format ``empty-key``,
    ``space-in-key``, ``long-line`` (all fatal).
    """

    kind: str
    message: str
    start: int
    end: int
    fatal: bool


class EnvEntry:
    """One definition. Offsets are those of ``file``.

    ``text`` is the value before variables are replaced, its quotes and escapes undone;
    ``template`` the references in it, None where it has none. ``value`` is the text with
    the values that the parser's ``lookup`` gave, None where a bare key is not set or the
    template is invalid. ``value_start`` to ``value_end`` includes the quotes; ``start`` to
    ``end`` also ``export`` and the key. ``comment`` is the range of the comment on its line.
    """

    def __init__(
        self,
        file: SourceFile,
        key: str,
        start: int,
        key_start: int,
        value_start: int,
        value_end: int,
        text: str,
        *,
        has_value: bool = True,
        quote: str = "",
        comment: tuple[int, int] | None = None,
    ) -> None:
        self.file = file
        self.key = key
        self.start = start
        self.key_start = key_start
        self.key_end = key_start + len(key)
        self.value_start = value_start
        self.value_end = self.end = value_end
        self.text = text
        self.has_value = has_value
        self.quote = quote
        self.comment = comment
        self.template: Template | TemplateError | None = None
        self.value: str | None = text if has_value else None

    @property
    def span(self) -> Span:
        return Span(self.file, self.start, self.end)

    @property
    def key_span(self) -> Span:
        return Span(self.file, self.key_start, self.key_end)

    @property
    def value_span(self) -> Span:
        return Span(self.file, self.value_start, self.value_end)

    @property
    def raw(self) -> str:
        """The value as it is written, quotes included."""
        return self.file.text[self.value_start : self.value_end]

    @property
    def references(self) -> tuple[Reference, ...]:
        """The references in the value; `locate` gives their places."""
        return tuple(self.template.references) if isinstance(self.template, Template) else ()

    def locate(self, start: int, end: int) -> Span:
        """The place in the file of ``start`` to ``end`` of ``text``."""
        base = self.value_start + len(self.quote)
        if self.quote and "\\" in self.raw:
            places = self._places
            last = places[end - 1][1] if end > start else 0
            start = places[start][0]
            end = max(start, last)
        return Span(self.file, base + start, base + end)

    @cached_property
    def _places(self) -> list[tuple[int, int]]:
        """Where each character of ``text``, and its end, is written between the quotes."""
        written = self.raw[1:-1]
        places: list[tuple[int, int]] = []
        done = 0
        for escape in _ESCAPE.finditer(written):
            start, end = escape.span()
            meaning = _meaning(escape[0], self.quote)
            if len(meaning) != end - start:
                places += ((at, at + 1) for at in range(done, start))
                places += [(start, end)] * len(meaning)
                done = end
        places += ((at, at + 1) for at in range(done, len(written) + 1))
        return places

    def __repr__(self) -> str:
        return f"EnvEntry({self.key!r}, {self.value!r})"


def unescape(text: str, quote: str) -> str:
    """The text between quotes with its escapes undone."""
    return _ESCAPE.sub(lambda escape: _meaning(escape[0], quote), text)


def _meaning(escape: str, quote: str) -> str:
    """The text that an escape between these quotes stands for."""
    if quote == "'":
        return "'" if escape == "\\'" else escape
    return _ESCAPES.get(escape) or _octal(escape)


def _octal(escape: str) -> str:
    r"""``\0ddd``: the character of that number or, if it has none, the same without its 0."""
    if escape[1] != "0":
        return escape
    digits = escape[2:]
    if len(digits) == 3 and digits.isdigit() and max(digits) < "8" and int(digits, 8) < 256:
        return chr(int(digits, 8))
    return "\\" + digits


class EnvSyntax:
    """One env file. ``comments`` are the ranges of all its comments, ``#`` included.

    ``format`` is ``dotenv`` or ``raw``.
    """

    def __init__(self, file: SourceFile, format: str = "dotenv") -> None:
        self.file = file
        self.format = format
        self.entries: list[EnvEntry] = []
        self.comments: list[tuple[int, int]] = []
        self.problems: list[EnvProblem] = []

    @property
    def verdict(self) -> EnvProblem | None:
        """The problem for which Compose refuses the file in every environment."""
        return next((problem for problem in self.problems if problem.fatal), None)

    @property
    def values(self) -> dict[str, str]:
        """The values by key: of several definitions of a key, the last."""
        return {entry.key: entry.value for entry in self.entries if entry.value is not None}

    def definitions(self, key: str) -> list[EnvEntry]:
        """Every definition of ``key`` from top to bottom; only the last has an effect."""
        return [entry for entry in self.entries if entry.key == key]

    def __repr__(self) -> str:
        return f"EnvSyntax({self.file.path!r}, {len(self.entries)} entries)"


class EnvValue(NamedTuple):
    """The value of an entry in an environment.

    ``value`` is None where a bare key is not set, the template is invalid or a required
    variable is missing (``failures``); it is `Opaque` where it depends on variables that
    are unset or opaque. ``unset`` are the references to variables that are not set.
    """

    entry: EnvEntry
    value: str | None
    unset: tuple[Reference, ...] = ()
    failures: tuple[Failure, ...] = ()


def expand(
    syntax: EnvSyntax,
    lookup: Lookup | None = None,
    defined: MutableMapping[str, str] | None = None,
) -> list[EnvValue]:
    """The values of the entries in order, in the environment that ``lookup`` describes.

    ``defined`` has what earlier files define and receives what this one defines; the
    environment wins over it. Nothing in ``syntax`` changes.
    """
    variables: MutableMapping[str, str] = {} if defined is None else defined
    outer: Lookup = lookup or (lambda name: None)

    def value_of(name: str) -> str | None:
        value = outer(name)
        return variables.get(name) if value is None else value

    values: list[EnvValue] = []
    budget = MAX_EXPANSION
    for entry in syntax.entries:
        template = entry.template
        if not entry.has_value:
            expanded = EnvValue(entry, outer(entry.key))
        elif template is None:
            expanded = EnvValue(entry, entry.text)
        elif isinstance(template, TemplateError):
            expanded = EnvValue(entry, None)
        else:
            result = substitute(template, value_of)
            value = result.value
            if value is not None:
                budget -= len(value)
                if budget < 0:
                    value = Opaque("")
                elif result.unknown:
                    value = Opaque(value)
            expanded = EnvValue(entry, value, result.unset, result.failures)
        if expanded.value is not None:
            variables[entry.key] = expanded.value
        values.append(expanded)
    return values
