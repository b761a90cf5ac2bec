"""Each rule's own examples: ``bad`` is reported exactly where it is marked, ``good`` is clean."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from checks import selected
from composelint.linter.engine.settings import Settings
from composelint.linter.files.discovery import discover
from composelint.linter.fixing.engine import fix_files
from composelint.linter.rule import Diagnostic, Example, Rule, Severity
from composelint.linter.rulebook.registry import all_rules
from marked import Marks
from snippets import Pasting, project

from examples import laid_out, lint, main_path, preset_of

PAGES = Path(__file__).parents[2] / "docs" / "rules"
RULES = all_rules()
_CASES = [
    (rule, example, pytest.param(rule, example, id=f"{rule.code}-{rule.name}-{number}"))
    for rule in RULES
    for number, example in enumerate(rule.examples, 1)
]
EXAMPLES = [param for _, _, param in _CASES]
CORRECTED = [param for _, example, param in _CASES if example.good]
FIXABLE = [param for rule, _, param in _CASES if rule.fix is not None]

LEFT_OUT = {
    "CF190": "a password, which databases in examples about something else lack",
    "DF301": "a user, since most Dockerfiles here are a few instructions that start nothing",
}
"""Rules about something absent that good examples of other rules may violate."""

LEFT_OUT_WHERE_STRICT = {
    **LEFT_OUT,
    "CF210": "a health check, which a database in an example about something else lacks",
    **dict.fromkeys(("CF201", "CF202", "CF203"), "limits, which every service should have"),
    "CF134": "values of secrets, which are kept out of git",
    "DF127": "a health check, likewise",
    **dict.fromkeys(("CF220", "CF240"), "a restart policy and log rotation, likewise"),
    **dict.fromkeys(("CF314", "CF315", "CF316"), "hardening, likewise"),
    **dict.fromkeys(("CF403", "DF404"), "digests, which are long and soon outdated"),
}
"""The same under stricter presets than ``recommended``, which ask for much in every service."""

SECRETS_ELSEWHERE = {
    "XF111": ("CF301", "CF341"),
    "EV003": ("EV006",),
}
"""Rules about where secrets are, and those whose good examples have them elsewhere."""

OWN_SEVERITY = {("CF005", 2): Severity.INFO, ("DF217", 2): Severity.WARNING}
"""Examples whose findings have another severity than the rule declares."""

NOT_CORRECTED = {
    "CF161": "one of two files has to be deleted",
    "CF181": "the file has no content yet",
    "CF182": "a file is missing",
    "CF909": "the file has to be renamed",
    "DI009": "the file has to be moved",
    "XF115": "the file needs another mode or owner",
}
"""Rules without a good example, and what has to be done instead of correcting the text."""


def lint_with_all(rule: Rule, example: Example, text: str) -> list[Diagnostic]:
    """The findings of all rules of the example's preset, and of the rule that it belongs to."""
    selection = selected(preset_of(example))
    if not selection.selects(rule):
        selection = selected(preset_of(example), None, rule.code)
    return lint(laid_out(rule, example, text)[0], selection)


def shown(findings: list[Diagnostic]) -> list[str]:
    """Findings as the messages of a failed test show them."""
    return [
        f"{finding.code} {finding.path}:{finding.start.line} {finding.message}"
        for finding in findings
    ]


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_bad_example_is_reported_exactly_where_it_is_marked(rule: Rule, example: Example) -> None:
    marks = laid_out(rule, example, example.bad)[1]
    assert marks, "a bad example marks at least one line"
    places: dict[str, Marks] = {}
    others = []
    for finding in lint_with_all(rule, example, example.bad):
        if finding.code == rule.code:
            places.setdefault(finding.path, []).append(
                (finding.start.line, finding.span.origin.text)
            )
        elif finding.severity is Severity.ERROR and finding.code not in LEFT_OUT:
            others.append(finding)
    assert {path: [line for line, _ in reported] for path, reported in places.items()} == {
        path: [line for line, _ in expected] for path, expected in marks.items()
    }
    for path, expected in marks.items():
        for (_, start), (_, text) in zip(expected, places[path], strict=True):
            assert text.startswith(start)
    assert not others, f"an example shows one error, not also {shown(others)}"


def is_exempt(code: str, rule: Rule, preset: str) -> bool:
    """Whether good examples of a rule may have findings of the rule with this code."""
    left_out = LEFT_OUT if preset == "recommended" else LEFT_OUT_WHERE_STRICT
    return code != rule.code and (code in left_out or rule.code in SECRETS_ELSEWHERE.get(code, ()))


@pytest.mark.parametrize(("rule", "example"), CORRECTED)
def test_good_example_is_clean(rule: Rule, example: Example) -> None:
    findings = lint_with_all(rule, example, example.good)
    preset = preset_of(example)
    assert shown([item for item in findings if not is_exempt(item.code, rule, preset)]) == []


