"""What CONTRIBUTING.md points at is there."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_links_and_paths_lead_somewhere() -> None:
    named = {target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", TEXT)}
    named |= set(
        re.findall(r"(?<![\w./-])(?:tools|tests|docs|linter|requirements|\.ci)/[\w./-]+\b", TEXT)
    )
    named -= {"tests/fuzz/crashers/TARGET"}
    assert "tools/build.py" in named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_modules_that_are_run_are_there() -> None:
    modules = set(re.findall(r"-m (tests\.\w+)", TEXT))
    assert modules == {"tests.bench", "tests.fuzz"}
    for module in modules:
        assert (ROOT / module.replace(".", "/") / "__main__.py").is_file()
