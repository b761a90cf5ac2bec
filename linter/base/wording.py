"""Small pieces of sentences."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def and_list(names: Iterable[str], quote: str = '"') -> str:
    """``"a"``, ``"a" and "b"``, ``"a", "b" and "c"``."""
    shown = [f"{quote}{name}{quote}" for name in names]
    if len(shown) < 2:
        return "".join(shown)
    return f"{', '.join(shown[:-1])} and {shown[-1]}"
