"""References to variables, compared with the values of Docker Compose 2.40.3 for the same texts.

Each text was a value under ``environment``, with W=w and an empty E in the environment;
X, Y and all others are unset.
"""

from __future__ import annotations

import pytest
from checks import no_hang
from composelint.linter.source.template import (
    MAX_DEPTH,
    MAX_GROWTH,
    Literal,
    Opaque,
    Reference,
    Result,
    Template,
    TemplateError,
    interpolate,
    parse_template,
    substitute,
)
from hypothesis import given
from hypothesis import strategies as st

ENVIRONMENT = {"W": "w", "E": ""}


def evaluate(text: str, **variables: str) -> Result:
    result = interpolate(text, {**ENVIRONMENT, **variables}.get)
    assert isinstance(result, Result)
    return result


VALUES = [
    # a dollar sign that begins no reference
    ("a", "a"),
    ("", ""),
    ("$", "$"),
    ("a$", "a$"),
    ("$1", "$1"),
    ("$1$W", "$1w"),
    ("$}", "$}"),
    ("$(W)", "$(W)"),
    ("$((1))", "$((1))"),
    ("$-", "$-"),
    ("$?", "$?"),
    ("$#", "$#"),
    ("$@", "$@"),
    ("$*", "$*"),
    ("$é", "$é"),
    ("$.W", "$.W"),
    ("%{W}", "%{W}"),
    ("#{W}", "#{W}"),
    ("{W}", "{W}"),
    # escapes
    ("$$", "$"),
    ("$$$", "$$"),
    ("$$$$", "$$"),
    ("$$W", "$W"),
    ("$$$W", "$w"),
    ("$${W}", "${W}"),
    ("$$${W}", "$w"),
    ("$${", "${"),
    ("a$$b", "a$b"),
    # $NAME
    ("$W", "w"),
    ("$W$W", "ww"),
    ("$W-x", "w-x"),
    ("$W.x", "w.x"),
    ("$Wé", "wé"),
    ("a $W b", "a w b"),
    ("\t$W\t", "\tw\t"),
    ("a\n$W\n", "a\nw\n"),
    ("$W/$W:$W", "w/w:w"),
    # ${NAME}
    ("${W}", "w"),
    ("${W}}", "w}"),
    ("{${W}}", "{w}"),
    ("${W}${W}", "ww"),
    ("${W}W", "wW"),
    ("${E}", ""),
    # :- and -
    ("${X:-a}", "a"),
    ("${X-a}", "a"),
    ("${W:-a}", "w"),
    ("${W-a}", "w"),
    ("${E:-a}", "a"),
    ("${E-a}", ""),
    ("${X:-}", ""),
    ("${X-}", ""),
    ("${X--a}", "-a"),
    ("${X:--a}", "-a"),
    ("${X-:-a}", ":-a"),
    ("${X:-:-a}", ":-a"),
    ("${X-a:-b}", "a:-b"),
    ("${X:-a:?b}", "a:?b"),
    ("${X:-a b}", "a b"),
    ("${X:-a#b}", "a#b"),
    ("${X:-é}", "é"),
    ("${X:-`}", "`"),
    ('${X:-"a"}', '"a"'),
    ("${X:-\t}", "\t"),
    ("${X:-\r}", "\r"),
    ("${X:-\u2028}", "\u2028"),
    # :+ and +
    ("${W:+a}", "a"),
    ("${W+a}", "a"),
    ("${E:+a}", ""),
    ("${E+a}", "a"),
    ("${X:+a}", ""),
    ("${X+a}", ""),
    ("${W+}", ""),
    ("${W:+}", ""),
    ("${X+a:-b}", ""),
    ("${W:+a$$b}", "a$b"),
    ("${X:+a$$b}", ""),
    # :? and ? with a value
    ("${W:?m}", "w"),
    ("${W?m}", "w"),
    ("${E?m}", ""),
    # arguments are templates
    ("${X:-$W}", "w"),
    ("${X:-${W}}", "w"),
    ("${X:-a${W}b}", "awb"),
    ("${X:-${Y:-${W}}}", "w"),
    ("${X:-${Y:-z}}-${W}", "z-w"),
    ('${X:-"${W}"}', '"w"'),
    ("${X:-${Y:+z}}", ""),
    ("${X:-$}", "$"),
    ("${X:-$$}", "$"),
    ("${X:-$1}", "$1"),
    ("${X:-$${X}}", "${X}"),
    ("${W:+${X:-$W}}", "w"),
    ("${X:-${E}}", ""),
    # several on one line
    ("${X:-a} ${Y:-b} ${W}", "a b w"),
    ("${X:-a}${Y-b}", "ab"),
    ("${X:-a}$W", "aw"),
    ("$W${X:-a}", "wa"),
    ("${X:-a}$${Y:-b}", "a${Y:-b}"),
    ("${W}:${X:-a}/${Y:-b}", "w:a/b"),
    # braces in an argument are counted
    ("${X:-a}b}", "ab}"),
    ("${X:-a}}${W}", "a}w"),
    ("${X:-\\}}", "\\}"),
    ("${X:-{a}}", "{a}"),
    ("${X:-{a}} ${W}", "{a} w"),
    ("${X:-{}}", "{}"),
    ("${X:-{}}x}", "{}}x"),
    ("${X:-{}", "{"),
    ("${X:-a{b}", "a{b"),
    ("${X:-{{}}}", "{{}}"),
    ("${X:-{ }}", "{ }"),
    ("${X:-{ {} }}", "{ {} }"),
    ("${X:-a{b{c}d}e}", "a{b{c}d}e"),
    ('${X:-{"k": "${W}"}}', '{"k": "w"}'),
    # each reference ends on its line
    ("${X:-a}\n}", "a\n}"),
    ("${X:-a}\n${Y:-b}", "a\nb"),
    ("{\n${X:-a}\n}", "{\na\n}"),
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=repr)
def test_references_are_replaced(text: str, value: str) -> None:
    result = evaluate(text)
    assert result.value == value
    assert (result.unset, result.failures, result.unknown) == ((), (), False)


