"""What Docker Compose refuses in a stack, or silently misreads, with its place."""

from __future__ import annotations

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..base.text import Span


class Related(NamedTuple):
    """Another place that a problem is about."""

    message: str
    span: Span


class Problem(NamedTuple):
    """One mistake in a stack.

    ``kind`` is a stable word such as ``undefined-network``. ``rejects`` tells whether
    ``docker compose config`` refuses the stack for it, in an empty environment and with
    the profiles that were asked for. ``unset`` names the variables whose absence alone
    makes it a mistake; ``profile`` the profile that must be switched on to meet it.
    """

    kind: str
    message: str
    span: Span
    help: str = ""
    related: tuple[Related, ...] = ()
    rejects: bool = True
    unset: tuple[str, ...] = ()
    profile: str = ""


def when_unset(names: tuple[str, ...]) -> str:
    """The clause that a message begins with where unset variables make the mistake."""
    if not names:
        return ""
    if len(names) == 1:
        return f"if {names[0]} is unset, "
    return f"if {', '.join(names[:-1])} and {names[-1]} are unset, "
