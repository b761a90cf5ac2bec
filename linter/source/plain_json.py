"""The little JSON that a run over one file needs, without the ``json`` package.

That package takes longer to load than a small file to lint; its heart, which is written in C,
does not. Where there is none (other Pythons), the package is used.
"""

from __future__ import annotations

try:
    from _json import encode_basestring as text_to_json
except ImportError:
    from json.encoder import encode_basestring as text_to_json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = ["parse_own", "text_to_json"]


def parse_own(data: bytes) -> dict[str, Any]:
    """The object in a data file that comes with the program."""
    document: dict[str, Any] = _scan(data.decode("utf-8").strip())
    return document


def _scanner() -> Callable[[str], Any]:
    try:
        from _json import make_scanner
    except ImportError:
        import json

        return json.loads
    plain: Any = _Plain  # Only its attributes are asked for.
    scan = make_scanner(plain)
    return lambda text: scan(text, 0)[0]


class _Plain:
    """How values are read: into what Python has for them."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float


_scan = _scanner()
