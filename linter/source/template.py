"""Variable references in text, as Docker Compose 2.40 reads them.

The same grammar serves Compose files and the values of env files: ``$NAME``,
``${NAME}``, ``${NAME<operator>argument}`` with one of ``:- - :? ? :+ +``, and ``$$`` for
a dollar sign. Any other ``$`` is an ordinary character, but ``${`` must begin a valid
reference. Names are ``[A-Za-z_][A-Za-z0-9_]*``. A reference ends on the line where it
begins. Two traits differ from a shell: braces in an argument are counted, whether or
not a ``$`` stands before them (the character after each ``{`` is passed over, so that
``{}`` never closes); and an argument is evaluated even where it is not used, so that
``${A:-${B:?no B}}`` fails without B though A is set.

All offsets count code points from the start of the whole text, in nested arguments too.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterator

from ..base.patterns import on_demand
from ..base.records import NamedTuple

MAX_DEPTH = 100
"""How deep references may nest. Docker Compose has no limit of its own."""

MAX_GROWTH = 131072
"""How many characters the references of one text may bring in. Linux passes no longer
variable to a process; without a limit forty lines ``A=$A$A`` fill the memory."""

_SHOWN = 60  # how much of a text a message quotes

_NAME = on_demand("[A-Za-z_][A-Za-z0-9_]*")
# Compose matches names without regard to case by Unicode's simple folding, which
# lets in two more characters: the long s and the Kelvin sign. Compiled on first use.
_FOLDED_NAME = "[A-Za-z_\u017f\u212a][A-Za-z0-9_\u017f\u212a]*"
_OPERATOR = on_demand(r":?[-?+]")
_BRACE = on_demand(r"\{(?s:.)?|\}")


class Opaque(str):
    """A value that holds for the verdict only: it was made from an unset variable,
    or depends on the machine. Whatever is made from it is unknown in the policy view."""

    __slots__ = ()


Lookup = Callable[[str], str | None]
"""The value of a variable, or None where it is unset; may be `Opaque`."""


class Literal(NamedTuple):
    """Text that stands for itself. For ``$$``, ``text`` is one ``$``."""

    start: int
    end: int
    text: str


NO_DEFAULT = frozenset(("", ":?", "?"))
"""The operators of references that say nothing about what to do without the variable."""


class Reference:
    """One ``$NAME`` or ``${NAME…}``.

    ``start`` and ``end`` span all of it; the name begins at ``name_start``. ``operator``
    is one of ``:- - :? ? :+ +`` or empty, ``argument`` what follows it (from
    ``argument_start`` to just before the brace).
    """

    __slots__ = ("argument", "argument_start", "end", "name", "name_start", "operator", "start")

    def __init__(
        self,
        name: str,
        operator: str,
        argument: tuple[Part, ...],
        start: int,
        name_start: int,
        argument_start: int,
        end: int,
    ) -> None:
        self.name = name
        self.operator = operator
        self.argument = argument
        self.start = start
        self.name_start = name_start
        self.argument_start = argument_start
        self.end = end

    @property
    def name_end(self) -> int:
        return self.name_start + len(self.name)

    @property
    def braced(self) -> bool:
        return self.name_start == self.start + 2

    def __repr__(self) -> str:
        return f"Reference({self.name!r}, {self.operator!r}, {self.start}, {self.end})"


Part = Literal | Reference


class Template(NamedTuple):
    """A parsed text: its literals and references from left to right."""

    text: str
    parts: tuple[Part, ...]

    @property
    def references(self) -> Iterator[Reference]:
        """Every reference in order of its start, those in arguments included."""
        return _references(self.parts)


class TemplateError(NamedTuple):
    """Why Compose refuses a text.

    ``kind`` is one of ``empty``, ``name``, ``operator``, ``unclosed`` and ``nesting``.
    ``start`` to ``end`` is the faulty reference; ``fragment`` is the part of the text
    that Compose's own message quotes.
    """

    kind: str
    message: str
    start: int
    end: int
    fragment: str


class Failure(NamedTuple):
    """A required variable (``${NAME:?reason}``) that has no value."""

    reference: Reference
    reason: str

    @property
    def message(self) -> str:
        text = f"required variable {self.reference.name} is missing a value"
        return f"{text}: {self.reason}" if self.reason else text


class Piece(NamedTuple):
    """Where a part of the value comes from: ``start`` to ``end`` of the value stands at
    ``source_start`` to ``source_end`` of the text, letter by letter if ``literal``."""

    start: int
    end: int
    source_start: int
    source_end: int
    literal: bool


class Result:
    """What a template comes to.

    ``value`` is the verdict view: what Compose makes of it, an unset variable being
    empty, or None where a required variable is missing. ``policy_value`` is the
    policy view: None too when the value is ``unknown``, i.e. made from variables that
    are unset, `Opaque` or left out beyond `MAX_GROWTH`: ``unknown_names``. ``unset`` lists the references that Compose
    warns about and ``failures`` those it stops at (at the first), in the order in which
    it meets them, in arguments that are not used too.
    """

    __slots__ = ("failures", "pieces", "unknown_names", "unset", "value")

    def __init__(
        self,
        value: str | None,
        unknown_names: tuple[str, ...],
        unset: tuple[Reference, ...],
        failures: tuple[Failure, ...],
        pieces: tuple[Piece, ...],
    ) -> None:
        self.value = value
        self.unknown_names = unknown_names
        self.unset = unset
        self.failures = failures
        self.pieces = pieces

    @property
    def unknown(self) -> bool:
        return bool(self.unknown_names)

    @property
    def policy_value(self) -> str | None:
        return None if self.unknown else self.value

    def origin(self, start: int, end: int) -> tuple[int, int]:
        """The range of the text that ``start`` to ``end`` of the value come from.

        Exact where the value is literal; widened to the whole reference elsewhere.
        """
        pieces = self.pieces
        if not pieces:
            return (0, 0)
        first = _piece_at(pieces, start)
        last = first if end <= start else _piece_at(pieces, end - 1)
        begin = first.source_start + (start - first.start if first.literal else 0)
        if end <= start and first.literal:
            return (begin, begin)
        finish = last.source_start + (end - last.start) if last.literal else last.source_end
        return (begin, finish)

    def is_literal(self, start: int, end: int) -> bool:
        """Whether that range of the value stands in the text as one run of itself."""
        if end <= start:
            return True
        begin, finish = self.origin(start, end)
        if finish - begin != end - start:
            return False
        first = bisect_right(self.pieces, start, key=_start) - 1
        for piece in self.pieces[first:]:
            if piece.start >= end:
                break
            if not piece.literal or piece.source_start - piece.start != begin - start:
                return False
        return True


def parse_template(text: str) -> Template | TemplateError:
    """Split ``text`` into literals and references. Takes time linear in its length.

    Returns the first error that Compose would stop at, or one of kind ``nesting``
    where references nest deeper than `MAX_DEPTH`.
    """
    if "$" not in text:
        return Template(text, (Literal(0, len(text), text),) if text else ())
    try:
        return Template(text, _Parser(text).parts(0, len(text), 0))
    except _Invalid as invalid:
        return invalid.error


def substitute(template: Template, lookup: Lookup) -> Result:
    """Put the values of variables in place of a template's references."""
    state = _State(lookup)
    evaluated = _evaluate(template.parts, state, 0)
    value = None if state.failures else "".join(evaluated.chunks)
    return Result(
        value,
        tuple(dict.fromkeys(evaluated.unknown)),
        tuple(state.unset),
        tuple(state.failures),
        tuple(evaluated.pieces),
    )


