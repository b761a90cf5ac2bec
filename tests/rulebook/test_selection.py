"""Which rules a run selects: presets, specific selectors, layers, locked rules."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest
from composelint.linter.base.names import FAMILIES
from composelint.linter.config.layers import Layer
from composelint.linter.model.service import Service
from composelint.linter.rule import Diagnostic, Rule, Severity
from composelint.linter.rulebook.registry import UnknownSelector, all_rules, find, topic_rules
from composelint.linter.rulebook.selection import Selection, parse_selector

Rules = dict[str, Rule]


def make_rule(code: str, name: str, *presets: str) -> Rule:
    def check(service: Service) -> Iterator[Diagnostic]:
        """A rule."""
        yield from ()

    rule = Rule(code, name, Severity.WARNING, check)
    rule.presets = presets
    return rule


@pytest.fixture
def rules() -> Rules:
    """Rules of a family TA, by code."""
    rules = [
        make_rule("TA101", "first-thing", "recommended"),
        make_rule("TA102", "second-thing", "recommended"),
        make_rule("TA201", "rare-thing", "production", "hybrid"),
        make_rule("TA202", "hard-thing", "hardened"),
        make_rule("TA301", "styled-thing", "style"),
        make_rule("TA302", "odd-thing"),
        make_rule("LN901", "own-thing", "recommended"),
        make_rule("LN902", "own-odd-thing"),
    ]
    rules[0].equivalents = ("hadolint:DL9001", "kics:thing_one")
    rules[1].equivalents = ("hadolint:DL9001",)
    rules[3].severity_in = {"hardened": Severity.ERROR}
    return {rule.code: rule for rule in rules}


def selected(rules: Rules, *layers: Layer, **top: Any) -> str:
    """The codes of the selected rules."""
    selection = Selection(layers=layers, extra=tuple(rules.values()), **top)
    return " ".join(code for code, rule in rules.items() if selection.selects(rule))


@pytest.mark.parametrize(
    ("preset", "codes"),
    [
        (None, "TA101 TA102 LN901"),
        ("recommended", "TA101 TA102 LN901"),
        ("development", "TA101 TA102 LN901"),
        ("hybrid", "TA101 TA102 TA201 LN901"),
        ("production", "TA101 TA102 TA201 LN901"),
        ("hardened", "TA101 TA102 TA202 LN901"),
        ("style", "TA301 LN901"),
        ("all", "TA101 TA102 TA201 TA202 TA301 TA302 LN901 LN902"),
    ],
)
def test_a_preset_selects_its_rules(rules: Rules, preset: str | None, codes: str) -> None:
    assert selected(rules, preset=preset) == codes


@pytest.mark.parametrize(
    ("select", "extend", "ignore", "codes"),
    [
        # Only selected rules run, and the linter's own rules.
        (["TA101"], [], [], "TA101 LN901"),
        ([], [], [], "LN901"),
        (["first-thing", "ta2"], [], [], "TA101 TA201 TA202 LN901"),
        (["DL9001"], [], [], "TA101 TA102 LN901"),
        (["hadolint:dl9001"], [], [], "TA101 TA102 LN901"),
        (["TA101"], ["TA302"], [], "TA101 TA302 LN901"),
        (None, ["TA3"], [], "TA101 TA102 TA301 TA302 LN901"),
        (None, [], ["TA101"], "TA102 LN901"),
        (None, [], ["LN901"], "TA101 TA102"),
        # The more specific selector wins, whatever the order.
        (["TA"], [], ["TA2"], "TA101 TA102 TA301 TA302 LN901"),
        (["TA2"], [], ["TA"], "TA201 TA202 LN901"),
        (["TA"], ["TA201"], ["TA2"], "TA101 TA102 TA201 TA301 TA302 LN901"),
        (["rare-thing"], [], ["TA2"], "TA201 LN901"),
        (["TA2"], [], ["TA20"], "LN901"),
        (["TA20"], [], ["TA2"], "TA201 TA202 LN901"),
        (["ALL"], [], ["TA"], "LN901 LN902"),
        (["TA1"], [], ["ALL"], "TA101 TA102"),
        # Of two equally specific selectors, ignore wins.
        (["TA201"], [], ["rare-thing"], "LN901"),
        (["TA2"], [], ["TA2"], "LN901"),
    ],
)
def test_the_more_specific_selector_wins(
    rules: Rules, select: list[str] | None, extend: list[str], ignore: list[str], codes: str
) -> None:
    assert selected(rules, select=select, extend_select=extend, ignore=ignore) == codes


BASE = Layer(select=("TA1", "TA2"), ignore=("TA102",))


@pytest.mark.parametrize(
    ("layers", "top", "codes"),
    [
        # A select starts again: lower layers neither select nor ignore.
        ([BASE], {}, "TA101 TA201 TA202 LN901"),
        ([BASE], {"select": ["TA1"]}, "TA101 TA102 LN901"),
        ([BASE, Layer(select=("TA102",))], {}, "TA102 LN901"),
        # The others add to the lower layers, and the higher layer decides.
        ([BASE], {"extend_select": ["TA301"]}, "TA101 TA201 TA202 TA301 LN901"),
        ([BASE], {"extend_select": ["TA102"]}, "TA101 TA102 TA201 TA202 LN901"),
        ([BASE], {"ignore": ["TA2"]}, "TA101 LN901"),
        ([Layer(extend_select=("TA201",))], {"ignore": ["TA"]}, "LN901"),
        ([Layer(ignore=("TA101",))], {"extend_select": ["TA1"]}, "TA101 TA102 LN901"),
        # A preset replaces the selection of lower layers, not their ignored rules.
        ([BASE], {"preset": "hardened"}, "TA101 TA202 LN901"),
        ([Layer(preset="production", ignore=("TA101",))], {}, "TA102 TA201 LN901"),
        (
            [Layer(preset="production", ignore=("TA101",))],
            {"preset": "hardened"},
            "TA102 TA202 LN901",
        ),
        ([Layer(preset="style"), Layer(preset="hardened")], {}, "TA101 TA102 TA202 LN901"),
        # In one layer a select decides, and the preset only changes severities.
        ([Layer(preset="production", select=("TA302",))], {}, "TA302 LN901"),
        # Policies stay selected by the select of their own configuration.
        ([Layer(select=("TA1",), keep=("TA302",))], {}, "TA101 TA102 TA302 LN901"),
        ([Layer(select=("TA1",), keep=("TA302",))], {"select": ["TA1"]}, "TA101 TA102 LN901"),
    ],
)
def test_a_higher_layer_overrides_the_lower_ones(
    rules: Rules, layers: list[Layer], top: dict[str, Any], codes: str
) -> None:
    assert selected(rules, *layers, **top) == codes


@pytest.mark.parametrize(
    ("layers", "top", "codes"),
    [
        ([Layer()], {}, "TA101 TA102 TA201 LN901"),
        ([Layer(preset="hardened")], {}, "TA101 TA102 TA201 LN901"),
        ([Layer(ignore=("TA201",))], {}, "TA101 TA102 LN901"),
        ([Layer(select=("TA301",))], {}, "TA101 TA102 TA201 LN901"),
        ([Layer()], {"preset": "hardened"}, "TA101 TA102 TA202 LN901"),
        ([Layer()], {"select": ["TA301"]}, "TA301 LN901"),
    ],
)
def test_the_preset_of_a_file_overrides_the_configuration_but_not_the_command_line(
    rules: Rules, layers: list[Layer], top: dict[str, Any], codes: str
) -> None:
    selection = Selection(layers=layers, extra=tuple(rules.values()), **top)
    of_file = selection.under("production")
    assert " ".join(code for code, rule in rules.items() if of_file.selects(rule)) == codes
    assert selection.under("production") is of_file
    assert selection.under(None) is selection


LOCK = Layer(locked=("TA302", "TA1"), severity=(("TA302", Severity.WARNING),))


def test_locked_rules_cannot_be_ignored(rules: Rules) -> None:
    selection = Selection(
        None,
        ["TA201"],
        (),
        ["TA101", "TA302"],
        layers=[LOCK, Layer(ignore=("TA1",))],
        extra=tuple(rules.values()),
    )
    codes = [code for code, rule in rules.items() if selection.selects(rule)]
    assert codes == ["TA101", "TA102", "TA201", "TA302", "LN901"]
    assert selection.is_locked("TA101")
    assert not selection.is_locked("TA201")


@pytest.mark.parametrize(
    ("layers", "code", "severity"),
    [
        ([], "TA201", None),
        ([Layer(severity=(("TA2", Severity.INFO),))], "TA201", Severity.INFO),
        (
            [Layer(severity=(("TA201", Severity.INFO), ("TA", Severity.ERROR)))],
            "TA201",
            Severity.INFO,
        ),
        (
            [
                Layer(severity=(("TA201", Severity.INFO),)),
                Layer(severity=(("TA", Severity.ERROR),)),
            ],
            "TA201",
            Severity.ERROR,
        ),
        # What a base locks can be raised but not lowered, except by the base itself.
        ([LOCK, Layer(severity=(("TA302", Severity.INFO),))], "TA302", Severity.WARNING),
        ([LOCK, Layer(severity=(("TA302", Severity.ERROR),))], "TA302", Severity.ERROR),
        ([LOCK, Layer(severity=(("TA101", Severity.INFO),))], "TA101", None),
        ([Layer(locked=("TA1",), severity=(("TA1", Severity.INFO),))], "TA101", Severity.INFO),
    ],
)
def test_the_last_severity_counts_and_locked_ones_cannot_be_lowered(
    rules: Rules, layers: list[Layer], code: str, severity: Severity | None
) -> None:
    selection = Selection(layers=layers, extra=tuple(rules.values()))
    assert selection.override(rules[code]) == severity
    assert selection.severity(rules[code]) == (severity or Severity.WARNING)


def test_a_preset_can_change_a_severity(rules: Rules) -> None:
    assert Selection("all").severity(rules["TA202"]) is Severity.WARNING
    assert Selection("hardened").severity(rules["TA202"]) is Severity.ERROR
    assert Selection("all").under("hardened").severity(rules["TA202"]) is Severity.WARNING
    assert Selection().under("hardened").severity(rules["TA202"]) is Severity.ERROR


@pytest.mark.parametrize(
    ("layers", "top", "codes"),
    [
        ([], {}, "TA101 TA102 TA201"),
        ([], {"unfixable": ["TA1"]}, "TA201"),
        ([], {"fixable": ["TA102"]}, "TA102"),
        ([], {"fixable": ["TA1"], "unfixable": ["TA102"]}, "TA101"),
        ([Layer(fixable=("TA102",))], {}, "TA102"),
        ([Layer(unfixable=("TA102",))], {"fixable": ["TA1"]}, "TA101 TA102"),
        ([Layer(fixable=("TA102",))], {"unfixable": ["TA2"]}, "TA102"),
    ],
)
def test_fixable_rules_are_selected_like_rules(
    rules: Rules, layers: list[Layer], top: dict[str, Any], codes: str
) -> None:
    selection = Selection(layers=layers, extra=tuple(rules.values()), **top)
    fixed = [code for code in ("TA101", "TA102", "TA201") if selection.fixes(code)]
    assert " ".join(fixed) == codes


@pytest.mark.parametrize(
    ("top", "allowed"),
    [
        ({}, True),
        ({"ignore": ["SC2086"]}, False),
        ({"ignore": ["SC2"]}, False),
        ({"ignore": ["SC"], "extend_select": ["SC2086"]}, True),
        ({"select": ["TA101"]}, False),
        ({"select": ["SC"]}, True),
        ({"preset": "style"}, False),
    ],
)
def test_selectors_apply_to_codes_of_shellcheck(
    rules: Rules, top: dict[str, Any], allowed: bool
) -> None:
    selection = Selection(extra=tuple(rules.values()), **top)
    assert selection.allows("SC2086") is allowed


@pytest.mark.parametrize(
    ("selector", "message"),
    [
        ("CF999", 'no rule is called "CF999"'),
        ("missing-helthcheck", 'no rule is called "missing-helthcheck"; did you mean "missing-healthcheck"?'),
        ("ZZ", 'no rule is called "ZZ"'),
        ("TA9", 'no rule is called "TA9"'),
        ("", 'no rule is called ""'),
        ("frst-thing", 'no rule is called "frst-thing"; did you mean "first-thing"?'),
    ],
)  # fmt: skip
def test_an_unknown_selector_is_an_error_with_a_hint(
    rules: Rules, selector: str, message: str
) -> None:
    with pytest.raises(UnknownSelector) as caught:
        find(selector, tuple(rules.values()))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("general", "specific"),
    [("ALL", "TA"), ("TA", "TA2"), ("TA2", "TA20"), ("TA20", "TA201"), ("TA20", "rare-thing"), ("TA20", "DL9001"), ("SC", "SC20"), ("SC20", "SC2086")],
)  # fmt: skip
def test_longer_selectors_are_more_specific(rules: Rules, general: str, specific: str) -> None:
    extra = tuple(rules.values())
    assert parse_selector(general, extra).rank < parse_selector(specific, extra).rank


def test_the_letters_of_a_code_tell_its_topic() -> None:
    for letters, topic in FAMILIES.items():
        assert {rule.code[:2] for rule in topic_rules(topic)} <= {letters}


def test_codes_and_names_are_unique() -> None:
    codes = [rule.code for rule in all_rules()]
    names = [rule.name for rule in all_rules()]
    assert len(set(codes)) == len(codes)
    assert len(set(names)) == len(names)


def test_layers_and_selectors_can_be_pickled() -> None:
    assert pickle.loads(pickle.dumps(LOCK)) == LOCK
    selector = parse_selector("LN0")
    assert pickle.loads(pickle.dumps(selector)) == selector


@pytest.mark.parametrize(
    ("select", "ignore", "some"),
    [
        (["ALL"], [], True),
        (["ALL"], ["SC2086"], True),
        (["SC"], ["SC2086"], True),
        (["SC2086"], ["SC"], True),
        # The whole family is ignored, and no code of it is selected by name.
        (["ALL"], ["SC"], False),
        ([], ["SC"], False),
    ],
)
def test_whether_shellcheck_has_to_run(select: list[str], ignore: list[str], some: bool) -> None:
    assert Selection(select=select, ignore=ignore).allows_some("SC") is some
