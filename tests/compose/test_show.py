"""The resolved stack as YAML."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from checks import plain
from composelint.linter.base.text import SourceFile
from composelint.linter.compose.show import render_stack
from composelint.linter.compose.stack import load_stack
from composelint.linter.files.reader import Reader
from composelint.linter.source.yaml.parser import parse_yaml
from hypothesis import given
from hypothesis import strategies as st


def show(files: dict[str, str], folder: Path, origins: bool = False) -> str:
    for name, text in files.items():
        (folder / name).write_text(text)
    stack = load_stack(list(files), Reader(".", base=str(folder)))
    return render_stack(stack.tree, origins)


def test_the_merged_stack_is_rendered(tmp_path: Path) -> None:
    files = {
        "a.yaml": 'services:\n  web:\n    image: nginx:1.29\n    ports: ["80:80"]\n    command: [a, "1"]\n',
        "b.yaml": "services:\n  web:\n    environment: {MODE: 'yes', EMPTY: }\n",
    }
    assert show(files, tmp_path) == (
        "services:\n"
        "  web:\n"
        "    image: nginx:1.29\n"
        "    ports:\n"
        "      - mode: ingress\n"
        "        target: 80\n"
        '        published: "80"\n'
        "        protocol: tcp\n"
        "    command:\n"
        "      - a\n"
        '      - "1"\n'
        "    environment:\n"
        '      MODE: "yes"\n'
        "      EMPTY: null\n"
    )


def test_every_value_can_have_its_place_beside_it(tmp_path: Path) -> None:
    files = {
        "a.yaml": "services:\n  web:\n    image: nginx:1.29\n",
        "b.yaml": "services:\n  web:\n\n    restart: always\n",
    }
    text = show(files, tmp_path, origins=True)
    assert "    image: nginx:1.29  # a.yaml:3\n" in text
    assert "    restart: always  # b.yaml:4\n" in text


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(st.dictionaries(st.text(min_size=1, max_size=5), VALUES, max_size=3))
def test_the_rendered_text_loads_to_the_same_values(data: dict[str, Any]) -> None:
    text = yaml.safe_dump(data, default_style='"')
    (root,) = parse_yaml(SourceFile("f", text)).documents or [None]
    if root is None:
        pytest.fail("safe_dump writes a document")
    rendered = parse_yaml(SourceFile("g", render_stack(root)))
    assert rendered.problems == []
    assert plain(rendered.documents[0]) == plain(root)
