"""The parser in C gives the same with the rest of PyYAML and without it."""

from __future__ import annotations

import pytest
from checks import run_python

TEXTS = [
    "a: [1, 'b']\nc: &d |\n  text\ne: *d\n--- !x\n- \"f\"\n",
    "a: [1\nb: 2\n",
    "a: {b\n",
    "a: \x01\n",
    "a: *b\n",
    "\ta: b\n",
    "a: b: c\n",
    "%YAML 1.3\n--- a\n",
    "a: 'b\n",
    "[" * 300 + "\n",
    "",
]

PARSE = f"""
import sys
from composelint.linter.base import patterns
patterns.alone = sys.argv[1] == "part"
from composelint.linter.base.text import SourceFile
from composelint.linter.source.yaml.parser import parse_yaml
for text in {TEXTS!r}:
    file = parse_yaml(SourceFile("compose.yaml", text))
    print(file.problems, [(node.start, node.end, type(node)) for node in file.documents])
print("yaml.constructor" in sys.modules, "yaml._yaml" in sys.modules)
"""

LATER = """
import yaml
text = "a: [1, 2026-01-01]\\nb: &x {c: d}\\ne: *x"
assert yaml.load(text, Loader=yaml.CSafeLoader) == yaml.load(text, Loader=yaml.SafeLoader)
assert yaml.dump({"a": [1]}, Dumper=yaml.CSafeDumper) == yaml.dump({"a": [1]}, Dumper=yaml.SafeDumper)
for loader in (yaml.CSafeLoader, yaml.SafeLoader):
    for text in ("a: [1", "a: *b", "a: \\x01"):
        try:
            yaml.load(text, Loader=loader)
        except yaml.YAMLError:
            continue
        raise AssertionError(text)
print("whole")
"""


def test_both_ways_of_loading_give_the_same() -> None:
    pytest.importorskip("yaml._yaml")
    whole = run_python("-c", PARSE, "whole", check=True).stdout.splitlines()
    part = run_python("-c", PARSE, "part", check=True).stdout.splitlines()
    assert whole[:-1] == part[:-1]
    assert len(whole) == len(TEXTS) + 1
    assert (whole[-1], part[-1]) == ("True True", "False True")


def test_who_imports_pyyaml_later_gets_the_whole_of_it() -> None:
    pytest.importorskip("yaml._yaml")
    assert run_python("-c", PARSE + LATER, "part", check=True).stdout.endswith("whole\n")


def test_without_the_parser_in_c_the_other_one_is_loaded() -> None:
    hidden = 'import sys\nsys.modules["yaml._yaml"] = None\n'
    assert "Mapping" in run_python("-c", hidden + PARSE, "part", check=True).stdout
