"""CONTRIBUTING.md is true: its paths exist."""

from __future__ import annotations

import re

from checks import ROOT
from composelint.linter.base.names import FAMILIES

TEXT = (ROOT / "CONTRIBUTING.md").read_text("utf-8")


def test_the_list_of_code_families_is_that_of_the_rules() -> None:
    described = dict(re.findall(r"`([A-Z]{2})`[^`]*`rules/(\w+)`", TEXT))
    assert described == FAMILIES


def test_links_and_paths_exist() -> None:
    named = {target.partition("#")[0] for target in re.findall(r"\]\(([^)\s]+)\)", TEXT)}
    named |= set(
        re.findall(r"(?<![\w./-])(?:tools|tests|docs|linter|requirements|\.ci)/[\w./-]+\b", TEXT)
    )
    named -= {"tests/fuzz/crashers/TARGET"}
    assert "tools/build.py" in named
    assert [name for name in sorted(named) if not (ROOT / name).exists()] == []


def test_modules_that_are_run_exist() -> None:
    for module in re.findall(r"-m (tests\.\w+)", TEXT):
        assert (ROOT / module.replace(".", "/") / "__main__.py").is_file()
