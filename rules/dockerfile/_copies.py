"""What several rules ask about COPY and ADD: what they take from the context, and where to."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ...linter.model import Stage
    from ...linter.source.dockerfile_parts import Word
    from ...linter.source.instruction import Instruction

ROOT = frozenset((".", "./", "/", "*", "./*", "/."))
"""The sources that mean the whole context."""


class Copy(NamedTuple):
    """A COPY or ADD.

    ``source_stage`` is the value of ``--from``, empty for the context. ``target`` is the
    absolute path that it copies to, None where that cannot be known; ``workdir`` the folder
    that relative paths start from.
    """

    instruction: Instruction
    sources: list[Word]
    source_stage: str
    target: str | None
    workdir: str | None


def copies_of(stage: Stage) -> Iterator[Copy]:
    """The COPY and ADD instructions of a stage, those that ONBUILD defers included."""
    for outer, state in stage.syntax.walk():
        instruction = outer.inner or outer
        if instruction.name not in ("COPY", "ADD"):
            continue
        destination = instruction.destination
        if destination is None:
            continue
        workdir = state.workdir.value if state.workdir else None
        path = state.scope.expand(destination) if destination.has_variable else destination.value
        flag = instruction.flag("from")
        target = None
        if path is not None:
            if path.startswith("/"):
                target = posixpath.normpath(path)
            elif workdir is not None:
                target = posixpath.normpath(posixpath.join(workdir, path))
        heredocs = {heredoc.word.at for heredoc in instruction.heredocs}
        sources = [word for word in instruction.sources if word.at not in heredocs]
        yield Copy(instruction, sources, (flag.value or "") if flag else "", target, workdir)


def takes_root(copy: Copy) -> Word | None:
    """The source that stands for the whole context, if the instruction takes that."""
    if copy.source_stage or copy.instruction.flag("parents"):
        return None
    return next((word for word in copy.sources if word.value in ROOT), None)


def is_url(text: str) -> bool:
    """Whether ADD fetches a source over the network."""
    lower = text.lower()
    return lower.startswith(("http://", "https://", "git@", "ssh://", "git://")) or (
        lower.partition("#")[0].endswith(".git") and ("/" in lower or ":" in lower)
    )


ARCHIVES = (
    ".tar", ".tar.gz", ".tgz", ".tpz", ".tar.bz2", ".tbz", ".tbz2", ".tb2", ".tar.xz", ".txz",
    ".tar.zst", ".tzst", ".tar.lz", ".tlz", ".tar.lzma", ".tar.z", ".tz", ".gz", ".bz2", ".xz",
    ".z", ".lz", ".lzma", ".zst",
)  # fmt: skip
"""Endings of files that ADD may unpack."""

TAR_ARCHIVES = tuple(ending for ending in ARCHIVES if ending.startswith((".tar", ".t")))
"""Endings of files that ADD does unpack."""


def is_archive(text: str) -> bool:
    return text.lower().endswith(ARCHIVES)
