"""``json-lines``: the findings of the ``json`` report, one object a line."""

from __future__ import annotations

from .json import diagnostic
from .jsontext import to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..result import Result
    from . import RenderOptions


def render(result: Result, options: RenderOptions) -> str:
    """A line a finding, suppressed ones included; empty where there is none."""
    return "".join(f"{to_json(diagnostic(item))}\n" for item in result.diagnostics)
