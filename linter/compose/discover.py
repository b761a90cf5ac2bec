"""Which Compose files belong together as one stack.

In each folder Compose's own rules come first: ``COMPOSE_FILE`` in ``.env``, else the
first of the default names with the first of the override names. A file that only makes
sense on top of another is laid over it; what other files include or extend is part of
those; every other file is a stack of its own.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..base.text import SourceFile
from ..files.paths import clean_path, folder_of, join_path
from ..source.dotenv_parser import parse_env
from ..source.yaml.nodes import Mapping, Node, Sequence, YamlFile
from .context import is_remote_file
from .nodes import is_null, text_value
from .resolve import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from collections.abc import Sequence as Seq

    from ..base.text import Span
    from ..files.reader import Reader

DEFAULT_NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
"""The names that Compose looks for, the first of them wins."""

OVERRIDE_NAMES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)
"""What Compose lays over the file with a default name, again the first that is there."""


class StackFiles(NamedTuple):
    """Files that are given to Compose together.

    ``run_from`` is the folder in which Compose finds them by itself; None where they have
    to be named with ``-f``. ``passed_over`` are files beside them that Compose would look
    for too but does not read, since another one wins. ``named_at`` is the place in
    ``.env`` that names the files, ``base`` the first file where the others are laid over it
    because they are no stack without it.
    """

    files: tuple[str, ...]
    run_from: str | None = None
    passed_over: tuple[str, ...] = ()
    named_at: Span | None = None
    base: str | None = None


def parse_stack(text: str) -> StackFiles:
    """The files of ``--stack a.yaml:b.yaml``."""
    return StackFiles(tuple(clean_path(part) for part in text.split(":") if part))


def discover_stacks(
    paths: Iterable[str], reader: Reader, *, named: Collection[str] = ()
) -> list[StackFiles]:
    """The stacks that some Compose files make up, in the order of the files.

    ``named`` are the paths that the user gave: each of them is part of a stack even if
    another file includes it. Files beside the paths are looked at where Compose would
    read them (``.env``, an override, the base of an overlay).
    """
    wanted = list(dict.fromkeys(map(clean_path, paths)))
    given = {clean_path(path) for path in named}
    asked = frozenset(wanted)
    folders: dict[str, list[str]] = {}
    for path in wanted:
        folders.setdefault(folder_of(path), []).append(path)
    found: list[StackFiles] = []
    covered: set[str] = set()
    for folder in _with_parents(folders):
        if folder in folders:
            main = default_stack(folder, reader)
        else:
            main = _compose_file(join_path(folder, ".env"), folder, reader)
        if main is None or covered.intersection(main.files):
            continue
        if not asked.isdisjoint(main.files):
            found.append(main)
            covered.update(main.files)
    parts = _parts(wanted, reader)
    contents = _Contents(reader)
    for siblings in folders.values():
        siblings.sort(key=len)
    for path in wanted:
        if path in covered or (path in parts and path not in given):
            continue
        base = contents.base(path, folders[folder_of(path)])
        found.append(StackFiles((base, path), base=base) if base else StackFiles((path,)))
    order = {path: index for index, path in enumerate(wanted)}
    found = [
        stack
        for stack in found
        if stack.run_from is None
        or not all(path in parts for path in stack.files)
        or not given.isdisjoint(stack.files)
    ]
    return sorted(
        found, key=lambda stack: min(order.get(path, len(order)) for path in stack.files[-1:])
    )


def _with_parents(folders: Iterable[str]) -> list[str]:
    """Folders and those above them, the highest first: from there Compose may be run too."""
    found: set[str] = set()
    for folder in folders:
        while folder not in found:
            found.add(folder)
            folder = folder_of(folder)
    return sorted(found, key=lambda folder: (folder != ".", folder.count("/"), folder))


def default_stack(folder: str, reader: Reader, env_files: Seq[str] = ()) -> StackFiles | None:
    """What ``docker compose`` runs in a folder; None where it finds nothing there.

    ``env_files`` are those of ``--env-file``, which stand in for ``.env``.
    """
    for path in (*reversed(env_files),) or (join_path(folder, ".env"),):
        named = _compose_file(path, folder, reader)
        if named is not None:
            return named
    present = [path for path in _in(folder, DEFAULT_NAMES) if reader.exists(path)]
    if not present:
        return None
    overrides = [path for path in _in(folder, OVERRIDE_NAMES) if reader.exists(path)]
    return StackFiles((present[0], *overrides[:1]), folder, (*present[1:], *overrides[1:]))


def _in(folder: str, names: Iterable[str]) -> list[str]:
    return [join_path(folder, name) for name in names]


def _compose_file(path: str, folder: str, reader: Reader) -> StackFiles | None:
    """The files that ``COMPOSE_FILE`` in an env file names."""
    if reader.kind(path) != "file":
        return None
    text = reader.read_env(path)
    if not isinstance(text, SourceFile) or "COMPOSE_FILE" not in text.text:
        return None
    syntax = parse_env(text)
    values = syntax.values
    files = values.get("COMPOSE_FILE")
    if files is None:
        return None
    separator = values.get("COMPOSE_PATH_SEPARATOR") or ":"
    return StackFiles(
        tuple(join_path(folder, part) for part in files.split(separator)),
        folder,
        named_at=syntax.definitions("COMPOSE_FILE")[-1].span,
    )


# --- files that are part of others ---


def _parts(paths: Iterable[str], reader: Reader) -> set[str]:
    """The files that others include or extend."""
    found: set[str] = set()
    for path in paths:
        for root in _roots(path, reader):
            for name in _references(root):
                if "$" not in name and not is_remote_file(name):
                    other = join_path(folder_of(path), name)
                    if other != path:
                        found.add(other)
    return found


def _roots(path: str, reader: Reader) -> list[Mapping]:
    file = reader.read(path)
    if not isinstance(file, YamlFile):
        return []
    return [root for root in file.documents if isinstance(root, Mapping)]


def _references(root: Mapping) -> Iterator[str]:
    include = root.get("include")
    for item in include.items if isinstance(include, Sequence) else ():
        node: Node | None = item.get("path") if isinstance(item, Mapping) else item
        for one in node.items if isinstance(node, Sequence) else (node,):
            text = text_value(one)
            if text:
                yield text
    services = root.get("services")
    for entry in services.entries if isinstance(services, Mapping) else ():
        extends = entry.value.get("extends") if isinstance(entry.value, Mapping) else None
        text = text_value(extends.get("file")) if isinstance(extends, Mapping) else None
        if text:
            yield text


# --- files that lie over others ---


class _Contents:
    """What the services of files are, each looked at once."""

    def __init__(self, reader: Reader) -> None:
        self.reader = reader
        self.known: dict[str, tuple[set[str], set[str]]] = {}

    def of(self, path: str) -> tuple[set[str], set[str]]:
        """The services of a file that have something to run, and those that have not."""
        found = self.known.get(path)
        if found is None:
            complete: set[str] = set()
            lacking: set[str] = set()
            for document in _roots(path, self.reader):
                root = resolve(document).root
                services = root.get("services") if isinstance(root, Mapping) else None
                for entry in services.entries if isinstance(services, Mapping) else ():
                    if isinstance(entry.value, Mapping):
                        (complete if _is_complete(entry.value) else lacking).add(entry.name)
            found = self.known[path] = (complete, lacking - complete)
        return found

    def base(self, path: str, siblings: list[str]) -> str | None:
        """The file that one without a meaning of its own is laid over."""
        lacking = self.of(path)[1]
        if not lacking:
            return None
        default = default_stack(folder_of(path), self.reader)
        candidates = [*(default.files[:1] if default else ()), *siblings]
        for candidate in dict.fromkeys(candidates):
            if candidate != path and lacking <= self.of(candidate)[0]:
                return candidate
        return None


def _is_complete(service: Mapping) -> bool:
    return any(not is_null(service.get(name)) for name in ("image", "build", "extends", "provider"))
