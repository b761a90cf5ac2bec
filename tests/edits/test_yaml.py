"""Edits of YAML nodes: where they write, and when they refuse."""

from __future__ import annotations

import pytest
from composelint.linter.base.text import SourceFile
from composelint.linter.edits.yaml import (
    Tree,
    add_entry,
    append_item,
    quoted,
    remove_entry,
    replace_list,
    step_of,
)
from composelint.linter.fixing.engine import apply_edits
from composelint.linter.source.yaml.nodes import Mapping, Scalar, Sequence
from composelint.linter.source.yaml.parser import parse_yaml


def parse(text: str) -> Mapping:
    file = parse_yaml(SourceFile("compose.yaml", text))
    assert not file.problems, text
    (root,) = file.documents
    assert isinstance(root, Mapping)
    return root


def at(root: Mapping, *names: str) -> Mapping:
    """The mapping at a path of keys."""
    node = root
    for name in names:
        child = node.get(name)
        assert isinstance(child, Mapping)
        node = child
    return node


def added(text: str, mapping: str, path: str, value: Tree) -> str | None:
    """The text with a value at a dotted path below a mapping; None if that is refused."""
    root = parse(text)
    edit = add_entry(at(root, *mapping.split(".")) if mapping else root, path.split("."), value)
    if edit is None:
        return None
    result = apply_edits(root.file.text, [edit], root.file.newline)
    parse(result)
    return result


