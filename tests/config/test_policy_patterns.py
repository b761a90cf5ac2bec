"""Patterns of policies mean what they mean in Python, and take time linear in the text."""

from __future__ import annotations

import re

import pytest
from checks import examples, no_hang
from composelint.linter.config.policy_patterns import TooLong, Unsupported, compile_pattern
from hypothesis import given
from hypothesis import strategies as st

ATOMS = st.sampled_from(
    [
        *("a", "b", "A", "1", ".", "[ab]", "[^a]", r"\w", r"\d", r"\s", r"\.", "^", "$"),
        *(r"\b", r"\B", r"\Z", r"\A", "(?<=a)", "(?<!b.)"),
    ]
)
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.tuples(inner, inner).map("".join),
        st.tuples(inner, inner).map(lambda two: f"({two[0]}|{two[1]})"),
        st.tuples(
            inner, st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "*?", "{2,}"])
        ).map(lambda two: f"(?:{two[0]}){two[1]}"),
        inner.map(lambda one: f"(?={one})"),
        inner.map(lambda one: f"(?!{one})"),
        inner.map(lambda one: f"(?i:{one})"),
        inner.map(lambda one: f"(?:{one}|)"),
    ),
    max_leaves=8,
)


@given(PATTERNS, st.lists(st.text("abAB1. \n", max_size=9), min_size=1, max_size=4))
@examples(600)
def test_they_match_what_python_matches(pattern: str, texts: list[str]) -> None:
    compiled = compile_pattern(pattern)
    for text in texts:
        assert compiled.found_in(text) == bool(re.search(pattern, text)), (pattern, text)


@pytest.mark.parametrize(
    ("pattern", "text", "is_found"),
    [
        ("^(a+)+$", "a" * 2000 + "!", False),
        ("^(a|a)*$", "a" * 2000 + "!", False),
        ("^(a|aa)+$", "a" * 2000 + "!", False),
        ("^(a|aa)+$", "a" * 2000, True),
        ("^(.*,){20}P", "," * 300, False),
        ("^(.*,){20}P", "," * 300 + "P", True),
        ("(x+x+)+y", "x" * 3000, False),
        (r"^(?!.*:latest$)(\w+/)*\w+(:[\w.]+)?$", "r/" * 500 + "a:latest", False),
        (r"^(?!.*:latest$)(\w+/)*\w+(:[\w.]+)?$", "r/" * 500 + "a:1.2", True),
    ],
)
def test_no_text_takes_exponential_time(pattern: str, text: str, is_found: bool) -> None:
    with no_hang():
        assert compile_pattern(pattern).found_in(text) == is_found


@pytest.mark.parametrize("pattern", ["^(.*,){20}P", "(?=(a|b)*c)(a|b)*d"])
def test_a_text_that_is_too_long_is_not_searched(pattern: str) -> None:
    with no_hang(), pytest.raises(TooLong):
        compile_pattern(pattern).found_in("a,b" * 100_000)


@pytest.mark.parametrize(
    ("pattern", "problem"),
    [
        (r"(a)\1", "a reference to a group"),
        ("(a)?(?(1)b|c)", "a condition"),
        ("(?>a+)b", "an atomic group"),
        ("a*+b", "an atomic group"),
        ("(a{1000}){1000}", "more than 2000 steps"),
    ],
)
def test_patterns_without_a_bound_are_refused(pattern: str, problem: str) -> None:
    with pytest.raises(Unsupported, match=problem):
        compile_pattern(pattern)


@pytest.mark.parametrize("pattern", ["^registry[.]example[.]org/", r"\d[a-z]", "(?i)a(b)c"])
def test_patterns_without_repetition_are_left_to_python(pattern: str) -> None:
    assert compile_pattern(pattern).is_simple
