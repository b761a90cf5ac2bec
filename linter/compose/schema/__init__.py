"""The schema of Compose files: what fits it, and explanations of what does not."""

from __future__ import annotations

from .fits import fits
from .table import ROOT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...source.yaml.nodes import Node
    from .fits import SchemaError


def check(root: Node, *, unset_fits: bool = True) -> list[SchemaError]:
    """The errors of a document, in the order of the file as far as there is one.

    Scalars that depend on unset variables fit wherever the schema allows scalars; with
    ``unset_fits`` off their value counts, that is the one that Docker Compose sees.
    """
    if fits(root, ROOT):
        return []
    from .explain import explain

    return explain(root, ROOT, unset_fits)
