"""The errors of configurations, policies and baselines: all calls import them, few need more."""

from __future__ import annotations

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


class Fault(NamedTuple):
    """One error in a configuration; line and column count from 1, and are 0 for the whole file."""

    path: str
    line: int
    column: int
    message: str

    def __str__(self) -> str:
        from ..base.escape import visible

        place = f":{self.line}:{self.column}" if self.line else ""
        return visible(f"{self.path}{place}: {self.message}")


class ConfigError(ValueError):
    """A configuration, policy or baseline that cannot be used.

    ``faults`` are its errors, each with its place. As text it has one line for each.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__(self.faults)

    @classmethod
    def at(cls, path: str, message: str, line: int = 0, column: int = 0) -> ConfigError:
        """One error, of the whole file unless it has a line and a column."""
        return cls([Fault(path, line, column, message)])

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))
