"""Our verdicts and models of generated cases against the recorded ones of Docker Compose."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from composelint.linter.compose.release import RELEASES
from harness import Case, load, load_cases, load_generated, normalise_config
from printed import Printer

if TYPE_CHECKING:
    from pathlib import Path

PARTS = 25
"""In how many parts the cases are tested; each is a test."""


def test_there_are_enough_cases() -> None:
    families = Counter(case.topic for case, _ in load_generated())
    assert min(families.values()) >= 80
    assert len(load_cases()) + len(load_generated()) >= 2000
    for release in RELEASES:
        accepted = sum(models[release] is not None for _, models in load_generated())
        assert accepted >= 250


def judged(case: Case, folder: Path, release: str) -> dict[str, Any] | None:
    """Our normalised model; None if we refuse the case."""
    stack, cwd = load(case, folder, release)
    if not stack.accepted:
        return None
    printed = Printer(stack, cwd, str(folder / "home"), release).config()
    return normalise_config(printed, str(folder))


@pytest.mark.parametrize("release", RELEASES)
@pytest.mark.parametrize("part", range(PARTS))
def test_verdicts_and_models_are_those_of_compose(part: int, release: str, tmp_path: Path) -> None:
    wrong = [
        case.id
        for index, (case, models) in enumerate(load_generated())
        if index % PARTS == part and judged(case, tmp_path / str(index), release) != models[release]
    ]
    assert wrong == []
