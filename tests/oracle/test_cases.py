"""The cases and recordings are well formed; no test here needs Docker Compose."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from composelint.linter.compose.release import RELEASES
from harness import DIR_MARK, Case, load_cases, load_recordings, materialise, normalise_config

if TYPE_CHECKING:
    from pathlib import Path

NOTES = {"A": 15, "B": 9, "C": 5, "D": 9, "E": 11, "F": 11, "G": 13, "H": 16, "I": 5, "J": 12}
NOTES |= {"K": 17, "L": 5, "M": 13}


def test_there_are_enough_cases_of_every_kind() -> None:
    cases = load_cases()
    assert len(cases) >= 350
    assert sum(case.several for case in cases) >= 15
    verdicts = Counter(recording.accepted for recording in load_recordings().values())
    assert min(verdicts.values()) >= 350


def test_names_are_unique() -> None:
    names = Counter(case.id for case in load_cases())
    assert [name for name, count in names.items() if count > 1] == []
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", case.name) for case in load_cases())


def test_every_kind_of_problem_in_the_notes_has_a_case() -> None:
    notes = {f"{letter}{n:02}" for letter, count in NOTES.items() for n in range(1, count + 1)}
    assert len(notes) == 141
    assert {note for case in load_cases() for note in case.notes} == notes


def test_exactly_the_cases_are_recorded() -> None:
    for release in RELEASES:
        assert {case.id for case in load_cases()} == load_recordings(release).keys()


def test_exactly_the_rejected_cases_list_problems() -> None:
    all_recordings = [load_recordings(release) for release in RELEASES]
    wrong = [
        case.id
        for case in load_cases()
        if bool(case.errors) == all(recordings[case.id].accepted for recordings in all_recordings)
    ]
    assert wrong == []


def test_cases_of_several_problems_have_two_to_five() -> None:
    for case in load_cases():
        if case.several:
            assert 2 <= len(case.errors) <= 5, case.id
            assert all(error.kind and error.mentions for error in case.errors), case.id


def test_every_problem_is_on_a_line_of_the_case() -> None:
    for case in load_cases():
        for error in case.errors:
            data = case.files[error.path]
            assert data is not None, case.id
            lines = re.split(r"\r\n|\n", data.decode("utf-8", errors="replace"))
            assert 1 <= error.line <= len(lines), case.id


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        ({"a/b.txt": b"x"}, {"a/b.txt": b"x"}),
        ({"empty": None}, {}),
    ],
)
def test_the_files_of_a_case_are_written(
    tmp_path: Path, files: dict[str, bytes | None], expected: dict[str, bytes]
) -> None:
    case: Case = load_cases()[0]._replace(files=files, links={"link": "a"}, cwd="")
    project = materialise(case, tmp_path)
    assert project == tmp_path / "project"
    assert (project / "link").is_symlink()
    written = {
        path.relative_to(project).as_posix(): path.read_bytes()
        for path in project.rglob("*")
        if path.is_file()
    }
    assert written == expected


@pytest.mark.parametrize(
    ("config", "expected"),
    [
        (
            {
                "name": "p",
                "networks": {"default": {"name": "p_default", "ipam": {}}},
                "services": {"w": {"image": "x", "command": None, "networks": {"default": None}}},
            },
            {"services": {"w": {"image": "x"}}},
        ),
        (
            {"name": "p", "services": {}, "volumes": {"a": {"name": "p_a"}, "b": {"name": "b"}}},
            {"volumes": {"a": {}, "b": {"name": "b"}}},
        ),
        (
            {"services": {"w": {"ports": [{"target": 80, "protocol": "tcp", "mode": "ingress"}]}}},
            {"services": {"w": {"ports": [{"target": 80}]}}},
        ),
        (
            {"services": {"w": {"environment": {"A": None}, "labels": {}, "entrypoint": []}}},
            {"services": {"w": {"environment": {"A": None}, "labels": {}, "entrypoint": []}}},
        ),
        (
            {"services": {"w": {"build": {"context": "/r/project/a", "dockerfile": "Dockerfile"}}}},
            {"services": {"w": {"build": {"context": f"{DIR_MARK}/a"}}}},
        ),
    ],
)
def test_defaults_are_removed_from_a_model(
    config: dict[str, Any], expected: dict[str, Any]
) -> None:
    assert normalise_config(config, root="/r") == expected


def test_normalising_twice_changes_nothing() -> None:
    for recording in load_recordings().values():
        if recording.config is not None:
            once = normalise_config(recording.config)
            assert normalise_config(once) == once
