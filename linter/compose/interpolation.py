"""Variables put into a document's values, and strings cast where Docker Compose casts them.

Values that depend on unset variables become ``UnknownScalar``: their ``value`` is what
Compose makes of them, their ``pattern`` shows which parts nobody knows.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..source.template import Opaque, Reference, Template, TemplateError, parse_template, substitute
from ..source.yaml.nodes import Entry, Mapping, Node, Scalar, Sequence, UnknownScalar
from .casts import CASTS, YAML_1_1_BOOLEANS, CastError, cast_scalar
from .nodes import part_span, with_entries, with_items
from .path_table import below, path_table
from .problem import Problem
from .values import UNKNOWN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..base.text import Span
    from ..source.template import Lookup, Part
    from .environment import Variables
    from .path_table import Rule

_CASTS = path_table(CASTS)
_NONE: Rule = {}


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
    root: Node,
    variables: Variables,
    report: Callable[[Problem], None],
    use: Callable[[VariableUse], None],
) -> Node:
    """A resolved document with its variables replaced and its strings cast."""
    return _Evaluation(variables.lookup, report, use, "$" in root.file.text).visit(root, _CASTS)


class _Evaluation:
    __slots__ = ("dollars", "lookup", "report", "use")

    def __init__(
        self,
        lookup: Lookup,
        report: Callable[[Problem], None],
        use: Callable[[VariableUse], None],
        dollars: bool,
    ) -> None:
        self.lookup = lookup
        self.report = report
        self.use = use
        self.dollars = dollars

    def visit(self, node: Node, rule: Rule) -> Node:
        if isinstance(node, Scalar):
            if self.dollars and "$" in node.raw:
                node = self.substituted(node)
            kind = rule.get("")
            return node if kind is None else self.cast(node, kind)
        if not rule and not self.dollars:
            return node
        if isinstance(node, Mapping):
            return self.mapping(node, rule)
        if isinstance(node, Sequence):
            inner = rule.get("[]", _NONE)
            if not inner and not self.dollars:
                return node
            items = [self.visit(item, inner) for item in node.items]
            for new, old in zip(items, node.items, strict=True):
                if new is not old:
                    return with_items(node, items)
        return node

    def mapping(self, node: Mapping, rule: Rule) -> Mapping:
        entries: list[Entry] | None = None
        dollars = self.dollars
        for index, entry in enumerate(node.entries):
            inner = below(rule, entry.name) if rule else _NONE
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
            where = "" if text == text[template.start : template.end] else f' in "{shown}"'
            self.report(
                Problem(
                    "interpolation-syntax",
                    template.message + where,
                    part_span(node, template.start, template.end),
                    "To keep a dollar sign, write it twice: $$.",
                )
            )
            return _unknown(node, UNKNOWN, (), UNKNOWN)
        result = substitute(template, self.lookup)
        unset = {id(reference) for reference in result.unset}
        for reference in template.references:
            self.use(
                VariableUse(
                    reference.name,
                    reference.operator,
                    part_span(node, reference.start, reference.end),
                    id(reference) in unset,
                )
            )
        for failure in result.failures:
            reference = failure.reference
            reason = f": {failure.reason}" if failure.reason else ""
            self.report(
                Problem(
                    "required-variable",
                    f"the required variable {reference.name} is not set{reason}",
                    part_span(node, reference.start, reference.end),
                    f"Set {reference.name} in .env or in the environment.",
                    unset=(reference.name,),
                )
            )
        if result.value is None:
            pattern = _pattern(template, self.lookup)
            return _unknown(node, pattern, (), pattern)
        if not result.unknown:
            return node.derive(result.value) if result.value != text else node
        names = tuple(dict.fromkeys(reference.name for reference in result.unset))
        return _unknown(node, result.value, names, _pattern(template, self.lookup))

    def cast(self, node: Scalar, kind: str) -> Scalar:
        """A string as what it stands for; as it is where it is no such thing."""
        value = node.value
        if not isinstance(value, str) or UNKNOWN in value:
            return node
        result = cast_scalar(kind, value)
        if isinstance(result, CastError):
            return node
        if kind == "bool" and value.lower() in YAML_1_1_BOOLEANS:
            word = "true" if result else "false"
            self.report(
                Problem(
                    "boolean-word",
                    f'Docker Compose takes "{value}" for {word} here, with a warning',
                    node.span,
                    f"Write {word}.",
                    rejects=False,
                )
            )
        return node.derive(result)


def _unknown(node: Scalar, value: str, names: tuple[str, ...], pattern: str) -> UnknownScalar:
    twin = UnknownScalar(node.file, node.start, node.end, value, node.style or '"', names, pattern)
    twin.value = value
    return twin


def _pattern(template: Template, lookup: Lookup) -> str:
    return "".join(_chunks(template.parts, lookup))


def _chunks(parts: tuple[Part, ...], lookup: Lookup) -> list[str]:
    """A template's value in pieces, with marks for what unset variables would give."""
    chunks: list[str] = []
    for part in parts:
        if not isinstance(part, Reference):
            chunks.append(part.text)
            continue
        value = lookup(part.name)
        shown = UNKNOWN if value is None or isinstance(value, Opaque) else value
        operator = part.operator
        if operator and operator[-1] != "?":
            present = bool(value) if operator[0] == ":" else value is not None
            if present == (operator[-1] == "+"):
                chunks.extend(_chunks(part.argument, lookup))
                continue
            if not present:
                continue
        chunks.append(shown)
    return chunks
