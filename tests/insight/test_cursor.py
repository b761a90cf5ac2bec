"""The place of a cursor in a Compose file, by the indentation of its lines."""

from __future__ import annotations

import pytest
from composelint.linter.insight.cursor import cursor_at
from composelint.linter.insight.lines import outline
from hypothesis import given
from hypothesis import strategies as st
from typed_texts import MARK, unmarked

WEB = "services:\n  web:\n    image: nginx\n"

PLACES = {
    "se¦": ("key", ()),
    "services:\n  ¦": ("key", ("services",)),
    WEB + "    ¦": ("key", ("services", "web")),
    WEB + "    po¦\n    user: x\n  db:\n    a: b\n": ("key", ("services", "web")),
    WEB + "  ¦": ("key", ("services",)),
    WEB + "¦": ("key", ()),
    WEB + "    ports:\n      - ¦": ("item", ("services", "web", "ports", 0)),
    WEB + '    ports:\n    - "80¦"': ("item", ("services", "web", "ports", 0)),
    WEB + "    ports:\n    - a\n\n    # b\n    - ¦": ("item", ("services", "web", "ports", 1)),
    WEB + "    depends_on: [a, ¦]": ("item", ("services", "web", "depends_on", 1)),
    WEB + "    cap_add: [\n      A,\n      ¦\n    ]": ("item", ("services", "web", "cap_add", 1)),
    WEB + "    healthcheck: {test: x, ¦}": ("key", ("services", "web", "healthcheck")),
    WEB + "    healthcheck: {test: ¦": ("value", ("services", "web", "healthcheck", "test")),
    "services:\n  web: {depends_on: {db: {¦}}}": ("key", ("services", "web", "depends_on", "db")),
    "services:\n  web: {ports: [{target: ¦}]}": (
        "value",
        ("services", "web", "ports", 0, "target"),
    ),
    WEB + "    depends_on:\n      db:\n        condition: ¦": (
        "value",
        ("services", "web", "depends_on", "db", "condition"),
    ),
    WEB + "    volumes:\n      - type: bind\n        ¦\n      - x": (
        "key",
        ("services", "web", "volumes", 0),
    ),
    WEB + "    volumes:\n      - a\n      - type: ¦": (
        "value",
        ("services", "web", "volumes", 1, "type"),
    ),
    WEB + "    command: >\n      echo ${¦": ("text", ("services", "web", "command")),
    WEB + "    # composelint: ig¦": ("comment", ()),
    WEB + "    user: x # composelint¦": ("comment", ()),
    WEB + "    user: 'x # ¦'": ("value", ("services", "web", "user")),
    "include:\n  - path: ¦": ("value", ("include", 0, "path")),
    "x:\n- - a¦": ("item", ("x", 0, 0)),
    'services:\n  "we.b":\n    ¦': ("key", ("services", "we.b")),
    "services:\r\n  web:\r\n    im¦": ("key", ("services", "web")),
    "name: a\n---\nservices:\n  ¦": ("key", ("services",)),
    "services:\n  web: &base\n    ¦": ("key", ("services", "web")),
    "services:\n  web: !override\n    ¦": ("key", ("services", "web")),
    WEB
    + "    develop:\n      watch:\n        - action: rebuild\n          ignore:\n            - ¦": (
        "item",
        ("services", "web", "develop", "watch", 0, "ignore", 0),
    ),
    "services:\n  web:\n    environment\n      ¦\n    image: a": ("key", ("services", "web")),
    "services:\n  web:\n    environment:\n\n      A: ¦\n": (
        "value",
        ("services", "web", "environment", "A"),
    ),
}


@pytest.mark.parametrize("text", PLACES, ids=repr)
def test_the_path_is_that_of_the_indentation(text: str) -> None:
    cursor = cursor_at(*unmarked(text))
    assert (cursor.role, cursor.path) == PLACES[text]


SIBLINGS = {
    WEB + "    ¦\n    user: x\n  db:\n    ports: []\n": {"image": "nginx", "user": "x"},
    "services:\n  a: {}\n  ¦\n  b:\n    image: x\n": {"a": "{}", "b": ""},
    "x:\n  - type: bind\n    ¦\n  - source: y\n": {"type": "bind"},
    "x:\n  - type: bind\n  - ¦\n    target: z\n": {"target": "z"},
    "x: {a: 1, b: [2, 3], ¦}": {"a": "1", "b": ""},
}


@pytest.mark.parametrize("text", SIBLINGS, ids=repr)
def test_siblings_are_the_keys_of_the_same_mapping(text: str) -> None:
    assert cursor_at(*unmarked(text)).siblings == SIBLINGS[text]


def test_the_word_ends_where_the_key_or_value_does() -> None:
    text, offset = unmarked("services:\n  web:\n    im¦age: nginx  # web\n")
    cursor = cursor_at(text, offset)
    assert (text[cursor.start : cursor.end], cursor.typed, cursor.has_value) == (
        "image",
        "im",
        True,
    )
    text, offset = unmarked("services:\n  web:\n    image: ng¦inx  # web\n")
    cursor = cursor_at(text, offset)
    assert (text[cursor.start : cursor.end], cursor.typed) == ("nginx", "ng")
    text, offset = unmarked("a: 'x ¦y' # z")
    cursor = cursor_at(text, offset)
    assert (text[cursor.start : cursor.end], cursor.quote) == ("x y", "'")


def test_the_outline_of_a_broken_file_has_its_names() -> None:
    text = "services:\n  web:\n    image: [\n  db:\n    ima\nnetworks:\n  back:\nvolumes: {a: {}}\n"
    found = outline(text)
    assert {section: list(names) for section, names in found.items()} == {
        "services": ["web", "db"],
        "networks": ["back"],
        "volumes": [],
    }
    assert text[found["services"]["db"] :].startswith("db:")


_LINES = st.lists(
    st.tuples(
        st.integers(0, 4),
        st.sampled_from(
            [
                "a:",
                "b: c",
                "- d",
                "- e: f",
                "- ",
                "g: [h, ",
                "i: {j: k",
                "]",
                "}",
                "l: |",
                "# m",
                "n",
                '"o',
                "- - p",
                "<<: *q",
                "",
                "r: &s",
                "---",
            ]
        ),
    ),
    max_size=12,
)


@given(_LINES, st.integers(0, 200))
def test_every_place_of_any_lines_has_an_answer(lines: list[tuple[int, str]], at: int) -> None:
    text = "\n".join("  " * depth + line for depth, line in lines)
    offset = min(at, len(text))
    cursor = cursor_at(text, offset)
    assert cursor.start <= offset <= cursor.end
    assert text[cursor.start : offset] == cursor.typed


@given(st.text(max_size=80), st.integers(0, 100))
def test_every_place_of_any_text_has_an_answer(text: str, at: int) -> None:
    cursor = cursor_at(text, at)
    offset = min(at, len(text))
    assert cursor.start <= offset <= cursor.end
    assert MARK not in cursor.role
