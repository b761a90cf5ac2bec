"""Symbols of a file, and the parts of it that fold."""

from __future__ import annotations

from lsprotocol import types

from ..files.content import kind_in
from ..files.kinds import COMPOSE, DOCKERFILE, ENV
from ..insight.folding import compose_folds, dockerfile_folds, env_folds
from ..insight.symbols import compose_symbols, dockerfile_symbols, env_symbols, flat
from ..source.dockerfile.parser import parse_dockerfile
from ..source.dockerfile.stages import Stages, build_stages
from ..source.dotenv_parser import parse_env
from ..source.yaml.nodes import YamlFile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..insight.folding import Fold
    from ..insight.symbols import Symbol
    from ..source.dotenv import EnvSyntax
    from .server import Server
    from .view import View

_KINDS = {
    "section": types.SymbolKind.Namespace,
    "service": types.SymbolKind.Class,
    "resource": types.SymbolKind.Object,
    "key": types.SymbolKind.Property,
    "stage": types.SymbolKind.Class,
    "instruction": types.SymbolKind.Method,
    "variable": types.SymbolKind.Variable,
}


def register(server: Server) -> None:
    """Answer requests for the outline of a file."""

    @server.answers(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(
        view: View, params: types.DocumentSymbolParams
    ) -> list[types.DocumentSymbol] | list[types.SymbolInformation]:
        found = _symbols(view)
        client = view.client.text_document and view.client.text_document.document_symbol
        if client and client.hierarchical_document_symbol_support:
            return [_symbol(view, symbol) for symbol in found]
        return [
            types.SymbolInformation(
                view.location(symbol.span), symbol.name, _KINDS[symbol.kind], container_name=parent
            )
            for symbol, parent in flat(found)
        ]

    @server.answers(types.TEXT_DOCUMENT_FOLDING_RANGE)
    def folding(view: View, params: types.FoldingRangeParams) -> list[types.FoldingRange]:
        kinds = types.FoldingRangeKind
        return [
            types.FoldingRange(
                fold.first - 1,
                fold.last - 1,
                kind=kinds.Comment if fold.kind == "comment" else None,
            )
            for fold in _folds(view)
        ]


def _symbol(view: View, symbol: Symbol) -> types.DocumentSymbol:
    return types.DocumentSymbol(
        symbol.name,
        _KINDS[symbol.kind],
        view.range(symbol.span),
        view.range(symbol.name_span),
        symbol.detail or None,
        children=[_symbol(view, child) for child in symbol.children],
    )


def _symbols(view: View) -> list[Symbol]:
    """The symbols of a file of any kind that has some."""
    syntax = _syntax(view)
    if isinstance(syntax, YamlFile):
        return compose_symbols(syntax)
    if isinstance(syntax, Stages):
        return dockerfile_symbols(syntax)
    return env_symbols(syntax) if syntax is not None else []


def _folds(view: View) -> list[Fold]:
    """The folds of a file of any kind that has some."""
    syntax = _syntax(view)
    if isinstance(syntax, YamlFile):
        return compose_folds(syntax)
    if isinstance(syntax, Stages):
        return dockerfile_folds(syntax)
    return env_folds(syntax) if syntax is not None else []


def _syntax(view: View) -> YamlFile | Stages | EnvSyntax | None:
    """A file as its kind reads it; None for a kind without an outline."""
    source = view.source
    kind = kind_in(view.path, source.text) if source is not None else None
    if source is None or kind is None:
        return None
    if kind == COMPOSE:
        answer = view.project.reader.read(view.path)
        return answer if isinstance(answer, YamlFile) else None
    if kind == DOCKERFILE:
        known = view.project.dockerfiles.get(view.path)
        return known.stages if known is not None else build_stages(parse_dockerfile(source))
    return parse_env(source) if kind == ENV else None
