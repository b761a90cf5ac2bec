"""The names that programs and plug-ins import stay where they are."""

from __future__ import annotations

from importlib import import_module

import composelint
import pytest
from composelint.linter import model
from composelint.linter.base.names import SUBJECT_TOPICS

RULE = (
    "Applicability", "CATEGORIES", "Create", "Diagnostic", "Edit", "Example", "Fix", "Related",
    "Rule", "Severity", "rule",
)  # fmt: skip
"""What a plug-in imports from ``composelint.linter.rule``."""

MODEL = (
    "Build", "BuildContext", "ComposeFile", "Copy", "Dependency", "Dockerfile", "EnvFile", "EnvVar",
    "Field", "FixValues", "Healthcheck", "Host", "IgnoreFile", "Mount", "Port", "Project", "Resource",
    "Run", "Service", "Stack", "Stage", "is_unknown", "part_of", "scalar_text", "text_list", "text_of",
    "word_in",
)  # fmt: skip
"""What a plug-in imports from ``composelint.linter.model``."""


@pytest.mark.parametrize("name", composelint.__all__)
def test_the_package_has_each_name_that_it_lists(name: str) -> None:
    assert getattr(composelint, name) is not None


@pytest.mark.parametrize(
    ("module", "name"),
    [("linter.rule", name) for name in RULE] + [("linter.model", name) for name in MODEL],
)
def test_plug_ins_find_what_they_import(module: str, name: str) -> None:
    assert getattr(import_module(f"composelint.{module}"), name) is not None


def test_the_model_hands_on_what_it_lists_and_nothing_else() -> None:
    assert sorted(MODEL) == sorted(model.__all__)
    with pytest.raises(AttributeError, match="has no attribute 'Services'"):
        _ = model.Services


def test_every_subject_of_a_rule_can_be_imported() -> None:
    assert SUBJECT_TOPICS.keys() <= set(MODEL)
