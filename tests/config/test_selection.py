"""Which rules a run selects: presets, specificity, layers, locks."""

from __future__ import annotations

import pickle

import pytest
from composelint.linter.base.names import FAMILIES
from composelint.linter.config.layers import Layer
from composelint.linter.rule import Rule, Severity
from composelint.linter.rulebook.registry import UnknownSelector, find, topic_rules
from composelint.linter.rulebook.selection import Selection, parse_selector

Rules = dict[str, Rule]


def selected(rules: Rules, *layers: Layer, **top: object) -> str:
    """The codes that run, without those of the linter itself unless they differ from usual."""
    selection = Selection(layers=layers, extra=tuple(rules.values()), **top)  # type: ignore[arg-type]
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
def test_presets(rules: Rules, preset: str | None, codes: str) -> None:
    assert selected(rules, preset=preset) == codes


@pytest.mark.parametrize(
    ("select", "extend", "ignore", "codes"),
    [
        # What select names is all there is, but the linter's own rules stay.
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
        # Of two alike, the ignore.
        (["TA201"], [], ["rare-thing"], "LN901"),
        (["TA2"], [], ["TA2"], "LN901"),
    ],
)
def test_specificity(
    rules: Rules, select: list[str] | None, extend: list[str], ignore: list[str], codes: str
) -> None:
    assert selected(rules, select=select, extend_select=extend, ignore=ignore) == codes


BASE = Layer(select=("TA1", "TA2"), ignore=("TA102",))


@pytest.mark.parametrize(
    ("layers", "top", "codes"),
    [
        # A select starts afresh: what lies below neither selects nor ignores.
        ([BASE], {}, "TA101 TA201 TA202 LN901"),
        ([BASE], {"select": ["TA1"]}, "TA101 TA102 LN901"),
        ([BASE, Layer(select=("TA102",))], {}, "TA102 LN901"),
        # The others add to what lies below, and the higher layer has the last word.
        ([BASE], {"extend_select": ["TA301"]}, "TA101 TA201 TA202 TA301 LN901"),
        ([BASE], {"extend_select": ["TA102"]}, "TA101 TA102 TA201 TA202 LN901"),
        ([BASE], {"ignore": ["TA2"]}, "TA101 LN901"),
        ([Layer(extend_select=("TA201",))], {"ignore": ["TA"]}, "LN901"),
        ([Layer(ignore=("TA101",))], {"extend_select": ["TA1"]}, "TA101 TA102 LN901"),
        # A preset replaces what lies below selects, not what it ignores.
        ([BASE], {"preset": "hardened"}, "TA101 TA202 LN901"),
        ([Layer(preset="production", ignore=("TA101",))], {}, "TA102 TA201 LN901"),
        (
            [Layer(preset="production", ignore=("TA101",))],
            {"preset": "hardened"},
            "TA102 TA202 LN901",
        ),
        ([Layer(preset="style"), Layer(preset="hardened")], {}, "TA101 TA102 TA202 LN901"),
        # In one layer a select decides and the preset only grades.
        ([Layer(preset="production", select=("TA302",))], {}, "TA302 LN901"),
        # Policies stay under the select of the configuration that brings them.
        ([Layer(select=("TA1",), keep=("TA302",))], {}, "TA101 TA102 TA302 LN901"),
        ([Layer(select=("TA1",), keep=("TA302",))], {"select": ["TA1"]}, "TA101 TA102 LN901"),
    ],
)
def test_layers(rules: Rules, layers: list[Layer], top: dict[str, object], codes: str) -> None:
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
def test_a_preset_for_some_files_lies_between_configuration_and_command_line(
    rules: Rules, layers: list[Layer], top: dict[str, object], codes: str
) -> None:
    selection = Selection(layers=layers, extra=tuple(rules.values()), **top)  # type: ignore[arg-type]
    there = selection.under("production")
    assert " ".join(code for code, rule in rules.items() if there.selects(rule)) == codes
    assert selection.under("production") is there
    assert selection.under(None) is selection


LOCK = Layer(locked=("TA302", "TA1"), severity=(("TA302", Severity.WARNING),))


def test_locked_rules_run_whatever_is_said(rules: Rules) -> None:
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
        # What a base locks can be raised but not lowered, by the base itself both.
        ([LOCK, Layer(severity=(("TA302", Severity.INFO),))], "TA302", Severity.WARNING),
        ([LOCK, Layer(severity=(("TA302", Severity.ERROR),))], "TA302", Severity.ERROR),
        ([LOCK, Layer(severity=(("TA101", Severity.INFO),))], "TA101", None),
        ([Layer(locked=("TA1",), severity=(("TA1", Severity.INFO),))], "TA101", Severity.INFO),
    ],
)
def test_severity(rules: Rules, layers: list[Layer], code: str, severity: Severity | None) -> None:
    selection = Selection(layers=layers, extra=tuple(rules.values()))
    assert selection.override(rules[code]) == severity
    assert selection.severity(rules[code]) == (severity or Severity.WARNING)


def test_a_preset_grades_too(rules: Rules) -> None:
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
def test_fixable(rules: Rules, layers: list[Layer], top: dict[str, list[str]], codes: str) -> None:
    selection = Selection(layers=layers, extra=tuple(rules.values()), **top)  # type: ignore[arg-type]
    shown = [code for code in ("TA101", "TA102", "TA201") if selection.fixes(code)]
    assert " ".join(shown) == codes


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
def test_shellcheck_codes_are_selected_without_rules(
    rules: Rules, top: dict[str, object], allowed: bool
) -> None:
    selection = Selection(extra=tuple(rules.values()), **top)  # type: ignore[arg-type]
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
def test_unknown_selectors(rules: Rules, selector: str, message: str) -> None:
    with pytest.raises(UnknownSelector) as caught:
        find(selector, tuple(rules.values()))
    assert str(caught.value).startswith(message)


@pytest.mark.parametrize(
    ("less", "more"),
    [("ALL", "TA"), ("TA", "TA2"), ("TA2", "TA20"), ("TA20", "TA201"), ("TA20", "rare-thing"), ("TA20", "DL9001"), ("SC", "SC20"), ("SC20", "SC2086")],
)  # fmt: skip
def test_ranks(rules: Rules, less: str, more: str) -> None:
    extra = tuple(rules.values())
    assert parse_selector(less, extra).rank < parse_selector(more, extra).rank


def test_built_in_codes_tell_their_topic() -> None:
    for letters, topic in FAMILIES.items():
        assert {rule.code[:2] for rule in topic_rules(topic)} == {letters}


def test_layers_can_be_sent_to_other_processes() -> None:
    assert pickle.loads(pickle.dumps(LOCK)) == LOCK
    selector = parse_selector("LN0")
    assert pickle.loads(pickle.dumps(selector)) == selector
