"""The variables in the text of a shell script, found by a quick look."""

from __future__ import annotations

import re

from ..base.patterns import on_demand

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN = on_demand(r"\\.|'|\"|\$\{?#?([A-Za-z_][A-Za-z0-9_]*)", re.DOTALL)
_ASSIGNED = on_demand(
    r"(?:^|[\s;&|(])(?:export\s+|local\s+|readonly\s+|declare\s+)?([A-Za-z_][A-Za-z0-9_]*)\+?="
    r"|\bfor\s+([A-Za-z_][A-Za-z0-9_]*)\s+in\b|\bread\s+(?:-\w+\s+)*([A-Za-z_][A-Za-z0-9_]*)"
    r"|\bunset\s+([A-Za-z_][A-Za-z0-9_]*)"
)


def shell_references(text: str) -> Iterator[tuple[str, int, bool]]:
    """Each variable: its name, where the name begins, whether it is inside single quotes."""
    single = double = False
    for token in _TOKEN.finditer(text):
        first = token[0]
        if first == "'" and not double:
            single = not single
        elif single and first.startswith("\\"):
            # A backslash means nothing there: the quote behind it ends the text.
            single = not first.endswith("'")
        elif first == '"' and not single:
            double = not double
        elif token[1]:
            yield token[1], token.start(1), single


def assigned_in(text: str) -> frozenset[str]:
    """The names of the variables that a script sets itself."""
    return frozenset(name for match in _ASSIGNED.finditer(text) for name in match.groups() if name)