def interpolate(text: str, lookup: Lookup) -> Result | TemplateError:
    """Parse and substitute in one step; a text without ``$`` costs nothing."""
    if "$" not in text:
        length = len(text)
        pieces = (Piece(0, length, 0, length, True),) if text else ()
        return Result(text, (), (), (), pieces)
    template = parse_template(text)
    return template if isinstance(template, TemplateError) else substitute(template, lookup)


def _references(parts: tuple[Part, ...]) -> Iterator[Reference]:
    for part in parts:
        if isinstance(part, Reference):
            yield part
            yield from _references(part.argument)


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…"'


def _start(piece: Piece) -> int:
    return piece.start


def _piece_at(pieces: tuple[Piece, ...], offset: int) -> Piece:
    return pieces[max(0, bisect_right(pieces, offset, key=_start) - 1)]


class _Invalid(Exception):
    def __init__(self, error: TemplateError) -> None:
        super().__init__(error.message)
        self.error = error


class _Parser:
    """Recursive descent over ``text``; each region is the text of one argument."""

    __slots__ = ("_closing", "name", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.name = _NAME if text.isascii() else re.compile(_FOLDED_NAME)
        self._closing: dict[int, int] | None = None

    def parts(self, start: int, end: int, depth: int) -> tuple[Part, ...]:
        text = self.text
        parts: list[Part] = []
        done = at = start
        line_end = last = -1
        # Compose resumes after an argument with the rest of its greedy match, and
        # quotes only that rest in an error.
        quoted = (start, end)
        while True:
            dollar = text.find("$", at, end)
            if dollar < 0 or dollar + 1 == end:
                break
            part: Part
            following = text[dollar + 1]
            if following == "$":
                part = Literal(dollar, dollar + 2, "$")
            elif following == "{":
                if dollar >= line_end:
                    line_end = text.find("\n", dollar, end)
                    if line_end < 0:
                        line_end = end
                    last = text.rfind("}", dollar, line_end)
                if dollar >= quoted[1]:
                    quoted = (start, end)
                part = self._braced(dollar, end, line_end, last, depth, quoted)
                if part.operator and part.end <= last:
                    quoted = (part.end, last + 1)
            else:
                name = self.name.match(text, dollar + 1, end)
                if name is None:
                    at = dollar + 1
                    continue
                stop = name.end()
                part = Reference(name.group(), "", (), dollar, dollar + 1, stop, stop)
            if dollar > done:
                parts.append(Literal(done, dollar, text[done:dollar]))
            parts.append(part)
            done = at = part.end
        if end > done:
            parts.append(Literal(done, end, text[done:end]))
        return tuple(parts)

    def _braced(
        self,
        dollar: int,
        end: int,
        line_end: int,
        last: int,
        depth: int,
        quoted: tuple[int, int],
    ) -> Reference:
        """A reference whose ``${`` stands at ``dollar``; ``last`` is the last ``}`` of its
        line within the region that ends at ``end``: there Compose's greedy match ends."""
        text = self.text
        name_start = dollar + 2
        name = self.name.match(text, name_start, end)
        if name is None:
            raise self._invalid(dollar, end, line_end, quoted)
        after = name.end()
        if text.startswith("}", after, end):
            return Reference(name.group(), "", (), dollar, name_start, after, after + 1)
        operator = _OPERATOR.match(text, after, end)
        argument_start = operator.end() if operator else after
        if operator is None or last < argument_start:
            raise self._invalid(dollar, end, line_end, quoted)
        closing = text.find("}", argument_start, last + 1)
        if text.find("{", argument_start, closing) >= 0:
            closing = min(self._closing_brace(dollar + 1), last)
        if depth == MAX_DEPTH:
            message = f"references nest more than {MAX_DEPTH} deep"
            raise _Invalid(
                TemplateError("nesting", message, dollar, closing + 1, text[dollar : closing + 1])
            )
        argument = self.parts(argument_start, closing, depth + 1)
        return Reference(
            name.group(),
            operator.group(),
            argument,
            dollar,
            name_start,
            argument_start,
            closing + 1,
        )

    def _closing_brace(self, opening: int) -> int:
        """The brace that closes the one at ``opening``; past the end where none does.

        One pass over the text serves every reference: a ``{`` after a ``$`` is never
        passed over, so that counting from any of them agrees with counting from the first.
        """
        if self._closing is None:
            self._closing = {}
            stack: list[int] = []
            for brace in _BRACE.finditer(self.text, opening):
                if self.text[brace.start()] == "{":
                    stack.append(brace.start())
                elif stack:
                    self._closing[stack.pop()] = brace.start()
        return self._closing.get(opening, len(self.text))

    def _invalid(self, dollar: int, end: int, line_end: int, quoted: tuple[int, int]) -> _Invalid:
        text = self.text
        closing = text.find("}", dollar, line_end)
        if closing >= 0:
            stop = closing + 1
        else:
            stop = dollar + len(text[dollar:line_end].rstrip("\r"))
        shown = _shown(text[dollar:stop])
        name = self.name.match(text, dollar + 2, end)
        if closing < 0:
            kind, message = "unclosed", f"{shown} has no closing brace"
            if text.find("}", line_end, end) >= 0:
                message += " on its line"
            elif text.startswith("}", line_end):
                message += " of its own: the next one closes the reference around it"
        elif closing == dollar + 2:
            kind, message = "empty", f"{shown} names no variable"
        elif name is None:
            kind, message = "name", f"{shown} does not begin with a variable name"
        else:
            rest = _shown(text[name.end() : closing])
            kind = "operator"
            message = f"{shown} has {rest} where only :- - :? ? :+ or + may follow a name"
        return _Invalid(TemplateError(kind, message, dollar, stop, text[slice(*quoted)]))


class _State:
    __slots__ = ("failures", "grown", "lookup", "unset")

    def __init__(self, lookup: Lookup) -> None:
        self.grown = 0
        self.lookup = lookup
        self.unset: list[Reference] = []
        self.failures: list[Failure] = []


class _Evaluated:
    __slots__ = ("chunks", "length", "pieces", "unknown")

    def __init__(self) -> None:
        self.chunks: list[str] = []
        self.pieces: list[Piece] = []
        self.length = 0
        self.unknown: list[str] = []

    def add(self, text: str, start: int, end: int, literal: bool) -> None:
        if text:
            self.chunks.append(text)
            stop = self.length + len(text)
            self.pieces.append(Piece(self.length, stop, start, end, literal))
            self.length = stop

    def extend(self, other: _Evaluated) -> None:
        self.chunks += other.chunks
        self.pieces += other.pieces
        self.length = other.length
        self.unknown += other.unknown


def _evaluate(parts: tuple[Part, ...], state: _State, offset: int) -> _Evaluated:
    """Evaluate ``parts``, whose value begins at ``offset`` of the whole value."""
    out = _Evaluated()
    out.length = offset
    for part in parts:
        if isinstance(part, Literal):
            out.add(part.text, part.start, part.end, part.end - part.start == len(part.text))
            continue
        value = state.lookup(part.name)
        operator = part.operator
        if isinstance(value, Opaque):
            out.unknown.append(part.name)
        if value:
            state.grown += len(value)
            if state.grown > MAX_GROWTH:
                out.unknown.append(part.name)
                value = ""
        if not operator:
            if value is None:
                state.unset.append(part)
                out.unknown.append(part.name)
            out.add(value or "", part.start, part.end, False)
            continue
        argument = _evaluate(part.argument, state, out.length)
        present = bool(value) if operator[0] == ":" else value is not None
        if operator[-1] == "?":
            if not present:
                state.failures.append(Failure(part, "".join(argument.chunks)))
                out.unknown.append(part.name)
        elif present == (operator[-1] == "+"):
            out.extend(argument)
            continue
        out.add(value or "", part.start, part.end, False)
    return out
