"""What Docker Compose refuses in a stack, or silently misreads, with its place."""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.wording import and_list
from .nodes import unset_names

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span
    from ..source.yaml.nodes import Node


INHERITED = "inherited from here"
"""What is said of the place of a problem that a service has from the one that it extends."""


class Related(NamedTuple):
    """Another place that a problem is about."""

    message: str
    span: Span


class Problem(NamedTuple):
    """One problem of a stack.

    ``kind`` is a stable word such as ``undefined-network``. ``rejects`` tells whether
    ``docker compose config`` refuses the stack for it, in an empty environment and with
    the given profiles. ``unset`` names the variables whose absence alone causes it;
    ``profile`` the profile that must be switched on to meet it; ``only`` the release of
    Docker Compose that alone refuses it.
    """

    kind: str
    message: str
    span: Span
    help: str = ""
    related: tuple[Related, ...] = ()
    rejects: bool = True
    unset: tuple[str, ...] = ()
    profile: str = ""
    only: str = ""

    def for_release(self, release: str) -> Problem:
        """The problem as it counts for a release: a remark if only another one refuses it."""
        if self.only in ("", release):
            return self
        message = f"Docker Compose {self.only} refuses this: {self.message}"
        # Of a date it is not certain what arrives, so it stays a problem of its own.
        kind = self.kind if self.kind == "schema-date" else "other-release"
        return self._replace(kind=kind, message=message, rejects=False)

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
