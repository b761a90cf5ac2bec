"""Our verdicts, models and places against the recorded answers of Docker Compose."""

from __future__ import annotations

import copy
import os
from typing import TYPE_CHECKING

import pytest
from composelint.linter.compose.release import CURRENT, OLDER, RELEASES
from harness import Case, load, load_cases, load_recordings, normalise_config
from kinds import KINDS, REJECTED
from printed import Printer

if TYPE_CHECKING:
    from pathlib import Path

    from composelint.linter.compose.problem import Problem

NOT_READ = {"document/utf16-file"}
"""Files that Compose reads and that this linter refuses for their encoding."""

NOWHERE = {
    "discovery/nothing-found",
    "discovery/dangling-symbolic-link",
    "discovery/f-option-missing-file",
    "discovery/f-option-folder",
    "merge/override-file-alone",
}
"""No file could be read: the place is the name of the stack."""

OTHER = {CURRENT: OLDER, OLDER: CURRENT}


def by_release(accepted: bool) -> list[object]:
    """The cases with this verdict, for each release."""
    return [
        pytest.param(case, release, id=f"{release}-{case.id}")
        for release in RELEASES
        for case in load_cases()
        if load_recordings(release)[case.id].accepted is accepted
    ]


ALL = [*by_release(True), *by_release(False)]


def places(problem: Problem, cwd: str, project: Path) -> set[str]:
    """The place of a problem and its related places, as ``file:line``."""
    spans = [problem.span, *(related.span for related in problem.related)]
    return {
        f"{os.path.relpath(os.path.join(cwd, span.file.path), project)}:"
        f"{span.file.position(span.start).line}"
        for span in spans
    }


@pytest.mark.parametrize(("case", "release"), ALL)
def test_the_verdict_is_that_of_compose(case: Case, release: str, tmp_path: Path) -> None:
    stack, _ = load(case, tmp_path, release)
    recording = load_recordings(release)[case.id]
    rejecting = [problem for problem in stack.problems if problem.rejects]
    assert stack.accepted == recording.accepted, (recording.error, rejecting)


@pytest.mark.parametrize(("case", "release"), by_release(True))
def test_the_model_is_that_of_compose(case: Case, release: str, tmp_path: Path) -> None:
    stack, cwd = load(case, tmp_path, release)
    recorded = load_recordings(release)[case.id].config
    assert recorded is not None
    printed = Printer(stack, cwd, str(tmp_path / "home"), release).config()
    if case.id not in NOT_READ:
        assert normalise_config(printed, str(tmp_path)) == normalise_config(copy.deepcopy(recorded))


@pytest.mark.parametrize(("case", "release"), by_release(False))
def test_every_problem_is_reported_at_its_place(case: Case, release: str, tmp_path: Path) -> None:
    stack, cwd = load(case, tmp_path, release)
    rejecting = [problem for problem in stack.problems if problem.rejects]
    unread = {problem.kind for problem in rejecting} & {"include-missing"}
    for expected in case.errors:
        if unread and expected.kind.startswith("undefined-"):
            continue  # a file that is missing may define it
        matching = [
            problem
            for problem in rejecting
            if case.id in NOWHERE
            or (
                expected.at in places(problem, cwd, tmp_path / "project")
                and all(word in problem.message for word in expected.mentions)
            )
        ]
        assert matching, (expected, rejecting)


@pytest.mark.parametrize(("case", "release"), by_release(True))
def test_what_only_the_other_release_refuses_is_a_remark(
    case: Case, release: str, tmp_path: Path
) -> None:
    stack, cwd = load(case, tmp_path, release)
    remarks = [problem for problem in stack.problems if problem.only not in ("", release)]
    for expected in case.errors:
        matching = [
            problem
            for problem in remarks
            if expected.at in places(problem, cwd, tmp_path / "project")
            and problem.message.startswith(f"Docker Compose {OTHER[release]} refuses this: ")
        ]
        assert matching, (expected, stack.problems)
    if load_recordings(OTHER[release])[case.id].accepted:
        assert remarks == []


@pytest.mark.parametrize(("case", "release"), ALL)
def test_every_problem_has_a_kind_a_message_and_a_place(
    case: Case, release: str, tmp_path: Path
) -> None:
    stack, _ = load(case, tmp_path, release)
    for problem in stack.problems:
        assert problem.kind in KINDS
        if problem.rejects:
            assert problem.kind in REJECTED or problem.kind == "extension-name"
        assert problem.message == problem.message.strip()
        assert "\uffff" not in problem.message
        assert 0 <= problem.span.start <= problem.span.end <= len(problem.span.file.text)
