"""Data files that come with the program: JSON that we wrote."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def parsed(data: bytes) -> dict[str, Any]:
    """The object in the bytes of a data file."""
    document: dict[str, Any] = _scan(data.decode("utf-8").strip())
    return document


def _scanner() -> Callable[[str], Any]:
    """What reads JSON: the heart of the ``json`` package, which takes longer to load than that
    takes to read a file; else that package."""
    try:
        from _json import make_scanner

        plain: Any = _Plain  # Only its attributes are asked for.
        scan = make_scanner(plain)
    except (ImportError, AttributeError, TypeError):
        import json

        return json.loads
    return lambda text: scan(text, 0)[0]


class _Plain:
    """How values are read: into what Python has for them."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


_scan = _scanner()
