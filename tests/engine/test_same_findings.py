"""The findings are the same whether files are linted together, in parts, in processes or cached."""

from __future__ import annotations

from pathlib import Path

import pytest
from checks import write_files
from composelint.linter.engine import schedule
from composelint.linter.engine.run import check_files
from layouts import LAYOUTS
from linting import files_to_lint, lint, rows, settings


@pytest.mark.parametrize("name", LAYOUTS)
def test_parts_in_any_number_of_processes_give_the_same_findings(project: Path, name: str) -> None:
    write_files(LAYOUTS[name])
    expected = rows(check_files(files_to_lint(), settings()))
    assert lint() == expected
    assert lint(jobs=2) == expected
    assert lint(jobs=5) == expected


@pytest.mark.parametrize("name", LAYOUTS)
def test_the_cache_gives_the_same_findings(project: Path, name: str) -> None:
    write_files(LAYOUTS[name])
    fresh = lint()
    assert lint(cache=True) == fresh
    assert lint(cache=True) == fresh
    assert lint(cache=True, jobs=2) == fresh


def test_a_repository_of_all_layouts_gives_the_same_findings(project: Path) -> None:
    for name, files in LAYOUTS.items():
        write_files({f"{name.replace(' ', '-')}/{path}": text for path, text in files.items()})
    expected = rows(check_files(files_to_lint(), settings()))
    assert lint() == expected
    assert lint(jobs=2, cache=True) == expected
    assert lint(jobs=2, cache=True) == expected


def test_naming_all_files_equals_naming_the_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "MAX_UNSPLIT", 0)
    for name in ("apart", "built from above", "merged"):
        write_files(
            {f"{name.replace(' ', '-')}/{path}": text for path, text in LAYOUTS[name].items()}
        )
    named = [item._replace(named=True) for item in files_to_lint()]
    assert schedule.unnamed(named, settings()) == tuple(files_to_lint())
    assert lint(named) == lint()
    assert schedule.unnamed(named[1:], settings()) == tuple(named[1:])


def test_files_of_a_process_that_fails_are_linted_by_the_parent(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_files(LAYOUTS["apart"])
    expected = lint()

    def fail(*_: object) -> None:
        raise RuntimeError("no copy can do this")

    monkeypatch.setattr(schedule._Schedule, "packed", fail)
    assert lint(jobs=2) == expected


@pytest.mark.parametrize("name", LAYOUTS)
def test_named_files_give_the_same_findings_in_any_number_of_processes(
    project: Path, name: str
) -> None:
    write_files(LAYOUTS[name])
    every = [item._replace(named=True) for item in files_to_lint()]
    for named in (every, every[::2], every[1::2]):
        expected = rows(check_files(named, settings()))
        assert lint(named) == expected
        assert lint(named, jobs=2) == expected
        assert lint(named, jobs=3, cache=True) == expected
        assert lint(named, jobs=3, cache=True) == expected


@pytest.mark.parametrize("jobs", [1, 2, 5])
def test_each_step_of_each_process_is_counted_here(project: Path, jobs: int) -> None:
    count = 12
    write_files({f"part{n}/Dockerfile": "FROM alpine:3.22\n" for n in range(count)})
    steps: list[int] = []
    schedule.check_group(files_to_lint(), settings(), None, lambda: steps.append(1), jobs=jobs)
    assert len(steps) == count
