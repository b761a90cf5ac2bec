"""What a variable of a stack is worth, and where that comes from."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.text import SourceFile, Span, line_end
from ..compose.environment import MACHINE
from ..compose.interpolation import VariableUse
from ..secrets.names import is_secret_name
from ..source.template import Opaque, Reference, TemplateError, parse_template

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.stack import Stack
    from ..source.dotenv import EnvEntry
    from ..source.template import Part

_MAX_DEPTH = 5
"""How many definitions that refer to each other are followed."""


class Worth(NamedTuple):
    """The value of a variable (None if it is not set), the kind of its source, and its place.

    ``source`` is ``file`` (an env file for interpolation), ``shell``, ``machine``, ``project`` (its
    name), ``include`` (an env file of an included stack) or empty for a variable that is not set.
    """

    name: str
    value: str | None
    source: str = ""
    entry: EnvEntry | None = None

    @property
    def span(self) -> Span | None:
        """The place of the definition, if a file has it."""
        return self.entry.span if self.entry is not None else None

    @property
    def said(self) -> str:
        """Where the value comes from, for the end of a sentence."""
        if self.entry is not None:
            at = self.entry.file.position(self.entry.start)
            return f"set in {self.entry.file.path}, line {at.line}"
        return {
            "shell": "set in the shell",
            "machine": "set wherever Docker Compose runs",
            "project": "the name of the project",
        }.get(self.source, "not set")


def worth(stack: Stack, name: str) -> Worth:
    """What a variable is worth when the stack is interpolated."""
    definition = stack.loaded.variables.definition(name)
    if definition is None:
        return _of_included(stack, name)
    value = definition.value
    if definition.entry is not None:
        return Worth(name, value, "file", definition.entry)
    if name == "COMPOSE_PROJECT_NAME":
        return Worth(name, str(value), "project")
    if isinstance(value, Opaque) and name in MACHINE:
        return Worth(name, None, "machine")
    return Worth(name, value, "shell")


def _of_included(stack: Stack, name: str) -> Worth:
    """The value in an env file of an included stack: the first that has the variable."""
    for source in stack.loaded.sources:
        if source.role == "dotenv" and isinstance(source.file, SourceFile):
            from ..source.dotenv_parser import parse_env

            for entry in reversed(parse_env(source.file).definitions(name)):
                if entry.value is not None:
                    return Worth(name, entry.value, "include", entry)
    return Worth(name, None)


class Use(NamedTuple):
    """A reference that counts, with its value and its depth: the definition may have others in it.

    ``result`` is ``value``, ``default`` (the argument counts), ``other`` (``:+``), ``empty``
    (not set, and nothing said) or ``missing`` (required). ``text`` is the argument as written.
    """

    reference: Reference
    worth: Worth
    result: str
    text: str
    depth: int


def uses_in(
    stack: Stack, text: str, depth: int = 0, entry: EnvEntry | None = None
) -> Iterator[Use]:
    """The references in a text that decide its value, with those in the definitions they lead to.

    ``entry`` is the definition in an env file that the text is the value of.
    """
    template = parse_template(text)
    if isinstance(template, TemplateError) or depth > _MAX_DEPTH:
        return
    yield from _uses(stack, text, template.parts, depth, entry)


def _uses(
    stack: Stack, text: str, parts: tuple[Part, ...], depth: int, entry: EnvEntry | None
) -> Iterator[Use]:
    for part in parts:
        if not isinstance(part, Reference):
            continue
        found = worth(stack, part.name)
        other = found.entry
        is_same_file = entry is not None and other is not None and other.file is entry.file
        if is_same_file and other is not None and entry is not None and other.start >= entry.start:
            # Only what is above a definition counts for it.
            found = Worth(part.name, None)
        operator = part.operator
        is_known = found.value is not None or found.source == "machine"
        is_set = is_known and (found.value != "" or operator[:1] != ":")
        argument = ""
        if operator:
            start = part.name_start + len(part.name) + len(operator)
            argument = text[start : part.end - 1]
        if operator[-1:] == "+":
            result = "other" if is_set else "empty"
        elif is_set or (not operator and is_known):
            result = "value"
        else:
            result = {"": "empty", "-": "default", "?": "missing"}[operator[-1:]]
        yield Use(part, found, result, argument, depth)
        if result in ("default", "other"):
            yield from _uses(stack, text, part.argument, depth, entry)
        elif result == "value" and found.entry is not None and found.entry.references:
            yield from uses_in(stack, found.entry.text, depth + 1, found.entry)


def is_secret(stack: Stack, name: str, value: str, place: Span | None = None) -> bool:
    """Whether the value of a variable is a secret: its name says so, its form, or where it is used.

    ``place`` is a reference besides those of the stack, such as one in a broken file.
    """
    from ..secrets.unparsed import secrets_in_text

    if is_secret_name(name) or secrets_in_text(f"{name}: {value}"):
        return True
    places = [use.span for use in stack.loaded.uses if use.name == name]
    if place is not None:
        places.append(place)
    for span in map(_origin, places):
        text = span.file.text
        start = text.rfind("\n", 0, span.start) + 1
        line = text[start : span.start] + value
        after = text[span.end : span.end + 200].partition("\n")[0]
        at = span.start - start
        if value and any(
            begin < at + len(value) and end > at for begin, end in secrets_in_text(line + after)
        ):
            return True
    return False


def _origin(span: Span) -> Span:
    return span.origin


def references(stack: Stack, source: SourceFile, start: int, end: int) -> Iterator[VariableUse]:
    """The references to variables in the lines of a file from ``start`` to ``end``.

    Of a file that cannot be read, those in its text.
    """
    read = [use for use in stack.loaded.uses if use.span.origin.file.path == source.path]
    start = source.text.rfind("\n", 0, start) + 1
    end = line_end(source.text, end)
    if read:
        yield from (use for use in read if start <= use.span.origin.start <= end)
        return
    while start <= end:
        stop = line_end(source.text, start)
        template = parse_template(source.text[start:stop])
        for reference in template.references if not isinstance(template, TemplateError) else ():
            span = Span(source, start + reference.start, start + reference.end)
            is_unset = not reference.operator and worth(stack, reference.name).source == ""
            yield VariableUse(reference.name, reference.operator, span, is_unset)
        start = stop + 1
