"""Variables and quotes in Dockerfile words, as BuildKit processes them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from checks import examples, no_hang
from composelint.linter.source.dockerfile.variables import (
    MAX_LENGTH,
    expand,
    references,
    unquote,
)
from hypothesis import given
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Mapping

# A is set, E is empty, U has an unknown value, M is not defined.
VARIABLES: Mapping[str, str | None] = {"A": "one", "E": "", "U": None, "B_2": "two"}

EXPANSIONS = [
    # text, when other variables may exist, when these are all
    ("plain", "plain", "plain"),
    ("$A", "one", "one"),
    ("${A}", "one", "one"),
    ("x$A/y", "xone/y", "xone/y"),
    ("$A$A", "oneone", "oneone"),
    ("$B_2-x", "two-x", "two-x"),
    ("$E", "", ""),
    ("$U", None, None),
    ("$M", None, ""),
    ("${M}", None, ""),
    ("x${M}y", None, "xy"),
    # defaults
    ("${A:-d}", "one", "one"),
    ("${A-d}", "one", "one"),
    ("${E:-d}", "d", "d"),
    ("${E-d}", "", ""),
    ("${M:-d}", None, "d"),
    ("${M-d}", None, "d"),
    ("${U:-d}", None, None),
    ("${M:-}", None, ""),
    # replacements
    ("${A:+r}", "r", "r"),
    ("${A+r}", "r", "r"),
    ("${E:+r}", "", ""),
    ("${E+r}", "r", "r"),
    ("${M:+r}", None, ""),
    ("${M+r}", None, ""),
    ("${U+r}", None, None),
    # required
    ("${A:?e}", "one", "one"),
    ("${A?e}", "one", "one"),
    ("${E:?e}", None, None),
    ("${E?e}", "", ""),
    ("${M?e}", None, None),
    # nested
    ("${M:-$A}", None, "one"),
    ("${M:-${N:-d}}", None, "d"),
    ("${E:-${A:+r}}", "r", "r"),
    ("${A:+x${B_2}y}", "xtwoy", "xtwoy"),
    ("${M:-a b}", None, "a b"),
    # patterns are not evaluated, unless the value is empty
    ("${A#o}", None, None),
    ("${A%%e}", None, None),
    ("${A/o/x}", None, None),
    ("${E%x}", "", ""),
    ("${M#x}", None, ""),
    # quotes and escapes
    ("'$A'", "$A", "$A"),
    ('"$A"', "one", "one"),
    ('"a b"c', "a bc", "a bc"),
    ("'a'\"b\"", "ab", "ab"),
    ("\\$A", "$A", "$A"),
    ('"\\$A"', "$A", "$A"),
    ("a\\ b", "a b", "a b"),
    ('"a\\b"', "a\\b", "a\\b"),
    ('"a\\"b"', 'a"b', 'a"b'),
    ("${M:-\"a b\"}", None, "a b"),
    ("${M:-'}'}", None, "}"),
    ("${M:-\\}}", None, "}"),
    # a dollar sign alone
    ("$", "$", "$"),
    ("a$ b", "a$ b", "a$ b"),
    ("$/x", "$/x", "$/x"),
    # not well formed
    ("${A", None, None),
    ("${}", None, None),
    ("${A^^}", None, None),
    ("${A:x}", None, None),
    ("'a", None, None),
    ('"a', None, None),
]  # fmt: skip


@pytest.mark.parametrize(("text", "opened", "closed"), EXPANSIONS)
def test_variables_are_expanded(text: str, opened: str | None, closed: str | None) -> None:
    assert expand(text, VARIABLES) == opened
    assert expand(text, VARIABLES, closed=True) == closed


OPTIONS: list[tuple[str, dict[str, Any], str | None]] = [
    ("c:\\$A", {"escape": "`"}, "c:\\one"),
    ("c:`$A", {"escape": "`"}, "c:$A"),
    ("'$A'", {"quotes": False}, "'one'"),
    ('a"b', {"quotes": False}, 'a"b'),
]


@pytest.mark.parametrize(("text", "options", "expected"), OPTIONS)
def test_escape_character_and_quotes_are_options(
    text: str, options: dict[str, Any], expected: str | None
) -> None:
    assert expand(text, VARIABLES, **options) == expected


REFERENCES = [
    ("plain", []),
    ("$A", ["A 0-2"]),
    ("x${A}y", ["A 1-5"]),
    ("$A$B", ["A 0-2", "B 2-4"]),
    ("${A:-x}", ["A:- 0-7"]),
    ("${A:+$B}", ["A:+ 0-8", "B 5-7"]),
    ("${A#x}${B%y}${C/p/q}", ["A# 0-6", "B% 6-12", "C/ 12-20"]),
    ("$1$@", ["1 0-2", "@ 2-4"]),
    ("'$A'", []),
    ("\\$A", []),
    ('"$A"', ["A 1-3"]),
    ("$A'", ["A 0-2"]),
    ("$Ärger", ["Ärger 0-6"]),
]


@pytest.mark.parametrize(("text", "expected"), REFERENCES)
def test_references_are_listed(text: str, expected: list[str]) -> None:
    actual = [f"{r.name}{r.operator} {r.at}-{r.end}" for r in references(text)]
    assert actual == expected


UNQUOTED = [
    ("plain", "plain"),
    ("'a b'", "a b"),
    ('"a b"', "a b"),
    ("a\\ b", "a b"),
    ("'$A'", "$A"),
    ("${A:-'x'}", "${A:-'x'}"),
    ("it's", "it's"),
    ('"open', '"open'),
    ("${A", "${A"),
]


@pytest.mark.parametrize(("text", "expected"), UNQUOTED)
def test_quotes_are_removed(text: str, expected: str) -> None:
    assert unquote(text) == expected


LONG = "x" * (MAX_LENGTH + 1)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("$HALF$HALF", "h" * MAX_LENGTH),
        ("$HALF${HALF}!", None),
        ("${M:-$HALF}${M:-$HALF}!", None),
        ('"$HALF"$HALF"!"', None),
        ("$LONG", None),
        ("${LONG:+short}", "short"),
        # What is written out in full is no longer than the file.
        (LONG, LONG),
        (f"'{LONG}'", LONG),
        (f"{LONG}$E", LONG),
    ],
)
def test_values_that_variables_make_too_long_are_unknown(text: str, expected: str | None) -> None:
    variables = {"HALF": "h" * (MAX_LENGTH // 2), "LONG": LONG, "E": ""}
    assert expand(text, variables, closed=True) == expected


@given(st.text(alphabet="$A{}:-+?#%/'\"\\ `xE", max_size=40))
@examples(400)
def test_any_word_is_expanded_or_unknown(text: str) -> None:
    value = expand(text, VARIABLES, closed=True)
    assert value is None or isinstance(value, str)
    assert isinstance(unquote(text), str)
    for reference in references(text):
        assert text[reference.at] == "$"
        assert reference.at < reference.end <= len(text)


@pytest.mark.parametrize("text", ["${A:-" * 20_000, "$A" * 40_000, '"' * 60_001, "${A:-$" * 10_000])
def test_hostile_words_take_linear_time(text: str) -> None:
    with no_hang():
        expand(text, VARIABLES)
        references(text)
        unquote(text)
