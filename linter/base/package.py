"""Files that come with composelint itself."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
"""The folder of the installed package ``composelint``."""


def import_own(name: str) -> Any:
    """A module of the package by its name; ``importlib`` itself would take time to load."""
    # Of a package, a name that it does not have would be looked for as a module in it.
    return __import__(name, fromlist=("__name__",))


def read_own(path: str) -> bytes:
    """The content of a file of the package, such as ``schemas/dockerfile.json``."""
    with open(os.path.join(FOLDER, *path.split("/")), "rb") as file:
        return file.read()


def parse_own(text: str, start: int = 0) -> Any:
    """The value that begins at an offset of a JSON file of the package.

    The package ``json`` takes longer to load than a small file to lint; its scanner, which is
    written in C, does not. Where that does not exist (other Pythons), the package is used.
    """
    try:
        from _json import make_scanner
    except ImportError:
        import json

        return json.JSONDecoder().raw_decode(text, start)[0]
    options: Any = _Options
    return make_scanner(options)(text, start)[0]


class _Options:
    """What the scanner asks a decoder for."""

    strict = True
    object_hook = object_pairs_hook = None
    parse_float = float
    parse_int = int
    parse_constant = float
