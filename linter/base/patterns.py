"""Regular expressions that are compiled when they are first used.

Compiling takes longer than anything else at a program's start, and a run over one file
uses few of the patterns there are.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_compile = re.compile


class OnDemand:
    """Stands for a compiled pattern: its methods and attributes are there once asked for."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(_compile(self._text, self._flags), name)
        # From now on it is found without this function; ``re`` remembers the pattern.
        setattr(self, name, value)
        return value


def on_demand(text: str, flags: int = 0) -> re.Pattern[str]:
    """What ``re.compile`` gives, later. It is no argument for ``re.sub`` and its like."""
    stand_in: Any = OnDemand(text, flags)
    pattern: re.Pattern[str] = stand_in
    return pattern


alone = False
"""Whether this process is ours, as that of the console script, and has one thread."""


class deferred:
    """Within, the patterns that any module compiles are compiled when they are used.

    For loading other people's modules of which little is used. Other threads would notice,
    so it does nothing in a process that is not ours.
    """

    def __enter__(self) -> None:
        if alone:
            re.compile = on_demand  # type: ignore[assignment]  # for texts it is the same

    def __exit__(self, *error: object) -> None:
        re.compile = _compile