@pytest.mark.parametrize(
    ("code", "strict"),
    [
        *((code, False) for code in (*LEFT_OUT, *SECRETS_ELSEWHERE)),
        *((code, True) for code in LEFT_OUT_WHERE_STRICT if code not in LEFT_OUT),
    ],
)
def test_each_exemption_is_needed(code: str, strict: bool) -> None:
    (exempt,) = (rule for rule in RULES if rule.code == code)
    examples = [
        (rule, example)
        for rule in RULES
        for example in rule.examples
        if (preset_of(example) != "recommended") is strict
        and is_exempt(code, rule, preset_of(example))
        and selected(preset_of(example)).selects(exempt)
    ]
    assert any(
        finding.code == code
        for rule, example in examples
        for finding in lint_with_all(rule, example, example.good)
    )


def test_the_comment_that_the_page_shows_accepts_the_finding() -> None:
    """What could not be read stays reported; the pages say so."""
    kept = []
    for rule in (rule for rule in RULES if rule.examples):
        example = rule.examples[0]
        files, marks = laid_out(rule, example, example.bad)
        (path, places), *_ = marks.items()
        lines = files[path].split("\n")
        number = places[0][0]
        page = (PAGES / f"{rule.name}.md").read_text(encoding="utf-8")
        shown = re.search(r"^# composelint: ignore\[.*\] the reason$", page, re.MULTILINE)
        if shown is None:
            kept.append(rule.code)
            continue
        margin = lines[number - 1][: -len(lines[number - 1].lstrip()) or None]
        lines.insert(number - 1, f"{margin}{shown[0]}")
        findings = lint(
            {**files, path: "\n".join(lines)},
            selected(preset_of(example), rule.code),
        )
        places_left = {finding.start.line for finding in findings if finding.path == path}
        assert number + 1 not in places_left, rule.code
    assert kept == ["CF001", "CF181", "DF001", "DF006", "DF913", "DI008", "EV001"]


def test_rules_without_a_good_example() -> None:
    corrected = {param.id for param in CORRECTED}
    without = {str(param.id)[:5] for param in EXAMPLES if param.id not in corrected}
    assert without == NOT_CORRECTED.keys()


def promised(rule: Rule) -> dict[str, Severity]:
    """The severities on a rule's page by preset; the key "" is for all other presets."""
    rows = re.findall(
        r"^\| Severity(?: in (\w+))? \| (\w+) \|$",
        (PAGES / f"{rule.name}.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    return {preset: Severity[label.upper()] for preset, label in rows}


@pytest.mark.parametrize(("rule", "example"), EXAMPLES)
def test_findings_have_the_severity_that_the_page_promises(rule: Rule, example: Example) -> None:
    """Users rely on the page, so a severity changes only together with it."""
    severities = promised(rule)
    assert severities == {"": rule.severity, **rule.severity_in}
    own = OWN_SEVERITY.get((rule.code, rule.examples.index(example) + 1))
    files = laid_out(rule, example, example.bad)[0]
    for preset in {preset_of(example), *severities} - {""}:
        expected = own or severities.get(preset, severities[""])
        findings = lint(files, selected(preset, rule.code))
        reported = {finding.severity for finding in findings if finding.code == rule.code}
        assert reported == {expected}, preset


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_declaration_is_complete(rule: Rule) -> None:
    assert re.fullmatch(r"[A-Z]{2}\d{3}", rule.code)
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", rule.name)
    assert rule.summary.endswith("."), "the summary is a sentence"
    assert "\n" not in rule.summary
    assert len(rule.summary) <= 160
    assert bool(rule.examples) is not rule.engine, (
        "a rule has examples unless the engine reports it"
    )
    for peer in rule.equivalents:
        assert re.fullmatch(
            r"(hadolint|buildkit|dclint|compose-lint|kics|trivy|checkov|binnacle|parfum):\S+", peer
        )
    for source in rule.sources:
        assert source.startswith("https://")


def test_codes_and_names_are_unique() -> None:
    codes = [rule.code for rule in RULES]
    names = [rule.name for rule in RULES]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)


def fixed(rule: Rule, example: Example, files: Mapping[str, str]) -> dict[str, str]:
    """The texts that all fixes of a rule change or create."""
    selection = selected(preset_of(example), rule.code)
    with project(files):
        outcome = fix_files(
            list(discover(["."])), Settings(selection=selection, debug=True), Pasting()
        )
    assert outcome.dropped == []
    assert outcome.converged
    return {**outcome.created, **outcome.after}


@pytest.mark.parametrize(("rule", "example"), FIXABLE)
def test_fixing_the_bad_example_gives_the_good_one(rule: Rule, example: Example) -> None:
    files = laid_out(rule, example, example.bad)[0]
    findings = lint(files, selected(preset_of(example), rule.code))
    texts = fixed(rule, example, files)
    assert bool(texts) is any(finding.fix for finding in findings)
    if texts:
        path = main_path(rule, example)
        assert texts.get(path) == example.good or not texts.keys() & files.keys()
        assert fixed(rule, example, {**files, **texts}) == {}


@pytest.mark.parametrize(
    "rule", [rule for rule in RULES if rule.fix and not rule.engine], ids=lambda rule: rule.code
)
def test_a_rule_that_declares_a_fix_shows_it_in_an_example(rule: Rule) -> None:
    assert any(
        finding.fix
        for example in rule.examples
        for finding in lint_with_all(rule, example, example.bad)
        if finding.code == rule.code
    )
