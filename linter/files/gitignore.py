""".gitignore files: which paths git leaves out.

The rules are those of gitignore(5): a pattern without a slash (but for one at its end)
matches a name at any depth, any other is bound to the folder of its file; ``**`` crosses
folders; a slash at the end asks for a folder; ``!`` takes back, though never inside a
folder that is left out. Global excludes are not looked at: they differ between machines.
"""

from __future__ import annotations

from functools import lru_cache

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_LINE = 1000
"""Longer lines are no patterns."""


class GitPattern(NamedTuple):
    """One line of a .gitignore, split at its slashes."""

    parts: tuple[str, ...]
    negated: bool
    folders_only: bool

    def matches(self, path: str, is_folder: bool) -> bool:
        """Whether it matches a path that is relative to the file's folder."""
        return (is_folder or not self.folders_only) and _match(self.parts, path.split("/"))


@lru_cache(maxsize=64)
def parse_gitignore(text: str) -> tuple[GitPattern, ...]:
    """The patterns of a .gitignore, in the order of the file."""
    found = (_pattern(line.rstrip("\r")) for line in text.split("\n"))
    return tuple(pattern for pattern in found if pattern is not None)


def _pattern(line: str) -> GitPattern | None:
    text = line.rstrip(" ")
    if text.endswith("\\") and text != line:
        text += " "  # an escaped blank at the end belongs to the name
    if not text or text.startswith("#") or len(text) > MAX_LINE:
        return None
    negated = text.startswith("!")
    body = text[1:] if negated else text
    folders_only = body.endswith("/")
    body = body.rstrip("/")
    bound = "/" in body
    body = body.lstrip("/")
    if not body:
        return None
    parts = tuple(_split(body))
    return GitPattern(parts if bound else ("**", *parts), negated, folders_only)


def _split(body: str) -> list[str]:
    """A pattern at its slashes, but for those between brackets, where they match nothing."""
    if "[" not in body:
        return body.split("/")
    parts, start, at = [], 0, 0
    while at < len(body):
        char = body[at]
        if char == "\\":
            at += 1
        elif char == "/":
            parts.append(body[start:at])
            start = at + 1
        elif char == "[":
            at = max(at, _class_end(body, at))
        at += 1
    return [*parts, body[start:]]


def _class_end(pattern: str, at: int) -> int:
    """Where the bracket that opens at ``at`` closes; -1 where it does not."""
    negated = pattern[at + 1 : at + 2] in ("!", "^")
    return pattern.find("]", at + (3 if negated else 2))


def _match(parts: Sequence[str], names: Sequence[str]) -> bool:
    """Whether a pattern's parts match a path's names, all of them."""
    # reached[i]: whether the parts so far can end before names[i].
    size = len(names)
    reached = [True] + [False] * size
    for index, part in enumerate(parts):
        after = [False] * (size + 1)
        if part == "**":
            first = next((i for i, yes in enumerate(reached) if yes), size + 1)
            # At the end it stands for what is inside, not for the folder itself.
            start = first + 1 if index + 1 == len(parts) else first
            for i in range(start, size + 1):
                after[i] = True
        else:
            for i in range(size):
                after[i + 1] = reached[i] and wildcard(part, names[i])
        reached = after
        if True not in reached:
            return False
    return reached[size]


def wildcard(pattern: str, name: str) -> bool:
    """Whether one name matches ``*``, ``?``, ``[…]`` and ``\\``; in time bounded by the product."""
    at = here = 0
    star = resume = -1
    while here < len(name):
        if at < len(pattern):
            if pattern[at] == "*":
                star, resume = at, here
                at += 1
                continue
            width, fits = _one(pattern, at, name[here])
            if fits:
                at += width
                here += 1
                continue
        if star < 0:
            return False
        resume += 1
        at, here = star + 1, resume
    return not pattern[at:].strip("*")


def _one(pattern: str, at: int, char: str) -> tuple[int, bool]:
    """How long the pattern's next element is, and whether it matches a character."""
    first = pattern[at]
    if first == "?":
        return 1, True
    if first == "\\" and at + 1 < len(pattern):
        return 2, pattern[at + 1] == char
    if first == "[":
        negated = pattern[at + 1 : at + 2] in ("!", "^")
        end = _class_end(pattern, at)
        if end < 0:
            return 1, False
        members = pattern[at + (2 if negated else 1) : end]
        return end + 1 - at, _in_class(members, char) is not negated
    return 1, first == char


def _in_class(members: str, char: str) -> bool:
    at = 0
    while at < len(members):
        if members[at + 1 : at + 2] == "-" and at + 2 < len(members):
            if members[at] <= char <= members[at + 2]:
                return True
            at += 3
        else:
            if members[at] == char:
                return True
            at += 1
    return False


def is_ignored(
    files: Iterable[tuple[str, tuple[GitPattern, ...]]], path: str, is_folder: bool = False
) -> bool:
    """Whether patterns leave a path out.

    ``files`` are the .gitignore files by their folders (``""`` for the root), the root's
    first; ``path`` is relative to the root.
    """
    parts = path.split("/")
    listed = list(files)
    return any(
        _left_out(listed, "/".join(parts[:count]), is_folder or count < len(parts))
        for count in range(1, len(parts) + 1)
    )


def _left_out(files: list[tuple[str, tuple[GitPattern, ...]]], path: str, is_folder: bool) -> bool:
    for base, patterns in reversed(files):
        if base and not path.startswith(base + "/"):
            continue
        below = path[len(base) + 1 :] if base else path
        for pattern in reversed(patterns):
            if pattern.matches(below, is_folder):
                return not pattern.negated
    return False
