"""Our own container files pass our rules."""

from __future__ import annotations

import pytest
from checks import ROOT
from composelint import check


@pytest.mark.parametrize("preset", ["recommended", "production"])
def test_our_image_has_no_findings(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report = check(["Dockerfile", ".dockerignore"], preset=preset, isolated=True)
    assert report.files == 2
    assert report.render("concise").startswith("No problems found"), report.render("concise")


def test_the_context_of_our_image_has_all_files_of_the_wheel() -> None:
    names = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert {"__init__.py", "__main__.py", "pyproject.toml", "README.md", "LICENSE"} <= names
    assert {"linter", "rules", "schemas", "py.typed"} <= names
