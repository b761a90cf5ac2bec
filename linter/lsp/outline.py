"""Symbols of a file, and the parts of it that fold."""

from __future__ import annotations

from lsprotocol import types

from ..files.content import kind_in
from ..files.kinds import COMPOSE, DOCKERFILE, ENV
from ..insight.folding import compose_folds, dockerfile_folds, env_folds
from ..insight.symbols import compose_symbols, dockerfile_symbols, env_symbols, flat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import SourceFile
    from ..insight.folding import Fold
    from ..insight.symbols import Symbol
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
        found = _read(view)[0]
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
            for fold in _read(view)[1]
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


def _read(view: View) -> tuple[list[Symbol], list[Fold]]:
    """The symbols and folds of a file of any kind that has some."""
    source = view.source
    kind = kind_in(view.path, source.text) if source is not None else None
    if source is None:
        return [], []
    if kind == COMPOSE:
        from ..source.yaml.parser import parse_yaml

        yaml = parse_yaml(source)
        return compose_symbols(yaml), compose_folds(yaml)
    if kind == DOCKERFILE:
        return _dockerfile(source)
    if kind == ENV:
        from ..source.dotenv_parser import parse_env

        syntax = parse_env(source)
        return env_symbols(syntax), env_folds(syntax)
    return [], []


def _dockerfile(source: SourceFile) -> tuple[list[Symbol], list[Fold]]:
    from ..source.dockerfile.parser import parse_dockerfile
    from ..source.dockerfile.stages import build_stages

    stages = build_stages(parse_dockerfile(source))
    return dockerfile_symbols(stages), dockerfile_folds(stages)
