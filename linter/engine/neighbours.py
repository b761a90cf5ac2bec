"""Finds the stacks in the repository that single files belong to.

A hook or an editor names one Dockerfile, ignore file, env file or included fragment. Its meaning
depends on the stack that uses it, so the Compose files of the repository are searched for that
stack. Their text is searched first: only those that can refer to the file are parsed.
"""

from __future__ import annotations

from ..base.text import SourceFile
from ..files.kinds import DOCKERFILE, ENV, kind_of_named
from ..files.paths import clean_path, folder_of, seen_from

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from ..files.reader import Reader
    from ..model.stack import Stack
    from .context import Run
    from .surroundings import Surroundings


def stacks_around(run: Run, paths: Sequence[str]) -> list[Stack]:
    """The stacks of the repository that build, filter or read the named ones of these files.

    Files that belong to a stack of the run are left out.
    """
    project = run.project
    lone = [
        path
        for path in paths
        if path in run.named and not any(belongs(path, stack) for stack in project.stacks)
    ]
    candidates = _candidates(lone, project.reader, run.surroundings) if lone else []
    return _chosen(candidates, run, lambda stack: any(belongs(path, stack) for path in lone))


def stacks_including(files: Sequence[str], run: Run) -> list[Stack]:
    """The stacks of the repository that include or extend these Compose files."""
    names = {path.rpartition("/")[2] for path in files}
    candidates = [
        path
        for path, text in run.surroundings.referring
        if path not in files and any(name in text for name in names)
    ]
    return _chosen(
        candidates, run, lambda stack: not stack.loaded.documents.keys().isdisjoint(files)
    )


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
    """The stacks that Compose files form."""
    if paths:
        from ..compose.discover import discover_stacks
        from ..model.stack import Stack

        loaded = run.surroundings.stacks
        for files in discover_stacks(paths, run.reader):
            if files.files not in loaded:
                loaded[files.files] = Stack(run.project, run.load(files), files)
            yield loaded[files.files]


def belongs(path: str, stack: Stack) -> bool:
    """Whether a file belongs to a stack.

    The stack builds a Dockerfile, reads an env file, or builds from the folder of an ignore file.
    """
    kind = _kind(path, stack.project.reader)
    if kind == ENV:
        return any(source.path == path for source in stack.loaded.sources)
    for service in stack.services.values():
        build = service.build
        if build is None:
            continue
        dockerfile = stack.project.dockerfile_path(build)
        if dockerfile is None:
            continue
        dockerfile = _shortest(dockerfile)
        if kind == DOCKERFILE:
            if dockerfile == path:
                return True
        elif path == f"{dockerfile}.dockerignore" or folder_of(path) == _shortest(
            clean_path(build.context_folder or ".")
        ):
            return True
    return False


def _shortest(path: str) -> str:
    """A path that goes up and down again as the shortest one from the working folder."""
    return seen_from(".", path) if path.startswith("../") else path


def _candidates(paths: Sequence[str], reader: Reader, around: Surroundings) -> list[str]:
    """The Compose files whose stacks one of these files may belong to."""
    env_files = [path for path in paths if _kind(path, reader) == ENV]
    builds = len(env_files) < len(paths)
    folders = {folder_of(path) for path in env_files}
    names = {path.rpartition("/")[2] for path in env_files}
    return [
        path
        for path in around.compose_files
        if folder_of(path) in folders
        or (builds and "build" in around.text(path))
        or any(name in around.text(path) for name in names)
    ]


def _kind(path: str, reader: Reader) -> str | None:
    """The kind of a named file."""
    kind = kind_of_named(path)
    if kind is None:
        from ..files.content import kind_of_text

        kind = kind_of_text(_text(path, reader))
    return kind


def _text(path: str, reader: Reader) -> str:
    answer = reader.read_text(path)
    return answer.text if isinstance(answer, SourceFile) else ""