@pytest.mark.parametrize(
    ("before", "inside", "path", "value", "after"),
    [
        # After the last key, at the indentation of its siblings.
        ("a:\n  x: 1\n", "a", "y", "2", "a:\n  x: 1\n  y: 2\n"),
        ("a:\n    x: 1\n", "a", "y", "2", "a:\n    x: 1\n    y: 2\n"),
        ("a:\n  x: 1\nb: 2\n", "a", "y", "2", "a:\n  x: 1\n  y: 2\nb: 2\n"),
        # Without a newline at the end of the file.
        ("a:\n  x: 1", "a", "y", "2", "a:\n  x: 1\n  y: 2"),
        # The file's own line endings.
        ("a:\r\n  x: 1\r\n", "a", "y", "2", "a:\r\n  x: 1\r\n  y: 2\r\n"),
        # Nested mappings take the file's own step.
        ("a:\n    x: 1\n", "a", "y.z", "2", "a:\n    x: 1\n    y:\n        z: 2\n"),
        ("a:\n  x: 1\n", "a", "y.z", "2", "a:\n  x: 1\n  y:\n    z: 2\n"),
        # Existing keys are used.
        ("a:\n  y:\n    x: 1\n", "a", "y.z", "2", "a:\n  y:\n    x: 1\n    z: 2\n"),
        ("a:\n  y:\n  x: 1\n", "a", "y.z", "2", "a:\n  y:\n    z: 2\n  x: 1\n"),
        ("a:\n  y:  # why\n  x: 1\n", "a", "y.z", "2", "a:\n  y:  # why\n    z: 2\n  x: 1\n"),
        ("a:\n  y: {x: 1}\n", "a", "y.z", "2", "a:\n  y: {x: 1, z: 2}\n"),
        ("a:\n  y: {}\n", "a", "y.z", "2", "a:\n  y: {z: 2}\n"),
        ("a: {x: 1}\n", "a", "y.z", "2", "a: {x: 1, y: {z: 2}}\n"),
        ("a: {x: 1,}\n", "a", "y", "2", "a: {x: 1, y: 2,}\n"),
        ("a: {\n  x: 1  # one\n}\n", "a", "y", "2", "a: {\n  x: 1, y: 2  # one\n}\n"),
        # Comments that are indented deeper belong to the lines above, others to those below.
        ("a:\n  x: 1\n  # of b\nb: 2\n", "a", "y", "2", "a:\n  x: 1\n  y: 2\n  # of b\nb: 2\n"),
        ("a:\n  x: 1\n# of b\nb: 2\n", "a", "y", "2", "a:\n  x: 1\n  y: 2\n# of b\nb: 2\n"),
        ("a:\n  x: 1\n\n# of b\nb: 2\n", "a", "y", "2", "a:\n  x: 1\n  y: 2\n\n# of b\nb: 2\n"),
        (
            "a:\n  x:\n    - 1\n    # - 2\n    #- 3\nb: 2\n",
            "a",
            "y",
            "2",
            "a:\n  x:\n    - 1\n    # - 2\n    #- 3\n  y: 2\nb: 2\n",
        ),
        ("a:\n  x: 1  # one\nb: 2\n", "a", "y", "2", "a:\n  x: 1  # one\n  y: 2\nb: 2\n"),
        # Values that end in several ways.
        ("a:\n  x: |\n    1\n\nb: 2\n", "a", "y", "2", "a:\n  x: |\n    1\n  y: 2\n\nb: 2\n"),
        ("a:\n  x:\nb: 2\n", "a", "y", "2", "a:\n  x:\n  y: 2\nb: 2\n"),
        ("a:\n  x: [1,\n    2]\nb: 2\n", "a", "y", "2", "a:\n  x: [1,\n    2]\n  y: 2\nb: 2\n"),
        ("a:\n- x: 1\n", "", "b", "2", "a:\n- x: 1\nb: 2\n"),
        # Lists in one line, or with a line for each item.
        ("a:\n  x: 1\n", "a", "y", ["1", '"2"'], 'a:\n  x: 1\n  y: [1, "2"]\n'),
        ("a:\n  x: 1\n", "a", "y", ("1", "2"), "a:\n  x: 1\n  y:\n    - 1\n    - 2\n"),
        ("a: {x: 1}\n", "a", "y", ("1", "2"), "a: {x: 1, y: [1, 2]}\n"),
        # A key alone.
        ("a:\n  x: 1\n", "", "b.c", "", "a:\n  x: 1\nb:\n  c:\n"),
        # Blank lines between top-level keys are kept.
        ("a:\n  x: 1\n\nb:\n  y: 2\n", "", "c.z", "3", "a:\n  x: 1\n\nb:\n  y: 2\n\nc:\n  z: 3\n"),
        ("a:\n  x: 1\n\n  y: 2\n", "", "c.z", "3", "a:\n  x: 1\n\n  y: 2\n\nc:\n  z: 3\n"),
        ("a:\n  x: 1\n  y: 2\n", "", "c.z", "3", "a:\n  x: 1\n  y: 2\nc:\n  z: 3\n"),
        ("a:\n  x: 1\nb:\n  y: 2\n", "", "c.z", "3", "a:\n  x: 1\nb:\n  y: 2\nc:\n  z: 3\n"),
    ],
)
def test_an_entry_is_added_in_the_style_of_the_file(
    before: str, inside: str, path: str, value: Tree, after: str
) -> None:
    assert added(before, inside, path, value) == after


