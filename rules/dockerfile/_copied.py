"""Which file of the context is at a path of a stage."""

from __future__ import annotations

import posixpath

from ...linter.base.records import NamedTuple
from ...linter.files.paths import is_inside, join_path
from ._runs import chain_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.base.text import SourceFile
    from ...linter.model.dockerfile import Copy, Dockerfile, Stage
    from ...linter.source.dockerfile.instruction import Instruction


class Copied(NamedTuple):
    """A file of the context, and the COPY that puts it where it is in the image."""

    path: str
    file: SourceFile
    instruction: Instruction
    stage: Stage


def copied_file(stage: Stage, place: str, before: Instruction | None) -> Copied | None:
    """The file of the context that is at an absolute path of a stage; None if that is not known.

    ``before`` is the instruction of the stage that uses it; None means the end of the stage.
    """
    dockerfile = stage.dockerfile
    for part in chain_of(stage):
        for copy in reversed(part.copies):
            if part is stage and before is not None and copy.instruction.start >= before.start:
                continue
            if copy.target is None or not _may_cover(copy, place):
                if copy.target is None:
                    return None
                continue
            if copy.source_stage or copy.instruction.outer is not None:
                return None
            if any(copy.instruction.flag(name) for name in ("parents", "exclude")):
                return None
            if any(heredoc for heredoc in copy.instruction.heredocs):
                return None
            for source in _sources(dockerfile, copy, place):
                file = _file(dockerfile, source)
                if file is not None:
                    return Copied(source, file, copy.instruction, part)
    return None


def _may_cover(copy: Copy, place: str) -> bool:
    """Whether a COPY may put a file at a place."""
    return copy.target is not None and is_inside(copy.target.rstrip("/"), place)


def _sources(dockerfile: Dockerfile, copy: Copy, place: str) -> Iterator[str]:
    """The paths in the context that a COPY may put at a place."""
    from fnmatch import fnmatchcase

    target, name = copy.target or "/", posixpath.basename(place)
    rest = posixpath.relpath(place, target)
    for word in reversed(copy.sources):
        if word.has_variable:
            continue
        source = posixpath.normpath(word.value.lstrip("/") or ".")
        if any(sign in source for sign in "*?["):
            folder, _, pattern = source.rpartition("/")
            if rest == name and fnmatchcase(name, pattern):
                yield posixpath.join(folder, name)
        elif (posixpath.basename(source) == name and rest in (name, ".")) or rest == ".":
            yield source
        yield posixpath.normpath(posixpath.join(source, rest))


def _file(dockerfile: Dockerfile, source: str) -> SourceFile | None:
    """A file of the context; None if it is not there, or the ignore file keeps it out."""
    folder, ignore = dockerfile.folder, dockerfile.ignore
    if folder is None or source.startswith(".."):
        return None
    path = join_path(folder, source)
    if dockerfile.project.reader.kind(path) != "file":
        return None
    if ignore is not None and ignore.matches(source):
        return None
    return dockerfile.project.source(path)
