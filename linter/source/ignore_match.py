"""Matching one ``.dockerignore`` pattern in time linear in the path's length.

A pattern becomes a short list of steps. Patterns with few wildcards are matched by a
regular expression; others by an automaton that follows all possible states at once, one bit
each, so that hostile patterns cost no more than ordinary ones.
"""

from __future__ import annotations

import re

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_REGEX_WILDCARDS = 2

_LITERAL = "="
_CLASS = "["
_ANY = "?"  # any character but /
_STAR = "*"  # any characters but /
_FOLDERS = "**/"  # nothing, or anything that ends with /
_REST = "**"  # anything at all
_WILDCARDS = (_STAR, _FOLDERS, _REST)


class _Step(NamedTuple):
    """One step of a pattern; a class has the ranges of characters that it matches."""

    kind: str
    text: str = ""
    negated: bool = False
    ranges: tuple[tuple[str, str], ...] = ()

    def takes(self, char: str) -> bool:
        """Whether a class matches a character."""
        return self.negated != any(low <= char <= high for low, high in self.ranges)

    @property
    def expression(self) -> str:
        """The step as a regular expression."""
        if self.kind == _LITERAL:
            return re.escape(self.text)
        if self.kind == _CLASS:
            ranges = "".join(
                f"{re.escape(low)}-{re.escape(high)}" for low, high in self.ranges if low <= high
            )
            if not ranges:
                return "." if self.negated else "(?!)"
            return f"[{'^' if self.negated else ''}{ranges}]"
        return {_ANY: "[^/]", _STAR: "[^/]*", _FOLDERS: "(?:.*/)?", _REST: ".*"}[self.kind]


def compile_pattern(pattern: str) -> Callable[[str], bool]:
    """A function that tells whether a cleaned path matches a cleaned, valid pattern."""
    steps = _steps(pattern)
    special = [number for number, step in enumerate(steps) if step.kind != _LITERAL]
    text = "".join(step.text for step in steps)
    if not special:
        return lambda path: path == text
    if _is_ending(pattern, steps):
        suffix = pattern[2:]
        name = suffix.removeprefix("/")
        return lambda path: path.endswith(suffix) or path == name
    if special == [len(steps) - 1] and steps[-1].kind == _REST:
        return lambda path: path.startswith(text)
    if sum(step.kind in _WILDCARDS for step in steps) <= _MAX_REGEX_WILDCARDS:
        match = re.compile("".join(step.expression for step in steps), re.DOTALL).fullmatch
        return lambda path: match(path) is not None
    return _Automaton(steps).matches


def _is_ending(pattern: str, steps: list[_Step]) -> bool:
    """Whether moby compares the end of the path only, so that ``**x`` matches ``yx`` too."""
    return (
        pattern.startswith("**")
        and "\\" not in pattern
        and all(step.kind == _LITERAL for step in steps[1:])
    )


def compile_deep(pattern: str) -> Callable[[str], bool]:
    """A function that tells the same for a path or any of its folders, in one pass over it."""
    steps = _steps(pattern)
    if _is_ending(pattern, steps):
        ending = pattern[2:].removeprefix("/") + "/"
        inner = ending if pattern[2:3] != "/" else "/" + ending
        return lambda path: inner in path + "/" or (path + "/").startswith(ending)
    automaton = _Automaton(steps)
    return lambda path: automaton.matches(path, folders=True)


def _steps(pattern: str) -> list[_Step]:
    steps: list[_Step] = []
    i, end = 0, len(pattern)
    while i < end:
        char = pattern[i]
        i += 1
        if char == "*" and pattern.startswith("*", i):
            i += 2 if pattern.startswith("/", i + 1) else 1
            steps.append(_Step(_FOLDERS if i < end else _REST))
        elif char in "*?":
            steps.append(_Step(char))
        elif char == "[":
            step, i = _class(pattern, i)
            steps.append(step)
        else:
            if char == "\\":
                char = pattern[i]
                i += 1
            steps.append(_Step(_LITERAL, char))
    return steps


def _class(pattern: str, i: int) -> tuple[_Step, int]:
    """The character class after ``[``, and the index after its ``]``."""
    negated = pattern[i] == "^"
    i += negated
    ranges: list[tuple[str, str]] = []
    while pattern[i] != "]" or not ranges:
        low, i = _character(pattern, i)
        high = low
        if pattern[i] == "-":
            high, i = _character(pattern, i + 1)
        ranges.append((low, high))
    return _Step(_CLASS, "", negated, tuple(ranges)), i + 1


def _character(pattern: str, i: int) -> tuple[str, int]:
    """The character of a class at ``i``, and the index after it."""
    i += pattern[i] == "\\"
    return pattern[i], i + 1


class _Automaton:
    """All states of a pattern at once: bit ``n`` says that ``n`` steps have been taken."""

    def __init__(self, steps: list[_Step]) -> None:
        self.accept = 1 << len(steps)
        places: dict[str, list[int]] = {}
        self.classes: list[tuple[int, _Step]] = []
        for number, step in enumerate(steps):
            if step.kind == _CLASS:
                self.classes.append((number, step))
            else:
                key = step.kind if step.kind != _LITERAL else _LITERAL + step.text
                places.setdefault(key, []).append(number)
        self.places = places
        self.star = _bits(places.get(_STAR, []))
        self.rest = _bits(places.get(_REST, []))
        self.folders = _bits(places.get(_FOLDERS, []))
        # A wildcard may match nothing: (n, states from which n steps in a row may be skipped).
        self.jumps: list[tuple[int, int]] = []
        size, states = 1, self.star | self.rest | self.folders
        while states:
            self.jumps.append((size, states))
            states &= states >> size
            size *= 2
        self.taken: dict[str, int] = {}

    def matches(self, path: str, folders: bool = False) -> bool:
        """Whether the pattern matches the path or, if ``folders``, one of its folders."""
        active, inside = self._skip(1), 0
        for char in path:
            if folders and char == "/" and active & self.accept:
                return True
            taken = self.taken.get(char)
            if taken is None:
                taken = self.taken[char] = self._taking(char)
            following = (active & taken) << 1 | active & self.rest
            inside |= active & self.folders
            if char == "/":
                following |= inside << 1
            else:
                following |= active & self.star
            if not following and not inside:
                return False
            active = self._skip(following)
        return bool(active & self.accept)

    def _skip(self, active: int) -> int:
        for size, states in self.jumps:
            active |= (active & states) << size
        return active

    def _taking(self, char: str) -> int:
        """The states whose next step matches this character and ends with it."""
        bits = _bits(self.places.get(_LITERAL + char, []))
        if char != "/":
            bits |= _bits(self.places.get(_ANY, []))
        return bits | _bits([number for number, step in self.classes if step.takes(char)])


def _bits(places: list[int]) -> int:
    """An integer with these bits set, lowest place first."""
    if not places:
        return 0
    data = bytearray(places[-1] // 8 + 1)
    for place in places:
        data[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(data, "little")
