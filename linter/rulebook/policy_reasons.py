"""What about a value does not match the schema of a policy, in a few words."""

from __future__ import annotations

import json

from ..base.wording import or_list, plural
from ..config.policies import matches_a_pattern, shortened

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from ..config.toml_places import Path

_TYPES = {
    "object": "a mapping",
    "array": "a list",
    "string": "a string",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "null": "empty",
}

_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "exclusiveMinimum": "more than {}",
    "exclusiveMaximum": "less than {}",
    "multipleOf": "a multiple of {}",
}

_SIZES = {
    "minLength": ("at least", "character"),
    "maxLength": ("at most", "character"),
    "minItems": ("at least", "item"),
    "maxItems": ("at most", "item"),
    "minProperties": ("at least", "key"),
    "maxProperties": ("at most", "key"),
}

_OTHERS = {
    "not": "is what the policy rules out",
    "uniqueItems": "contains the same item twice",
    "contains": "contains no item that the policy requires",
    "anyOf": "is none of what the policy allows",
    "oneOf": "is not exactly one of what the policy allows",
}


def reason_of(error: Any, path: Path, *, is_key: bool) -> str:
    """What does not match, from an error of the validator about a value or about a key."""
    place = joined("", path)
    subject = place or "it"
    if is_key:
        subject = f"the name of a key{f' of {place}' if place else ''}"
    return shortened(_reason(error, place, subject))


def _reason(error: Any, place: str, subject: str) -> str:
    keyword, value = error.validator, error.validator_value
    if keyword == "required":
        missing = [name for name in value if name not in error.instance]
        return f"there is no {', '.join(missing)}{f' in {place}' if place else ''}"
    if keyword in ("enum", "const"):
        expected = value if keyword == "enum" else [value]
        return f"{subject} is {scalar(error.instance)}, not {or_list(map(scalar, expected), '')}"
    if keyword == "pattern":
        return f"{subject} is {scalar(error.instance)}, which does not match {value}"
    if keyword == "type":
        types = [value] if isinstance(value, str) else value
        return f"{subject} must be {or_list((_TYPES.get(each, each) for each in types), '')}"
    if keyword in _BOUNDS:
        wanted = _BOUNDS[keyword].format(scalar(value))
        return f"{subject} is {scalar(error.instance)}; it must be {wanted}"
    if keyword in _SIZES:
        bound, noun = _SIZES[keyword]
        if value == 0 or (value == 1 and bound == "at least"):
            return f"{subject} must {'not be' if value else 'be'} empty"
        return f"{subject} must have {bound} {plural(value, noun)}"
    if keyword == "additionalProperties" and isinstance(error.instance, dict):
        known = error.schema.get("properties", {})
        extra = [
            key
            for key in map(str, error.instance)
            if key not in known and not matches_a_pattern(key, error.schema)
        ]
        if extra:
            return f"{subject} must not have {', '.join(extra)}"
    if keyword in _OTHERS:
        return f"{subject} {_OTHERS[keyword]}"
    if keyword is None:
        return f"{subject} is not allowed"
    return f"{subject} does not match the policy ({keyword})"


def scalar(value: Any) -> str:
    """A value as a message shows it."""
    return value if isinstance(value, str) else json.dumps(value, default=str)


def joined(prefix: str, path: Path) -> str:
    """A path of keys and indices as ``ports[0].target``, below a prefix."""
    text = prefix
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
