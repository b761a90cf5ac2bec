"""Checks a configuration against its schema, and explains every error in one line.

Only the keywords that ``schema.py`` uses are supported. A validator for all of JSON Schema
takes longer to import than a run takes, and its messages would have to be replaced anyway; a
test compares the verdicts of both.
"""

from __future__ import annotations

import datetime
import re

from ..base.patterns import on_demand
from ..base.suggest import choice_hint
from ..base.wording import or_list

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from typing import Any

    from .document import Document
    from .errors import Fault
    from .schema_parts import Schema
    from .toml_places import Path

MAX_FAULTS = 100
"""The most errors that are reported of a file: more than this is not a composelint
configuration."""

_MAX_LISTED = 8
"""The most keys of a table that a message about an unknown one lists."""

_PLAIN_KEY = on_demand(r"[A-Za-z0-9_-]+\Z")

_TYPES: dict[str, Any] = {
    "array": list,
    "boolean": bool,
    "integer": int,
    "number": (int, float),
    "object": dict,
    "string": str,
}
_WORDS = {
    "array": "a list",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a string",
}


def check_document(
    document: Document,
    schema: Schema,
    definitions: dict[str, Schema],
    at: Path = (),
    value: Any = None,
) -> list[Fault]:
    """The errors in a document, or in the ``value`` at a path of it."""
    checker = _Checker(document, definitions)
    checker.check(value if at else document.data, schema, at)
    return checker.faults[:MAX_FAULTS]


def dotted(path: Iterable[str | int]) -> str:
    """A path as people write it: ``stacks[0].files``, ``per-file-ignores."a/**"``."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        else:
            name = part if _PLAIN_KEY.match(part) else f'"{part}"'
            text += f".{name}" if text else name
    return text


class _Checker:
    def __init__(self, document: Document, definitions: dict[str, Schema]) -> None:
        self.document = document
        self.definitions = definitions
        self.faults: list[Fault] = []
        self.mapping = "a mapping" if document.yaml else "a table"

    def add(self, path: Path, message: str, on_key: bool = False) -> None:
        self.faults.append(self.document.fault(path, message, on_key))

    def resolved(self, schema: Schema) -> Schema:
        """The schema that a reference leads to."""
        while "$ref" in schema:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        return schema

    def check(self, value: Any, schema: Schema, path: Path) -> None:
        """Check a value and everything in it."""
        schema = self.resolved(schema)
        branches = [self.resolved(branch) for branch in schema.get("anyOf", (schema,))]
        fitting = next((branch for branch in branches if self.has_type(value, branch)), None)
        if fitting is None:
            expected = schema.get("x-expected") or or_list(map(self.words, branches), "")
            self.add(path, f'"{dotted(path)}" takes {expected}, not {self.kind(value)}')
        elif isinstance(value, dict):
            self.table(value, fitting, path)
        elif isinstance(value, list):
            self.list(value, fitting, path)
        elif isinstance(value, str):
            self.text(value, fitting, path)
        elif not isinstance(value, bool):
            self.number(value, fitting, path)

    def has_type(self, value: Any, schema: Schema) -> bool:
        """Whether a value has the type that a schema asks for."""
        name = schema["type"]
        if isinstance(value, bool):
            return bool(name == "boolean")
        return isinstance(value, _TYPES[name])

    def words(self, schema: Schema) -> str:
        """What a schema asks for, in words."""
        if "x-expected" in schema:
            return str(schema["x-expected"])
        if "enum" in schema:
            return or_list(schema["enum"], "")
        return _WORDS.get(schema["type"], self.mapping)

    def kind(self, value: Any) -> str:
        """The kind of a value, in words."""
        if value is None:
            return "nothing"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return f"the number {value}"
        if isinstance(value, str):
            return "a string"
        if isinstance(value, dict):
            return self.mapping
        if isinstance(value, datetime.date | datetime.time):
            return "a date" if isinstance(value, datetime.date) else "a time"
        return "a list"

    def table(self, value: dict[str, Any], schema: Schema, path: Path) -> None:
        properties: dict[str, Schema | bool] = schema.get("properties", {})
        others: Schema | bool = schema.get("additionalProperties", True)
        for key, inner in value.items():
            inner_path = (*path, key)
            inner_schema = properties.get(key, others)
            if inner_schema is False:
                self.add(inner_path, self.unknown(key, properties, path), on_key=True)
            elif isinstance(inner_schema, dict):
                self.check(inner, inner_schema, inner_path)
        for name in schema.get("required", ()):
            if name not in value:
                subject = f'"{dotted(path)}"' if path else "the file"
                self.add(path, f'{subject} has no "{name}"')

    def unknown(self, key: str, properties: Collection[str], path: Path) -> str:
        """The message for an unknown key of a table."""
        where = f' in "{dotted(path)}"' if path else ""
        hint = choice_hint(key, properties)
        if not hint and len(properties) <= _MAX_LISTED:
            hint = f"; known are {', '.join(properties)}"
        return f'unknown key "{key}"{where}{hint}'

    def list(self, value: list[Any], schema: Schema, path: Path) -> None:
        if len(value) < schema.get("minItems", 0):
            self.add(path, f'"{dotted(path)}" is empty')
        items = schema.get("items")
        if items is not None:
            for index, item in enumerate(value):
                self.check(item, items, (*path, index))
                if len(self.faults) > MAX_FAULTS:
                    return

    def text(self, value: str, schema: Schema, path: Path) -> None:
        label = dotted(path)
        choices = schema.get("enum")
        if choices is not None and value not in choices:
            hint = choice_hint(value, choices)
            self.add(path, f'"{label}" is "{value}"; it takes {or_list(choices, "")}{hint}')
        elif len(value) < schema.get("minLength", 0):
            self.add(path, f'"{label}" is empty')
        elif "pattern" in schema and (
            not re.search(schema["pattern"], value) or value.endswith("\n")
        ):
            self.add(path, f'"{label}" is "{value}", not {self.words(schema)}')

    def number(self, value: float, schema: Schema, path: Path) -> None:
        minimum, above = schema.get("minimum"), schema.get("exclusiveMinimum")
        if minimum is not None and not value >= minimum:
            self.add(path, f'"{dotted(path)}" is {value}; the least is {minimum}')
        elif above is not None and not (above < value < float("inf")):
            self.add(path, f'"{dotted(path)}" is {value}; it has to be more than {above}')
