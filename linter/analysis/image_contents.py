"""Whether something ends up in an image that runs: judged by stages, for all rules that say so.

Layers, ENV and the history of an image come from the stages that it is made of (FROM a stage). Of
other stages only the files are in it that a COPY --from takes.
"""

from __future__ import annotations

import posixpath
from functools import lru_cache

from ..base.patterns import on_demand
from ..files.paths import is_inside

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.dockerfile import Copy, Dockerfile, Stage

_MOST_STEPS = 500
"""How many pairs of a stage and a path are followed; more count as not in the image."""

_TARGETS_OF_OTHERS = on_demand(
    r"(?:.*[-_.])?(?:check|ci|dev|devel|develop|development|e2e|lint|local|test|testing|tests|validate)"
    r"(?:[-_.].*)?"
)
"""Names of stages that bake files select and that are not shipped."""


def layers_ship(stage: Stage) -> bool:
    """Whether the stage's layers, variables and history are part of an image that runs."""
    if stage.ships:
        return True
    stages = stage.dockerfile.stages
    built = (
        stages.resolve(target)
        for target in stage.dockerfile.bake.targets
        if not _TARGETS_OF_OTHERS.fullmatch(target.lower())
    )
    index = stage.syntax.index
    return any(
        part.index == index for target in built if target is not None for part in target.chain()
    )


def reaches_image(stage: Stage, path: str | None) -> bool:
    """Whether a file at a path of a stage is part of an image that runs; False if unsure."""
    if layers_ship(stage):
        return True
    if path is None or not path.startswith("/"):
        return False
    users = _users(stage.dockerfile)
    stages = stage.dockerfile.all_stages
    seen = {(stage.syntax.index, posixpath.normpath(path))}
    pending = list(seen)
    while pending:
        index, place = pending.pop()
        if _is_deleted(stages[index], place):
            continue
        for user, copy in users.get(index, ()):
            for new_place in [place] if copy is None else _copied_to(user, copy, place):
                if layers_ship(user):
                    return True
                step = (user.syntax.index, new_place)
                if step not in seen and len(seen) < _MOST_STEPS:
                    seen.add(step)
                    pending.append(step)
    return False


def is_copied_into_image(stage: Stage, copy: Copy, source: str) -> bool:
    """Whether a file that a COPY names ends up in an image that runs; False if unsure."""
    target, word = copy.target, copy.instruction.destination
    if target is not None and word is not None:
        is_folder = len(copy.sources) > 1 or word.value.endswith(("/", "/.")) or word.value == "."
        name = posixpath.basename(source)
        if is_folder and name and "*" not in name:
            target = posixpath.join(target, name)
    return reaches_image(stage, target)


@lru_cache(maxsize=1)
def _users(dockerfile: Dockerfile) -> dict[int, list[tuple[Stage, Copy | None]]]:
    """Who takes over what by the index of the stage: stages that start from it, and copies."""
    users: dict[int, list[tuple[Stage, Copy | None]]] = {}
    for stage in dockerfile.all_stages:
        base = stage.syntax.base_stage
        if base is not None:
            users.setdefault(base.index, []).append((stage, None))
        for copy in stage.copies:
            source = dockerfile.stages.resolve(copy.source_stage) if copy.source_stage else None
            if source is not None:
                users.setdefault(source.index, []).append((stage, copy))
    return users


def _copied_to(user: Stage, copy: Copy, place: str) -> Iterator[str]:
    """The paths in a stage at which a COPY --from puts a file, or a part of a folder."""
    for word in copy.sources:
        text = user.syntax.final.scope.expand(word) if word.has_variable else word.value
        if text is None:
            continue
        source = posixpath.normpath(posixpath.join("/", text))
        rest = _below(source, place)
        if rest is not None and copy.target is not None:
            yield posixpath.normpath(posixpath.join(copy.target, rest))
        elif rest is not None or is_inside(place, source):
            yield copy.target or "/"


def _below(source: str, place: str) -> str | None:
    """The path of a file below what a source names, ``.`` for itself; None if it is not there."""
    if source == "/":
        return place.lstrip("/")
    if not any(sign in source for sign in "*?["):
        return posixpath.relpath(place, source) if is_inside(source, place) else None
    patterns, parts = source.split("/"), place.split("/")
    from fnmatch import fnmatchcase  # needed for files that matter only

    if len(parts) < len(patterns) or not all(map(fnmatchcase, parts, patterns)):
        return None
    return "/".join(parts[len(patterns) - 1 :])


def _is_deleted(stage: Stage, place: str) -> bool:
    """Whether a RUN of the stage deletes a file of this name, or one of its folders."""
    parts = set(place.strip("/").split("/"))
    return any(
        posixpath.basename(word.value.rstrip("/")) in parts
        for _, command in stage.calls.get("rm", ())
        for word in command.args
    )
