"""Our verdicts, models and places against the recorded answers of Docker Compose."""

from __future__ import annotations

import copy
import os
from operator import attrgetter
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
"""Files that Compose reads and that this linter refuses for their encoding."""

NOWHERE = {
    "discovery/nothing-found",
    "discovery/dangling-symbolic-link",
    "discovery/f-option-missing-file",
    "discovery/f-option-folder",
    "merge/override-file-alone",
}
"""No file could be read: the place is the name of the stack."""


ID = attrgetter("id")
CASES = [case for case in load_cases() if case.id not in NEWER]
ACCEPTED = [case for case in CASES if load_recordings()[case.id].accepted]
REFUSED = [case for case in CASES if not load_recordings()[case.id].accepted]


def places(problem: Problem, cwd: str, project: Path) -> set[str]:
    """The place of a problem and its related places, as ``file:line``."""
    spans = [problem.span, *(related.span for related in problem.related)]
    return {
        f"{os.path.relpath(os.path.join(cwd, span.file.path), project)}:"
        f"{span.file.position(span.start).line}"
        for span in spans
    }


@pytest.mark.parametrize("case", CASES, ids=ID)
def test_the_verdict_is_that_of_compose(case: Case, tmp_path: Path) -> None:
    stack, _ = load(case, tmp_path)
    recording = load_recordings()[case.id]
    rejecting = [problem for problem in stack.problems if problem.rejects]
    assert stack.accepted == recording.accepted, (recording.error, rejecting)


@pytest.mark.parametrize("case", ACCEPTED, ids=ID)
def test_the_model_is_that_of_compose(case: Case, tmp_path: Path) -> None:
    stack, cwd = load(case, tmp_path)
    recorded = load_recordings()[case.id].config
    assert recorded is not None
    printed = Printer(stack, cwd, str(tmp_path / "home")).config()
    if case.id not in NOT_READ:
        assert normalise_config(printed, str(tmp_path)) == normalise_config(copy.deepcopy(recorded))


@pytest.mark.parametrize("case", REFUSED, ids=ID)
def test_every_problem_is_reported_at_its_place(case: Case, tmp_path: Path) -> None:
    stack, cwd = load(case, tmp_path)
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


@pytest.mark.parametrize("case", CASES, ids=ID)
def test_every_problem_has_a_kind_a_message_and_a_place(case: Case, tmp_path: Path) -> None:
    stack, _ = load(case, tmp_path)
    for problem in stack.problems:
        assert problem.kind in KINDS
        if problem.rejects:
            assert problem.kind in REJECTED or problem.kind == "extension-name"
        assert problem.message == problem.message.strip()
        assert "\uffff" not in problem.message
        assert 0 <= problem.span.start <= problem.span.end <= len(problem.span.file.text)
