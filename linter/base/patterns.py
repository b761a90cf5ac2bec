"""Regular expressions that are compiled when they are first used.

Compiling takes longer than anything else at a program's start, and a run over one file
uses few of all patterns.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_compile = re.compile


class OnDemand:
    """A pattern that is compiled when one of its methods or attributes is first used."""

    def __init__(self, text: str, flags: int = 0) -> None:
        self._text = text
        self._flags = flags

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        value = getattr(_compile(self._text, self._flags), name)
        # The next use needs no call of this function; ``re`` keeps the compiled pattern.
        setattr(self, name, value)
        return value


def on_demand(text: str, flags: int = 0) -> re.Pattern[str]:
    """The pattern, compiled on first use. Functions such as ``re.sub`` do not accept it."""
    pattern: Any = OnDemand(text, flags)
    compiled: re.Pattern[str] = pattern
    return compiled


alone = False
"""Whether the process was started by the console script and has one thread."""


class deferred:
    """Lets ``re.compile`` return patterns that are compiled on first use.

    For importing modules of other projects of which little is used. Other threads would
    notice, so it does nothing in a process that is not ours (see ``alone``).
    """

    def __enter__(self) -> None:
        if alone:
            vars(re)["compile"] = on_demand

    def __exit__(self, *error: object) -> None:
        re.compile = _compile
