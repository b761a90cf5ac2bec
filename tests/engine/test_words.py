"""Rules run where one of their words stands, however it is written."""

from __future__ import annotations

import pytest
from composelint.linter.engine.words import Words
from composelint.linter.rule import Rule, Severity
from composelint.linter.rulebook.registry import TOPICS, ListedRule, all_rules, listed_rules

RULES = all_rules()


def rule(*words: str) -> Rule:
    def check(subject: str) -> list[str]:
        return [subject] if subject else []

    declared = Rule("ZZ001", "any", Severity.INFO, check)
    declared.words = words
    return declared


@pytest.mark.parametrize(
    ("text", "words", "holds"),
    [
        ("RUN npm ci", ("pip", "npm"), True),
        ("RUN NPM ci", ("npm",), True),
        ("RUN n'p'm ci", ("npm",), True),
        ('RUN "n"pm ci', ("npm",), True),
        ("RUN n\\\npm ci", ("npm",), True),
        ("RUN n\\\r\npm ci", ("npm",), True),
        ('CMD ["n\\u0070m"]', ("npm",), True),
        ('"\\x70id": host', ("pid",), True),
        ("RUN pnpx", ("npm",), False),
        ("FROM a\nFROM b", ("stages:several",), True),
        ("FROM a", (), True),
    ],
)
def test_words_are_found_however_they_are_written(
    text: str, words: tuple[str, ...], holds: bool
) -> None:
    found = Words([text], *(["stages:several"] if text.count("FROM") > 1 else []))
    assert bool(found.concerned([rule(*words)])) == holds


def test_with_debug_rules_without_their_words_must_report_nothing() -> None:
    silent, loud = Words(["FROM a"]).concerned([rule("npm"), rule("pip")], debug=True)
    assert list(silent.check("")) == []
    with pytest.raises(AssertionError, match="none of the words of ZZ001"):
        loud.check("something")


@pytest.mark.parametrize("each", RULES, ids=lambda each: each.code)
def test_words_can_be_found(each: Rule) -> None:
    """They are compared with a text in lower case, from which quotes are taken out."""
    for word in each.words:
        assert word
        assert word == word.lower()
        assert not set(word) & set("\\\"'\r\n")
    if each.words:
        assert each.option_type is None
        assert each.subject in ("Dockerfile", "Stage", "Stack", "Service")


@pytest.mark.parametrize("topic", TOPICS)
def test_the_index_lists_what_the_modules_declare(topic: str) -> None:
    declared = [rule for rule in RULES if rule.check.__module__.split(".")[-2] == topic]
    listed = listed_rules(topic)
    assert [each.code for each in listed] == [each.code for each in declared]
    for each, whole in zip(listed, declared, strict=True):
        assert ListedRule.row(each) == ListedRule.row(whole)
        assert each.examples == whole.examples
        assert each.check is whole.check
