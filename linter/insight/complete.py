"""What may be written at a place: keys, values, names, instructions, also in broken text."""

from __future__ import annotations

from ..files.kinds import COMPOSE, DOCKERFILE, ENV, IGNORE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..model.project import Project
    from ..result import Result
    from .completions import Completion

MOST = 300
"""How many completions are given at most."""


def complete(
    kind: str,
    path: str,
    text: str,
    offset: int,
    project: Project | None = None,
    result: Result | None = None,
) -> list[Completion]:
    """The completions at an offset of a file, the best first.

    Args:
        kind: the kind of the file.
        path: its path.
        text: its text, as it is being typed.
        project: what was loaded with it, perhaps from an earlier text.
        result: the findings, for comments that suppress them.
    """
    offset = max(0, min(offset, len(text)))
    found = _found(kind, path, text, offset, project, result)
    chosen: dict[tuple[str, str], tuple[int, Completion]] = {}
    for item in found:
        rank = how_well(item.label, text[item.start : offset])
        if rank is not None:
            chosen.setdefault((item.label, item.insert), (rank, item))
    ranked = sorted(chosen.values(), key=lambda each: (each[0], each[1].order, each[1].label))
    return [item for _, item in ranked[:MOST]]


def how_well(label: str, typed: str) -> int | None:
    """How well a label fits what is typed: 0 if it begins so, 1 if it contains it, 2 if it has its
    letters in their order; None if it does not."""
    typed = typed.strip("\"'").casefold()
    label = label.casefold().removeprefix("- ")
    if label.startswith(typed):
        return 0
    if typed in label:
        return 1
    at = 0
    for char in typed:
        at = label.find(char, at) + 1
        if not at:
            return None
    return 2


def _found(
    kind: str, path: str, text: str, offset: int, project: Project | None, result: Result | None
) -> Iterable[Completion]:
    if kind == COMPOSE:
        from .complete_compose import complete_compose

        return complete_compose(path, text, offset, project, result)
    if kind == DOCKERFILE:
        from .complete_dockerfile import complete_dockerfile

        return complete_dockerfile(path, text, offset, project, result)
    if kind == IGNORE:
        from .complete_lines import complete_ignore

        return complete_ignore(path, text, offset, project, result)
    if kind == ENV:
        from .complete_lines import complete_env

        return complete_env(path, text, offset, project, result)
    return ()
