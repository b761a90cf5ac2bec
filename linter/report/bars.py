"""Bars of text: how much of a machine a stack takes, how often a rule was met.

``budget``, the summary of a run, ``--statistics`` and Markdown show the same bars. A bar never tells
anything alone: the numbers are beside it. Where the output cannot have blocks, it consists of ``#`` and
``-``.
"""

from __future__ import annotations

import sys

from ..base.escape import visible
from ..base.units import format_size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ..result import StackRecord

BAR = 30
"""The length of a full bar in characters."""

_SHORTEST = 10
_BESIDE = 40
"""How much room the title and the numbers beside a bar may take."""

MOST_STACKS = 3
"""The most stacks of a run whose bars the summary shows: those that take most of their machine."""


def length_in(width: int) -> int:
    """The length of a bar in lines of so many characters."""
    return max(_SHORTEST, min(BAR, width - _BESIDE))


def bar(share: float, length: int = BAR) -> tuple[str, str]:
    """The filled part of a bar and the rest of it; what is not nothing fills one character at least."""
    filled = min(length, max(1, round(share * length))) if share > 0 else 0
    full, empty = ("█", "░") if has_blocks() else ("#", "-")
    return full * filled, empty * (length - filled)


def has_blocks() -> bool:
    """Whether standard output can show the characters of bars."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    return encoding.lower().replace("-", "").startswith(("utf", "cp65001"))


def style_of(share: float) -> str:
    """The style of a bar's filled part: a style of ``report/style.py``."""
    return "error" if share > 1 else "warning" if share > 0.8 else "good"


def used_text(title: str, used: float, available: float) -> str:
    """What a bar says, in numbers: ``1.25G of 4G (31%)``."""
    if title == "CPUs":
        numbers = f"{used:g} of {available:g}"
    else:
        numbers = f"{format_size(int(used))} of {format_size(int(available))}"
    return f"{numbers} ({used / available:.0%})"


def machine_lines(
    stacks: Iterable[StackRecord], paint: Callable[[str, str], str], width: int
) -> Iterator[str]:
    """Lines with the bars of the stacks whose machine is known, the fullest first."""
    known = [stack for stack in stacks if stack.uses]
    ranked = sorted(known, key=_fullest, reverse=True)
    for stack in ranked[:MOST_STACKS]:
        if len(known) > 1:
            yield visible(" + ".join(stack.files)) + ":"
        for title, used, available in stack.uses:
            share = used / available
            filled, rest = bar(share, length_in(width))
            shown = paint(style_of(share), filled) + paint("dim", rest)
            yield f"{title:9}{shown} {used_text(title, used, available)}"
    if len(known) > MOST_STACKS:
        yield f"and {len(known) - MOST_STACKS} more stacks: composelint budget shows all"


def machine_rows(stacks: Sequence[StackRecord]) -> list[tuple[str, str, str, str]]:
    """The stack, the title, the bar and the numbers of each bar, the fullest stacks first."""
    known = sorted((stack for stack in stacks if stack.uses), key=_fullest, reverse=True)
    return [
        (
            " + ".join(stack.files),
            title,
            "".join(bar(used / available, 20)),
            used_text(title, used, available),
        )
        for stack in known[:MOST_STACKS]
        for title, used, available in stack.uses
    ]


def _fullest(stack: StackRecord) -> float:
    return max(used / available for _, used, available in stack.uses)
