"""What changed since 0.1: CHANGELOG.md tells every change of a rule's presets and severity."""

from __future__ import annotations

import re
from pathlib import Path

from composelint.linter.rulebook.registry import all_rules
from composelint.linter.version import VERSION

ROOT = Path(__file__).parents[2]
Grade = tuple[str, str]

BEFORE: dict[str, Grade] = {}
for line in (Path(__file__).parent / "rules-0.1.txt").read_text("utf-8").splitlines():
    code, severity, presets = line.split(" ")
    BEFORE[code] = severity, ", ".join(presets.split(","))
"""The rules of 0.1, with severity and presets."""

NOW = {rule.code: (rule.severity.label, ", ".join(rule.presets) or "all") for rule in all_rules()}


def told() -> dict[str, tuple[Grade, Grade]]:
    """The changes in the first table of the changelog, before and after by code."""
    text = (ROOT / "CHANGELOG.md").read_text("utf-8").partition("### From 0.1 to 0.2")[2]
    cell = r" ([\w, ]+) \|"
    rows = re.findall(rf"^\| ([A-Z]{{2}}\d{{3}}) [\w-]+ \|{cell * 4}$", text, re.MULTILINE)
    return {code: ((old, were), (new, are)) for code, were, are, old, new in rows}


def test_rules_are_never_removed() -> None:
    assert BEFORE.keys() <= NOW.keys()


def test_the_changelog_tells_each_change() -> None:
    changed = {code: (BEFORE[code], NOW[code]) for code in BEFORE if BEFORE[code] != NOW[code]}
    assert changed == told()


def test_new_rules_say_since_when_they_exist() -> None:
    since = {rule.code: rule.since for rule in all_rules()}
    assert {code: since[code] for code in BEFORE} == dict.fromkeys(BEFORE, "0.1")
    new = NOW.keys() - BEFORE.keys()
    assert {code: since[code] for code in new} == dict.fromkeys(new, "0.2")


def test_the_version_is_told_alike() -> None:
    assert f"## {VERSION}\n" in (ROOT / "CHANGELOG.md").read_text("utf-8")
    named = re.findall(
        r"(?:composelint@|rev: )v?(\d+\.\d+\.\d+)", (ROOT / "docs/ci.md").read_text("utf-8")
    )
    assert named == [VERSION] * len(named) != []
    assert f'default: "{VERSION}"' in (ROOT / "templates/composelint.yml").read_text("utf-8")
