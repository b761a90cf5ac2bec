"""Connected components: groups of files that can be linted apart from each other.

A repository of many projects is linted component by component: that keeps memory small, lets
several processes share the work, and lets the cache keep what did not change. First the
components are guessed from folders and from the paths in Compose files. A run then tells what it
read and which images it asked about, and components that turn out to be connected are merged and
linted again. So the guess decides how much work is done, never what is found.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.records import NamedTuple
from ..files.kinds import COMPOSE
from ..files.paths import folder_of, folders_above, join_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Sequence

    from ..files.discovery import InputFile

Component = tuple["InputFile", ...]

MAX_UNSPLIT = 64
"""Up to this number of files are one component: splitting them would take longer than it saves."""

UPWARDS = on_demand(r"(?<![\w.])(?:\.\./)*\.\.(?:/[\w.@+-]+)*")
"""Paths that lead out of a Compose file's folder."""


_BUILDS = on_demand(r"\bbuild\b|<<|\bextends\b|\*")


class Trace(NamedTuple):
    """What connects a component to others.

    ``read`` are the paths of the files that findings may depend on, ``asked`` the names of the
    images of which it was asked whether a stack builds them, ``built`` the names of the images
    that its stacks build.
    """

    read: Collection[str]
    asked: Collection[tuple[str, str]]
    built: Collection[tuple[str, str]]


def guess(
    files: Sequence[InputFile],
    text_of: Callable[[str], str],
    stacks: Iterable[Iterable[str]] = (),
    jobs: int = 1,
    unsplit: int | None = None,
) -> list[Component]:
    """Files by probable component, in the order of the files.

    ``text_of`` gives the text of a file by its path, ``stacks`` are paths that belong together,
    ``jobs`` is the number of processes: the stacks of named files are searched in the whole
    repository, once in each process. Up to ``unsplit`` files (``MAX_UNSPLIT``) are
    one component.
    """
    if len(files) <= (MAX_UNSPLIT if unsplit is None else unsplit):
        return [tuple(files)] if files else []
    sets = _DisjointSets()
    compose_files: dict[str, list[str]] = {}
    for file in files:
        folder = folder_of(file.path)
        paths = compose_files.setdefault(folder, [])
        if file.kind == COMPOSE:
            paths.append(file.path)
    for stack in stacks:
        first, *rest = map(folder_of, stack)
        for other in rest:
            sets.join(first, other)
    texts: dict[str, str] = {}
    for folder, paths in compose_files.items():
        texts[folder] = text = "\n".join(map(text_of, paths))
        for path in set(UPWARDS.findall(text)):
            target = join_path(folder, path)
            for place in (target, folder_of(target)):
                if place in compose_files:
                    sets.join(folder, place)
                    break
    for folder in compose_files:
        for above in folders_above(folder):
            text = texts.get(above, "")
            if text and _inside(folder, above) in text:
                sets.join(folder, above)
    components = _by_set(files, lambda path: sets.find(folder_of(path)))
    named = [component for component in components if any(file.named for file in component)]
    if len(named) > 1:
        for share in share_out(named, jobs):
            for component in share:
                sets.join(folder_of(share[0][0].path), folder_of(component[0].path))
        components = _by_set(files, lambda path: sets.find(folder_of(path)))
    return components


def share_out(components: Sequence[Component], jobs: int) -> list[list[Component]]:
    """Components in shares of about the same number of files, the largest dealt first."""
    shares: list[list[Component]] = [[] for _ in range(jobs)]
    sizes = [0] * jobs
    for component in sorted(components, key=len, reverse=True):
        least = sizes.index(min(sizes))
        shares[least].append(component)
        sizes[least] += len(component)
    return [share for share in shares if share]


def merge_connected(
    files: Sequence[InputFile], components: Sequence[Component], traces: Sequence[Trace]
) -> list[Component]:
    """The components, with those that their traces connect as one."""
    owner = {file.path: index for index, component in enumerate(components) for file in component}
    builders: dict[tuple[str, str], list[int]] = {}
    for index, trace in enumerate(traces):
        for name in trace.built:
            builders.setdefault(name, []).append(index)
    sets = _DisjointSets()
    for index, trace in enumerate(traces):
        others = [owner.get(path, index) for path in trace.read]
        others += [other for name in trace.asked for other in builders.get(name, ())]
        for other in others:
            if other != index:
                sets.join(str(index), str(other))
    return _by_set(files, lambda path: sets.find(str(owner[path])))


def may_build(text: str, names: Iterable[str]) -> bool:
    """Whether a service of a Compose file may have both a build and an image with one of these names.

    What a service takes from elsewhere may be a build as well.
    """
    lines = text.splitlines()
    depths = [len(line) - len(line.lstrip(" -")) for line in lines]
    for number, line in enumerate(lines):
        if not any(name in line for name in names):
            continue
        for step in (-1, 1):
            at = number
            while 0 <= at < len(lines):
                if _BUILDS.search(lines[at]):
                    return True
                at += step
                if at in (-1, len(lines)) or (lines[at].strip() and depths[at] < depths[number]):
                    break
    return False


def _by_set(files: Sequence[InputFile], set_of: Callable[[str], str]) -> list[Component]:
    components: dict[str, list[InputFile]] = {}
    for file in files:
        components.setdefault(set_of(file.path), []).append(file)
    return [tuple(component) for component in components.values()]


def _inside(folder: str, above: str) -> str:
    """A folder's path as seen from one above it."""
    return folder if above == "." else folder[len(above) :].lstrip("/")


class _DisjointSets:
    """Sets of names, each found by one of them (union-find)."""

    def __init__(self) -> None:
        self._parent: dict[str, str] = {}

    def find(self, name: str) -> str:
        """The name that stands for the set of a name."""
        parent = self._parent
        root = name
        while (up := parent.get(root, root)) != root:
            root = up
        while name != root:
            parent[name], name = root, parent.get(name, name)
        return root

    def join(self, one: str, other: str) -> None:
        """Make the sets of two names one."""
        self._parent[self.find(other)] = self.find(one)
