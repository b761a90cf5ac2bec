"""``json-lines``: the findings of the ``json`` report, one object per line."""

from __future__ import annotations

from .json import diagnostic
from .jsontext import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """One line per finding, suppressed ones included; empty without findings."""
    return "".join(
        f"{to_json(diagnostic(finding, options.masks))}\n" for finding in result.diagnostics
    )
