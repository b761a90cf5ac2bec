"""Which Compose files belong together as one stack.

In each folder Compose's own rules come first: ``COMPOSE_FILE`` in ``.env``, else the
first of the default names with the first of the override names. A file that is not a stack
without another is laid over it; files that others include or extend are part of those;
every other file is a stack of its own.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.text import SourceFile
from ..files.kinds import COMPOSE_NAMES
from ..files.paths import clean_path, folder_of, join_path
from ..source.yaml.nodes import Mapping, Node, Sequence, YamlFile
from .context import is_remote_file
from .nodes import entries_of, is_null, items_of, text_value
from .resolve import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Mapping as Map
    from collections.abc import Sequence as Seq

    from ..base.text import Span
    from ..files.reader import Reader

OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
"""The names of what Compose lays over the file with a default name; the first that exists wins."""


class StackFiles(NamedTuple):
    """Files that are given to Compose together.

    ``run_from`` is the folder in which Compose finds them by itself; None if they have to
    be named with ``-f``. ``passed_over`` are files beside them that Compose would look for
    too but does not read, since another one wins. ``named_at`` is the place in ``.env``
    that names the files. ``base`` is the first file, if the others are laid over it because
    they are not a stack without it. ``why`` says why they are taken together, ``evidence`` is the
    place that shows it; ``chosen`` if the user names them (an option or the configuration),
    ``guessed`` if only what they define and refer to says that they belong together.
    """

    files: tuple[str, ...]
    run_from: str | None = None
    passed_over: tuple[str, ...] = ()
    named_at: Span | None = None
    base: str | None = None
    why: str = ""
    evidence: Span | None = None
    chosen: bool = False
    guessed: bool = False

    @property
    def is_default(self) -> bool:
        """Whether Compose finds the files by itself."""
        return self.run_from is not None


def parse_stack(text: str) -> StackFiles:
    """The files of ``--stack a.yaml:b.yaml``."""
    files = tuple(clean_path(part) for part in text.split(":") if part)
    return StackFiles(files, why="named with --stack", chosen=True)


def discover_stacks(
    paths: Iterable[str], reader: Reader, *, named: Collection[str] = ()
) -> list[StackFiles]:
    """The stacks that some Compose files make up, in the order of the files.

    ``named`` are the paths that the user gave: each of them is part of a stack even if
    another file includes it. Files beside the paths count if Compose would read
    them (``.env``, an override, the base of an overlay).
    """
    order = {path: index for index, path in enumerate(dict.fromkeys(map(clean_path, paths)))}
    given = {clean_path(path) for path in named}
    folders: dict[str, list[str]] = {}
    for path in order:
        folders.setdefault(folder_of(path), []).append(path)
    parts = _parts(order, reader)
    stacks: list[StackFiles] = []
    covered: set[str] = set()
    for folder in _with_parents(folders):
        if folder in folders:
            main = default_stack(folder, reader)
        else:
            main = _compose_file(join_path(folder, ".env"), folder, reader)
        if (
            main is None
            or not covered.isdisjoint(main.files)
            or order.keys().isdisjoint(main.files)
        ):
            continue
        covered.update(main.files)
        if not parts.issuperset(main.files) or not given.isdisjoint(main.files):
            stacks.append(main)
    contents = _Contents(reader)
    for siblings in folders.values():
        siblings.sort(key=len)
    for path in order:
        if path in covered or (path in parts and path not in given):
            continue
        base = contents.base(path, folders[folder_of(path)])
        why = f"{path} has services without image or build, which {base} defines"
        stacks.append(StackFiles((base, path), base=base, why=why) if base else StackFiles((path,)))
    return sorted(stacks, key=lambda stack: order.get(stack.files[-1], len(order)))


def _with_parents(folders: Iterable[str]) -> list[str]:
    """Folders and those above them, the highest first: Compose may be run from there too."""
    parents: set[str] = set()
    for folder in folders:
        while folder not in parents:
            parents.add(folder)
            folder = folder_of(folder)
    return sorted(parents, key=lambda folder: (folder != ".", folder.count("/"), folder))


def default_stack(folder: str, reader: Reader, env_files: Seq[str] = ()) -> StackFiles | None:
    """The files that ``docker compose`` runs in a folder; None if it finds none there.

    ``env_files`` are those of ``--env-file``, which replace ``.env``.
    """
    for path in (*reversed(env_files),) or (join_path(folder, ".env"),):
        named = _compose_file(path, folder, reader)
        if named is not None:
            return named
    present = [path for path in _in(folder, COMPOSE_NAMES) if reader.exists(path)]
    if not present:
        return None
    overrides = [path for path in _in(folder, OVERRIDE_NAMES) if reader.exists(path)]
    why = "the names that Docker Compose looks for" if overrides else ""
    return StackFiles((present[0], *overrides[:1]), folder, (*present[1:], *overrides[1:]), why=why)


def _in(folder: str, names: Iterable[str]) -> list[str]:
    return [join_path(folder, name) for name in names]


def _compose_file(path: str, folder: str, reader: Reader) -> StackFiles | None:
    """The files that ``COMPOSE_FILE`` in an env file names."""
    if reader.kind(path) != "file":
        return None
    text = reader.read_env(path)
    if not isinstance(text, SourceFile) or "COMPOSE_FILE" not in text.text:
        return None
    from ..source.dotenv_parser import parse_env

    syntax = parse_env(text)
    values = syntax.values
    files = values.get("COMPOSE_FILE")
    if files is None:
        return None
    separator = values.get("COMPOSE_PATH_SEPARATOR") or ":"
    place = syntax.definitions("COMPOSE_FILE")[-1].span
    return StackFiles(
        tuple(join_path(folder, part) for part in files.split(separator)),
        folder,
        named_at=place,
        why="COMPOSE_FILE names them",
        evidence=place,
    )


# --- files that are part of others ---


def _parts(paths: Iterable[str], reader: Reader) -> set[str]:
    """The files that others include or extend."""
    return {
        part
        for path in paths
        for root in _roots(path, reader)
        for name in _references(root)
        if "$" not in name and not is_remote_file(name)
        if (part := join_path(folder_of(path), name)) != path
    }


def _roots(path: str, reader: Reader) -> list[Mapping]:
    file = reader.read(path)
    if not isinstance(file, YamlFile):
        return []
    return [root for root in file.documents if isinstance(root, Mapping)]


def _references(root: Mapping) -> Iterator[str]:
    """The names of files in ``include`` and ``extends``."""
    nodes: list[Node | None] = []
    for item in items_of(root.get("include")):
        path = item.get("path") if isinstance(item, Mapping) else item
        nodes += path.items if isinstance(path, Sequence) else [path]
    for entry in entries_of(root.get("services")):
        extends = entry.value.get("extends") if isinstance(entry.value, Mapping) else None
        nodes.append(extends.get("file") if isinstance(extends, Mapping) else None)
    return (text for node in nodes if (text := text_value(node)))


# --- files that lie over others ---


class _Contents:
    """The services of files, each file read once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.services: dict[str, tuple[set[str], set[str]]] = {}

    def of(self, path: str) -> tuple[set[str], set[str]]:
        """The services of a file that have something to run, and those that do not."""
        if path not in self.services:
            complete: set[str] = set()
            lacking: set[str] = set()
            for document in _roots(path, self.reader):
                root = resolve(document).root
                for entry in entries_of(
                    root.get("services") if isinstance(root, Mapping) else None
                ):
                    if isinstance(entry.value, Mapping):
                        (complete if _is_complete(entry.value) else lacking).add(entry.name)
            self.services[path] = complete, lacking - complete
        return self.services[path]

    def base(self, path: str, siblings: list[str]) -> str | None:
        """The file that one without a meaning of its own is laid over."""
        lacking = self.of(path)[1]
        if not lacking:
            return None
        default = default_stack(folder_of(path), self.reader)
        candidates = dict.fromkeys((*(default.files[:1] if default else ()), *siblings))
        return next(
            (
                candidate
                for candidate in candidates
                if candidate != path and lacking <= self.of(candidate)[0]
            ),
            None,
        )


