"""Check a stack against the schema."""

from __future__ import annotations

from .fits import _fits
from .table import ROOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...source.yaml.nodes import Node
    from .fits import SchemaError


def check(root: Node, *, unset_fits: bool = True) -> list[SchemaError]:
    """Every mistake in a document, in the order of the file as far as it can be had.

    Scalars that depend on unset variables fit wherever a scalar may stand; with
    ``unset_fits`` off their value is taken as it is, that is as Docker Compose sees it.
    """
    if _fits(root, ROOT):
        return []
    from .explain import explain

    return explain(root, ROOT, unset_fits)
