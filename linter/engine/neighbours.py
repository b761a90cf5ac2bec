"""The stacks that single files belong to, found in the repository around them.

A hook or an editor names one Dockerfile, ignore file, env file or included fragment. What
is right in it depends on the stack that uses it, so the Compose files of the repository
are looked through for that stack. A look at their text comes first: only those that can
refer to the file at all are parsed.
"""

from __future__ import annotations

from ..base.text import SourceFile
from ..files.discovery import project_files
from ..files.kinds import COMPOSE, DOCKERFILE, ENV, kind_of, kind_of_named
from ..files.paths import clean_path, folder_of, seen_from
from ..model.stack import Stack

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from ..compose.discover import StackFiles
    from ..compose.stack import LoadedStack
    from ..files.reader import Reader
    from ..model.project import Project
    from .context import Run

    Load = Callable[[StackFiles], LoadedStack]


def stacks_around(run: Run, paths: Sequence[str]) -> list[Stack]:
    """The stacks that named files belong to where no Compose file was named with them.

    A Dockerfile means what the service that builds it makes of it, and a hook names only
    the files that changed.
    """
    project = run.project
    lone = [
        path
        for path in paths
        if path in run.named and not any(belongs(path, stack) for stack in project.stacks)
    ]
    return stacks_of(lone, project, run.root, run.load) if lone else []


def stacks_of(paths: Sequence[str], project: Project, root: str, load: Load) -> list[Stack]:
    """The stacks below ``root`` that build, filter or read one of these files."""
    reader = project.reader
    candidates = _candidates(paths, reader, root)
    if not candidates:
        return []
    from ..compose.discover import discover_stacks

    found = []
    for files in discover_stacks(candidates, reader):
        stack = Stack(project, load(files), files)
        if any(belongs(path, stack) for path in paths):
            found.append(stack)
    return found


def stacks_including(files: Sequence[str], project: Project, root: str, load: Load) -> list[Stack]:
    """The stacks below ``root`` that these Compose files are a part of."""
    reader = project.reader
    names = {path.rpartition("/")[2] for path in files}
    candidates = [
        path
        for path in _compose_files(root)
        if path not in files and any(name in _text(path, reader) for name in names)
    ]
    if not candidates:
        return []
    from ..compose.discover import discover_stacks

    found = []
    for stack in discover_stacks(candidates, reader):
        loaded = load(stack)
        if not loaded.documents.keys().isdisjoint(files):
            found.append(Stack(project, loaded, stack))
    return found


def belongs(path: str, stack: Stack) -> bool:
    """Whether a stack builds a Dockerfile, builds from an ignore file's folder, or reads an env file."""
    kind = kind_of_named(path)
    if kind == ENV:
        return any(source.path == path for source in stack.loaded.sources)
    for service in stack.services.values():
        build = service.build
        if build is None:
            continue
        dockerfile = build.dockerfile_path
        if dockerfile is None:
            continue
        dockerfile = from_here(dockerfile)
        if kind == DOCKERFILE:
            if dockerfile == path:
                return True
        elif path == f"{dockerfile}.dockerignore" or folder_of(path) == from_here(
            clean_path(build.context_folder or ".")
        ):
            return True
    return False


def from_here(path: str) -> str:
    """A path that leads up and down again as the shortest one from the working folder."""
    return seen_from(".", path) if path.startswith("../") else path


def _candidates(paths: Sequence[str], reader: Reader, root: str) -> list[str]:
    """The Compose files that can have to do with one of these files."""
    env_files = [path for path in paths if kind_of_named(path) == ENV]
    builds = len(env_files) < len(paths)
    folders = {folder_of(path) for path in env_files}
    names = {path.rpartition("/")[2] for path in env_files}
    found = []
    for path in _compose_files(root):
        text = _text(path, reader)
        if (
            (builds and "build" in text)
            or folder_of(path) in folders
            or any(name in text for name in names)
        ):
            found.append(path)
    return found


def _compose_files(root: str) -> Iterable[str]:
    return (path for path in project_files(root) if kind_of(path) == COMPOSE)


def _text(path: str, reader: Reader) -> str:
    answer = reader.read_text(path)
    return answer.text if isinstance(answer, SourceFile) else ""
