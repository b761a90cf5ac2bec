"""The data files: well-formed, consistent with each other, and read only when needed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import composelint.linter.images
import jsonschema
import pytest
from checks import run_python
from composelint.linter.base.units import parse_size
from composelint.linter.images import ImageFacts, facts_for, parse_reference
from composelint.linter.images import data as image_data

FOLDER = Path(composelint.linter.images.__file__).parent
SCHEMA: dict[str, Any] = json.loads(
    (FOLDER.parent.parent / "schemas" / "images.schema.json").read_text(encoding="utf-8")
)
FILES = sorted(path.name for path in FOLDER.glob("*.json"))
TABLES = {
    "common.json": "commonFile",
    "contracts.json": "contractsFile",
    "distributions.json": "distributionsFile",
    "gone.json": "goneFile",
    "languages.json": "languagesFile",
    "lifecycle.json": "lifecycleFile",
    "variables.json": "variablesFile",
}


def document(name: str) -> dict[str, Any]:
    """A data file."""
    content: dict[str, Any] = json.loads((FOLDER / name).read_text(encoding="utf-8"))
    return content


IMAGES: list[tuple[str, str, dict[str, Any]]] = [
    (kind, name, entry)
    for kind in image_data.KINDS
    for name, entry in document(f"{kind}.json")["images"].items()
]


def every_entry(test: Any) -> Any:
    """Make a check of an image's entry the test of all images, which names those that fail."""

    def every_image() -> None:
        failed = {}
        for _, name, entry in IMAGES:
            try:
                test(name, entry)
            except AssertionError as error:
                failed[name] = str(error)
        assert failed == {}

    every_image.__doc__ = test.__doc__
    return every_image


def sample_tags(entry: dict[str, Any]) -> Iterator[str]:
    """Tags on both sides of every condition of the entry."""
    words: list[str] = []
    versions: set[str] = set()
    for case in entry.get("cases", ()):
        words += [word.rstrip("*") for word in case["when"].get("tag", ())]
        for bound in case["when"].get("version", "").split():
            *leading, last = bound.lstrip("<>=").split(".")
            versions |= {
                ".".join([*leading, last]),
                ".".join([*leading, str(max(0, int(last) - 1))]),
            }
    yield "latest"
    for version in [*sorted(versions), *entry.get("version_aliases", ()), "1"]:
        yield version
        yield from (f"{version}-{word}" for word in words)
    yield from words


def sample_facts(name: str, entry: dict[str, Any]) -> Iterator[ImageFacts]:
    """The facts for each of these tags."""
    for tag in sample_tags(entry):
        reference = parse_reference(f"{name.replace('*', 'x')}:{tag}")
        assert reference is not None
        facts = facts_for(reference)
        assert facts is not None
        yield facts


@pytest.mark.parametrize("name", FILES)
def test_files_are_valid_by_the_schema(name: str) -> None:
    part = {"$ref": f"#/$defs/{TABLES.get(name, 'kindFile')}", "$defs": SCHEMA["$defs"]}
    errors = jsonschema.Draft202012Validator(part).iter_errors(document(name))
    assert [f"{list(error.absolute_path)}: {error.message}" for error in errors] == []


def test_the_schema_is_valid_json_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_the_list_of_kinds_is_the_list_of_files() -> None:
    assert sorted([f"{kind}.json" for kind in image_data.KINDS] + list(TABLES)) == FILES
    for kind in image_data.KINDS:
        assert document(f"{kind}.json")["kind"] == (None if kind == "other" else kind)


def test_no_key_occurs_twice() -> None:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        keys = [key for key, _ in pairs]
        assert len(keys) == len(set(keys)), keys
        return dict(pairs)

    for name in FILES:
        json.loads((FOLDER / name).read_text(encoding="utf-8"), object_pairs_hook=unique)


def test_no_name_occurs_twice() -> None:
    names = [name for _, key, entry in IMAGES for name in (key, *entry.get("aliases", ()))]
    assert len(names) == len(set(names))
    assert len(IMAGES) >= 70


