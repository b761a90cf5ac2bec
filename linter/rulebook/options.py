"""Options of rules: their types and their schema."""

from __future__ import annotations

import sys

from ..config.schema import _table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..config.schema import Schema
    from ..config.settings import Config
    from ..rule import Rule


def options_type(rule: Rule) -> type | None:
    """The dataclass of a rule's options; None where it has none.

    A module may have it at hand only when asked (``__getattr__``).
    """
    wanted: object = rule.option_type
    if isinstance(wanted, str):
        known = getattr(rule.check, "__globals__", {})
        module = sys.modules.get(rule.check.__module__)
        wanted = known.get(wanted) or getattr(module, wanted, None)
    return wanted if isinstance(wanted, type) else None


def options_for(config: Config, rule: Rule) -> Any:
    """The options of a rule as its dataclass, as the configuration sets them; None without any."""
    made = options_type(rule)
    if made is None:
        return None
    given = next((pairs for code, pairs in config.rule_options if code == rule.code), ())
    return made(**dict(given))


def options_schema(rule: Rule) -> Schema | None:
    """The schema of a rule's options, from its dataclass; None where it has none.

    ``snake_case`` fields are ``kebab-case`` keys. A field's description is its
    ``metadata["help"]``, else the text behind ``name:`` in the dataclass's docstring.
    """
    options = options_type(rule)
    if options is None:
        return None
    from dataclasses import MISSING, fields
    from typing import get_type_hints

    hints = get_type_hints(options)
    properties: dict[str, Schema] = {}
    for field in fields(options):
        schema = _type_schema(hints[field.name])
        described = field.metadata.get("help") or _described(options.__doc__ or "", field.name)
        properties[field.name.replace("_", "-")] = {
            "description": described or f"{field.name.replace('_', ' ').capitalize()}.",
            **schema,
        }
        if field.default is not MISSING and field.default is not None:
            default = field.default
            properties[field.name.replace("_", "-")]["default"] = (
                list(default) if isinstance(default, tuple | frozenset) else default
            )
    return _table(f"Options of {rule.name}.", properties)


def _type_schema(hint: Any) -> Schema:
    from types import NoneType
    from typing import Literal, get_args, get_origin

    arguments = [item for item in get_args(hint) if item not in (NoneType, ...)]
    origin = get_origin(hint)
    if origin is Literal:
        return {"type": "string", "enum": arguments}
    if origin in (tuple, list, frozenset, set):
        return {"type": "array", "items": _type_schema(arguments[0])}
    if arguments:
        branches = [_type_schema(item) for item in arguments]
        return branches[0] if len(branches) == 1 else {"anyOf": branches}
    names: dict[Any, str] = {bool: "boolean", int: "integer", float: "number", str: "string"}
    return {"type": names[hint]}


def _described(text: str, name: str) -> str:
    """What a docstring says about a field: the lines from ``name:`` to the next field's."""
    found: list[str] = []
    margin = -1
    for line in text.splitlines():
        stripped = line.strip()
        indent = len(line) - len(line.lstrip())
        if not found:
            head, colon, rest = stripped.partition(":")
            if colon and head.strip("`") == name:
                found.append(rest.strip())
                margin = indent
        elif not stripped or indent <= margin:
            break
        else:
            found.append(stripped)
    words = " ".join(found)
    return words[:1].upper() + words[1:]
