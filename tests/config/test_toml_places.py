"""Places of keys and values in TOML documents."""

from __future__ import annotations

import json
import tomllib
from typing import Any

import pytest
from composelint.linter.base.text import SourceFile
from composelint.linter.config.document import Document
from composelint.linter.config.toml_places import Path, find_places
from hypothesis import given
from hypothesis import strategies as st

CASES = [
    # text, path, key at, value at
    ("a = 1", ("a",), "1:1", "1:5"),
    ("# c\n\n  a=1", ("a",), "3:3", "3:5"),
    ("a.b . c = 1", ("a", "b", "c"), "1:7", "1:11"),
    ("a.b.c = 1", ("a", "b"), "1:3", "1:3"),
    ('"a b".c = 1', ("a b", "c"), "1:7", "1:11"),
    ("'a.b' = 1", ("a.b",), "1:1", "1:9"),
    ('"\\u0061" = 1', ("a",), "1:1", "1:12"),
    ('"é" = 1\nb = 2', ("é",), "1:1", "1:7"),
    ("[t]\na = 1", ("t",), "1:2", "1:2"),
    ("[t]\na = 1", ("t", "a"), "2:1", "2:5"),
    ("[ t . u ] # x\na = 1", ("t", "u"), "1:7", "1:7"),
    ("[t.u]\na.b = 1", ("t", "u", "a", "b"), "2:3", "2:7"),
    ("[[t]]\na = 1\n[[t]]\na = 2", ("t", 1), "3:3", "3:3"),
    ("[[t]]\na = 1\n[[t]]\na = 2", ("t", 1, "a"), "4:1", "4:5"),
    ("[[t]]\n[t.u]\na = 1\n[[t]]\n[t.u]\na = 2", ("t", 1, "u", "a"), "6:1", "6:5"),
    ("[[t]]\n[[t.u]]\n[[t.u]]\na = 1\n[[t]]\n[[t.u]]\na = 2", ("t", 1, "u", 0, "a"), "7:1", "7:5"),
    ("a = [1, 2]", ("a", 1), "1:9", "1:9"),
    ("a = [ # x\n  1, # ]\n  2,\n]", ("a", 1), "3:3", "3:3"),
    ("a = [[1], [2, 3]]", ("a", 1, 1), "1:15", "1:15"),
    ("a = {b = 1, c.d = 2}", ("a", "b"), "1:6", "1:10"),
    ("a = {b = 1, c.d = 2}", ("a", "c", "d"), "1:15", "1:19"),
    ("a = [{b = 1}, {b = 2}]", ("a", 1, "b"), "1:16", "1:20"),
    ("a = {}\nb = []\nc = 1", ("c",), "3:1", "3:5"),
    ('a = "#, ]\\""\nb = 1', ("b",), "2:1", "2:5"),
    ("a = '\\'\nb = 1", ("b",), "2:1", "2:5"),
    ('a = """\n"x" = 1\n"""\nb = 1', ("b",), "4:1", "4:5"),
    ('a = """x"""""\nb = 1', ("b",), "2:1", "2:5"),
    ('a = """\\""""\nb = 1', ("b",), "2:1", "2:5"),
    ("a = '''\nx''\n'''''\nb = 1", ("b",), "4:1", "4:5"),
    ("a = 1979-05-27 07:32:00\nb = 1", ("b",), "2:1", "2:5"),
    ("a = 1\r\nb = 2\r\n", ("b",), "2:1", "2:5"),
    ("a = [\r\n 1,\r\n 2]\r\n", ("a", 1), "3:2", "3:2"),
    ('["a.b".c]\nd = 1', ("a.b", "c", "d"), "2:1", "2:5"),
]


@pytest.mark.parametrize(("text", "path", "key", "value"), CASES)
def test_each_key_and_value_has_its_place(text: str, path: Path, key: str, value: str) -> None:
    source = SourceFile("x.toml", text)
    place = find_places(text)[path]
    positions = [source.position(offset) for offset in place]
    assert [f"{at.line}:{at.column}" for at in positions] == [key, value]


def test_a_path_without_a_place_has_that_of_its_container() -> None:
    text = "[t]\na = [1]"
    document = Document(SourceFile("x.toml", text), "/", {}, find_places(text))
    assert document.position(("t", "a", 7, "x")) == (2, 5)
    assert document.position(("t", "a", 7, "x"), on_key=True) == (2, 1)
    assert document.position(("z",)) == (1, 1)


def paths_of(data: Any, path: Path = ()) -> set[Path]:
    """The path of every value."""
    paths: set[Path] = {path} if path else set()
    if isinstance(data, dict):
        for key, value in data.items():
            paths |= paths_of(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            paths |= paths_of(value, (*path, index))
    return paths


KEYS = st.sampled_from(["a", "b-c", "d e", "f.g", "é", 'h"i', "[j]", "#k", ""])
SCALARS = st.one_of(
    st.integers(-5, 5).map(str),
    st.booleans().map(lambda value: str(value).lower()),
    st.sampled_from(
        ["1979-05-27 07:32:00", "1e3", "'x # ]'", "'''\ny\n'''", '"""\n"z" = [\n"""', '"\\\\"']
    ),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=6).map(
        lambda text: json.dumps(text, ensure_ascii=False)
    ),
)


def key_text(key: str) -> str:
    return key if key.replace("-", "").isalnum() and key.isascii() else json.dumps(key)


def inline(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key_text(k)} = {inline(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", # x ]\n ".join(map(inline, value)) + "\n]"
    return str(value)


def block(table: dict[str, Any], prefix: list[str]) -> str:
    """A table with headers for the tables in it, and for lists of tables."""
    lines = []
    tables = []
    for key, value in table.items():
        name = [*prefix, key_text(key)]
        if isinstance(value, dict) and len(key) % 2:
            tables.append(f"[{' . '.join(name)}] # t\n{block(value, name)}")
        elif isinstance(value, list) and value and all(isinstance(v, dict) for v in value):
            tables += [f"[[{'.'.join(name)}]]\n{block(v, name)}" for v in value]
        else:
            lines.append(f"  {key_text(key)} = {inline(value)}\n")
    return "".join(lines) + "".join(tables)


VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(KEYS, inner, max_size=3)),
    max_leaves=12,
)


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_exactly_the_values_have_places(table: dict[str, Any]) -> None:
    text = block(table, [])
    assert set(find_places(text)) == paths_of(tomllib.loads(text))


def test_large_documents_take_linear_time() -> None:
    text = "a = [" + '"x", ' * 100_000 + "]\n" + 'b = """' + '"x' * 100_000 + '"""\n'
    assert len(find_places(text)) == 100_002
