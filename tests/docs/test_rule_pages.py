"""Pages of rules have the same sections in the same order, and code in a language."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from checks import ROOT
from composelint.linter.model.service import Service
from composelint.linter.rule import Diagnostic, Example, Rule, Severity, rule, take_declared
from composelint.linter.rulebook.pages import language_of, page
from composelint.linter.rulebook.registry import all_rules
from composelint.linter.rulebook.sections import sections_of, sentences

PAGES = ROOT / "docs" / "rules"
SECTIONS = (
    "What it does",
    "Why it is bad",
    "When to ignore it",
    "Example",
    "Better",
    "Options",
    "Fix",
    "Sources",
    "The same rule elsewhere",
)
RULES = all_rules()


def outside_of_code(text: str) -> str:
    """The lines of a page that are not in a block of code."""
    return re.sub(r"^(`{3,}).*?^\1$", "", text, flags=re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_page_is_well_formed(rule: Rule) -> None:
    text = (PAGES / f"{rule.name}.md").read_text("utf-8")
    blocks = re.findall(r"^(`{3,})([^\n]*)\n(.*?)^\1$", text, re.MULTILINE | re.DOTALL)
    assert 2 * len(blocks) == len(re.findall(r"^`{3,}", text, re.MULTILINE))
    for _, language, code in blocks:
        assert re.fullmatch(r"[a-z]+", language)
        assert code.strip()
    prose = outside_of_code(text)
    titles = re.findall(r"^#+ (.*)$", prose, re.MULTILINE)
    assert titles[0] == f"{rule.name} ({rule.code})"
    assert len(titles) == len(set(titles))
    places = [SECTIONS.index(re.sub(r" \d+$", "", title)) for title in titles[1:]]
    # Where there are several examples, each is followed by what is better.
    example = SECTIONS.index("Example")
    others = [place for place in places if place != example]
    assert others == sorted(others)
    assert places == sorted(places) or f"Example {places.count(example)}" in titles
    assert {"What it does", "When to ignore it"} <= set(titles)
    # A line that was broken before a sign must not become a list or a heading.
    paragraphs = re.split(r"\n## (?:Sources|The same rule)", prose)[0]
    assert not re.search(r"^([-+*>]|\d+[.)]|#+(?! ))\s", paragraphs, re.MULTILINE)
    ways = (f"ignore[{rule.name}]", f'ignore = ["{rule.name}"]', "whatever is selected")
    assert any(way in text for way in ways)


def test_languages_of_files() -> None:
    assert {
        path: language_of(path)
        for path in (
            *("Dockerfile", "api/Dockerfile.dev", "compose.yaml", ".dockerignore", ".gitignore"),
            *("Dockerfile.dockerignore", ".env", ".env.example", "settings/app.env", "start.sh"),
            *("composelint.toml", "package.json", "main.py", "web/nginx.conf", "token.txt", "keep"),
        )
    } == {
        "Dockerfile": "dockerfile",
        "api/Dockerfile.dev": "dockerfile",
        "compose.yaml": "yaml",
        ".dockerignore": "gitignore",
        ".gitignore": "gitignore",
        "Dockerfile.dockerignore": "gitignore",
        ".env": "ini",
        ".env.example": "ini",
        "settings/app.env": "ini",
        "start.sh": "sh",
        "composelint.toml": "toml",
        "package.json": "json",
        "main.py": "python",
        "web/nginx.conf": "nginx",
        "token.txt": "text",
        "keep": "text",
    }


def declared(docstring: str, severity: Severity = Severity.WARNING, **more: Any) -> Rule:
    """A rule with this docstring."""

    def check(service: Service) -> Iterator[Diagnostic]:
        return iter(())

    check.__doc__ = docstring
    rule("ACME001", "some-rule", severity, **more)(check)
    (made,) = take_declared()
    return made


def test_sentences_end_outside_of_code() -> None:
    assert sentences("Runs `a. B` there (as in 1. Then). `x` is\nnext. 3 more.") == [
        "Runs `a. B` there (as in 1. Then).",
        "`x` is next.",
        "3 more.",
    ]


def test_docstring_is_told_apart() -> None:
    made = declared(
        """A port is open.

        Anybody can use it. What is on 127.0.0.1 is left alone. So is what a test opens. Bind it.
        Use 127.0.0.1. Who needs it can ignore this rule. The fix binds it.
        """
    )
    assert sections_of(made) == (
        "A port is open.\n\nWhat is on 127.0.0.1 is left alone. So is what a test opens.",
        "Anybody can use it. Bind it.",
        "Who needs it can ignore this rule.",
        "Use 127.0.0.1.",
        "The fix binds it.",
    )


def test_a_paragraph_may_say_why() -> None:
    made = declared(
        """A port is open, so that it is reached.

        Why: Anybody reports it,
        and anybody can use it.

        Numbers are left alone. This stays.
        """
    )
    assert sections_of(made)[:2] == (
        "A port is open, so that it is reached.\n\nNumbers are left alone. This stays.",
        "Anybody reports it, and anybody can use it.",
    )


def test_rules_of_usual_presets_say_why() -> None:
    usual = [each for each in RULES if {"recommended", "production"} & {*each.presets}]
    assert len(usual) > 250
    assert [each.name for each in usual if not sections_of(each).why] == []


def test_no_page_says_that_an_error_is_always_one() -> None:
    made = declared("Docker refuses it.", Severity.ERROR)
    assert "## When to ignore it\n\nA comment with the reason" in page(made)


def test_rest_of_an_error_says_more_of_what_is_refused() -> None:
    made = declared("Docker refuses it.\n\nThe form is `a:b`.\n", Severity.ERROR)
    assert sections_of(made).what == "Docker refuses it.\n\nThe form is `a:b`."
    assert sections_of(made).why == ""


@pytest.mark.parametrize(
    ("summary", "what", "why"),
    [
        ("A port of the host is open, so anybody uses it.", "A port of the host is open.", "Anybody uses it."),
        ("A service has no image at all; Compose refuses it.", "A service has no image at all.", "Compose refuses it."),
        ("A size has an unknown unit: write `1m`.", "A size has an unknown unit: write `1m`.", ""),
        ("npm is given an old option, and fails.", "npm is given an old option, and fails.", ""),
    ],
)  # fmt: skip
def test_a_summary_may_say_why(summary: str, what: str, why: str) -> None:
    told = sections_of(declared(f"{summary}\n\nNumbers are left alone.\n"))
    assert (told.what, told.why) == (f"{what}\n\nNumbers are left alone.", why)


def test_page_of_a_users_own_rule() -> None:
    made = declared(
        "A port is open.",
        ignore_when="Where a firewall closes it.",
        examples=(Example(bad="services: {}\n", files={"start.sh": "", "a.py": "1\n"}),),
    )
    assert page(made) == (
        "# some-rule (ACME001)\n\n"
        "| | |\n|---|---|\n| Severity | warning |\n| Presets | recommended |\n| Fix | none |\n"
        "| Since | 0.1 |\n\n"
        "## What it does\n\nA port is open.\n\n"
        "## When to ignore it\n\nWhere a firewall closes it.\n\n"
        "A comment with the reason accepts one finding, at the end of its line or alone on the line above:"
        "\n\n```yaml\n# composelint: ignore[some-rule] the reason\n```\n\n"
        "## Example\n\n`compose.yaml`:\n\n```yaml\nservices: {}\n```\n\n"
        "`start.sh` is empty.\n\n`a.py`:\n\n```python\n1\n```\n"
    )


def test_reasons_to_ignore_are_sentences() -> None:
    written = [each for each in RULES if each.ignore_when]
    assert len(written) >= 60
    for each in written:
        assert each.ignore_when[0].isupper()
        assert each.ignore_when.endswith(".")
