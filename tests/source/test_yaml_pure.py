"""Where libyaml is missing, a parser in Python reads the same: trees, places, problems."""

from __future__ import annotations

from typing import Any

import pytest
from checks import run_python
from composelint.linter.base.text import SourceFile
from composelint.linter.source.yaml import parser
from composelint.linter.source.yaml.nodes import Alias, Mapping, Node, Scalar, Sequence
from composelint.linter.source.yaml.pure import PureParser
from hypothesis import given
from hypothesis import strategies as st

ODD = [
    "",
    "a",
    "a: b\n",
    "a:\tb\t# c\nd: e\tf\n",
    "a: [b\t, c\td]\n\tx\n",
    "a: b\n\tc\n",
    "\ta: b\n",
    "\ufeffa: b\n",
    "a: |#\n b\n",
    "a: |+\n b\n\nc: >-\n d\n",
    "a: [b? c, d?]\n",
    "a: {b? : c, ? d}\n",
    "a: [http://x:80/y, b:c]\n",
    "a: [b:]\n",
    "a: {b:, c: d}\n",
    "a: [b, c\n",
    "a: [b, c",
    "a: {b\nc: d\n",
    "a:\n  - b\n c: d\n",
    "a: |\t# text\n  b\n\n  c\nd: >2-\n   e\n",
    "a: |x\n  b\n",
    "a: >0\n  b\n",
    "a: &b {c: d}\ne: *b\nf: {<<: *b}\n",
    "a: &\nb: *\n",
    "a: !x b\nc: !<tag:y> d\ne: !!str 1\n",
    'a: !x"b"\n',
    'a: "\\q"\n',
    'a: "\\x4"\n',
    "a: 'b\n",
    "%YAML 1.1\n---\na: b\n...\n---\nc\n",
    "%x\n---\na\n",
    "% a\n",
    "a: b: c\n",
    "a\nb: c\n",
    "a: b\n- c\n",
    "a: - b\n",
    "a: ? b\n",
    "a: \x01\n",
    "é: 😀\nb: \x07\n",
    "a: b\r\n c\r\nd: e\rf: g\n",
    "a: b\u2028  c\n",
    f"{'k' * 1100}: v\n",
    f"a: [{'k' * 1100}]\n",
    f"a: {{{'k' * 1100}: v}}\n",
    "[" * 300,
    "- " * 300,
]


def tree(node: Node | None) -> Any:
    """A node as plain data, with its places."""
    if node is None:
        return None
    inner: Any = None
    if isinstance(node, Scalar):
        inner = (node.value, node.style)
    elif isinstance(node, Mapping):
        inner = (node.flow, [(tree(entry.key), tree(entry.value)) for entry in node.entries])
    elif isinstance(node, Sequence):
        inner = (node.flow, [tree(item) for item in node.items])
    elif isinstance(node, Alias):
        inner = node.name
    return type(node).__name__, node.start, node.end, node.tag, node.anchor, inner


def read(text: str) -> Any:
    file = parser.parse_yaml(SourceFile("compose.yaml", text))
    return [tree(node) for node in file.documents], file.scalars, file.problems, file.long_key


def read_by_both(text: str) -> tuple[Any, Any]:
    pytest.importorskip("yaml._yaml")
    in_c = read(text)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "_Parser", PureParser)
        return in_c, read(text)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
def test_odd_texts_are_read_alike(text: str) -> None:
    in_c, in_python = read_by_both(text)
    assert in_python == in_c


PLAIN = st.text("ab1.-/?#$%@'\" \t:é😀", min_size=1, max_size=8).filter(
    lambda text: (
        text.strip() == text
        and text[0] not in "-?#%@'\"\t:"
        and ": " not in text
        and ":\t" not in text
        and text[-1] != ":"
        and " #" not in text
        and "\t#" not in text
    )
)
VALUES = st.recursive(
    PLAIN,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN, inner, max_size=3),
    max_leaves=8,
)


def written(value: Any, indent: str = "") -> str:
    """A value as block YAML."""
    if isinstance(value, str):
        return f" {value}\n"
    if not value:
        return " {}\n" if isinstance(value, dict) else " []\n"
    if isinstance(value, dict):
        lines = (f"{indent}{key}:{written(each, indent + '  ')}" for key, each in value.items())
    else:
        lines = (f"{indent}-{written(each, indent + '  ')}" for each in value)
    return "\n" + "".join(lines)


@given(VALUES, st.sampled_from(["\n", "\r\n"]))
def test_whatever_is_written_is_read_alike(value: Any, newline: str) -> None:
    in_c, in_python = read_by_both(written(value).replace("\n", newline))
    assert in_python == in_c


@given(st.text("a:-[]{},&*!|>'\"%? \t\n#", max_size=12))
def test_no_text_is_too_odd_for_the_parser_in_python(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(parser, "_Parser", PureParser)
        file = parser.parse_yaml(SourceFile("compose.yaml", text))
    assert all(0 <= each.start <= each.end <= len(text) for each in file.problems)


WITHOUT_C = """
import sys
sys.modules["yaml._yaml"] = None
from composelint.linter.source.yaml import parser
print(parser._Parser.__name__)
"""


def test_it_is_used_where_libyaml_is_missing() -> None:
    assert run_python("-c", WITHOUT_C, check=True).stdout == "PureParser\n"
