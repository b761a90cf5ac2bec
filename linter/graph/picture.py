"""The picture of a stack for those who put it into something else, such as a page."""

from __future__ import annotations

from .dot import to_dot
from .drawing import draw
from .layout import is_available, lay_out
from .model import describe
from .svg import STYLE, dressed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from ..model.stack import Stack
    from ..result import Result
    from ..rule import Diagnostic

__all__ = ["STYLE", "is_available", "picture"]


def picture(
    result: Result,
    stack: Stack,
    *,
    link: Callable[[Diagnostic], str] | None = None,
    hide: Callable[[str], str] | None = None,
    prefix: str = "graph",
    style: bool = True,
) -> str:
    """The picture of a stack as an SVG element.

    ``result`` has the findings as they may be printed, without secrets, and ``hide`` masks secrets in
    other texts (``Masks.text``). ``link`` gives the address for a finding, such as ``#finding-3``.
    Several pictures of one page need each a ``prefix`` of their own for their ids, and with
    ``style=False`` the page has ``STYLE`` once.

    Raises:
        LayoutError: if it cannot be laid out, such as without the extra ``graph`` (``is_available``).
    """
    drawing = draw(describe(stack, result, link, hide))
    return dressed(lay_out(to_dot(drawing)), drawing, prefix=prefix, style=style)
