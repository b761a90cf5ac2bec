"""The contracts of images: the tables fit each other, and each part holds for the versions it names."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from composelint.linter.images import data
from composelint.linter.images.contracts import Contract, contract_for

IMAGES: dict[str, dict[str, Any]] = data.load("contracts")["images"]


def contract(name: str, tag: str = "", version: tuple[int, ...] | None = None) -> Contract:
    found = contract_for(name, tag, version)
    assert found is not None
    return found


def test_the_tables_are_of_a_day(record_property: pytest.RecordProperty) -> None:
    taken = date.fromisoformat(data.load("variables")["taken"])
    record_property("age of the table of variables in days", (date.today() - taken).days)
    assert taken >= date(2026, 8, 21)
    assert all(date.fromisoformat(entry["taken"]) >= taken for entry in IMAGES.values())


def test_many_images_have_contracts() -> None:
    assert len(set(IMAGES) | set(data.load("variables")["images"])) >= 80
    assert set(data.variables("postgres")) >= {"POSTGRES_PASSWORD", "PGDATA"}
    assert data.variables("acme") == []
    assert contract_for("acme", "", None) is None


@pytest.mark.parametrize("name", IMAGES)
def test_an_entry_fits_the_others(name: str) -> None:
    entry = IMAGES[name]
    assert entry.get("like", name) in IMAGES
    assert not set(entry.get("slips", ())) & contract(name).variables
    assert name not in entry.get("aliases", ())
    for part in entry.get("required", ()):
        assert part["any"] or part["or_values"]


def test_parts_hold_for_their_versions() -> None:
    assert contract("postgres", "17", (17,)).required
    assert contract("postgres", "11", (11,)).required
    assert not contract("postgres", "11.5", (11, 5)).required
    assert not contract("postgres", "9.4", (9, 4)).required
    assert contract("postgres", "").required
    assert contract("postgres", "alpine").required
    unknown = contract_for("postgres", None, None)
    assert unknown is not None
    assert not unknown.required
    # What is like another image has what that image documents.
    assert "POSTGRES_PASSWORD" in contract("postgis/postgis").variables
    assert contract("bitnamilegacy/redis").required == contract("bitnami/redis").required


def test_kinds_of_characters_count() -> None:
    refusals = contract("mcr.microsoft.com/mssql/server").refusals
    refused = [
        word
        for word in ("", "Short-1", "simple-words", "Simple-words")
        if any(refusal.refuses(word) for refusal in refusals)
    ]
    assert refused == ["Short-1", "simple-words"]