UNSET = [
    ("$X", "", ["X"]),
    ("${X}", "", ["X"]),
    ("$X$Y$X", "", ["X", "Y", "X"]),
    ("$X $W", " w", ["X"]),
    ("$W1", "", ["W1"]),
    ("${W1}", "", ["W1"]),
    ("$_A", "", ["_A"]),
    ("$w", "", ["w"]),
    ("$ſ", "", ["ſ"]),
    ("$K", "", ["K"]),
    ("${W:+${Y}}", "", ["Y"]),
    ("${E+$Y}", "", ["Y"]),
    ("${X:-$Y}", "", ["Y"]),
    ("${X:-a$Y}", "a", ["Y"]),
]

UNUSED = [
    ("${W:-${Y}}", "w", ["Y"]),
    ("${X:+$Y}", "", ["Y"]),
    ("${W?$Y}", "w", ["Y"]),
]
"""References in arguments that are not used."""


@pytest.mark.parametrize(("text", "value", "unset"), UNSET, ids=repr)
def test_unset_variables_are_empty(text: str, value: str, unset: list[str]) -> None:
    """The names are those of Compose's warnings."""
    result = evaluate(text)
    assert result.value == value
    assert [reference.name for reference in result.unset] == unset


@pytest.mark.parametrize(("text", "value", "unset"), UNUSED, ids=repr)
def test_before_release_5_arguments_count_even_if_not_used(
    text: str, value: str, unset: list[str]
) -> None:
    assert evaluate(text) == Result(value, (), (), ())
    template = parse_template(text)
    assert isinstance(template, Template)
    result = substitute(template, ENVIRONMENT.get, eager=True)
    assert result.value == value
    assert [reference.name for reference in result.unset] == unset


REQUIRED = [
    ("${X?m}", "required variable X is missing a value: m"),
    ("${X:?m}", "required variable X is missing a value: m"),
    ("${E:?m}", "required variable E is missing a value: m"),
    ("${X?}", "required variable X is missing a value"),
    ("${X:?}", "required variable X is missing a value"),
    ("${X?a:-b}", "required variable X is missing a value: a:-b"),
    ("${X:?$}", "required variable X is missing a value: $"),
    ("${X:?no $W}", "required variable X is missing a value: no w"),
    ("${X?a b c}", "required variable X is missing a value: a b c"),
    ("${X:-${Y?n}}", "required variable Y is missing a value: n"),
    ("${X?${Y?n}}", "required variable Y is missing a value: n"),
    ("a${X?m}b${Y?n}", "required variable X is missing a value: m"),
]


@pytest.mark.parametrize(("text", "message"), REQUIRED, ids=repr)
def test_missing_required_variables_are_failures(text: str, message: str) -> None:
    result = evaluate(text)
    assert result.value is None
    reference, reason = result.failures[0]
    said = f"required variable {reference.name} is missing a value"
    assert (f"{said}: {reason}" if reason else said) == message