def _is_complete(service: Mapping) -> bool:
    """Whether a service says what to run; ``build`` with arguments alone adds to another file's."""
    build = service.get("build")
    if isinstance(build, Mapping):
        names = (name for name in _BUILT_FROM if build.entry(name) is not None)
        return next(names, None) is not None or not is_null(service.get("image"))
    return any(not is_null(service.get(name)) for name in ("image", "build", "extends", "provider"))


def builds_partly(service: Node | None) -> bool:
    """Whether the ``build`` of a service says neither where nor from which Dockerfile."""
    if not isinstance(service, Mapping) or any(map(service.entry, ("extends", "<<"))):
        return False
    build = service.get("build")
    return (
        isinstance(build, Mapping)
        and bool(build.entries)
        and all(build.entry(name) is None for name in _BUILT_FROM)
    )


def partly_built(files: StackFiles, documents: Map[str, YamlFile]) -> list[str]:
    """The services of a file whose ``build`` adds to that of another file, by all appearance.

    Only those of a single file that Compose does not find by itself.
    """
    if len(files.files) > 1 or files.is_default or files.chosen:
        return []
    file = documents.get(files.files[0])
    return [
        entry.name
        for root in (file.documents if file is not None else ())
        for entry in entries_of(root.get("services") if isinstance(root, Mapping) else None)
        if builds_partly(entry.value)
    ]


_BUILT_FROM = ("context", "dockerfile", "dockerfile_inline", "<<")
