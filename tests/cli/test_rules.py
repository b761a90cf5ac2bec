"""``rule`` and ``rules``: what a search finds, and how rules look at any width."""

from __future__ import annotations

import json
import re

import pytest
from checks import LayOut, Run
from composelint.linter.cli.rule_listing import explained, listed
from composelint.linter.rulebook.registry import all_rules, find, rule_of
from composelint.linter.rulebook.search import search


def codes(text: str) -> list[str]:
    return re.findall(r"^([A-Z]+[0-9]+) ", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("words", "some", "others"),
    [
        (["CF201"], ["CF201"], ["CF202", "DF201"]),
        (["missing-healthcheck"], ["CF210"], ["CF212"]),
        (["missing", "HEALTHCHECK"], ["CF210"], ["CF201"]),
        (["hadolint:DL3008"], ["DF406"], ["DF401"]),
        (["dl3008"], ["DF406"], ["DF401"]),
        (["trivy"], ["DF301"], ["CF201"]),
        (["checkov", "root"], ["DF301"], ["DF401"]),
        (["CIS-Docker-4.1"], ["DF301", "CF317"], ["CF201", "DF304", "DF306", "DF307"]),
        (["cis-docker-4.10"], ["DF304"], ["DF301", "CF317"]),
        (["CIS-Docker"], ["DF301", "DF304", "CF310"], ["DF208"]),
        (["owasp", "secret"], ["DF304"], ["CF201"]),
        (["resources"], ["CF201", "CF501"], ["DF301"]),
        (["memory", "kernel"], ["CF168"], ["CF204"]),  # in the summary
        (["sc2086"], ["SC2086"], []),
        (["curl"], ["CF212", "DF217"], ["CF201"]),  # in the explanation of one
        (["wget"], ["CF212"], ["CF201"]),
        (["healthcheck", "curl"], ["CF212"], ["CF210"]),
        (["health check", "curl"], ["CF212"], ["CF201"]),
    ],
    ids=" ".join,
)
def test_a_search_finds_rules_that_have_all_words(
    run: Run, words: list[str], some: list[str], others: list[str]
) -> None:
    answer = run("rules", *words)
    assert answer.exit_code == 0
    found = codes(answer.stdout)
    assert set(some) <= set(found)
    assert not set(others) & set(found)


def test_rules_whose_explanation_has_the_words_come_last(run: Run) -> None:
    found = codes(run("rules", "curl").stdout)
    named = [code for code in found if "curl" in f"{rule_of(code).name} {rule_of(code).summary}"]
    assert named == sorted(named)
    assert found.index("CF212") > found.index(named[-1])


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["helthcheck"], 'no rule has the word "helthcheck"; did you mean "healthcheck"?'),
        (["memroy", "limit"], 'no rule has the word "memroy"; did you mean "memory"?'),
        (["qqqqqq"], 'no rule has the word "qqqqqq"'),
        (
            ["healthcheck", "hadolint:DL3008"],
            "no rule has all of the words healthcheck, hadolint:DL3008; each alone is found",
        ),
    ],
    ids=" ".join,
)
def test_a_search_in_vain_says_so(run: Run, words: list[str], said: str) -> None:
    answer = run("rules", *words)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr == f"composelint: {said}\n"
    assert run("rules", *words, "--output-format", "json").stdout == "[]\n"


def test_a_search_and_filters_both_hold(run: Run) -> None:
    assert codes(run("rules", "--preset", "style", "healthcheck").stdout) == []
    assert "CF210" in codes(run("rules", "--preset", "production", "healthcheck").stdout)
    found = json.loads(run("rules", "--standard", "cis", "root", "--output-format", "json").stdout)
    assert {"DF301", "CF317"} <= {rule["code"] for rule in found}


@pytest.mark.parametrize("word", ["CF201", "missing-memory-limit", "kics:memory_not_limited"])
def test_a_search_finds_nothing_outside_of_its_filters(run: Run, word: str) -> None:
    answer = run("rules", "--preset", "style", word)
    assert (answer.exit_code, answer.stdout) == (1, "")
    assert answer.stderr == (
        f"composelint: no rule of --preset style has {word}; 1 other rule has it\n"
    )
    answer = run("rules", "--preset", "style", "--standard", "cis", "root")
    assert "no rule of --preset style --standard cis has root; " in answer.stderr


def test_rules_of_the_configuration_are_searched(lay_out: LayOut, run: Run) -> None:
    policy = '[[policies]]\ncode = "ACME001"\nname = "no-team"\nmessage = "m"\nmatch = {}\n'
    lay_out({"composelint.toml": policy})
    assert codes(run("rules", "no-team").stdout) == ["ACME001"]


def test_a_wrong_name_leads_to_the_search(run: Run) -> None:
    answer = run("rule", "healthcheck")
    count = len(search(["healthcheck"], all_rules()))
    assert answer.exit_code == 2
    assert answer.stderr == (
        'composelint: no rule is called "healthcheck"; "composelint rules healthcheck" finds '
        f"{count} rules\n"
    )


@pytest.mark.parametrize(
    ("name", "meant"),
    [("healthcheck-tool", "healthcheck-tool-missing"), ("healthcheck-prot", "healthcheck-port")],
)
def test_the_beginning_of_a_name_means_it(run: Run, name: str, meant: str) -> None:
    assert f'did you mean "{meant}"' in run("rule", name).stderr


@pytest.mark.parametrize("width", [40, 60, 80, 120, 159, 160, 200])
def test_no_line_is_wider_than_the_terminal(width: int) -> None:
    rules = all_rules()
    names = {rule.name for rule in rules}
    text = listed(rules, width, color=False)
    for line in text.splitlines():
        # Only a code with its name may be longer: neither is ever broken.
        assert len(line) <= width or line.split()[-1] in names
    assert codes(text) == [rule.code for rule in rules]
    words = " ".join(text.split())
    if width < 160:
        for rule in rules:
            assert " ".join(rule.summary.replace("`", "").split()) in words
    # No summary is squeezed into a column of some letters.
    longest = max(rules, key=lambda rule: len(rule.summary))
    assert text.count("\n") < len(rules) * (8 if width < 60 else 5)
    assert longest.summary.split()[0] in text


def test_what_is_not_for_a_terminal_has_one_line_for_each_rule(run: Run) -> None:
    lines = run("rules").stdout.splitlines()
    assert len(lines) == 1 + len(all_rules())
    (line,) = [line for line in lines if line.startswith("CF201 ")]
    assert line.endswith(rule_of("CF201").summary)


@pytest.mark.parametrize("width", [40, 80, 200])
def test_a_page_fits_the_terminal(width: int) -> None:
    text = re.sub(r"\x1b(\[[0-9;]*m|\]8;[^\x1b]*\x1b\\)", "", explained(find("CF201"), width))
    assert max(map(len, text.splitlines())) <= min(width, 100)
    # Its facts are not cut off.
    for peer in rule_of("CF201").equivalents:
        assert peer.partition(":")[2] in text
    assert "…" not in text
