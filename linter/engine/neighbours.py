"""Finds the stacks in the repository that single files belong to.

A hook or an editor names one Dockerfile, ignore file, env file or included fragment. Its meaning
depends on the stack that uses it, so the Compose files of the repository are searched for that
stack. Their text is searched first: only those that can refer to the file are parsed.
"""

from __future__ import annotations

from ..base.patterns import on_demand
from ..base.text import SourceFile
from ..files.kinds import COMPOSE_NAMES, DOCKERFILE, ENV, kind_of_named
from ..files.paths import clean_path, folder_of, is_inside, seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from ..files.reader import Reader
    from ..model.stack import Stack
    from .context import Run


_BUILT_FROM = on_demand(r"\b(?:build|context|dockerfile):[ \t]*[\"']?([^\s\"'#]+)")
"""The values that say where a service is built, or from which Dockerfile."""


class NamedFiles:
    """Dockerfiles, ignore files and env files that the user named, by their kind."""

    def __init__(self, paths: Iterable[str], reader: Reader) -> None:
        self.dockerfiles: set[str] = set()
        self.env_files: set[str] = set()
        self.ignore_files: set[str] = set()
        for path in paths:
            kind = kind_of_file(path, reader)
            is_built, is_env = kind == DOCKERFILE, kind == ENV
            files = (
                self.dockerfiles if is_built else self.env_files if is_env else self.ignore_files
            )
            files.add(path)

    def used_by(self, stack: Stack) -> list[str]:
        """Those that belong to a stack, sorted.

        The stack builds a Dockerfile, builds from the folder of an ignore file, or reads an env file;
        or it lacks variables, and the env file beside it may tell people to set them.
        """
        used = {_shortest(source.path) for source in stack.loaded.sources} & self.env_files
        folder = _shortest(stack.loaded.folder)
        beside = [path for path in self.env_files if folder_of(path) == folder]
        if beside and any(use.unset for use in stack.loaded.uses):
            used.update(beside)
        if self.dockerfiles or self.ignore_files:
            dockerfiles, contexts = _built(stack)
            used |= dockerfiles & self.dockerfiles
            used.update(
                path
                for path in self.ignore_files
                if path.removesuffix(".dockerignore") in dockerfiles or folder_of(path) in contexts
            )
        return sorted(used)

    def may_be_used_below(self, path: str, text: str) -> bool:
        """Whether a Compose file in a folder below another one may use some of them from there."""
        folder = folder_of(path)
        if "$" in text and any(
            above != folder and (above == "." or is_inside(above, folder))
            for above in map(folder_of, self.env_files)
        ):
            return True
        if "build" not in text or not (self.dockerfiles or self.ignore_files):
            return False
        names = {
            name
            for place in _BUILT_FROM.findall(text)
            for name in place.strip("/,}").split("/")[-2:]
        }
        built = (*self.dockerfiles, *self.ignore_files)
        return any(folder_of(each).rpartition("/")[2] in names for each in built)


def stacks_around(run: Run, named: NamedFiles) -> list[Stack]:
    """The stacks of the repository that build, filter or read the named files."""
    candidates = _candidates(named, run)

    def is_chosen(stack: Stack) -> bool:
        return bool(named.used_by(stack))

    chosen = _chosen(candidates, run, is_chosen)
    overlays = _overlays(chosen, candidates, run)
    if overlays:
        chosen = _chosen([*candidates, *overlays], run, is_chosen)
    return [*chosen, *_laid_over(named, chosen, run)]


def stacks_including(files: Sequence[str], run: Run) -> list[Stack]:
    """The stacks of the repository that include or extend these Compose files."""
    candidates = [path for path in _including(files, run) if path not in files]
    return _chosen(
        candidates, run, lambda stack: not stack.loaded.documents.keys().isdisjoint(files)
    )


def _including(files: Iterable[str], run: Run) -> Iterator[str]:
    """The Compose files that may include or extend these."""
    names = {path.rpartition("/")[2] for path in files}
    for path, text in run.surroundings.referring:
        if any(name in text for name in names):
            yield path


