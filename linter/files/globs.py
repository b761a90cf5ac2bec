"""Globs over paths, as the configuration uses them.

A pattern without a slash matches any part of a path (``legacy``, ``*.test.yaml``), one with
a slash the path from its start; ``*`` and ``?`` stay within a part, ``**`` spans any number
of parts. A pattern that matches a folder matches everything below it.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def matches(path: str, pattern: str) -> bool:
    """Whether a relative path with ``/``, or a folder above it, fits a pattern."""
    plain = pattern.removeprefix("./").rstrip("/")
    parts = path.split("/")
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
            # Let the last ** swallow one more part.
            resume += 1
            index, at = star + 1, resume
        else:
            return False
    return True


class Glob(NamedTuple):
    """A pattern and the absolute folder of the configuration that it stands in."""

    pattern: str
    folder: str

    def matches(self, path: str) -> bool:
        """Whether a path (absolute or from the working folder) fits; never outside ``folder``."""
        below = relative(path, self.folder)
        return below is not None and matches(below, self.pattern)


def relative(path: str, folder: str) -> str | None:
    """A path as seen from a folder, with ``/``; None where it lies elsewhere."""
    absolute = os.path.normpath(path if os.path.isabs(path) else os.path.join(os.getcwd(), path))
    prefix = folder if folder.endswith(os.sep) else folder + os.sep
    if not absolute.startswith(prefix):
        return None
    return absolute[len(prefix) :].replace(os.sep, "/")


def is_excluded(path: str, patterns: Sequence[str]) -> bool:
    """Whether a glob matches the path, one of its parts, or a folder above it."""
    parts = path.split("/")
    for pattern in patterns:
        plain = pattern.removeprefix("./").rstrip("/")
        if "/" not in plain:
            if any(fnmatchcase(part, plain) for part in parts):
                return True
            continue
        for count in range(1, len(parts) + 1):
            if fnmatchcase("/".join(parts[:count]), plain):
                return True
    return False
