"""Stages that builds of a Dockerfile take, and those that only another target or argument reaches."""

from __future__ import annotations

from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from ..model.dockerfile import Dockerfile, Stage
    from ..source.dockerfile.stages import Stage as SyntaxStage


def is_built(stage: Stage) -> bool:
    """Whether a known build takes a stage.

    Known are `docker build` without options, the targets and arguments of services and bake files,
    and the targets that the project's scripts and workflows name. BuildKit leaves the other stages
    out, and does not pull their base images either.
    """
    return stage.syntax.index in _built(stage.dockerfile)


@lru_cache(maxsize=1)
def _built(dockerfile: Dockerfile) -> frozenset[int]:
    """The indexes of the stages that known builds take."""
    from .built_elsewhere import is_target

    stages = dockerfile.stages
    edges: dict[int, list[int]] = {}
    for reference in stages.references:
        if reference.target is not None:
            edges.setdefault(reference.stage.index, []).append(reference.target.index)
    starts = [stages.last, *(stage.syntax for stage in dockerfile.final_stages)]
    starts += map(stages.resolve, dockerfile.bake.targets)
    starts += passed_bases(dockerfile)
    built: set[int] = set()
    _take(built, edges, [start.index for start in starts if start is not None])
    for stage in reversed(stages.stages):
        name = stage.name_word
        if stage.index not in built and name is not None and is_target(dockerfile, name.text):
            _take(built, edges, [stage.index])
    return frozenset(built)


def _take(built: set[int], edges: dict[int, list[int]], todo: list[int]) -> None:
    """Add stages and all that they need."""
    while todo:
        index = todo.pop()
        if index not in built:
            built.add(index)
            todo += edges.get(index, ())


def passed_bases(dockerfile: Dockerfile) -> Iterator[SyntaxStage | None]:
    """The stages that a FROM with variables means with the arguments that builds pass."""
    arguments = dockerfile.arguments
    if not arguments:
        return
    stages = dockerfile.stages
    for stage in stages:
        word = stage.base
        for reference in word.references if word is not None else ():
            for value in arguments.get(reference.name, ()):
                name = (
                    word.expand({**stages.global_scope, reference.name: value}, True)
                    if word
                    else None
                )
                yield stages.find(name, stage) if name else None