@pytest.mark.parametrize(
    ("before", "inside", "path"),
    [
        # It exists.
        ("a:\n  x: 1\n", "a", "x"),
        # The path leads through a scalar, or through a node that aliases share.
        ("a:\n  x: 1\n", "a", "x.y"),
        ("b: &b\n  y: 1\na:\n  x: *b\n", "a", "x.z"),
        ("a:\n  x: &x\n    y: 1\nb: *x\n", "a", "x.z"),
        # The blank lines at the end belong to the value.
        ("a:\n  x: |+\n    1\n\n\nb: 2\n", "a", "y"),
    ],
)
def test_an_entry_is_not_added_where_it_would_change_more(
    before: str, inside: str, path: str
) -> None:
    assert added(before, inside, path, "2") is None


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n  - 1\n", "a:\n  - 1\n  - 2\n"),
        ("a:\n- 1\n", "a:\n- 1\n- 2\n"),
        ("a:\n  - 1", "a:\n  - 1\n  - 2"),
        ("a:\n  - 1  # one\n  - x: 1\n    y: 2\nb: 1\n", "a:\n  - 1  # one\n  - x: 1\n    y: 2\n  - 2\nb: 1\n"),
        ("a: [1]\n", "a: [1, 2]\n"),
        ("a: [1, ]\n", "a: [1, 2, ]\n"),
        ("a: []\n", None),
        ("a: &x [1]\nb: *x\n", None),
    ],
)  # fmt: skip
def test_an_item_is_appended_in_the_style_of_the_list(before: str, after: str | None) -> None:
    root = parse(before)
    sequence = root.get("a")
    assert isinstance(sequence, Sequence)
    edit = append_item(sequence, "2")
    assert (apply_edits(before, [edit]) if edit else None) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a:\n  - 1\n  - 2\nb: 1\n", "a:\n  x:\n    y: 1\n  z: 2\nb: 1\n"),
        ("a:\n- 1\nb: 1\n", "a:\n  x:\n    y: 1\n  z: 2\nb: 1\n"),
        ("a:\n    - 1\n", "a:\n    x:\n        y: 1\n    z: 2\n"),
        ("a: [1, 2]\n", "a: {x: {y: 1}, z: 2}\n"),
        ("a:\n  - 1  # one\n  - 2\n", None),
        ("a:\n  - 1\n  - 2  # two\n", "a:\n  x:\n    y: 1\n  z: 2  # two\n"),
        ("a: &l\n  - 1\nb: *l\n", None),
    ],
)
def test_a_list_becomes_a_mapping(before: str, after: str | None) -> None:
    entry = parse(before).entry("a")
    assert entry is not None
    edit = replace_list(entry, {"x": {"y": "1"}, "z": "2"})
    assert (apply_edits(before, [edit]) if edit else None) == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("a: 1\nb: 2\n", "b: 2\n"),
        ("a: 1  # gone\n\nb: 2\n", "b: 2\n"),
        ("# stays\na: 1\nb: 2\n", "# stays\nb: 2\n"),
        ("a:\n  x: 1\n  y: 2\nb: 2\n", "b: 2\n"),
        ("a: 1\n", None),
        ("{a: 1, b: 2}\n", None),
        ("a: &x 1\nb: *x\n", None),
    ],
)
def test_an_entry_is_removed_with_its_comment(before: str, after: str | None) -> None:
    root = parse(before)
    entry = root.entry("a")
    assert entry is not None
    edit = remove_entry(root, entry)
    assert (apply_edits(before, [edit]) if edit else None) == after


@pytest.mark.parametrize(
    ("text", "inside", "step"),
    [
        ("a:\n  b: 1\n", "a", 2),
        ("a:\n    b: 1\n", "a", 4),
        ("a:\n  b:\n      c: 1\n", "a", 4),
        ("a:\n b: 1\n", "a", 1),
        ("a: 1\n", "", 2),
        ("a: {}\n", "a", 2),
    ],
)
def test_the_step_is_the_indentation_of_nested_mappings(text: str, inside: str, step: int) -> None:
    root = parse(text)
    assert step_of(at(root, inside) if inside else root) == step


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a b", '"a b"'),
        ('say "x"', "'say \"x\"'"),
        ("it's", '"it\'s"'),
        ("both \" and '", '"both \\" and \'"'),
        ("a\\b", '"a\\\\b"'),
        ("line\n", '"line\\n"'),
        ("tab\t\"x\"", '"tab\\t\\"x\\""'),
    ],
)  # fmt: skip
def test_a_text_is_quoted_in_the_shortest_way(text: str, shown: str) -> None:
    assert quoted(text) == shown
    value = parse(f"a: {quoted(text)}\n").get("a")
    assert isinstance(value, Scalar)
    assert value.value == text
