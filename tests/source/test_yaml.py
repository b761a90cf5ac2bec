"""YAML nodes: values as Docker Compose reads them, exact spans, plain messages."""

from __future__ import annotations

import datetime

import pytest
from composelint.linter.base.text import SourceFile
from composelint.linter.source.yaml.nodes import (
    Alias,
    Mapping,
    Node,
    Scalar,
    Sequence,
    YamlFile,
    plain_value,
)
from composelint.linter.source.yaml.parser import parse_yaml
from hypothesis import given
from hypothesis import strategies as st


def parse(text: str) -> YamlFile:
    return parse_yaml(SourceFile("compose.yaml", text))


def root(text: str) -> Mapping:
    file = parse(text)
    assert file.problems == []
    (document,) = file.documents
    assert isinstance(document, Mapping)
    return document


UTC = datetime.UTC
VALUES = [
    ("yes", "yes"),
    ("on", "on"),
    ("true", True),
    ("False", False),
    ("~", None),
    ("Null", None),
    ("", None),
    ("0644", 420),
    ("0o17", 15),
    ("0x1F", 31),
    ("0b101", 5),
    ("1_000", 1000),
    ("-12", -12),
    ("+5", 5),
    ("08", 8.0),
    ("1.10", 1.1),
    ("1e3", 1000.0),
    (".5", 0.5),
    ("1.", 1.0),
    ("22:22", "22:22"),
    ("12:30:45", "12:30:45"),
    ("1.2.3", "1.2.3"),
    ("0x", "0x"),
    ("_1", "_1"),
    ("18446744073709551615", 18446744073709551615),
    ("2024-01-01", datetime.datetime(2024, 1, 1, tzinfo=UTC)),
    ("2024-13-01", "2024-13-01"),
    ("2024-01-01T10:00:00Z", datetime.datetime(2024, 1, 1, 10, tzinfo=UTC)),
    ("1.0-alpine", "1.0-alpine"),
    ("-", "-"),
    (".", "."),
]


@pytest.mark.parametrize(("raw", "value"), VALUES)
def test_plain_scalars_are_typed_as_compose_types_them(raw: str, value: object) -> None:
    actual = plain_value(raw)
    assert actual == value
    assert type(actual) is type(value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: '1'", "1"),
        ('a: "yes"', "yes"),
        ("a: !!str 1", "1"),
        ('a: !!int "7"', 7),
        ("a: ! 1", "1"),
        ("a: !!float 1", 1.0),
        ("a: !custom 1", "1"),
        ("a: |\n  1\n", "1\n"),
        ("a: >-\n  x\n  y\n", "x y"),
    ],
)
def test_quotes_tags_and_blocks_decide_the_type(text: str, value: object) -> None:
    node = root(text).get("a")
    assert isinstance(node, Scalar)
    assert node.value == value


SPANS = [
    ("a: b", "a", "b"),
    ('a: "b c"  # note', "a", '"b c"'),
    ("a: 'it''s'", "a", "'it''s'"),
    ("a: &x b", "a", "b"),
    ("a: !!str b", "a", "b"),
    ("a: &x\n  b: c\n\n# tail\n", "a", "b: c"),
    ("a: {b: 1, c: [2]}  # end", "a", "{b: 1, c: [2]}"),
    ("a:\n- 1\n- 2\n\nb: 3", "a", "- 1\n- 2"),
    ("a: |\n  x\n  # text\n\n# comment\nb: 1", "a", "|\n  x\n  # text"),
    ("a: >-  # header\n  x\n\n   y\n\n\nb: 1", "a", ">-  # header\n  x\n\n   y"),
    ("a: |2\n    x\n   y\nb: 1", "a", "|2\n    x\n   y"),
    ("a: |\nb: 1", "a", "|"),
    ("é𝒳: ü # c", "é𝒳", "ü"),
    ("a: multi\n  line\nb: 1", "a", "multi\n  line"),
    ("a:\r\n  b: c\r\nd: e\r\n", "a", "b: c"),
    ("a: |\r\n  x\r\nb: 1\r\n", "a", "|\r\n  x"),
]


@pytest.mark.parametrize(("text", "key", "value"), SPANS)
def test_spans_are_the_text_of_the_value(text: str, key: str, value: str) -> None:
    entry = root(text).entries[0]
    assert entry.key.span.text == key
    assert entry.value.span.text == value


def test_a_missing_value_has_its_place_behind_the_colon() -> None:
    inner = root("a:\n  b:\nc: 1\n").get("a")
    assert isinstance(inner, Mapping)
    node = inner.get("b")
    assert node is not None
    assert node.file.position(node.start) == (2, 5)
    assert node.start == node.end


def test_byte_order_mark_shifts_nothing() -> None:
    file = parse("\ufeffa: b\n")
    assert file.source.bom
    (document,) = file.documents
    assert isinstance(document, Mapping)
    assert file.source.position(document.entries[0].value.start) == (1, 4)


