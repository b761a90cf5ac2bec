"""Aliases, merge keys and tags of one document."""

from __future__ import annotations

from typing import Any

import pytest
from checks import no_hang, plain, titled
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.release import CURRENT, OLDER
from composelint.linter.compose.resolve import Resolved, resolve
from composelint.linter.source.yaml.nodes import Mapping, Sequence
from composelint.linter.source.yaml.parser import parse_yaml


def resolved(text: str, release: str = CURRENT) -> Resolved:
    file = parse_yaml(SourceFile("a.yaml", text))
    assert not file.problems
    return resolve(file.documents[0], release)


MERGES = [
    ("an alias", "a: &x {k: 1}\nb: *x\n", {"k": 1}),
    ("a merged mapping", "a: &x {k: 1}\nb: {<<: *x, l: 2}\n", {"k": 1, "l": 2}),
    ("own keys win, before or after the merge key", "a: &x {k: 1}\nb: {k: 2, <<: *x}\n", {"k": 2}),
    ("the first of several wins", "a: &x {k: 1}\nc: &y {k: 2}\nb: {<<: [*x, *y]}\n", {"k": 1}),
    ("merging is not deep", "a: &x {k: {l: 1}}\nb: {<<: *x, k: {m: 2}}\n", {"k": {"m": 2}}),
    ("a list behind an alias", "a: &x [{k: 1}, {l: 2}]\nb: {<<: *x}\n", {"k": 1, "l": 2}),
    ("a mapping written in place", "b: {<<: {k: 1}}\n", {"k": 1}),
    ("an empty list", "b: {<<: [], k: 1}\n", {"k": 1}),
    ("quoted it is a key", 'b: {"<<": {k: 1}}\n', {"<<": {"k": 1}}),
    ("chains", "a: &x {k: 1}\nc: &y {<<: *x}\nb: {<<: *y}\n", {"k": 1}),
    ("an alias as a key", "a: &x k\nb: {*x : 1}\n", {"k": 1}),
]


@pytest.mark.parametrize(("text", "value"), titled(MERGES))
def test_merge_keys_and_aliases_are_resolved(text: str, value: Any) -> None:
    result = resolved(text)
    assert not result.problems
    assert plain(result.root)["b"] == value


def test_a_tree_without_aliases_is_not_copied() -> None:
    file = parse_yaml(SourceFile("a.yaml", "a: {b: [1, {c: 2}]}\n"))
    assert resolve(file.documents[0]).root is file.documents[0]


def test_an_anchored_value_is_shared() -> None:
    root = resolved("a: &x {k: {<<: {l: 1}}}\nb: *x\nc: [*x]\n").root
    assert isinstance(root, Mapping)
    items = root.get("c")
    assert isinstance(items, Sequence)
    assert root.get("b") is root.get("a") is items.items[0]


RESETS = [
    ("a: !reset null\nb: 1\n", {"b": 1}, [("a",)]),
    ("a: {b: !reset [], c: 1}\n", {"a": {"c": 1}}, [("a", "b")]),
    ("a: !override [1]\n", {"a": [1]}, [("a",)]),
    ("a: [1, !reset 2]\n", {"a": [1]}, []),
    ("a: !override {b: !reset 1}\n", {"a": {"b": "1"}}, [("a",)]),
    ("a: !other 1\n", {"a": "1"}, []),
    (
        "a: &x {b: !reset 1, c: 2}\nd: *x\n",
        {"a": {"c": 2}, "d": {"c": 2}},
        [("a", "b"), ("d", "b")],
    ),
    ("a: &x {b: !reset 1}\nd: {<<: *x}\n", {"a": {}, "d": {}}, [("a", "b"), ("d", "b")]),
    ("a: &x !reset 1\nd: *x\n", {}, [("a",), ("d",)]),
]


@pytest.mark.parametrize(("text", "value", "paths"), RESETS)
def test_resets_and_overrides_are_recorded_with_their_paths(
    text: str, value: Any, paths: list[tuple[str, ...]]
) -> None:
    result = resolved(text)
    assert plain(result.root) == value
    assert [path for path, _ in result.resets] == paths


def test_before_release_5_only_the_anchor_itself_is_reset_at_each_alias() -> None:
    below = resolved("a: &x {b: !reset 1, c: 2}\nd: *x\n", OLDER)
    assert [path for path, _ in below.resets] == [("a", "b")]
    itself = resolved("a: &x !reset 1\nd: *x\n", OLDER)
    assert [path for path, _ in itself.resets] == [("a",), ("d",)]


