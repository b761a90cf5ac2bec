"""Stages that BuildKit leaves out of every build, and whose base image it never pulls."""

from __future__ import annotations

import re
from functools import lru_cache

TYPE_CHECKING = False
if TYPE_CHECKING:
    from ...linter.model.dockerfile import Dockerfile, Stage

INTERMEDIATE = r"(?:.*[-_.])?(?:build|builder|building|compile|compiler|deps?|dependencies|fetch|install|installer|vendor)(?:[-_.]?\d+)?"
"""Names of stages that are a step of a build, not meant to be selected by ``--target``."""


def is_left_out(stage: Stage) -> bool:
    """Whether nothing uses a stage, and it is not meant to be selected by ``--target``.

    That is a stage without a name, one that is named after a step, and one that only names an image.
    """
    return stage.syntax.index not in _needed(stage.dockerfile)


@lru_cache(maxsize=1)
def _needed(dockerfile: Dockerfile) -> frozenset[int]:
    """The indexes of the stages that a build of some target takes."""
    stages = dockerfile.stages
    every = frozenset(range(len(stages)))
    if any(
        stage.base is not None and stage.base.references and stage.base_stage is not None
        for stage in stages
    ):
        return every  # FROM ${VARIANT}: an argument chooses the stage
    if any(build.has_unknown_target for build in dockerfile.builds):
        return every
    targets = dockerfile.bake.targets | {
        build.target for build in dockerfile.builds if build.target
    }
    if any("$" in target for target in targets):
        return every
    starts = [stages.last, *map(stages.resolve, targets)]
    starts += [stage for stage in stages if _may_be_target(dockerfile, stage.index)]
    needed: set[int] = set()
    for start in starts:
        if start is not None and start.index not in needed:
            needed |= stages.needed(start)
    return frozenset(needed)


def _may_be_target(dockerfile: Dockerfile, index: int) -> bool:
    """Whether somebody may build the stage by its name."""
    stage = dockerfile.all_stages[index]
    name = stage.syntax.name
    return name is not None and bool(
        stage.instructions and re.fullmatch(INTERMEDIATE, name.lower()) is None
    )
