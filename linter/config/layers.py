"""What one configuration file, or the command line, says about rules."""

from __future__ import annotations

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ..rule import Severity


class Selector(NamedTuple):
    """A selector worked out: the codes it stands for and how specific it is.

    ``codes`` is None for ``ALL``. ``prefix`` is set for ShellCheck's codes, which no rule
    declares. ``rank`` grows from ``ALL`` over ``CF`` or a category and ``CF2`` to a single
    rule.
    """

    text: str
    rank: int
    codes: frozenset[str] | None
    prefix: str = ""

    def matches(self, code: str) -> bool:
        if self.prefix:
            return code.startswith(self.prefix)
        return self.codes is None or code in self.codes


ONE_RULE = 100
"""The rank of a selector that names a rule."""


class Layer(NamedTuple):
    """What one configuration file, or the command line, says about the rules.

    Every entry but ``preset`` and ``keep`` consists of selectors. None for ``select`` or
    ``fixable`` means that the layer leaves it as it is. ``locked`` rules run whatever any
    layer says. ``keep`` lists codes that stay selected under this layer's ``select`` (the
    policies that the configuration itself brings).
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