@pytest.mark.parametrize("text", ["${W:-${X?m}}", "${W-${X:?m}}", "${E:+${X?m}}"])
def test_required_variables_in_arguments_that_are_not_used_stop_only_older_releases(
    text: str,
) -> None:
    result = evaluate(text)
    assert result.value is not None
    assert not result.failures
    assert [(failure.reference.name, failure.reason) for failure in result.unused_failures] == [
        ("X", "m")
    ]
    template = parse_template(text)
    assert isinstance(template, Template)
    assert len(substitute(template, ENVIRONMENT.get, eager=True).failures) == 1


# The text, the kind of error, the invalid reference.
INVALID = [
    ("${", "unclosed", "${"),
    ("${}", "empty", "${}"),
    ("${ }", "name", "${ }"),
    ("${1}", "name", "${1}"),
    ("${1W}", "name", "${1W}"),
    ("${é}", "name", "${é}"),
    ("${ W}", "name", "${ W}"),
    ("${W }", "operator", "${W }"),
    ("${X\t}", "operator", "${X\t}"),
    ("${W", "unclosed", "${W"),
    ("${W:}", "operator", "${W:}"),
    ("${W:=x}", "operator", "${W:=x}"),
    ("${W::-a}", "operator", "${W::-a}"),
    ("${W:0:1}", "operator", "${W:0:1}"),
    ("${W:x}", "operator", "${W:x}"),
    ("${W/a/b}", "operator", "${W/a/b}"),
    ("${W%x}", "operator", "${W%x}"),
    ("${W,,}", "operator", "${W,,}"),
    ("${W@Q}", "operator", "${W@Q}"),
    ("${W[0]}", "operator", "${W[0]}"),
    ("${W.a}", "operator", "${W.a}"),
    ("${#W}", "name", "${#W}"),
    ("${!W}", "name", "${!W}"),
    ("${'W'}", "name", "${'W'}"),
    ("${X:-a", "unclosed", "${X:-a"),
    ("${X:-a b", "unclosed", "${X:-a b"),
    ("a ${ b", "unclosed", "${ b"),
    ("${X:-a\nb}", "unclosed", "${X:-a"),
    ("${X:-a\n}", "unclosed", "${X:-a"),
    ("${X:-\r\n}", "unclosed", "${X:-"),
    ("${X:-${}}", "empty", "${}"),
    ("${W:-${}}", "empty", "${}"),
    ("${W:+${}}", "empty", "${}"),
    ("${X:+${}}", "empty", "${}"),
    ("${W:?${}}", "empty", "${}"),
    ("${X:-${Y}", "unclosed", "${Y"),
    ("${X:-{a} ${W}", "unclosed", "${W"),
    ("${X:-{} ${W}", "unclosed", "${W"),
    ("${X:-a}${", "unclosed", "${"),
    ("${X:-a}${}", "empty", "${}"),
    ("${X:-a} ${Y:-b} ${1}", "name", "${1}"),
    ("$W ${X:-a}\n${", "unclosed", "${"),
    ("${X:-a ${Y:-b ${c.d} e} f}", "operator", "${c.d}"),
]


@pytest.mark.parametrize(("text", "kind", "at"), INVALID, ids=repr)
def test_invalid(text: str, kind: str, at: str) -> None:
    error = parse_template(text)
    assert isinstance(error, TemplateError)
    assert (error.kind, text[error.start : error.end]) == (kind, at)
    assert interpolate(text, ENVIRONMENT.get) == error


MESSAGES = [
    ("${}", '"${}" has no variable name'),
    ("${1}", '"${1}" does not begin with a variable name'),
    ("${W/a/b}", '"${W/a/b}" has "/a/b" where only :- - :? ? :+ or + may follow a name'),
    ("${W", '"${W" has no closing brace'),
    ("${X:-a\n}", '"${X:-a" has no closing brace on its line'),
    (
        "${X:-{a} ${W}",
        '"${W" has no closing brace of its own: the next one closes the reference around it',
    ),
    ("${" + "x" * 70, '"${' + "x" * 58 + '…" has no closing brace'),
]


@pytest.mark.parametrize(("text", "message"), MESSAGES, ids=repr)
def test_errors_have_messages(text: str, message: str) -> None:
    error = parse_template(text)
    assert isinstance(error, TemplateError)
    assert error.message == message


# A value from unset variables is unknown to policies, but the verdict is that of the value.
UNKNOWN = [
    ("a$X", "a", ["X"]),
    ("${X}:80", ":80", ["X"]),
    ("$X$Y$X", "", ["X", "Y"]),
    ("${X:-a}", "a", []),
    ("${X:-$Y}", "", ["Y"]),
    ("${W:-$Y}", "w", []),
    ("${W:+$Y}", "", ["Y"]),
    ("${X+a}", "", []),
    ("${X?m}", None, ["X"]),
    ("$OPAQUE", "o", ["OPAQUE"]),
    ("a${OPAQUE:-b}", "ao", ["OPAQUE"]),
    ("${OPAQUE:+b}", "b", ["OPAQUE"]),
    ("${X:-${OPAQUE}}", "o", ["OPAQUE"]),
    ("${W:-$OPAQUE}", "w", []),
]


