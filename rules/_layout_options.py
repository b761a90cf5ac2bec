"""Options of the rules on white space."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class BlankLines:
    """Options of loose-whitespace and dockerfile-whitespace.

    blank_lines: how many blank lines may follow each other.
    """

    blank_lines: int = 1

    def __post_init__(self) -> None:
        if self.blank_lines < 0:
            raise ValueError("blank-lines cannot be negative")
