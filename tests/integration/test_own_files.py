"""Our own container files pass our own rules."""

from __future__ import annotations

from pathlib import Path

import pytest
from composelint import check

ROOT = Path(__file__).parents[2]


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
