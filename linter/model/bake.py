"""What bake files (``docker-bake.hcl``, ``docker-bake.json``) say about the builds of Dockerfiles.

Their text is searched, not evaluated: variables, functions and loops remain unknown.
"""

from __future__ import annotations

import posixpath
from itertools import islice

from ..base.patterns import on_demand
from ..base.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

NAMES = (
    "docker-bake.hcl", "docker-bake.json", "docker-bake.override.hcl", "docker-bake.override.json",
)  # fmt: skip
"""The names under which Docker looks for bake files."""

_MOST_TEXT = 200_000
"""The longest bake file that is read, in characters."""

_TARGET = on_demand(r'\btarget"?[ \t]*[=:][ \t]*"([^"\n]+)"')
_MAP = on_demand(r'\b(contexts|args)"?[ \t]*[=:]?[ \t]*\{([^{}]*(?:\$\{[^{}]*\}[^{}]*)*)\}')
_PAIR = on_demand(r'"?([\w./-]+)"?[ \t]*[=:][ \t]*(?:"([^"\n]*)")?')


class Bake(NamedTuple):
    """What a bake file names.

    ``targets`` are the stages that it selects, ``contexts`` the names of additional contexts
    (lower case), ``arguments`` the values of build arguments. Values with variables count with
    the text that is written.
    """

    targets: frozenset[str]
    contexts: frozenset[str]
    arguments: frozenset[tuple[str, str]]


NOTHING = Bake(frozenset(), frozenset(), frozenset())


def read_bake(text: str) -> Bake:
    """What the text of a bake file names."""
    if len(text) > _MOST_TEXT:
        return NOTHING
    text = _without_comments(text)
    contexts: set[str] = set()
    arguments: set[tuple[str, str]] = set()
    for match in _MAP.finditer(text):
        pairs: list[tuple[str, str]] = _PAIR.findall(match[2])
        if match[1] == "contexts":
            contexts.update(name.lower() for name, _ in pairs)
        else:
            arguments.update(pairs)
    targets: list[str] = _TARGET.findall(text)
    return Bake(frozenset(targets), frozenset(contexts), frozenset(arguments))


def _without_comments(text: str) -> str:
    """The text without comments that fill whole lines."""
    return "\n".join(line for line in text.split("\n") if not line.lstrip().startswith(("#", "//")))


def bake_of(folders: tuple[str, ...], text_of: Callable[[str], str | None]) -> Bake:
    """What the bake files in these folders name together."""
    bakes = [
        read_bake(text)
        for folder in dict.fromkeys(folders)
        for name in NAMES
        if (text := text_of(posixpath.normpath(posixpath.join(folder, name)))) is not None
    ]
    if not bakes:
        return NOTHING
    return Bake(
        frozenset(target for bake in bakes for target in bake.targets),
        frozenset(name for bake in bakes for name in bake.contexts),
        frozenset(pair for bake in bakes for pair in bake.arguments),
    )


_MOST_FILES = 20


def contexts_in(paths: Iterable[str], text_of: Callable[[str], str | None]) -> frozenset[str]:
    """The named contexts in these files, of which only the first are read."""
    texts = (text_of(posixpath.normpath(path)) for path in islice(paths, _MOST_FILES))
    return frozenset(name for text in texts if text for name in read_bake(text).contexts)
