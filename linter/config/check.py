"""Holds a configuration against its schema and explains every mistake in one line.

Reads the keywords that ``schema`` uses and no others. A validator for all of JSON
Schema takes longer to import than a whole run, and its messages would have to be replaced
anyway; a test compares the verdicts of both.
"""

from __future__ import annotations

import datetime
import re

from ..base.patterns import on_demand
from ..base.suggest import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from .document import Document, Fault
    from .schema import Schema
    from .toml_places import Path

MAX_FAULTS = 100
"""How many mistakes of one file are told; a file with more is none of ours."""

_KNOWN_SHOWN = 8

_PLAIN_KEY = on_demand(r"[A-Za-z0-9_-]+\Z")


def check_document(
    document: Document,
    schema: Schema,
    definitions: dict[str, Schema],
    at: Path = (),
    value: Any = None,
) -> list[Fault]:
    """Every mistake in a document, or in the ``value`` that stands at a path of it."""
    checker = _Checker(document, definitions)
    checker.check(document.data if not at else value, schema, at)
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


def one_of(names: Sequence[str]) -> str:
    """``a, b or c``."""
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} or {names[-1]}"


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """The clause that ends a message about an unknown name; empty where nothing is close."""
    listed = list(known)
    close = nearest(name, listed)
    if close is None and len(name) >= 3:
        close = next((each for each in listed if each.startswith(name)), None)
    return f'; did you mean "{close}"?' if close else ""


class _Checker:
    def __init__(self, document: Document, definitions: dict[str, Schema]) -> None:
        self.document = document
        self.definitions = definitions
        self.faults: list[Fault] = []

    def add(self, path: Path, message: str, on_key: bool = False) -> None:
        self.faults.append(self.document.fault(path, message, on_key))

    def check(self, value: Any, schema: Schema, path: Path) -> None:
        while "$ref" in schema:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        branches = schema.get("anyOf", (schema,))
        fitting = next((branch for branch in branches if self.fits(value, branch)), None)
        if fitting is None:
            expected = schema.get("x-expected") or one_of(
                [self.words(branch) for branch in branches]
            )
            self.add(path, f'"{dotted(path)}" takes {expected}, not {self.kind(value)}')
            return
        while "$ref" in fitting:
            fitting = self.definitions[fitting["$ref"].rpartition("/")[2]]
        if isinstance(value, dict):
            self.table(value, fitting, path)
        elif isinstance(value, list):
            self.list(value, fitting, path)
        elif isinstance(value, str):
            self.text(value, fitting, path)
        elif isinstance(value, int | float) and not isinstance(value, bool):
            self.number(value, fitting, path)

    def fits(self, value: Any, schema: Schema) -> bool:
        """Whether a value has the type that a schema asks for."""
        while "$ref" in schema:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        wanted = schema.get("type")
        if wanted == "integer":
            return isinstance(value, int) and not isinstance(value, bool)
        if wanted == "number":
            return isinstance(value, int | float) and not isinstance(value, bool)
        types: dict[Any, type] = {"object": dict, "array": list, "string": str, "boolean": bool}
        return isinstance(value, types[wanted])

    def words(self, schema: Schema) -> str:
        """What a schema asks for, in words."""
        while "$ref" in schema:
            schema = self.definitions[schema["$ref"].rpartition("/")[2]]
        if "x-expected" in schema:
            return str(schema["x-expected"])
        if "enum" in schema:
            return one_of(schema["enum"])
        table = "a mapping" if self.document.yaml else "a table"
        return {
            "integer": "a whole number",
            "number": "a number",
            "object": table,
            "array": "a list",
            "string": "a string",
            "boolean": "true or false",
        }[schema["type"]]

    def kind(self, value: Any) -> str:
        """What a value is, in words."""
        if value is None:
            return "nothing"
        if isinstance(value, bool):
            return "true" if value else "false"
        if isinstance(value, int | float):
            return f"the number {value}"
        if isinstance(value, str):
            return "a string"
        if isinstance(value, dict):
            return "a mapping" if self.document.yaml else "a table"
        if isinstance(value, datetime.date | datetime.time):
            return "a date" if isinstance(value, datetime.date) else "a time"
        return "a list"

    def table(self, value: dict[str, Any], schema: Schema, path: Path) -> None:
        properties: dict[str, Schema] = schema.get("properties", {})
        others = schema.get("additionalProperties", True)
        for key, item in value.items():
            below = (*path, key)
            known = properties.get(key)
            if known is None and isinstance(others, dict):
                known = others
            if known is not None:
                self.check(item, known, below)
            elif others is False:
                self.add(below, self.unknown(key, properties, path), on_key=True)
        for name in schema.get("required", ()):
            if name not in value:
                subject = f'"{dotted(path)}"' if path else "the file"
                self.add(path, f'{subject} has no "{name}"')

    def unknown(self, key: str, properties: dict[str, Schema], path: Path) -> str:
        where = f' in "{dotted(path)}"' if path else ""
        hint = did_you_mean(key, properties)
        if not hint and len(properties) <= _KNOWN_SHOWN:
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
            self.add(
                path,
                f'"{label}" is "{value}"; it takes {one_of(choices)}{did_you_mean(value, choices)}',
            )
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
