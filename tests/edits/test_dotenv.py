"""Values written to env files are read back as they were."""

from __future__ import annotations

import pytest
from composelint.linter.edits.dotenv import env_line, takes_lines, values_of
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("value", "line"),
    [
        ("abc/1+2=", "A=abc/1+2="),
        ("", "A="),
        ("a b", "A='a b'"),
        ("a#b", "A='a#b'"),
        ("$x", "A='$x'"),
        ("it's", 'A="it\'s"'),
        ("\\", 'A="\\\\"'),
        ("\\n", 'A="\\\\n"'),
        ("a\nb\tc", 'A="a\\nb\\tc"'),
        ("'$\"", 'A="\'\\$\\""'),
        ("ä ß", "A='ä ß'"),
        ("a\x01b", None),
        ("a\rb", None),
        ("a\u2028b", None),
    ],
)
def test_a_value_on_one_line(value: str, line: str | None) -> None:
    assert env_line("A", value) == line


@given(st.text(st.characters(codec="utf-8"), max_size=30))
def test_a_line_has_its_value_or_is_not_written(value: str) -> None:
    line = env_line("A", value)
    if line is not None:
        assert values_of(line + "\n") == {"A": value}
        assert "\n" not in line
    else:
        assert any(not char.isprintable() for char in value)


@pytest.mark.parametrize(
    ("text", "takes"),
    [
        ("", True),
        ("B=1\n", True),
        ("B=$A\n", True),
        ("A=0\n", True),
        ("B='open\n", False),
        ("B C=1\n", False),
        ("B=1", True),
        ("B='1' C=2\n", False),
        ("B", False),
        ("B=1 # x", True),
    ],
)
def test_a_file_that_would_not_read_a_line_does_not_take_it(text: str, takes: bool) -> None:
    assert takes_lines(text) is takes
