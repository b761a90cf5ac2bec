"""What Docker Compose refuses in a stack, or silently misreads, with its place."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.wording import and_list
from .nodes import unset_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span
    from ..source.yaml.nodes import Node


class Related(NamedTuple):
    """Another place that a problem is about."""

    message: str
    span: Span


class Problem(NamedTuple):
    """One problem of a stack.

    ``kind`` is a stable word such as ``undefined-network``. ``rejects`` tells whether
    ``docker compose config`` refuses the stack for it, in an empty environment and with
    the given profiles. ``unset`` names the variables whose absence alone causes it;
    ``profile`` the profile that must be switched on to meet it.
    """

    kind: str
    message: str
    span: Span
    help: str = ""
    related: tuple[Related, ...] = ()
    rejects: bool = True
    unset: tuple[str, ...] = ()
    profile: str = ""

    def depending_on(self, *nodes: Node | None) -> Problem:
        """The same problem, caused by the unset variables that nodes depend on, if any do."""
        names = unset_names(*nodes)
        if not names:
            return self
        return self._replace(message=when_unset(names) + self.message, unset=names)


def when_unset(names: tuple[str, ...]) -> str:
    """The clause that a message begins with where unset variables cause the problem."""
    if not names:
        return ""
    return f"if {and_list(names, '')} {'is' if len(names) == 1 else 'are'} unset, "
