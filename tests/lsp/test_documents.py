"""Positions as the protocol counts them, and texts that change piece by piece."""

from __future__ import annotations

import re

import pytest
from composelint.linter.lsp.documents import ENCODINGS, UTF8, UTF16, UTF32, Document, Lines
from composelint.linter.lsp.uris import to_path, to_uri
from hypothesis import given
from hypothesis import strategies as st

TEXTS = st.text(st.sampled_from("ab \n\r\té😀\u2028:-"), max_size=40)
ENCODING = st.sampled_from(ENCODINGS)


def units(text: str, encoding: str) -> int:
    """The number of code units of a text, by Python's own encoders."""
    sizes = {UTF8: 1, UTF16: 2, UTF32: 4}
    names = {UTF8: "utf-8", UTF16: "utf-16-le", UTF32: "utf-32-le"}
    return len(text.encode(names[encoding])) // sizes[encoding]


@given(TEXTS, ENCODING)
def test_every_offset_has_a_position_that_leads_back(text: str, encoding: str) -> None:
    lines = Lines(text, encoding)
    for offset in range(len(text) + 1):
        if text[offset - 1 : offset + 1] == "\r\n":
            continue  # inside of a line ending there is no position
        line, character = lines.position(offset)
        before = re.split(r"\r\n|\n|\r", text[:offset])
        assert (line, character) == (len(before) - 1, units(before[-1], encoding))
        assert lines.offset(line, character) == offset


@given(TEXTS, ENCODING, st.integers(-2, 60), st.integers(-2, 60))
def test_positions_that_do_not_exist_are_the_nearest(
    text: str, encoding: str, line: int, character: int
) -> None:
    lines = Lines(text, encoding)
    offset = lines.offset(line, character)
    assert 0 <= offset <= len(text)
    if 0 <= line < len(lines.starts):
        assert lines.position(offset)[0] == line


@pytest.mark.parametrize(
    ("encoding", "character"), [(UTF8, 4), (UTF16, 2), (UTF32, 1)], ids=ENCODINGS
)
def test_the_character_behind_an_emoji(encoding: str, character: int) -> None:
    assert Lines("😀x", encoding).offset(0, character) == 1


def test_a_position_inside_of_a_character_is_before_it() -> None:
    assert Lines("a😀b", UTF16).offset(0, 2) == 1


@given(TEXTS, ENCODING, st.data())
def test_a_change_replaces_a_range(text: str, encoding: str, data: st.DataObject) -> None:
    document = Document("file:///x", "x", text, 1, "yaml", encoding)
    expected = text
    changes = []
    for _ in range(data.draw(st.integers(1, 3))):
        start = data.draw(st.integers(0, len(expected)))
        end = data.draw(st.integers(start, len(expected)))
        if any(expected[at - 1 : at + 1] == "\r\n" for at in (start, end)):
            continue
        lines = Lines(expected, encoding)
        new = data.draw(TEXTS)
        changes.append(((lines.position(start), lines.position(end)), new))
        expected = expected[:start] + new + expected[end:]
    changed = document.changed(changes, 2)
    assert (changed.text, changed.version) == (expected, 2)
    assert document.text == text


def test_a_change_without_a_range_is_the_whole_text() -> None:
    document = Document("file:///x", "x", "old", 1, "yaml", UTF16)
    assert document.changed([(None, "new")], 2).text == "new"


def test_a_byte_order_mark_counts_in_positions_and_not_in_offsets() -> None:
    document = Document("file:///x", "x", "\ufeffa: 1\n", 1, "yaml", UTF16)
    assert document.source.text == "a: 1\n"
    assert document.offset(0, 1) == 0
    assert document.data.startswith(b"\xef\xbb\xbf")


@given(st.text(st.characters(blacklist_characters="/\0", blacklist_categories=("Cs",)), min_size=1))
def test_a_path_survives_its_way_through_a_uri(name: str) -> None:
    if name in (".", ".."):
        return
    path = f"/work/{name}"
    assert to_path(to_uri(path)) == path


@pytest.mark.parametrize(
    "uri",
    [
        "untitled:Untitled-1",
        "git:/a/compose.yaml",
        "file://server/share/a",
        "file:x",
        "",
        "file:///a%00b",
        "http://[",
        "%",
    ],
)
def test_what_is_not_a_file_of_this_machine_has_no_path(uri: str) -> None:
    assert to_path(uri) is None
