"""Globs over paths: those of the configuration, and of options such as ``--exclude``.

A pattern without a slash matches any part of a path (``legacy``, ``*.test.yaml``), one with
a slash the path from its start; ``*`` and ``?`` stay within a part, ``**`` spans any number
of parts. A pattern that matches a folder matches everything below it.
"""

from __future__ import annotations

from fnmatch import fnmatchcase

from ..base.records import NamedTuple
from .paths import below

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


def matches(path: str, pattern: str) -> bool:
    """Whether a path with ``/``, or a folder above it, fits a pattern."""
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
        inner = below(self.folder, path)
        return inner is not None and matches(inner, self.pattern)


def is_excluded(path: str, patterns: Sequence[str]) -> bool:
    """Whether one of the patterns of an option fits a path as it is shown."""
    return any(matches(path, pattern) for pattern in patterns)
