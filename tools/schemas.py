"""The JSON schemas of the configuration and of policies, made from the rules."""

from __future__ import annotations

from composelint.linter.config.policy_schema import POLICY_FILE
from composelint.linter.config.schema import CONFIG, DEFINITIONS
from composelint.linter.config.schema_parts import RULE
from composelint.linter.rule import CATEGORIES
from composelint.linter.rulebook.options import options_schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from composelint.linter.config.schema_parts import Schema
    from composelint.linter.rule import Rule

BASE_ADDRESS = "https://raw.githubusercontent.com/composelint/composelint/main/schemas/"


def config_schema(rules: Iterable[Rule]) -> Schema:
    """The published schema of a configuration, with the names and options of these rules."""
    listed = list(rules)
    options = {rule: schema for rule in listed if (schema := options_schema(rule)) is not None}
    properties = dict(CONFIG["properties"])
    properties["rules"] = {
        **properties["rules"],
        "properties": {
            key: schema for rule, schema in options.items() for key in (rule.name, rule.code)
        },
    }
    selector = {
        "description": RULE["description"],
        "anyOf": [
            {
                "type": "string",
                "enum": [
                    "ALL",
                    *CATEGORIES,
                    *(rule.name for rule in listed),
                    *(rule.code for rule in listed),
                ],
            },
            {"type": "string", "minLength": 1},
        ],
    }
    definitions = {**DEFINITIONS, "rule": selector}
    return _published(
        "config", "composelint configuration", {**CONFIG, "properties": properties}, definitions
    )


def policy_schema() -> Schema:
    """The published schema of a policy file."""
    definitions = {"policy": DEFINITIONS["policy"]}
    return _published("policy", "composelint policies", POLICY_FILE, definitions)


def _published(file: str, title: str, schema: Schema, definitions: dict[str, Schema]) -> Schema:
    published: Schema = _plain(
        {
            "$schema": "http://json-schema.org/draft-07/schema#",
            "$id": f"{BASE_ADDRESS}{file}.schema.json",
            "title": title,
            **schema,
            "definitions": definitions,
        }
    )
    return published


def _plain(schema: Any) -> Any:
    """A schema without ``x-expected``, which only the loader reads."""
    if isinstance(schema, dict):
        return {key: _plain(value) for key, value in schema.items() if not key.startswith("x-")}
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    return schema


def published_schemas(rules: Iterable[Rule]) -> dict[str, str]:
    """The texts of the generated files in ``schemas/`` by file name."""
    import json

    schemas = {"config.schema.json": config_schema(rules), "policy.schema.json": policy_schema()}
    return {
        name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in schemas.items()
    }
