"""What one configuration file, or the command line, says about rules."""

from __future__ import annotations

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rule import Severity


class Selector(NamedTuple):
    """A selector with the codes that it matches and how specific it is.

    ``codes`` is None for ``ALL``. ``prefix`` is set for ShellCheck's codes, which no rule
    declares. ``rank`` grows from ``ALL`` over ``CF`` or a category and ``CF2`` to a single rule.
    """

    text: str
    rank: int
    codes: frozenset[str] | None
    prefix: str = ""

    def matches(self, code: str) -> bool:
        """Whether it matches the code of a rule."""
        if self.prefix:
            return code.startswith(self.prefix)
        return self.codes is None or code in self.codes


ONE_RULE = 100
"""The rank of a selector that names a rule."""


class Layer(NamedTuple):
    """What one configuration file, or the command line, says about the rules.

    Every field but ``preset`` and ``keep`` consists of selectors. If ``select`` or ``fixable`` is
    None, the layer does not change it. ``locked`` rules run whatever any layer says. ``keep`` are
    codes that stay selected under this layer's ``select``: the policies of the configuration.
    """

    preset: str | None = None
    select: tuple[str, ...] | None = None
    extend_select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    severity: tuple[tuple[str, Severity], ...] = ()
    locked: tuple[str, ...] = ()
    fixable: tuple[str, ...] | None = None
    unfixable: tuple[str, ...] = ()
    keep: tuple[str, ...] = ()
