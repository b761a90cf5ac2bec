"""The JSON schemas of the configuration and of policies, made from the rules."""

from __future__ import annotations

from composelint.linter.config.schema import (
    _RULE,
    BASE_ADDRESS,
    CONFIG,
    DEFINITIONS,
    POLICY_FILE,
    _plain,
)
from composelint.linter.rule import CATEGORIES
from composelint.linter.rulebook.options import options_schema

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from composelint.linter.config.schema import Schema
    from composelint.linter.rule import Rule


def config_schema(rules: Iterable[Rule]) -> Schema:
    """The published schema of a configuration, with these rules' names and options."""
    listed = list(rules)
    options = {rule: made for rule in listed if (made := options_schema(rule)) is not None}
    properties = dict(CONFIG["properties"])
    properties["rules"] = {
        **properties["rules"],
        "properties": {
            key: made for rule, made in options.items() for key in (rule.name, rule.code)
        },
    }
    schema = {**CONFIG, "properties": properties}
    rule = {
        "description": _RULE["description"],
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
    return _published("config", "composelint configuration", schema, {"rule": rule})


def policy_schema() -> Schema:
    """The published schema of a policy file."""
    return _published("policy", "composelint policies", POLICY_FILE, {})


def _published(file: str, title: str, schema: Schema, definitions: dict[str, Schema]) -> Schema:
    made: Schema = {
        "$schema": "http://json-schema.org/draft-07/schema#",
        "$id": f"{BASE_ADDRESS}{file}.schema.json",
        "title": title,
        **_plain(schema),
    }
    if "$ref" in str(schema):
        made["definitions"] = {
            name: _plain(each) for name, each in {**DEFINITIONS, **definitions}.items()
        }
        if file == "policy":
            del made["definitions"]["rule"]
    return made


def published_schemas(rules: Iterable[Rule]) -> dict[str, str]:
    """The texts of the generated files in ``schemas/`` by file name."""
    import json

    made = {"config.schema.json": config_schema(rules), "policy.schema.json": policy_schema()}
    return {
        name: json.dumps(schema, indent=2, ensure_ascii=False) + "\n"
        for name, schema in made.items()
    }