TAGS = [
    ("a: !t \n", {"a": ""}),
    ("a: !t null\n", {"a": "null"}),
    ("a: !override 12\n", {"a": "12"}),
    ("a: !!str\n", {"a": ""}),
    ("a: <<\nb: [<<, c]\n", {"b": ["c"]}),
    ("a: '<<'\n", {"a": "<<"}),
    ("a: !!null\n", {"a": None}),
]


@pytest.mark.parametrize(("text", "value"), TAGS)
def test_a_tag_that_is_not_known_makes_a_text(text: str, value: Any) -> None:
    result = resolved(text)
    assert plain(result.root) == value
    assert not result.problems


@pytest.mark.parametrize(
    "text",
    ["!!null A: b\n", "a: !!null x\n", "a: !!binary '@@'\n", "a: !!binary aGk\n"],
)
def test_a_tag_that_the_value_does_not_fit_is_a_problem(text: str) -> None:
    assert [problem.kind for problem in resolved(text).problems] == ["yaml-tag"]


def test_before_release_5_a_bare_tag_leaves_a_number_a_number() -> None:
    assert plain(resolved("a: ! 12\n").root) == {"a": "12"}
    assert plain(resolved("a: ! 12\nb: -0\n", OLDER).root) == {"a": 12, "b": 0}


PROBLEMS = [
    # document, kind, text at the place, part of the message
    ("a: 1\nb: 2\na: 3\n", "duplicate-key", "a", "first on line 1"),
    ('a: 1\n"a": 2\n', "duplicate-key", '"a"', '"a" is in this mapping twice'),
    ("a: &x {k: 1}\nb: {<<: *x, <<: *x}\n", "duplicate-key", "<<", '"<<" is in this mapping twice'),
    ("a: {1: x, b: 2}\n", "non-string-key", "1", "a number"),
    ("a: {true: x, b: 2}\n", "non-string-key", "true", "a boolean"),
    ("a: {~: x, b: 2}\n", "non-string-key", "~", "empty"),
    ("a: {2024-01-31: x, b: 2}\n", "non-string-key", "2024-01-31", "a date"),
    ("a: {[1]: x, b: 2}\n", "non-string-key", "[1]", "a list is used as a key"),
    ("a: {<<: null, b: 2}\n", "merge-key", "null", "nothing is given"),
    ("a: {<<: text, b: 2}\n", "merge-key", "text", "not a string"),
    ("a: !!int abc\n", "yaml-tag", "abc", '"abc" is not a value of type !!int'),
    ("a: !!bool yes\n", "yaml-tag", "yes", '"yes" is not a value of type !!bool'),
    ("a: &x {k: 1}\nb: {<<: *x, c: *x}\n", "alias-cycle", "*x", "takes for a circle"),
]


@pytest.mark.parametrize(("text", "kind", "part", "message"), PROBLEMS)
def test_problems_of_a_document_have_a_place(text: str, kind: str, part: str, message: str) -> None:
    (problem,) = resolved(text).problems
    assert (problem.kind, problem.span.text) == (kind, part)
    assert message in problem.message


def test_all_problems_are_reported_and_the_rest_is_kept() -> None:
    result = resolved("a: 1\na: 2\nb: {1: x, k: v}\nc: {<<: 1, k: v}\n")
    assert [problem.kind for problem in result.problems] == [
        "duplicate-key",
        "non-string-key",
        "merge-key",
    ]
    assert plain(result.root) == {"a": 1, "b": {"k": "v"}, "c": {"k": "v"}}


def test_an_alias_bomb_is_counted_without_expanding_it() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with no_hang():
        result = resolved("\n".join(lines))
    assert result.root is None
    assert [problem.kind for problem in result.problems] == ["too-complex"]


def test_nesting_through_aliases_is_possible_within_limits() -> None:
    lines = ["a0: &a0 {k: v}"]
    lines += [f"a{n}: &a{n} {{k: *a{n - 1}}}" for n in range(1, 150)]
    assert not resolved("\n".join(lines)).problems
    deep = (
        "a: " + "{k: " * 150 + "&x {l: 1}" + "}" * 150 + "\nb: " + "{k: " * 150 + "*x" + "}" * 150
    )
    assert not resolved(deep).problems
