"""Files that can be linted apart from each other.

A repository of many projects is linted project by project: that keeps memory small, lets
several processes share the work, and lets the cache keep what did not change. Files that
have to do with each other form an island. First they are guessed from folders and from the
paths that Compose files mention; a run then tells what it really read and asked, and islands
that turn out to touch are put together and linted again. So a guess decides how much work is
done, never what is found.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..files.kinds import COMPOSE
from ..files.paths import folder_of, join_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Sequence

    from ..files.discovery import Found

Island = tuple["Found", ...]

ALONE = 64
"""Up to so many files are one island: what there is to gain is less than the look costs."""

_UPWARDS = on_demand(r"(?<![\w.])(?:\.\./)*\.\.(?:/[\w.@+-]+)*")
"""Paths that lead out of a Compose file's folder."""


class Trace(NamedTuple):
    """What ties an island to others.

    ``read`` are the paths of files that its findings, or those in the files, may depend on;
    ``asked`` the names of images of which it was asked whether a stack builds them, ``built``
    those that its stacks build.
    """

    read: Collection[str]
    asked: Collection[tuple[str, str]]
    built: Collection[tuple[str, str]]


def guess(
    found: Sequence[Found], read: Callable[[str], str], tied: Iterable[Iterable[str]] = ()
) -> list[Island]:
    """Files by islands, in the order of the files; ``read`` gives a file's text.

    ``tied`` lists paths that belong together for other reasons.
    """
    if len(found) <= ALONE:
        return [tuple(found)] if found else []
    groups = _Groups()
    folders: dict[str, list[str]] = {}
    named = ""
    for item in found:
        folder = folder_of(item.path)
        files = folders.setdefault(folder, [])
        if item.kind == COMPOSE:
            files.append(item.path)
        if item.named:
            # What is named is looked up in the whole repository, which is done once.
            named = named or folder
            groups.join(named, folder)
    for paths in tied:
        first, *rest = (folder_of(path) for path in paths)
        for other in rest:
            groups.join(first, other)
    texts: dict[str, str] = {}
    for folder, files in folders.items():
        texts[folder] = text = "\n".join(map(read, files))
        for path in set(_UPWARDS.findall(text)):
            target = join_path(folder, path)
            for place in (target, folder_of(target)):
                if place in folders:
                    groups.join(folder, place)
                    break
    for folder in folders:
        for above in _above(folder):
            text = texts.get(above, "")
            if text and _inside(folder, above) in text:
                groups.join(folder, above)
    return _listed(found, lambda path: groups.find(folder_of(path)))


def touching(
    found: Sequence[Found], islands: Sequence[Island], traces: Sequence[Trace]
) -> list[Island]:
    """The islands with those put together that have to do with each other."""
    home = {item.path: index for index, island in enumerate(islands) for item in island}
    makers: dict[tuple[str, str], list[int]] = {}
    for index, trace in enumerate(traces):
        for name in trace.built:
            makers.setdefault(name, []).append(index)
    groups = _Groups()
    for index, trace in enumerate(traces):
        others = [home.get(path, index) for path in trace.read]
        others += [other for name in trace.asked for other in makers.get(name, ())]
        for other in others:
            if other != index:
                groups.join(str(index), str(other))
    return _listed(found, lambda path: groups.find(str(home[path])))


def _listed(found: Sequence[Found], group: Callable[[str], str]) -> list[Island]:
    islands: dict[str, list[Found]] = {}
    for item in found:
        islands.setdefault(group(item.path), []).append(item)
    return [tuple(items) for items in islands.values()]


def _above(folder: str) -> Iterator[str]:
    """The folders above one, the nearest first."""
    while folder not in (".", "/"):
        folder = folder_of(folder)
        yield folder


def _inside(folder: str, above: str) -> str:
    """A folder's path as seen from one above it."""
    return folder if above == "." else folder[len(above) :].lstrip("/")


class _Groups:
    """Names that belong together (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        parent = self._parent
        root = name
        while (up := parent.get(root, root)) != root:
            root = up
        while name != root:
            parent[name], name = root, parent.get(name, name)
        return root

    def join(self, one: str, other: str) -> None:
        self._parent[self.find(other)] = self.find(one)
