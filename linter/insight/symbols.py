"""The outline of a file: sections and services, stages and instructions, variables."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.text import Span
from ..source.yaml.nodes import Alias, Mapping, Scalar, Sequence

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..source.dockerfile.instruction import Instruction
    from ..source.dockerfile.stages import Stages
    from ..source.dotenv import EnvSyntax
    from ..source.yaml.nodes import Entry, Node, YamlFile

MOST = 20_000
"""The most symbols of a file."""

_LONGEST = 60
_DEPTH = 2
"""How deep the outline of a Compose file goes below a section: its entries, and their keys."""

_ENTRIES = {
    "services": "service",
    "networks": "resource",
    "volumes": "resource",
    "secrets": "resource",
    "configs": "resource",
    "models": "resource",
}


class Symbol(NamedTuple):
    """An entry of the outline.

    ``kind`` is one of ``section``, ``service``, ``resource``, ``key``, ``list``, ``stage``, ``instruction``
    and ``variable``. ``span`` is all of it, ``name_span`` the part that names it.
    """

    name: str
    kind: str
    detail: str
    span: Span
    name_span: Span
    children: tuple[Symbol, ...] = ()


def compose_symbols(yaml: YamlFile) -> list[Symbol]:
    """The sections of a Compose file with their entries, and the keys of these."""
    from .recovered import readable

    symbols: list[Symbol] = []
    for root in readable(yaml).documents:
        if isinstance(root, Mapping):
            for entry in root.entries:
                kind = _ENTRIES.get(entry.name, "")
                depth = _DEPTH if kind else 1
                symbols.append(_entry(yaml, entry, "section", kind, depth))
    return symbols


def _entry(yaml: YamlFile, entry: Entry, kind: str, inner: str, depth: int) -> Symbol:
    """The symbol of an entry; ``inner`` is the kind of those in it."""
    file = yaml.source
    key, value = entry
    name_span = Span(file, key.start, key.end)
    end = max(key.end, value.end if value.start >= key.start else key.end)
    children: tuple[Symbol, ...] = ()
    if depth > 0 and isinstance(value, Mapping) and len(value.entries) < MOST:
        children = tuple(
            _entry(yaml, each, inner or "key", "", depth - 1) for each in value.entries
        )
    name = entry.name or name_span.text[:_LONGEST] or "?"
    return Symbol(name, kind, _detail(value), Span(file, key.start, end), name_span, children)


def _detail(node: Node) -> str:
    """A value in short."""
    if isinstance(node, Alias):
        return f"*{node.name}"
    if isinstance(node, Scalar):
        return _short(node.raw)
    if isinstance(node, Sequence):
        texts = [item.raw for item in node.items if isinstance(item, Scalar)]
        return _short(", ".join(texts)) if len(texts) == len(node.items) else ""
    if isinstance(node, Mapping):
        image = node.get("image")
        return _short(image.raw) if isinstance(image, Scalar) else ""
    return ""


def _short(text: str) -> str:
    """The first line of a text, cut."""
    line = text.strip().partition("\n")[0]
    return line if len(line) <= _LONGEST else line[: _LONGEST - 1] + "…"


def dockerfile_symbols(stages: Stages) -> list[Symbol]:
    """The stages of a Dockerfile with their instructions, and what comes before the first."""
    syntax = stages.syntax
    before = stages.stages[0].instruction.start if stages.stages else len(syntax.file.text) + 1
    first = (each for each in syntax.instructions if each.start < before)
    symbols = [_instruction(each) for each in first]
    for stage in stages:
        children = tuple(_instruction(each) for each in stage.instructions)
        start = stage.instruction.start
        end = max([stage.instruction.end, *(each.end for each in stage.instructions)])
        word = stage.name_word or stage.base
        name_span = word.span if word is not None else stage.instruction.name_span
        detail = _short(stage.base.text) if stage.base is not None else ""
        symbols.append(
            Symbol(
                stage.label,
                "stage",
                f"FROM {detail}",
                Span(syntax.file, start, end),
                name_span,
                children,
            )
        )
    return symbols


def _instruction(instruction: Instruction) -> Symbol:
    pairs = instruction.pairs if instruction.name in ("ARG", "ENV") else []
    if len(pairs) == 1 and pairs[0].key.text:
        name = f"{instruction.name} {pairs[0].key.text}"
        return Symbol(name, "variable", "", instruction.span, pairs[0].key.span)
    name = instruction.raw_name or "?"
    detail = _short(instruction.arguments)
    return Symbol(name, "instruction", detail, instruction.span, instruction.name_span)


def env_symbols(syntax: EnvSyntax) -> list[Symbol]:
    """The variables of an env file; their values, which may be secret, are not shown."""
    return [
        Symbol(entry.key, "variable", "", entry.span, entry.key_span)
        for entry in syntax.entries[:MOST]
        if entry.key
    ]


def flat(symbols: Iterable[Symbol], parent: str = "") -> list[tuple[Symbol, str]]:
    """All symbols in order, each with the name of the one that it is in."""
    found: list[tuple[Symbol, str]] = []
    for symbol in symbols:
        found.append((symbol, parent))
        found += flat(symbol.children, symbol.name)
    return found
