"""The parts that the schemas of the configuration are made of.

Besides the keywords of JSON Schema (draft 7, which editors know best) a part may have
``x-expected``: the words for the values that it accepts. They are left out of the published
schemas.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

Schema = dict[str, "Any"]

SIZE_PATTERN = r"^[0-9]+(\.[0-9]+)? ?([kKmMgGtTpP][iI]?[bB]?|[bB])?$"
"""A byte size, as ``units.parse_size`` reads it."""


def text(description: str, expected: str = "", **more: Any) -> Schema:
    """A text that is not empty."""
    schema: Schema = {"description": description, "type": "string", "minLength": 1, **more}
    if expected:
        schema["x-expected"] = expected
    return schema


def flag(description: str, default: bool) -> Schema:
    """True or false."""
    return {"description": description, "type": "boolean", "default": default}


def choice(description: str, names: Iterable[str], **more: Any) -> Schema:
    """One of some names."""
    return {"description": description, "type": "string", "enum": list(names), **more}


def count(description: str) -> Schema:
    """A whole number from 1 on."""
    return {"description": description, "type": "integer", "minimum": 1}


def list_of(
    description: str, items: Schema, expected: str = "a list of strings", **more: Any
) -> Schema:
    """A list of ``items``."""
    return {
        "description": description,
        "type": "array",
        "items": items,
        "x-expected": expected,
        **more,
    }


def table(description: str, properties: Mapping[str, Schema], *required: str) -> Schema:
    """A mapping with these keys and no others."""
    schema: Schema = {
        "description": description,
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }
    if required:
        schema["required"] = list(required)
    return schema


RULE = text(
    "A rule's code or name, a category, a prefix of codes, a peer's id, or ALL.",
    "a rule's code or name",
)


def rules(description: str, **more: Any) -> Schema:
    """A list of selectors of rules."""
    return list_of(description, {"$ref": "#/definitions/rule"}, "a list of rules", **more)


ADDRESS: Schema = {
    "description": "The address of this schema, for editors.",
    "type": "string",
}
"""The key ``$schema`` of a file."""


_SIZE_WORDS = "a size such as 512M or 4G"


def size(description: str, *words: str, expected: str = _SIZE_WORDS, **more: Any) -> Schema:
    """A number of bytes, a size with its unit, or what one of the patterns ``words`` matches."""
    pattern = f"^({'|'.join(words)})$|{SIZE_PATTERN}" if words else SIZE_PATTERN
    return {
        "description": description,
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "pattern": pattern, "x-expected": expected},
        ],
        "x-expected": expected,
        **more,
    }
