"""Lines of env files, written so that Docker Compose reads the same value from them."""

from __future__ import annotations

import re

from ..base.text import SourceFile
from ..source.dotenv_parser import parse_env

_PLAIN = r"[A-Za-z0-9_./:@%+,=^*!?~-]*\Z"
_ESCAPES = str.maketrans({"\\": "\\\\", '"': '\\"', "$": "\\$", "\n": "\\n", "\t": "\\t"})


def env_line(name: str, value: str) -> str | None:
    """The definition of a variable on one line; None if no line has exactly this value.

    Quotes are only used where they are needed: single ones where every character between them
    means itself, else double ones with escapes.
    """
    if not all(char.isprintable() or char in "\n\t" for char in value):
        return None
    for written in _spellings(value):
        line = f"{name}={written}"
        if "\n" not in line and values_of(line + "\n") == {name: value}:
            return line
    return None


def _spellings(value: str) -> tuple[str, ...]:
    double = f'"{value.translate(_ESCAPES)}"'
    if re.match(_PLAIN, value):
        return value, double
    return (double,) if "'" in value or "\\" in value else (f"'{value}'", double)


def values_of(text: str) -> dict[str, str] | None:
    """The values in an env file; None if Docker Compose refuses or misreads the file."""
    syntax = parse_env(SourceFile(".env", text))
    if syntax.problems:
        return None
    return syntax.values


_PROBE = "COMPOSELINT_PROBE"


def takes_lines(text: str) -> bool:
    """Whether an env file keeps its values when definitions are added to its end, and reads them."""
    gap = "" if not text or text.endswith("\n") else "\n"
    before, after = values_of(text), values_of(f"{text}{gap}{_PROBE}=1\n")
    return before is not None and after == {**before, _PROBE: "1"}
