"""The engine against the recorded answers of Docker Compose: verdicts, models, places."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING

import pytest
from harness import Case, load, load_cases, load_recordings, normalise_config
from kinds import KINDS, REJECTED
from printed import Printer

if TYPE_CHECKING:
    from pathlib import Path

    from composelint.linter.compose.problem import Problem

NEWER = {"schema/newer-keys-are-unknown"}
"""Keys of later releases, which are accepted here on purpose."""

NOT_READ = {"document/utf16-file"}
"""What Compose reads and this linter asks to be saved as UTF-8."""

NOWHERE = {
    "discovery/nothing-found",
    "discovery/dangling-symbolic-link",
    "discovery/f-option-missing-file",
    "discovery/f-option-folder",
    "merge/override-file-alone",
}
"""Nothing that could be shown was read: the place is the name that was given."""


def ids(cases: list[Case]) -> list[str]:
    return [case.id for case in cases]


CASES = [case for case in load_cases() if case.id not in NEWER]
ACCEPTED = [case for case in CASES if load_recordings()[case.id].accepted]
REFUSED = [case for case in CASES if not load_recordings()[case.id].accepted]


def places(problem: Problem, cwd: str, project: Path) -> set[str]:
    """Where a problem shows, its related places included, as ``file:line``."""
    spans = [problem.span, *(related.span for related in problem.related)]
    return {
        f"{os.path.relpath(os.path.join(cwd, span.file.path), project)}:"
        f"{span.file.position(span.start).line}"
        for span in spans
    }


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_the_verdict_is_that_of_compose(case: Case, tmp_path: Path) -> None:
    stack, _ = load(case, tmp_path)
    recording = load_recordings()[case.id]
    shown = [problem for problem in stack.problems if problem.rejects]
    assert stack.accepted == recording.accepted, (recording.error, shown)


@pytest.mark.parametrize("case", ACCEPTED, ids=ids(ACCEPTED))
def test_the_model_is_that_of_compose(case: Case, tmp_path: Path) -> None:
    stack, cwd = load(case, tmp_path)
    recorded = load_recordings()[case.id].config
    assert recorded is not None
    printed = Printer(stack, cwd, str(tmp_path / "home")).config()
    if case.id not in NOT_READ:
        assert normalise_config(printed, str(tmp_path)) == normalise_config(copy.deepcopy(recorded))


@pytest.mark.parametrize("case", REFUSED, ids=ids(REFUSED))
def test_every_mistake_is_found_where_it_stands(case: Case, tmp_path: Path) -> None:
    stack, cwd = load(case, tmp_path)
    rejecting = [problem for problem in stack.problems if problem.rejects]
    unread = {problem.kind for problem in rejecting} & {"include-missing"}
    for expected in case.errors:
        if unread and expected.kind.startswith("undefined-"):
            continue  # a file that is missing may define it
        found = [
            problem
            for problem in rejecting
            if case.id in NOWHERE
            or (
                expected.at in places(problem, cwd, tmp_path / "project")
                and all(word in problem.message for word in expected.mentions)
            )
        ]
        assert found, (expected, rejecting)


@pytest.mark.parametrize("case", CASES, ids=ids(CASES))
def test_nodes_stand_in_files_and_problems_in_words(case: Case, tmp_path: Path) -> None:
    stack, _ = load(case, tmp_path)
    for problem in stack.problems:
        assert problem.kind in KINDS
        if problem.rejects:
            assert problem.kind in REJECTED or problem.kind == "extension-name"
        assert problem.message == problem.message.strip()
        assert "\uffff" not in problem.message
        assert 0 <= problem.span.start <= problem.span.end <= len(problem.span.file.text)
