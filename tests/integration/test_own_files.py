"""Our own container files pass our own rules."""

from __future__ import annotations

import pytest
from checks import ROOT
from composelint import check


@pytest.mark.parametrize("preset", ["recommended", "production"])
def test_our_image(preset: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    report = check(["Dockerfile", ".dockerignore"], preset=preset, isolated=True)
    assert report.files == 2
    assert report.render("concise").startswith("No problems found"), report.render("concise")


def test_the_image_gets_what_the_wheel_needs() -> None:
    kept = {
        line[1:]
        for line in (ROOT / ".dockerignore").read_text().splitlines()
        if line.startswith("!")
    }
    assert {"__init__.py", "__main__.py", "pyproject.toml", "README.md", "LICENSE"} <= kept
    assert {"linter", "rules", "schemas", "py.typed"} <= kept
