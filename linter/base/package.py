"""Files that come with composelint itself."""

from __future__ import annotations

import os

FOLDER = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
"""The folder of the installed package ``composelint``."""


def read_own(path: str) -> bytes:
    """The content of a file of the package, such as ``schemas/dockerfile.json``."""
    with open(os.path.join(FOLDER, *path.split("/")), "rb") as file:
        return file.read()
