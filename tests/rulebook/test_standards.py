"""Which rules look for what standards ask: numbers, rules, tags and the list of a standard's rules."""

from __future__ import annotations

import json
from pathlib import Path

from checks import run_python
from composelint.linter.rulebook.registry import all_rules
from composelint.linter.rulebook.standards import STANDARDS, codes_of, tags_of


def test_sections_are_complete_and_name_rules_that_exist() -> None:
    numbers = {name: [one.number for one in each.sections] for name, each in STANDARDS.items()}
    assert numbers["cis"] == [f"4.{at}" for at in range(1, 13)] + [f"5.{at}" for at in range(1, 33)]
    assert numbers["owasp"] == [f"D{at:02}" for at in range(1, 11)]
    codes = {rule.code for rule in all_rules()}
    for name, standard in STANDARDS.items():
        assert codes_of(name) <= codes
        for section in standard.sections:
            assert bool(section.rules) is not bool(section.why), section.number
            assert len(set(section.rules)) == len(section.rules)


def test_tags() -> None:
    assert tags_of("DF301") == ("CIS-Docker-4.1", "OWASP-Docker-D01")
    assert tags_of("DF901") == ()


def test_rules_of_a_standard_are_listed() -> None:
    done = run_python(
        "-m", "composelint", "rules", "--standard", "cis", "--output-format", "json", check=True
    )
    assert {rule["code"] for rule in json.loads(done.stdout)} == codes_of("cis")


def test_sarif_has_the_sections_as_tags(tmp_path: Path) -> None:
    path = tmp_path / "Dockerfile"
    path.write_text("FROM debian\n", "utf-8")
    done = run_python(
        "-m", "composelint", path, "--output-format", "sarif", "--select", "DF401", "--exit-zero"
    )
    rules = json.loads(done.stdout)["runs"][0]["tool"]["driver"]["rules"]
    assert "CIS-Docker-5.28" in rules[0]["properties"]["tags"]
