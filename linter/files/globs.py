"""Globs for paths: those of the configuration, and of options such as ``--exclude``.

A pattern without a slash matches any part of a path (``legacy``, ``*.test.yaml``), one with a
slash the path from its start; ``*`` and ``?`` match within a part, ``**`` matches any number of
parts. A pattern that matches a folder matches everything below it.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from .paths import below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def matches(path: str, pattern: str) -> bool:
    """Whether a pattern matches a path (with ``/``) or a folder above it."""
    from fnmatch import fnmatchcase

    plain = pattern.removeprefix("./").rstrip("/")
    parts = path.lstrip("/").split("/")
    if "/" not in plain:
        return any(fnmatchcase(part, plain) for part in parts)
    wanted = plain.lstrip("/").split("/")
    at = index = 0
    star, resume = -1, 0
    while index < len(wanted):
        if wanted[index] == "**":
            if index == len(wanted) - 1:
                return at < len(parts)
            star, resume = index, at
            index += 1
        elif at < len(parts) and fnmatchcase(parts[at], wanted[index]):
            index += 1
            at += 1
        elif star >= 0 and resume < len(parts):
            # The last ** takes one more part.
            resume += 1
            index, at = star + 1, resume
        else:
            return False
    return True


def in_folder(path: str, patterns: Sequence[str], start: str = ".") -> bool:
    """Whether a path has, below ``start``, a folder that one of the patterns names.

    A pattern is the name of a folder, or the last parts of its path (``lib/copies``).
    """
    inner = path[len(start) + 1 :] if start != "." and path.startswith(f"{start}/") else path
    folders = inner.split("/")[:-1]
    for pattern in patterns:
        if not any(mark in pattern for mark in "/*?["):
            if pattern in folders:
                return True
            continue
        from fnmatch import fnmatchcase

        names = pattern.removeprefix("./").strip("/").split("/")
        for at in range(len(folders) - len(names) + 1):
            if all(map(fnmatchcase, folders[at:], names)):
                return True
    return False


class Glob(NamedTuple):
    """A pattern, with the absolute folder of the configuration that contains it."""

    pattern: str
    folder: str

    def matches(self, path: str) -> bool:
        """Whether it matches a path (absolute or from the working folder) below its folder."""
        inner = below(self.folder, path)
        return inner is not None and matches(inner, self.pattern)


def is_excluded(path: str, patterns: Sequence[str]) -> bool:
    """Whether one of the patterns of an option matches a path as people see it."""
    return any(matches(path, pattern) for pattern in patterns)
