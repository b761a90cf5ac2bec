"""Options of rules: their type, their values, and their schema."""

from __future__ import annotations

import sys

from ..config.schema_parts import table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..config.schema_parts import Schema
    from ..config.settings import Config
    from ..rule import Rule


def options_type(rule: Rule) -> type | None:
    """The dataclass of a rule's options; None for a rule without options.

    The annotation is a name; some modules define it only on access (``__getattr__``).
    """
    annotation: object = rule.option_type
    if isinstance(annotation, str):
        names = getattr(rule.check, "__globals__", {})
        module = sys.modules.get(rule.check.__module__)
        annotation = names.get(annotation) or getattr(module, annotation, None)
    return annotation if isinstance(annotation, type) else None


def options_for(config: Config, rule: Rule) -> Any:
    """An instance of the rule's options with the values of the configuration; None without options."""
    options = options_type(rule)
    if options is None:
        return None
    values = next((pairs for code, pairs in config.rule_options if code == rule.code), ())
    return options(**dict(values))


def options_schema(rule: Rule) -> Schema | None:
    """The schema of a rule's options, from their dataclass; None for a rule without options.

    A ``snake_case`` field is a ``kebab-case`` key. Its description is its
    ``metadata["help"]``, else the text behind ``name:`` in the docstring of the dataclass.
    """
    options = options_type(rule)
    if options is None:
        return None
    from dataclasses import MISSING, fields
    from typing import get_type_hints

    hints = get_type_hints(options)
    properties: dict[str, Schema] = {}
    for field in fields(options):
        description = field.metadata.get("help") or _description(options.__doc__ or "", field.name)
        schema: Schema = {
            "description": description or f"{field.name.replace('_', ' ').capitalize()}.",
            **_type_schema(hints[field.name]),
        }
        default = field.default
        if default is not MISSING and default is not None:
            is_list = isinstance(default, tuple | frozenset)
            schema["default"] = list(default) if is_list else default
        properties[field.name.replace("_", "-")] = schema
    return table(f"Options of {rule.name}.", properties)


def _type_schema(hint: Any) -> Schema:
    """The schema of a field's type."""
    from types import NoneType
    from typing import Literal, get_args, get_origin

    arguments = [argument for argument in get_args(hint) if argument not in (NoneType, ...)]
    origin = get_origin(hint)
    if origin is Literal:
        return {"type": "string", "enum": arguments}
    if origin in (tuple, list, frozenset, set):
        return {"type": "array", "items": _type_schema(arguments[0])}
    if arguments:
        branches = [_type_schema(argument) for argument in arguments]
        return branches[0] if len(branches) == 1 else {"anyOf": branches}
    names: dict[Any, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return {"type": names[hint]}


def _description(text: str, name: str) -> str:
    """The description of a field in a docstring: the lines from ``name:`` to the next field's."""
    lines: list[str] = []
    margin = -1
    for line in text.splitlines():
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if not lines:
            head, colon, rest = stripped.partition(":")
            if colon and head.strip("`") == name:
                lines.append(rest.strip())
                margin = indent
        elif not stripped or indent <= margin:
            break
        else:
            lines.append(stripped)
    description = " ".join(lines)
    return description[:1].upper() + description[1:]