def test_an_alias_has_a_place_and_a_target() -> None:
    document = root("x: &a {k: 1}\ny: *a\nz: {<<: *a}\n")
    alias = document.get("y")
    assert isinstance(alias, Alias)
    assert alias.span.text == "*a"
    assert alias.target is document.get("x")


def test_an_anchor_can_be_defined_again() -> None:
    alias = root("a: &x 1\nb: &x 2\nc: *x\n").get("c")
    assert isinstance(alias, Alias)
    assert isinstance(alias.target, Scalar)
    assert alias.target.value == 2


def test_every_document_of_a_file_is_read() -> None:
    file = parse("a: 1\n---\nb: 2\n---\n- 3\n")
    assert [type(node) for node in file.documents] == [Mapping, Mapping, Sequence]


@pytest.mark.parametrize(
    ("text", "comments"),
    [
        ("# a\nb: c # d\n", ["# a", "# d"]),
        ('a: "# no"\nb: c#no\n', []),
        ("a: |\n  # no\n# yes\n", ["# yes"]),
        ("a: | # yes\n  # no\n", ["# yes"]),
        ("a: 'x\n  # no\n  y' # yes\n", ["# yes"]),
        ("a: [1, # one\n  2] #two\n", ["# one", "#two"]),
        ("a: b\r\n# c\r\n", ["# c"]),
        ("a: &x #c\n  b: 1\n", ["#c"]),
    ],
)
def test_comments_are_recognised_outside_of_values(text: str, comments: list[str]) -> None:
    file = parse(text)
    assert [text[comment.start : comment.end] for comment in file.comments] == comments


PROBLEMS = [
    ("a: b\n\tc: d\n", (2, 1), "there is a tab in the indentation, where only spaces are allowed"),
    ('a: "x\nb: c\n', (1, 4), "never closed"),
    ("a: [1,\nb: 2\n", None, '"["'),
    ("a: {b: 1\nc: 2\n", None, '"{"'),
    ("a b\nc: d\n", (2, 2), '":" is not possible here'),
    ("a: b: c\n", (1, 5), '":" is not possible here'),
    ("a: *x\n", (1, 4), 'no anchor "&x"'),
    ("a: &a {b: *a}\n", (1, 11), "inside its own anchor"),
    ("a: @x\n", (1, 4), "cannot start a value"),
    ("a:\n  - b\n c: d\n", (3, 2), "check the indentation"),
    ("a: \x01\n", (1, 4), "control character"),
    ('"\\q": 1\n', None, "escape is unknown"),
    ("[" * 100_000, None, "levels deep"),
    ("- " * 300 + "a", None, "levels deep"),
]


@pytest.mark.parametrize(("text", "at", "reason"), PROBLEMS, ids=range(len(PROBLEMS)))
def test_problems_have_a_place_and_a_message(
    text: str, at: tuple[int, int] | None, reason: str
) -> None:
    file = parse(text)
    (problem,) = file.problems
    assert reason in problem.message
    if at:
        assert file.source.position(problem.start) == at
    assert 0 <= problem.start <= problem.end <= len(text)


def nodes(node: Node) -> list[Node]:
    """A node and all nodes below it."""
    all_nodes = [node]
    if isinstance(node, Mapping):
        for entry in node.entries:
            all_nodes += nodes(entry.key) + nodes(entry.value)
    elif isinstance(node, Sequence):
        for item in node.items:
            all_nodes += nodes(item)
    return all_nodes


@given(
    st.text(alphabet=st.sampled_from("ab:-?#&*!|>'\"%@`[]{},\n \t\r\ufeff\x00é𝒳0.~<"), max_size=80)
)
def test_any_text_gives_nodes_or_problems(text: str) -> None:
    file = parse(text)
    size = len(file.source.text)
    for document in file.documents:
        for node in nodes(document):
            assert 0 <= node.start <= node.end <= size
    for comment in file.comments:
        assert file.source.text[comment.start] == "#"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # The long line has nothing to do with the fault.
        ("a: " + "x" * 200_000 + "\nb: [1\nc: 2\n", "is not closed"),
        ("services: " + "[" * 100_000 + "]" * 100_000 + "\n", "nest more than 200 levels"),
        ("[" * 100_000, "nest more than 200 levels"),
        # It has.
        ("a:\n  " + "k" * 1_100 + ": v\nb: [1\n", "is not closed"),
        ("k" * 110_000 + ": v\n", "only read in files of up to"),
    ],
)
def test_a_long_line_is_blamed_only_where_its_key_may_be_the_fault(text: str, message: str) -> None:
    (problem,) = parse_yaml(SourceFile("compose.yaml", text)).problems
    assert message in problem.message
