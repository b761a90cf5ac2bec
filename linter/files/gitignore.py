""".gitignore files: the paths that git ignores.

The rules are those of gitignore(5): a pattern without a slash (except at its end) matches a name
at any depth, any other is bound to the folder of its file; ``**`` matches any number of folders; a
slash at the end means a folder; ``!`` includes a path again, but never inside a folder that is
ignored. Global excludes are not read: they differ between machines.
"""

from __future__ import annotations

from functools import lru_cache

from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

MAX_LINE = 1000
"""Longer lines are not read as patterns."""


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
    patterns = (_pattern(line.rstrip("\r")) for line in text.split("\n"))
    return tuple(pattern for pattern in patterns if pattern is not None)


def _pattern(line: str) -> GitPattern | None:
    """The pattern in a line; None for an empty line or a comment."""
    text = line.rstrip(" ")
    if text.endswith("\\") and text != line:
        text += " "  # An escaped space at the end belongs to the name.
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
    """The parts of a pattern between its slashes, except those in brackets, which match nothing."""
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
    """The index of the bracket that closes the one at ``at``; -1 if there is none."""
    negated = pattern[at + 1 : at + 2] in ("!", "^")
    return pattern.find("]", at + (3 if negated else 2))


def _match(parts: Sequence[str], names: Sequence[str]) -> bool:
    """Whether the parts of a pattern match all names of a path."""
    # reached[i]: whether the parts so far can match the first i names.
    size = len(names)
    reached = [True] + [False] * size
    for index, part in enumerate(parts):
        if part == "**":
            first = reached.index(True)
            # At the end it matches the content of a folder, not the folder itself.
            start = first + 1 if index + 1 == len(parts) else first
            reached = [start <= i for i in range(size + 1)]
        else:
            reached = [False, *(reached[i] and wildcard(part, names[i]) for i in range(size))]
        if True not in reached:
            return False
    return reached[size]


def wildcard(pattern: str, name: str) -> bool:
    """Whether a name matches a pattern with ``*``, ``?``, ``[…]`` and ``\\``.

    The time is bounded by the product of their lengths.
    """
    at = index = 0
    star = resume = -1
    while index < len(name):
        if at < len(pattern):
            if pattern[at] == "*":
                star, resume = at, index
                at += 1
                continue
            width, is_match = _one(pattern, at, name[index])
            if is_match:
                at += width
                index += 1
                continue
        if star < 0:
            return False
        # The last * takes one more character.
        resume += 1
        at, index = star + 1, resume
    return not pattern[at:].strip("*")


def _one(pattern: str, at: int, char: str) -> tuple[int, bool]:
    """The length of the next element of a pattern, and whether it matches a character."""
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
    """Whether a character is one of those between brackets, or in a range of them."""
    at = 0
    while at < len(members):
        is_range = members[at + 1 : at + 2] == "-" and at + 2 < len(members)
        last = at + 2 if is_range else at
        if members[at] <= char <= members[last]:
            return True
        at = last + 1
    return False


def is_ignored(
    files: Iterable[tuple[str, tuple[GitPattern, ...]]], path: str, is_folder: bool = False
) -> bool:
    """Whether git ignores a path.

    ``files`` are the patterns of the .gitignore files by their folder (``""`` for the root), those
    of the root first; ``path`` is relative to the root.
    """
    parts = path.split("/")
    listed = list(files)
    return any(
        _is_matched(listed, "/".join(parts[:count]), is_folder or count < len(parts))
        for count in range(1, len(parts) + 1)
    )


def is_kept(
    files: Iterable[tuple[str, tuple[GitPattern, ...]]], path: str, is_folder: bool = False
) -> bool:
    """Whether the pattern that decides about a path takes it in again (``!.env``).

    The arguments are those of ``is_ignored``.
    """
    pattern = _deciding(list(files), path, is_folder)
    return pattern is not None and pattern.negated


def _is_matched(
    files: list[tuple[str, tuple[GitPattern, ...]]], path: str, is_folder: bool
) -> bool:
    """Whether the last pattern that matches a path itself ignores it."""
    pattern = _deciding(files, path, is_folder)
    return pattern is not None and not pattern.negated


def _deciding(
    files: list[tuple[str, tuple[GitPattern, ...]]], path: str, is_folder: bool
) -> GitPattern | None:
    """The last pattern that matches a path itself."""
    for folder, patterns in reversed(files):
        if folder and not path.startswith(folder + "/"):
            continue
        inner = path[len(folder) + 1 :] if folder else path
        for pattern in reversed(patterns):
            if pattern.matches(inner, is_folder):
                return pattern
    return None
