"""However the work is split, spread or remembered, the findings are the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from composelint.linter.engine import schedule
from composelint.linter.engine.run import check_files
from layouts import LAYOUTS
from linting import found, lint, rows, settings, write


@pytest.mark.parametrize("name", LAYOUTS)
def test_in_islands(project: Path, name: str) -> None:
    write(LAYOUTS[name])
    whole = rows(check_files(found(), settings()))
    assert lint() == whole
    assert lint(jobs=2) == whole
    assert lint(jobs=5) == whole


@pytest.mark.parametrize("name", LAYOUTS)
def test_from_the_cache(project: Path, name: str) -> None:
    write(LAYOUTS[name])
    fresh = lint()
    assert lint(cache=True) == fresh
    assert lint(cache=True) == fresh
    assert lint(cache=True, jobs=2) == fresh


def test_all_layouts_in_one_repository(project: Path) -> None:
    for name, files in LAYOUTS.items():
        write({f"{name.replace(' ', '-')}/{path}": text for path, text in files.items()})
    whole = rows(check_files(found(), settings()))
    assert lint() == whole
    assert lint(jobs=2, cache=True) == whole
    assert lint(jobs=2, cache=True) == whole


def test_naming_all_files_is_naming_the_folder(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(schedule, "ALONE", 0)
    for name in ("apart", "built from above", "merged"):
        write({f"{name.replace(' ', '-')}/{path}": text for path, text in LAYOUTS[name].items()})
    named = [item._replace(named=True) for item in found()]
    assert schedule.unnamed(named, settings()) == tuple(found())
    assert lint(named) == lint()
    assert schedule.unnamed(named[1:], settings()) == tuple(named[1:])


def test_a_copy_that_fails_leaves_its_share_to_us(
    project: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(LAYOUTS["apart"])
    whole = lint()

    def fail(*_: object) -> None:
        raise RuntimeError("no copy can do this")

    monkeypatch.setattr(schedule._Work, "packed", fail)
    assert lint(jobs=2) == whole
