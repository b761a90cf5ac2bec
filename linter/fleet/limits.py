"""The limits of the scan of one repository."""

from __future__ import annotations

from ..base.records import NamedTuple


class Limits(NamedTuple):
    """The limits of the scan of one repository.

    Attributes:
        seconds: the longest time; then the process that reads it is killed.
        memory: the most bytes of memory of that process, and of each program that it runs.
        paths: the most paths of a commit or an archive.
        size: the most bytes of an archive.
    """

    seconds: float = 300.0
    memory: int = 1 << 30
    paths: int = 1_000_000
    size: int = 2 << 30
