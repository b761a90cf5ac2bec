"""Options of the rules on white space and indentation."""

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


@dataclass(frozen=True)
class Indentation:
    """Options of uneven-indentation.

    spaces: how many blanks each level is indented by; 0 for as many as most levels of the file.
    """

    spaces: int = 0

    def __post_init__(self) -> None:
        if not 0 <= self.spaces <= 8:
            raise ValueError("spaces is a number from 0 to 8")
