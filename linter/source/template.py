"""Variable references in text, as Docker Compose reads them.

The same grammar serves Compose files and the values of env files: ``$NAME``,
``${NAME}``, ``${NAME<operator>argument}`` with one of ``:- - :? ? :+ +``, and ``$$`` for
a dollar sign. Any other ``$`` is an ordinary character, but ``${`` must begin a valid
reference. Names are ``[A-Za-z_][A-Za-z0-9_]*``. A reference ends on the line where it
begins. Two things differ from a shell: braces in an argument are counted, with or without
a ``$`` before them (the character after each ``{`` is skipped, so that ``{}`` never
closes); and before release 5 an argument is evaluated even where it is not used, so that
``${A:-${B:?no B}}`` fails without B though A is set.

All offsets count code points from the start of the text, in nested arguments too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..base.text import line_end

MAX_DEPTH = 100
"""How deeply references may nest. Docker Compose has no limit of its own."""

MAX_GROWTH = 131072
"""How many characters the references of one text may add. Linux passes no longer variable
to a process; without a limit, forty lines ``A=$A$A`` fill the memory."""

_SHOWN = 60  # how much of a text a message quotes

_NAME = on_demand("[A-Za-z_][A-Za-z0-9_]*")
# Compose matches names by Unicode's simple case folding, which allows two more
# characters: the long s and the Kelvin sign. Compiled on first use.
_FOLDED_NAME = "[A-Za-z_\u017f\u212a][A-Za-z0-9_\u017f\u212a]*"
_OPERATOR = on_demand(r":?[-?+]")
_BRACE = on_demand(r"\{(?s:.)?|\}")


class Opaque(str):
    """A value that Docker Compose would use here, but that counts as unknown for advice:
    it depends on an unset variable or on the machine. So does everything made from it."""

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
    is one of ``:- - :? ? :+ +`` or empty, ``argument`` what follows it.
    """

    __slots__ = ("argument", "end", "name", "name_start", "operator", "start")

    def __init__(
        self,
        name: str,
        operator: str,
        argument: tuple[Part, ...],
        start: int,
        name_start: int,
        end: int,
    ) -> None:
        self.name = name
        self.operator = operator
        self.argument = argument
        self.start = start
        self.name_start = name_start
        self.end = end

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
    ``start`` to ``end`` is the invalid reference.
    """

    kind: str
    message: str
    start: int
    end: int


class Failure(NamedTuple):
    """A required variable (``${NAME:?reason}``) that has no value."""

    reference: Reference
    reason: str


class Result(NamedTuple):
    """A template with the values of its variables.

    ``value`` is what Compose makes of it: an unset variable is empty; None where a required
    variable is missing. It is ``unknown`` where it is made from the variables
    ``unknown_names``, which are unset, `Opaque` or left out beyond `MAX_GROWTH`. ``unset`` lists the references that Compose warns about and
    ``failures`` those that it stops at (at the first), in the order in which it meets them.
    ``unused_failures`` are those in arguments that are not used, where releases before 5 stop.
    """

    value: str | None
    unknown_names: tuple[str, ...]
    unset: tuple[Reference, ...]
    failures: tuple[Failure, ...]
    unused_failures: tuple[Failure, ...] = ()

    @property
    def unknown(self) -> bool:
        return bool(self.unknown_names)


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


def substitute(template: Template, lookup: Lookup, eager: bool = False) -> Result:
    """Put the values of variables in place of a template's references.

    ``eager`` evaluates arguments that are not used, too.
    """
    state = _State(lookup, eager)
    value, unknown = _evaluate(template.parts, state)
    return Result(
        None if state.failures else value,
        tuple(dict.fromkeys(unknown)),
        tuple(state.unset),
        tuple(state.failures),
        tuple(state.unused_failures),
    )


def interpolate(text: str, lookup: Lookup) -> Result | TemplateError:
    """Parse a text and substitute its references in one step."""
    if "$" not in text:
        return Result(text, (), (), ())
    template = parse_template(text)
    return template if isinstance(template, TemplateError) else substitute(template, lookup)


def _references(parts: tuple[Part, ...]) -> Iterator[Reference]:
    for part in parts:
        if isinstance(part, Reference):
            yield part
            yield from _references(part.argument)


def _shown(text: str) -> str:
    return f'"{text}"' if len(text) <= _SHOWN else f'"{text[:_SHOWN]}…"'


class _Invalid(Exception):
    """Compose refuses the text."""

    def __init__(self, error: TemplateError) -> None:
        super().__init__(error.message)
        self.error = error


class _Parser:
    """Recursive descent over ``text``: once for all of it, and once for each argument."""

    __slots__ = ("_closing", "name", "text")

    def __init__(self, text: str) -> None:
        self.text = text
        self.name = _NAME if text.isascii() else re.compile(_FOLDED_NAME)
        self._closing: dict[int, int] | None = None

    def parts(self, start: int, end: int, depth: int) -> tuple[Part, ...]:
        """The literals and references between two offsets."""
        text = self.text
        parts: list[Part] = []
        done = at = start
        line_stop = last = -1
        while True:
            dollar = text.find("$", at, end)
            if dollar < 0 or dollar + 1 == end:
                break
            part: Part
            following = text[dollar + 1]
            if following == "$":
                part = Literal(dollar, dollar + 2, "$")
            elif following == "{":
                if dollar >= line_stop:
                    line_stop = line_end(text, dollar, end)
                    last = text.rfind("}", dollar, line_stop)
                part = self._braced(dollar, end, line_stop, last, depth)
            else:
                name = self.name.match(text, dollar + 1, end)
                if name is None:
                    at = dollar + 1
                    continue
                stop = name.end()
                part = Reference(name.group(), "", (), dollar, dollar + 1, stop)
            if dollar > done:
                parts.append(Literal(done, dollar, text[done:dollar]))
            parts.append(part)
            done = at = part.end
        if end > done:
            parts.append(Literal(done, end, text[done:end]))
        return tuple(parts)

    def _braced(self, dollar: int, end: int, line_stop: int, last: int, depth: int) -> Reference:
        """The reference whose ``${`` is at ``dollar``; ``last`` is the last ``}`` of its line
        before ``end``: there Compose's greedy match ends."""
        text = self.text
        name_start = dollar + 2
        name = self.name.match(text, name_start, end)
        if name is None:
            raise self._invalid(dollar, end, line_stop)
        after = name.end()
        if text.startswith("}", after, end):
            return Reference(name.group(), "", (), dollar, name_start, after + 1)
        operator = _OPERATOR.match(text, after, end)
        argument_start = operator.end() if operator else after
        if operator is None or last < argument_start:
            raise self._invalid(dollar, end, line_stop)
        closing = text.find("}", argument_start, last + 1)
        if text.find("{", argument_start, closing) >= 0:
            closing = min(self._closing_brace(dollar + 1), last)
        stop = closing + 1
        if depth == MAX_DEPTH:
            message = f"references nest more than {MAX_DEPTH} deep"
            raise _Invalid(TemplateError("nesting", message, dollar, stop))
        argument = self.parts(argument_start, closing, depth + 1)
        return Reference(name.group(), operator.group(), argument, dollar, name_start, stop)

    def _closing_brace(self, opening: int) -> int:
        """The brace that closes the one at ``opening``; the end of the text if none does.

        One pass over the text serves every reference: a ``{`` after a ``$`` is never
        skipped, so that counting from any of them agrees with counting from the first.
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

    def _invalid(self, dollar: int, end: int, line_stop: int) -> _Invalid:
        """Why the reference at ``dollar`` is refused."""
        text = self.text
        closing = text.find("}", dollar, line_stop)
        if closing >= 0:
            stop = closing + 1
        else:
            stop = dollar + len(text[dollar:line_stop].rstrip("\r"))
        shown = _shown(text[dollar:stop])
        name = self.name.match(text, dollar + 2, end)
        if closing < 0:
            kind, message = "unclosed", f"{shown} has no closing brace"
            if text.find("}", line_stop, end) >= 0:
                message += " on its line"
            elif text.startswith("}", line_stop):
                message += " of its own: the next one closes the reference around it"
        elif closing == dollar + 2:
            kind, message = "empty", f"{shown} has no variable name"
        elif name is None:
            kind, message = "name", f"{shown} does not begin with a variable name"
        else:
            rest = _shown(text[name.end() : closing])
            kind = "operator"
            message = f"{shown} has {rest} where only :- - :? ? :+ or + may follow a name"
        return _Invalid(TemplateError(kind, message, dollar, stop))


class _State:
    """The state of the evaluation of one template."""

    __slots__ = ("eager", "failures", "grown", "lookup", "unset", "unused_failures")

    def __init__(self, lookup: Lookup, eager: bool) -> None:
        self.eager = eager
        self.unused_failures: list[Failure] = []
        self.grown = 0
        self.lookup = lookup
        self.unset: list[Reference] = []
        self.failures: list[Failure] = []


def _evaluate(parts: tuple[Part, ...], state: _State) -> tuple[str, list[str]]:
    """The value of ``parts``, and the names of the variables that make it unknown."""
    chunks: list[str] = []
    unknown: list[str] = []
    for part in parts:
        if isinstance(part, Literal):
            chunks.append(part.text)
            continue
        value = state.lookup(part.name)
        operator = part.operator
        if isinstance(value, Opaque):
            unknown.append(part.name)
        if value:
            state.grown += len(value)
            if state.grown > MAX_GROWTH:
                unknown.append(part.name)
                value = ""
        if operator:
            is_set = bool(value) if operator[0] == ":" else value is not None
            is_used = is_set == (operator[-1] == "+")
            if is_used or state.eager:
                argument, argument_unknown = _evaluate(part.argument, state)
            else:
                unused = _State(state.lookup, True)
                argument, argument_unknown = _evaluate(part.argument, unused)
                state.unused_failures += unused.failures
            if operator[-1] == "?":
                if not is_set:
                    state.failures.append(Failure(part, argument))
                    unknown.append(part.name)
            elif is_used:
                chunks.append(argument)
                unknown += argument_unknown
                continue
        elif value is None:
            state.unset.append(part)
            unknown.append(part.name)
        chunks.append(value or "")
    return "".join(chunks), unknown
