"""The published schemas, and that the loader's own checks agree with them."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from checks import ROOT
from composelint.linter.base.names import PRESETS
from composelint.linter.base.text import SourceFile
from composelint.linter.config.check import check_document
from composelint.linter.config.document import Document
from composelint.linter.config.policy_schema import POLICY_FILE
from composelint.linter.config.schema import CONFIG, DEFINITIONS
from composelint.linter.config.settings import PRESETS_BY_NAME
from composelint.linter.rulebook.registry import all_rules
from hypothesis import given
from hypothesis import strategies as st

from schemas import config_schema, policy_schema, published_schemas


@pytest.mark.parametrize("name", ["config.schema.json", "policy.schema.json"])
def test_published_schemas_are_current(name: str) -> None:
    expected = published_schemas(all_rules())[name]
    assert (ROOT / "schemas" / name).read_text(encoding="utf-8") == expected


@pytest.mark.parametrize("schema", [config_schema(all_rules()), policy_schema()])
def test_published_schemas_are_valid_json_schema(schema: dict[str, Any]) -> None:
    jsonschema.Draft7Validator.check_schema(schema)


def properties(schema: Any, path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """The path and the schema of each property."""
    if isinstance(schema, dict):
        for name, each in schema.get("properties", {}).items():
            yield f"{path}/{name}", each
        for key, each in schema.items():
            yield from properties(each, f"{path}/{key}")
    elif isinstance(schema, list):
        for each in schema:
            yield from properties(each, path)


@pytest.mark.parametrize("schema", [config_schema(all_rules()), policy_schema()])
def test_every_property_is_described(schema: dict[str, Any]) -> None:
    for path, each in properties(schema):
        assert each.get("description", "").endswith("."), path


def test_every_key_of_the_configuration_is_read() -> None:
    text = "".join(
        (ROOT / "linter" / file).read_text(encoding="utf-8")
        for file in ("config/build.py", "config/find.py", "rulebook/binding.py")
    )
    for key in CONFIG["properties"]:
        if key != "$schema":
            assert f'"{key}"' in text, key


# --- agreement with an independent validator ---

KEYS = sorted(CONFIG["properties"])
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 5),
    st.floats(allow_nan=False, allow_infinity=False, width=16).filter(lambda x: x != int(x)),
    st.sampled_from(
        [
            "", "x", "CF201", "ALL", "production", "error", "never", "full", "512M", "4 GB", "10%",
            "auto", "30s", "always", "acme_rules", "a b", "ACME001", "a-name", "stack",
        ]
    ),
)  # fmt: skip
INNER_KEYS = sorted(
    {path.rpartition("/")[2] for path, _ in properties({"all": [CONFIG, POLICY_FILE, DEFINITIONS]})}
    | {"zzz", "CF201"}
)  # fmt: skip
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.dictionaries(st.sampled_from(INNER_KEYS), inner, max_size=3),
    ),
    max_leaves=6,
)


def accepts(schema: dict[str, Any], data: dict[str, Any]) -> bool:
    """Whether the loader finds no error in the data."""
    document = Document(SourceFile("x.toml", ""), "/", data, {})
    return not check_document(document, schema, DEFINITIONS)


@given(st.dictionaries(st.sampled_from([*KEYS, "zzz"]), VALUES, max_size=3))
def test_the_loader_and_the_published_schema_agree(data: dict[str, Any]) -> None:
    validator = jsonschema.Draft7Validator(config_schema([]))
    assert accepts(CONFIG, data) == validator.is_valid(data)


@pytest.mark.parametrize("key", KEYS)
@given(data=st.data())
def test_they_agree_on_each_setting(key: str, data: st.DataObject) -> None:
    given_data = {key: data.draw(VALUES)}
    validator = jsonschema.Draft7Validator(config_schema([]))
    assert accepts(CONFIG, given_data) == validator.is_valid(given_data)


@given(st.fixed_dictionaries({"policies": VALUES}))
def test_they_agree_on_policies(data: dict[str, Any]) -> None:
    validator = jsonschema.Draft7Validator(policy_schema())
    assert accepts(POLICY_FILE, data) == validator.is_valid(data)


# --- presets ---

PAGE = (ROOT / "docs" / "presets.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", PRESETS)
def test_the_docs_say_what_each_preset_is_for(name: str) -> None:
    rows = [line for line in PAGE.splitlines() if line.startswith(f"| `{name}` | ")]
    assert len(rows) == 1


@pytest.mark.parametrize(("part", "name"), PRESETS_BY_NAME)
def test_the_docs_say_which_file_names_choose_a_preset(part: str, name: str) -> None:
    text = PAGE.partition("## A file name can choose")[2].partition(f"`*{part}*`")[2]
    chosen = re.search(r"`([a-z]+)`", text)
    assert chosen is not None
    assert chosen[1] == name


def test_presets_of_rules_exist() -> None:
    for rule in all_rules():
        assert set(rule.presets) <= set(PRESETS) - {"all"}, rule
        assert set(rule.severity_in) <= set(PRESETS) - {"all"}, rule


def test_an_example_configuration_is_valid_by_the_published_schema() -> None:
    data = tomllib.loads(
        'preset = "hybrid"\n[[stacks]]\nfiles = ["a.yaml"]\n[host]\nmemory = "8G"\n'
    )
    jsonschema.Draft7Validator(config_schema(all_rules())).validate(json.loads(json.dumps(data)))