@pytest.mark.parametrize(("text", "value", "names"), UNKNOWN, ids=repr)
def test_values_from_unset_variables_are_unknown(
    text: str, value: str | None, names: list[str]
) -> None:
    result = evaluate(text, OPAQUE=Opaque("o"))
    assert result.value == value
    assert list(result.unknown_names) == names


# text → (name, operator, argument, braced, the whole reference), nested ones included.
PARTS = [
    ("a $W", [("W", "", "", False, "$W")]),
    ("a ${W}", [("W", "", "", True, "${W}")]),
    ("${X:-a}", [("X", ":-", "a", True, "${X:-a}")]),
    ("${X?}", [("X", "?", "", True, "${X?}")]),
    (
        "é${X:+a ${Y-b}}$W",
        [
            ("X", ":+", "a ${Y-b}", True, "${X:+a ${Y-b}}"),
            ("Y", "-", "b", True, "${Y-b}"),
            ("W", "", "", False, "$W"),
        ],
    ),
    ("$$W $1", []),
]


@pytest.mark.parametrize(("text", "expected"), PARTS, ids=repr)
def test_references_have_parts(text: str, expected: list[tuple[str, str, str, bool, str]]) -> None:
    template = parse_template(text)
    assert isinstance(template, Template)
    actual = []
    for reference in template.references:
        start = reference.name_start + len(reference.name)
        assert text[reference.name_start : start] == reference.name
        argument = (
            text[start + len(reference.operator) : reference.end - 1] if reference.operator else ""
        )
        whole = text[reference.start : reference.end]
        actual.append((reference.name, reference.operator, argument, reference.braced, whole))
    assert actual == expected


def test_a_text_without_dollars_is_not_taken_apart() -> None:
    assert parse_template("abc") == Template("abc", (Literal(0, 3, "abc"),))
    assert parse_template("") == Template("", ())


def test_repr_names_the_variable() -> None:
    template = parse_template("${X:-a}")
    assert isinstance(template, Template)
    assert repr(template.parts[0]) == "Reference('X', ':-', 0, 7)"


def test_nesting_has_a_limit() -> None:
    def nested(depth: int) -> str:
        return "${X:-" * depth + "a" + "}" * depth

    assert evaluate(nested(MAX_DEPTH)).value == "a"
    error = parse_template(nested(MAX_DEPTH + 1))
    assert isinstance(error, TemplateError)
    assert error.kind == "nesting"


def test_growth_has_a_limit() -> None:
    long = "x" * (MAX_GROWTH // 2)
    result = evaluate("$A$A$A-", A=long)
    assert result.value == long + long + "-"
    assert result.unknown_names == ("A",)


TEXTS = st.text(alphabet="WEX_a1${}:-?+\n \u00e9", max_size=40)


@given(TEXTS)
def test_parts_cover_the_text(text: str) -> None:
    template = parse_template(text)
    if isinstance(template, TemplateError):
        assert template.kind in {"empty", "name", "operator", "unclosed", "nesting"}
        assert text[template.start : template.end].startswith("${")
        return
    at = 0
    for part in template.parts:
        assert part.start == at < part.end
        at = part.end
    assert at == len(text)
    assert not any(isinstance(p, Reference) for p in template.parts) or "$" in text


HOSTILE = [
    "${" * 20_000,
    "${" * 20_000 + "}" * 20_000,
    "${X:-" * 2_000,
    "${X:-" * 2_000 + "}" * 2_000,
    "${X:-{" * 2_000 + "}" * 2_000,
    "${X:-{" * 2_000 + "}",
    "${X:-" * 99 + "{a}" * 20_000 + "}" * 99,
    "${X:-a}" * 10_000,
    "${X:-a}" * 10_000 + "y" * 60_000,
    "${X:-{}}" * 8_000,
    "${X:-a}\n" * 10_000,
    "$" * 60_000,
    "$1" * 30_000,
    "$W" * 30_000,
    "${W}" * 16_000,
    "${W" + " " * 60_000,
    "$" + "A" * 60_000,
    "{" * 60_000 + "${X:-{}" + "}" * 60_000,
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_input_takes_linear_time(text: str) -> None:
    with no_hang():
        template = parse_template(text)
        if isinstance(template, Template):
            substitute(template, ENVIRONMENT.get)
        else:
            assert len(template.message) < 200