def test_each_name_is_found_in_the_index() -> None:
    assert (FOLDER / "names.txt").read_text(encoding="utf-8") == image_data.index()
    for kind, key, entry in IMAGES:
        for name in (key, *entry.get("aliases", ())):
            found = image_data.find(name)
            assert found == (None if kind == "other" else kind, entry), name


def test_the_longest_pattern_counts() -> None:
    patterns = image_data.index().partition("\n\n")[0].split("\n")
    names = [line.partition("*")[0] for line in patterns]
    assert len(names) > 5
    assert names == sorted(names, key=lambda name: -len(name))
    assert image_data.find(f"{names[0]}anything") is not None
    assert image_data.find("example/unheard-of") is None
    assert image_data.find("") is None


def test_each_product_is_found() -> None:
    table = document("lifecycle.json")
    assert image_data.lifecycle_taken() == table["taken"]
    for name, entry in table["products"].items():
        assert image_data.product(name) == entry
    assert image_data.product("example") == {}


@every_entry
def test_names_are_short_names(name: str, entry: dict[str, Any]) -> None:
    for text in (name, *entry.get("aliases", ())):
        reference = parse_reference(text.replace("*", "x"))
        assert reference is not None
        assert reference.name == text.replace("*", "x")
        assert reference.tag is None


@every_entry
def test_names_of_other_tables_exist(name: str, entry: dict[str, Any]) -> None:
    products = image_data.load("lifecycle")["products"]
    systems = image_data.common()["systems"]
    if "lifecycle" in entry:
        assert entry["lifecycle"] in products
        assert "endoflife.date" in entry["sources"]
    if "version_pattern" in entry:
        assert re.compile(entry["version_pattern"]).groups == 1
    for facts in (entry, *entry.get("cases", ())):
        assert facts.get("os") is None or facts["os"] in systems


@every_entry
def test_dates_are_valid(name: str, entry: dict[str, Any]) -> None:
    assert date.fromisoformat(entry["taken"]) <= date(2026, 11, 24)
    for facts in (entry, *entry.get("cases", ())):
        since = (facts.get("deprecated") or {}).get("since")
        assert since is None or date.fromisoformat(since) <= date.fromisoformat(entry["taken"])


def test_dates_of_the_lifecycle_table_are_valid() -> None:
    table = image_data.load("lifecycle")
    assert date.fromisoformat(table["taken"]) <= date(2026, 11, 24)
    for product, entry in table["products"].items():
        for cycle, end in entry["cycles"].items():
            assert end is None or date.fromisoformat(end).year > 1995, (product, cycle)
    for product, cycle in image_data.common()["suites"].values():
        assert cycle in table["products"][product]["cycles"]


@every_entry
def test_facts_of_an_image_do_not_contradict_each_other(name: str, entry: dict[str, Any]) -> None:
    for facts in sample_facts(name, entry):
        check = facts.healthcheck
        if check is not None:
            if check.test[0] == "CMD-SHELL":
                assert facts.shell in (None, "/bin/sh")
            else:
                assert check.test[0] == "CMD"
                tool = check.test[1]
                assert tool.startswith("/opt/") or facts.tool(tool) is not False, facts
        if facts.drops_privileges:
            assert facts.runs_as_root
        if facts.min_memory is not None and facts.suggested_memory is not None:
            assert (parse_size(facts.suggested_memory) or 0) >= facts.min_memory
        assert not set(facts.data_paths) & set(facts.wrong_data_paths)
        assert all(0 < port.number < 65536 for port in facts.ports)


@every_entry
def test_a_replacement_is_not_deprecated(name: str, entry: dict[str, Any]) -> None:
    for facts in sample_facts(name, entry):
        for text in facts.deprecated.replacements if facts.deprecated else ():
            reference = parse_reference(text)
            assert reference is not None
            replacement = facts_for(reference)
            assert (
                replacement is None or replacement.name == facts.name or not replacement.deprecated
            )


def test_no_table_is_read_before_it_is_needed() -> None:
    script = (
        "from composelint.linter.images import parse_reference, data\n"
        "parse_reference('postgres:16')\n"
        "assert data._text.cache_info().currsize == 0\n"
    )
    run_python("-c", script, check=True)
