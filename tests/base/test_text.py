"""Offsets, lines and columns."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import DecodeError, EmbeddedSource, SourceFile, Span

TEXT = "ab\r\ncd\n\né𝒳z"


@pytest.mark.parametrize(
    ("offset", "position"),
    [
        (0, (1, 1)),
        (1, (1, 2)),
        (3, (1, 4)),
        (4, (2, 1)),
        (7, (3, 1)),
        (8, (4, 1)),
        (10, (4, 3)),
        (11, (4, 4)),
    ],
)
def test_position_and_offset_are_inverse(offset: int, position: tuple[int, int]) -> None:
    file = SourceFile("f", TEXT)
    assert file.position(offset) == position
    assert file.offset(*position) == offset


@pytest.mark.parametrize(
    ("line", "text"), [(1, "ab"), (2, "cd"), (3, ""), (4, "é𝒳z"), (5, ""), (0, "")]
)
def test_line_text_has_no_line_ending(line: int, text: str) -> None:
    assert SourceFile("f", TEXT).line_text(line) == text


@pytest.mark.parametrize(
    ("text", "newline"), [("a\r\nb", "\r\n"), ("a\nb\r\n", "\n"), ("", "\n"), ("\n", "\n")]
)
def test_newline_is_that_of_the_first_line(text: str, newline: str) -> None:
    assert SourceFile("f", text).newline == newline


@pytest.mark.parametrize("separator", ["\u2028", "\x0c", "\x85", "\x0b"])
def test_only_line_feeds_end_lines(separator: str) -> None:
    assert SourceFile("f", f"a{separator}b").position(2) == (1, 3)


def test_byte_order_mark_is_noted_and_dropped() -> None:
    file = SourceFile.from_bytes("f", b"\xef\xbb\xbfa")
    assert file.bom
    assert file.text == "a"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"\xff\xfea\x00", "UTF-16"),
        (b"\xfe\xff\x00a", "UTF-16"),
        (b"ab\xff", "byte 0xff at offset 2"),
        (b"\xe9t\xe9", "byte 0xe9 at offset 0"),
    ],
)
def test_errors_name_other_encodings(data: bytes, reason: str) -> None:
    with pytest.raises(DecodeError, match=reason):
        SourceFile.from_bytes("f", data)


def test_places_in_embedded_text_are_those_of_its_host() -> None:
    host = SourceFile("compose.yaml", "x: |\n  ab\n  cd\n")
    inner = EmbeddedSource(host, "ab\ncd\n", [7, 8, 9, 12, 13, 14, 15])
    span = Span(inner, 3, 5).origin
    assert span.file is host
    assert span.text == "cd"
    assert host.position(span.start) == (3, 3)
