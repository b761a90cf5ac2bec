"""Small pieces of sentences."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def and_list(names: Iterable[str], quote: str = '"', most: int | None = None) -> str:
    """``"a"``, ``"a" and "b"``, ``"a", "b" and "c"``; with ``most`` names ``"a", "b" and 3 more``."""
    return _joined(names, "and", quote, most)


def or_list(names: Iterable[str], quote: str = '"', most: int | None = None) -> str:
    """``"a"``, ``"a" or "b"``, ``"a", "b" or "c"``; with ``most`` names ``"a", "b" or 3 more``."""
    return _joined(names, "or", quote, most)


def _joined(names: Iterable[str], last: str, quote: str, most: int | None) -> str:
    shown = [f"{quote}{name}{quote}" for name in names]
    if most is not None and len(shown) > most:
        shown[most:] = [f"{len(shown) - most} more"]
    return f"{', '.join(shown[:-1])} {last} {shown[-1]}" if len(shown) > 1 else "".join(shown)


def plural(count: int, noun: str) -> str:
    """``1 file``, ``2,000 files``."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"
