"""Nodes for parts of texts, and values as Go writes them."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import pytest
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.nodes import go_text, part_span, piece, unset_names
from composelint.linter.source.yaml.nodes import Mapping, Scalar
from composelint.linter.source.yaml.parser import parse_yaml

if TYPE_CHECKING:
    from composelint.linter.source.yaml.nodes import ScalarValue

GO_TEXTS: list[tuple[ScalarValue, str]] = [
    (True, "true"),
    (420, "420"),
    (1.1, "1.1"),
    (1000.0, "1000"),
    (999999.5, "999999.5"),
    (1000000.0, "1e+06"),
    (12345678.5, "1.23456785e+07"),
    (0.0001, "0.0001"),
    (0.00001, "1e-05"),
    (1.5e-7, "1.5e-07"),
    (1e300, "1e+300"),
    (-0.0, "-0"),
    (-2.5, "-2.5"),
    (float("inf"), "+Inf"),
    (float("-inf"), "-Inf"),
    (float("nan"), "NaN"),
    (
        datetime.datetime(2024, 1, 31, tzinfo=datetime.UTC),
        "2024-01-31 00:00:00 +0000 UTC",
    ),
]


@pytest.mark.parametrize(("value", "text"), GO_TEXTS)
def test_values_are_written_as_go_writes_them(value: ScalarValue, text: str) -> None:
    assert go_text(value) == text


def scalar(text: str) -> Scalar:
    root = parse_yaml(SourceFile("a.yaml", text)).documents[0]
    assert isinstance(root, Mapping)
    value = root.entries[0].value
    assert isinstance(value, Scalar)
    return value


PLACES = [
    # document, part of the value, whether it has a place of its own
    ("a: 80:81", "81", True),
    ("a: '80:81'", "81", True),
    ('a: "80:81"', "81", True),
    ('a: "\\u0038\\u0030:81"', "81", True),
    ('a: "8\\x30:80"', "80:8", False),
    ("a: |\n  one\n  two three\n", "three", True),
    ("a: |\n  x x\n  x y\n", "x y", True),
    ("a: >\n  one\n  two\n", "two", True),
    ("a: one\n  two\n", "one two", False),
    ("a: >-\n  $A b\n  c $A\n", "$A", True),
    ("a: > # $A\n  b\n  c $A\n", "$A", True),
    ("a: > # $A\n  b\n\n  c $A $A\n", "$A", True),
    ('a: "\\t$A $A"', "$A", True),
    ('a: "\\x24A $A"', "$A", False),
    ("a: >\n  xxx\n  xxx\n", "xx", False),
]


@pytest.mark.parametrize(("document", "part", "exact"), PLACES)
def test_a_part_has_an_exact_place_if_the_text_shows_it(
    document: str, part: str, exact: bool
) -> None:
    value = scalar(document)
    at = value.raw.rfind(part)
    span = part_span(value, at, at + len(part))
    assert span.text == part if exact else span == value.span
    assert not exact or span.start == document.rfind(part)


def test_a_piece_has_the_place_of_its_text() -> None:
    value = scalar("a: 'db:/data'")
    part = piece(value, 3, 8)
    assert (part.value, part.span.text) == ("/data", "/data")
    assert unset_names(value, part) == ()
