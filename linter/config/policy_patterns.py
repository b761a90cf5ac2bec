"""Regular expressions of people's policies, searched for in time linear in the text.

Python's own engine takes exponential time for ``^(a+)+$``. Here each step of a pattern is tried at
most once at each place of a text: whether the rest matches depends on nothing else, as long as no
step refers back to what was matched before.
"""

from __future__ import annotations

import re
from functools import lru_cache
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

MAX_STEPS = 2_000
"""How many steps a pattern may have, with those that a number repeats."""
MAX_WORK = 300_000
"""How many tries of steps one search may take."""


class Unsupported(ValueError):
    """A pattern refers back to what it matched, or has too many steps."""


class TooLong(Exception):
    """A text is too long for a pattern."""


_Step = tuple[str, "Any", int]
"""What is done (``char``, ``place``, ``look``, ``fork``, ``jump``, ``end``), with what, and the
other step to go on with: a fork has two ways."""


@lru_cache(maxsize=500)
def compile_pattern(pattern: str) -> Pattern:
    """A pattern, ready for searches.

    Raises:
        re.error: if it is not a valid regular expression of Python.
        Unsupported: if it cannot be searched for in linear time.
    """
    return Pattern(pattern)


class Pattern:
    """A compiled pattern."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self._simple = re.compile(pattern)
        tree = import_module("re._parser").parse(pattern)
        self._steps: list[_Step] | None = None
        if _repeats(tree):
            compiler = _Compiler(tree.state)
            compiler.sequence(tree, tree.state.flags)
            compiler.add("end", None)
            self._steps = compiler.steps

    @property
    def is_simple(self) -> bool:
        """Whether nothing in it is repeated or a choice, so that any engine is fast."""
        return self._steps is None

    def found_in(self, text: str) -> bool:
        """Whether a part of the text matches.

        Raises:
            TooLong: if it would take too much time.
        """
        if self._steps is None:
            return self._simple.search(text) is not None
        search = _Search(self._steps, text)
        return any(search.matches(0, start) for start in range(len(text) + 1))


class _Search:
    """One search in one text.

    ``tried`` are the steps and places that were tried; ``looked`` tells what looks ahead or back
    have seen, ``work`` counts the tries of those too.
    """

    def __init__(self, steps: list[_Step], text: str, outer: _Search | None = None) -> None:
        self.steps = steps
        self.text = text
        self.tried: set[tuple[int, int]] = set()
        self.looked: dict[tuple[int, int], bool] = outer.looked if outer else {}
        self.work: list[int] = outer.work if outer else [0]

    def matches(self, first: int, start: int) -> bool:
        """Whether the steps from ``first`` on match at a place, which is not tried again."""
        text, tried = self.text, self.tried
        waiting = [(first, start)]
        while waiting:
            state = waiting.pop()
            if state in tried:
                continue
            tried.add(state)
            self.work[0] += 1
            if self.work[0] > MAX_WORK:
                raise TooLong
            step, at = state
            kind, what, other = self.steps[step]
            if kind == "char":
                if what(text, at):
                    waiting.append((step + 1, at + 1))
            elif kind == "place":
                if what(text, at):
                    waiting.append((step + 1, at))
            elif kind == "fork":
                waiting += ((other, at), (step + 1, at))
            elif kind == "jump":
                waiting.append((other, at))
            elif kind == "look":
                if self.looks(what, at):
                    waiting.append((other, at))
            else:
                return True
        return False

    def looks(self, what: tuple[int, int, bool], at: int) -> bool:
        """Whether what is looked for is there, or is not where it must not be."""
        first, back, wanted = what
        answer = self.looked.get((first, at))
        if answer is None:
            inner = _Search(self.steps, self.text, self)
            answer = at >= back and inner.matches(first, at - back)
            self.looked[first, at] = answer
        return answer == wanted


class _Compiler:
    """Turns the tree of a pattern into steps."""

    def __init__(self, state: Any) -> None:
        self.state = state
        self.steps: list[_Step] = []
        self.compiler = import_module("re._compiler")
        self.parser = import_module("re._parser")

    def add(self, kind: str, what: Any, other: int = 0) -> int:
        if len(self.steps) >= MAX_STEPS:
            raise Unsupported(f"it has more than {MAX_STEPS} steps")
        self.steps.append((kind, what, other))
        return len(self.steps) - 1

    def lead(self, step: int) -> None:
        """Let a step go on, or go another way, with what comes next."""
        kind, what, _ = self.steps[step]
        self.steps[step] = (kind, what, len(self.steps))

    def sequence(self, items: Any, flags: int) -> None:
        for name, value in items:
            self.item(str(name), name, value, flags)

    def item(self, name: str, code: Any, value: Any, flags: int) -> None:
        if name in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "CATEGORY"):
            self.add("char", self.matcher(code, value, flags))
        elif name == "AT":
            self.add("place", self.matcher(code, value, flags))
        elif name == "SUBPATTERN":
            _, added, removed, inner = value
            self.sequence(inner, (flags | added) & ~removed)
        elif name == "BRANCH":
            self.branch(value[1], flags)
        elif name in ("MAX_REPEAT", "MIN_REPEAT"):
            low, high, inner = value
            self.repeat(
                int(low), None if high == self.parser.MAXREPEAT else int(high), inner, flags
            )
        elif name in ("ASSERT", "ASSERT_NOT"):
            self.look(value, name == "ASSERT", flags)
        elif name == "FAILURE":
            self.add("place", lambda text, at: False)
        else:
            what = {"GROUPREF": "a reference to a group", "GROUPREF_EXISTS": "a condition"}
            raise Unsupported(f"{what.get(name, 'an atomic group')} cannot be used in a policy")

    def matcher(self, code: Any, value: Any, flags: int) -> Callable[[str, int], Any]:
        """The test of one character, or of a place, at a position of a text."""
        tree = self.parser.SubPattern(self.state, [(code, value)])
        match: Callable[[str, int], Any] = self.compiler.compile(tree, flags).match
        return match

    def branch(self, choices: Any, flags: int) -> None:
        ends: list[int] = []
        for number, choice in enumerate(choices):
            fork = self.add("fork", None) if number + 1 < len(choices) else -1
            self.sequence(choice, flags)
            if fork >= 0:
                ends.append(self.add("jump", None))
                self.lead(fork)
        for end in ends:
            self.lead(end)

    def repeat(self, low: int, high: int | None, item: Any, flags: int) -> None:
        for _ in range(low):
            self.sequence(item, flags)
        if high is None:
            fork = self.add("fork", None)
            self.sequence(item, flags)
            self.add("jump", None, fork)
            self.lead(fork)
            return
        forks = []
        for _ in range(high - low):
            forks.append(self.add("fork", None))
            self.sequence(item, flags)
        for fork in forks:
            self.lead(fork)

    def look(self, value: Any, wanted: bool, flags: int) -> None:
        direction, inner = value
        back = inner.getwidth()[0] if direction < 0 else 0
        look = self.add("look", (len(self.steps) + 1, back, wanted))
        self.sequence(inner, flags)
        self.add("end", None)
        self.lead(look)


def _repeats(items: Any) -> bool:
    """Whether a pattern repeats anything, so that Python's engine may take long."""
    for name, value in items:
        if str(name) in ("MAX_REPEAT", "MIN_REPEAT"):
            return True
        if str(name) in ("LITERAL", "NOT_LITERAL", "ANY", "IN", "AT", "CATEGORY"):
            continue
        if str(name) == "SUBPATTERN" and not _repeats(value[-1]):
            continue
        return True
    return False