def _chosen(paths: list[str], run: Run, is_chosen: Callable[[Stack], bool]) -> list[Stack]:
    """Some of the stacks that Compose files form; nothing depends on the files of the others."""
    reader = run.reader
    before = set(reader.texts).difference(reader.searched)
    stacks = list(_loaded(paths, run))
    chosen = [stack for stack in stacks if is_chosen(stack)]
    read = {path for stack in stacks for path in stack.loaded.documents}
    used = {path for stack in chosen for path in stack.loaded.documents}
    reader.tell_apart(used, read - used - before)
    return chosen


def _loaded(paths: list[str], run: Run) -> Iterator[Stack]:
    """The stacks that Compose files form, without templates and what only has such a name."""
    if paths:
        from ..model.stack import ComposeFile, Stack
        from ..source.yaml.nodes import YamlFile

        def is_linted(path: str) -> bool:
            yaml = run.reader.read(path)
            if not isinstance(yaml, YamlFile):
                return False
            file = ComposeFile(run.project, yaml)
            return not (file.is_foreign or file.is_template)

        loaded = run.surroundings.stacks
        for files in run.stacks_of([path for path in paths if is_linted(path)]):
            if files.files not in loaded:
                loaded[files.files] = Stack(run.project, run.load(files), files)
            yield loaded[files.files]


def _built(stack: Stack) -> tuple[set[str], set[str]]:
    """The paths of the Dockerfiles that a stack builds, and the folders that it builds them from."""
    dockerfiles, contexts = set(), set()
    for service in stack.services.values():
        build = service.build
        dockerfile = stack.project.dockerfile_path(build) if build is not None else None
        if build is not None and dockerfile is not None:
            dockerfiles.add(_shortest(dockerfile))
            contexts.add(_shortest(clean_path(build.context_folder or ".")))
    return dockerfiles, contexts


def _shortest(path: str) -> str:
    """A path that goes up and down again as the shortest one from the working folder."""
    return seen_from(".", path) if path.startswith("../") else path


# --- which Compose files are parsed ---


def _candidates(named: NamedFiles, run: Run) -> list[str]:
    """The Compose files whose stacks one of these files may belong to."""
    around = run.surroundings
    builds = bool(named.dockerfiles or named.ignore_files)
    folders = {folder_of(path) for path in named.env_files}
    names = {path.rpartition("/")[2] for path in named.env_files}
    found = {
        path
        for path in around.compose_files
        if folder_of(path) in folders
        or (builds and "build" in around.text(path))
        or any(name in around.text(path) for name in names)
    }
    if found:
        # What is included is judged as a part of what includes it.
        found.update(_including(found, run))
    return [path for path in around.compose_files if path in found]


def _overlays(stacks: Sequence[Stack], known: Sequence[str], run: Run) -> list[str]:
    """The Compose files beside those of stacks that may be laid over a service that is built."""
    around = run.surroundings
    services: dict[str, set[str]] = {}
    for stack in stacks:
        built = {service.name for service in stack.services.values() if service.build is not None}
        services.setdefault(stack.loaded.folder, set()).update(built)
    return [
        path
        for path in around.compose_files
        if path not in known
        and any(f"{name}:" in around.text(path) for name in services.get(folder_of(path), ()))
    ]


def _laid_over(named: NamedFiles, chosen: Sequence[Stack], run: Run) -> list[Stack]:
    """The stacks of Compose files that are laid over those of other folders, and use the named files.

    Their paths start from the folder of the first file, so that alone such a file seems to use others.
    """
    used = {path for stack in chosen for path in stack.loaded.documents}
    paths = [
        path
        for path in run.surroundings.compose_files
        if path not in used
        and path.rpartition("/")[2] not in COMPOSE_NAMES
        and named.may_be_used_below(path, run.surroundings.text(path))
    ]
    wholes = []
    for stack in _loaded(paths, run):
        if not stack.loaded.problems:
            continue
        from .fragments import dangling, whole_stack

        if dangling(stack.loaded, stack.files.files):
            whole = whole_stack(run, stack.files, stack.loaded)
            if whole.files.files != stack.files.files and named.used_by(whole):
                wholes.append(whole)
    return wholes


def kind_of_file(path: str, reader: Reader) -> str | None:
    """The kind of a named file."""
    kind = kind_of_named(path)
    if kind is None:
        from ..files.content import kind_of_text

        answer = reader.read_text(path)
        kind = kind_of_text(answer.text if isinstance(answer, SourceFile) else "")
    return kind
