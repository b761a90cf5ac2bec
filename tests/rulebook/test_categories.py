"""Categories: each rule declares one, selectors accept them, reports contain them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from composelint.linter.cli.main import cli
from composelint.linter.config.layers import Layer
from composelint.linter.rule import CATEGORIES, Rule, Severity, rule
from composelint.linter.rulebook.registry import all_rules, find
from composelint.linter.rulebook.selection import Selection

RULES = all_rules()
COMPOSE = "services:\n  web:\n    image: nginx\n    privileged: true\n"


@pytest.mark.parametrize("declared", RULES, ids=lambda rule: rule.code)
def test_a_rule_declares_a_category(declared: Rule) -> None:
    assert declared.category in CATEGORIES


@pytest.mark.parametrize("category", CATEGORIES)
def test_a_category_selects_its_rules(category: str) -> None:
    codes = [each.code for each in RULES if each.category == category]
    assert codes
    assert [each.code for each in find(category.upper())] == codes


def test_no_rule_or_peer_has_the_name_of_a_category() -> None:
    names = {each.name for each in RULES}
    peers = {peer.partition(":")[2].casefold() for each in RULES for peer in each.equivalents}
    assert not CATEGORIES.keys() & (names | peers)


def of(code: str) -> Rule:
    return next(each for each in RULES if each.code == code)


@pytest.mark.parametrize(
    ("select", "ignore", "code", "selected"),
    [
        (["security"], [], "CF310", True),
        (["security"], [], "CF201", False),
        (["resources"], [], "CF201", True),
        (["ALL"], ["security"], "CF310", False),
        (["ALL"], ["security"], "CF201", True),
        # A rule is more specific than its category, a prefix with digits too.
        (["CF310"], ["security"], "CF310", True),
        (["CF31"], ["security"], "CF310", True),
        (["security"], ["CF310"], "CF310", False),
        # A category ranks like the letters of a family: of equal ranks, ignoring wins.
        (["CF"], ["security"], "CF310", False),
        (["security"], ["CF"], "CF310", False),
        # Rules of the linter itself run under any selection.
        (["security"], [], "LN001", True),
    ],
)
def test_categories_select_and_ignore(
    select: list[str], ignore: list[str], code: str, selected: bool
) -> None:
    assert Selection(select=select, ignore=ignore).selects(of(code)) is selected
    layer = Layer(select=tuple(select), ignore=tuple(ignore))
    assert Selection(layers=[layer]).selects(of(code)) is selected


def test_an_unknown_category_is_refused_when_a_rule_is_declared() -> None:
    with pytest.raises(ValueError, match=r'ACME001: "speed" is none of reading, build, '):
        rule("ACME001", "too-slow", Severity.INFO, category="speed")


def test_reports_contain_the_category(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("compose.yaml").write_text(COMPOSE)
    arguments = ["--no-cache", "--select", "CF310", "--output-format"]
    report = json.loads(CliRunner().invoke(cli, ["check", *arguments, "json"]).stdout)
    assert [finding["category"] for finding in report["diagnostics"]] == ["security"]
    sarif = json.loads(CliRunner().invoke(cli, ["check", *arguments, "sarif"]).stdout)
    (descriptor,) = sarif["runs"][0]["tool"]["driver"]["rules"]
    assert descriptor["properties"]["tags"][:3] == ["docker", "compose", "security"]


def test_the_category_selects_on_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("compose.yaml").write_text(COMPOSE)
    arguments = ["check", "--no-cache", "--select", "security", "--output-format", "json"]
    report = json.loads(CliRunner().invoke(cli, arguments).stdout)
    assert {finding["category"] for finding in report["diagnostics"]} == {"security"}


def test_lists_and_pages_name_the_category() -> None:
    rules = json.loads(CliRunner().invoke(cli, ["rules", "--output-format", "json"]).stdout)
    assert {each["code"]: each["category"] for each in rules} == {
        each.code: each.category for each in RULES
    }
    page = CliRunner().invoke(cli, ["rule", "CF310"]).stdout
    assert "| Category | security |" in page
