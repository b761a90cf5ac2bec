"""Variables put into a document's values, and strings cast where Docker Compose casts them.

Values that depend on unset variables become ``UnknownScalar``: their ``value`` is what
Compose makes of them, their ``pattern`` shows which parts are unknown.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.text import contains
from ..source.template import Opaque, Reference, TemplateError, parse_template, substitute
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, UnknownScalar
from .casts import CASTS, YAML_1_1_BOOLEANS, CastError, cast_scalar
from .nodes import part_span, with_entries, with_items
from .path_table import EMPTY, below, path_table
from .problem import Problem
from .release import CURRENT, OLDER
from .values import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..base.text import Span
    from ..source.template import Failure, Lookup, Part
    from .path_table import PathTable

_CASTS = path_table(CASTS)


def is_cast(path: tuple[str | int, ...]) -> bool:
    """Whether Compose casts the string at a path as soon as it reads the file."""
    table = _CASTS
    for part in path:
        table = below(table, part if isinstance(part, str) else "[]")
    return "" in table


class VariableUse(NamedTuple):
    """One reference to a variable in a Compose file.

    ``operator`` is one of ``:- - :? ? :+ +`` or empty; ``unset`` tells whether Docker
    Compose warns that the variable is not set.
    """

    name: str
    operator: str
    span: Span
    unset: bool


def evaluate(
    root: Mapping,
    lookup: Lookup,
    report: Callable[[Problem], None],
    use: Callable[[VariableUse], None],
    release: str = CURRENT,
) -> Mapping:
    """A resolved document with its variables replaced and its strings cast.

    ``report`` receives the problems, ``use`` each reference to a variable.
    """
    evaluation = _Evaluation(lookup, report, use, release, contains(root.file, "$"))
    return evaluation.mapping(root, _CASTS)


class _Evaluation:
    __slots__ = ("dollars", "lookup", "older", "report", "use")

    def __init__(
        self,
        lookup: Lookup,
        report: Callable[[Problem], None],
        use: Callable[[VariableUse], None],
        release: str,
        dollars: bool,
    ) -> None:
        self.older = release == OLDER
        self.lookup = lookup
        self.report = report
        self.use = use
        self.dollars = dollars

    def visit(self, node: Node, table: PathTable) -> Node:
        if isinstance(node, Scalar):
            if self.dollars and "$" in node.raw:
                node = self.substituted(node)
            kind = table.get("")
            return node if kind is None else self.cast(node, kind)
        if not table and not self.dollars:
            return node
        if isinstance(node, Mapping):
            return self.mapping(node, table)
        if isinstance(node, Sequence):
            inner = table.get("[]", EMPTY)
            if not inner and not self.dollars:
                return node
            items = [self.visit(item, inner) for item in node.items]
            if items != node.items:  # nodes are equal only if they are the same
                return with_items(node, items)
        return node

    def mapping(self, node: Mapping, table: PathTable) -> Mapping:
        entries: list[Entry] | None = None
        dollars = self.dollars
        for index, entry in enumerate(node.entries):
            inner = below(table, entry.name) if table else EMPTY
            if not inner and not dollars:
                continue
            value = self.visit(entry.value, inner)
            if value is not entry.value:
                if entries is None:
                    entries = list(node.entries)
                entries[index] = Entry(entry.key, value)
        return node if entries is None else with_entries(node, entries)

    def substituted(self, node: Scalar) -> Scalar:
        text = node.value
        if not isinstance(text, str):
            return node
        template = parse_template(text)
        if isinstance(template, TemplateError):
            shown = text if len(text) <= 40 else text[:39] + "…"
            context = "" if text == text[template.start : template.end] else f' in "{shown}"'
            self.report(
                Problem(
                    "interpolation-syntax",
                    template.message + context,
                    part_span(node, template.start, template.end),
                    "write `$$` for a dollar sign",
                )
            )
            return _unknown(node, UNKNOWN, (), UNKNOWN)
        result = substitute(template, self.lookup, self.older)
        unset = {id(reference) for reference in result.unset}
        for reference in template.references:
            span = part_span(node, reference.start, reference.end)
            self.use(VariableUse(reference.name, reference.operator, span, id(reference) in unset))
        for failures, only in ((result.failures, ""), (result.unused_failures, OLDER)):
            for failure in failures:
                span = part_span(node, failure.reference.start, failure.reference.end)
                name = failure.reference.name
                help_ = f"set {name} in .env or in the environment"
                self.report(required_variable(failure, span)._replace(help=help_, only=only))
        if result.value is None:
            pattern = _pattern(template.parts, self.lookup)
            return _unknown(node, pattern, (), pattern)
        if not result.unknown:
            return node.derive(result.value) if result.value != text else node
        names = tuple(dict.fromkeys(reference.name for reference in result.unset))
        return _unknown(node, result.value, names, _pattern(template.parts, self.lookup))

    def cast(self, node: Scalar, kind: str) -> Scalar:
        """A string as the type that its place asks for; as it is if it cannot be read so."""
        value = node.value
        if not isinstance(value, str) or UNKNOWN in value:
            return node
        if kind == "bool since 5":
            if self.older:
                return node
            kind = "bool"
            message = f'"{value}" is a string where a boolean is required'
            self.report(Problem("schema-type", message, node.span, only=OLDER))
        result = cast_scalar(kind, value)
        if isinstance(result, CastError):
            return node
        if kind == "bool" and value.lower() in YAML_1_1_BOOLEANS:
            word = "true" if result else "false"
            self.report(
                Problem(
                    "boolean-word",
                    f'Docker Compose reads "{value}" as {word}, with a warning',
                    node.span,
                    f"write `{word}`",
                    rejects=False,
                )
            )
        return node.derive(result)


def required_variable(failure: Failure, span: Span) -> Problem:
    """The problem that a variable is not set whose reference requires it."""
    name = failure.reference.name
    reason = f": {failure.reason}" if failure.reason else ""
    message = f"the required variable {name} is not set{reason}"
    return Problem("required-variable", message, span, unset=(name,))


def _unknown(node: Scalar, value: str, names: tuple[str, ...], pattern: str) -> UnknownScalar:
    twin = UnknownScalar(node.file, node.start, node.end, value, node.style or '"', names, pattern)
    twin.value = value
    return twin


def _pattern(parts: tuple[Part, ...], lookup: Lookup) -> str:
    """A template's value, with marks for the values of unset variables."""
    pattern = ""
    for part in parts:
        if not isinstance(part, Reference):
            pattern += part.text
            continue
        value = lookup(part.name)
        operator = part.operator
        if operator and operator[-1] != "?":
            is_present = bool(value) if operator[0] == ":" else value is not None
            if is_present == (operator[-1] == "+"):
                pattern += _pattern(part.argument, lookup)
                continue
            if not is_present:
                continue
        pattern += UNKNOWN if value is None or isinstance(value, Opaque) else value
    return pattern
