"""Reads the policies of a configuration, and checks their JSON Schemas."""

from __future__ import annotations

import json
import os
import re

from ..base.suggest import hint
from ..files.tree import current_tree
from ..rule import Severity
from .check import check_document
from .document import Document, Origin, parse_document, read_source
from .errors import ConfigError, Fault
from .policy_patterns import Unsupported, compile_pattern
from .policy_schema import POLICY, POLICY_FILE
from .schema import DEFINITIONS
from .settings import Policy, PolicyExample

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .toml_places import Path


def read_policies(
    listed: Iterable[tuple[Any, Document, Path]], faults: list[Fault]
) -> list[tuple[Policy, Document, Path]]:
    """The policies in the lists of a configuration and in the files that these name.

    ``listed`` are the items with the document and path of each, already of the right shape.
    Errors are added to ``faults``.
    """
    policies: list[tuple[Policy, Document, Path]] = []
    for item, document, path in listed:
        if isinstance(item, dict):
            entries = [(item, document, path)]
        else:
            entries = _in_file(item, document, path, faults)
        for data, owner, at in entries:
            wrong = [
                fault
                for key in ("when", "match")
                if key in data
                for fault in _check_schema(data[key], owner, (*at, key))
            ]
            faults += wrong
            if not wrong:
                policies.append((_policy(data, owner, at), owner, at))
    return policies


def _in_file(
    name: str, document: Document, path: Path, faults: list[Fault]
) -> list[tuple[dict[str, Any], Document, Path]]:
    """The policies in a file; none if it has errors, which are added to ``faults``."""
    file = os.path.join(document.folder, name)
    if current_tree().kind(file) != "file":
        faults.append(document.fault(path, f'there is no file "{name}"'))
        return []
    try:
        opened = parse_document(read_source(file), os.path.dirname(os.path.abspath(file)))
    except ConfigError as error:
        faults += error.faults
        return []
    wrong = check_document(opened, POLICY_FILE, DEFINITIONS)
    faults += wrong
    if wrong:
        return []
    return [
        (data, opened, ("policies", index)) for index, data in enumerate(opened.data["policies"])
    ]


_DEFAULTS = {key: schema.get("default", "") for key, schema in POLICY["properties"].items()}


def _policy(data: dict[str, Any], document: Document, path: Path) -> Policy:
    """The policy in a table without errors."""
    values = {**_DEFAULTS, **data}
    return Policy(
        values["code"],
        values["name"],
        values["message"],
        values["help"],
        values["category"],
        Severity[values["severity"].upper()],
        values["on"],
        json.dumps(values["when"], default=str) if "when" in data else "",
        json.dumps(values["match"], default=str),
        _origin(document, (*path, "code")),
        values["url"],
        tuple(
            PolicyExample(text, key == "good", _origin(document, (*path, key, index)))
            for key in ("good", "bad")
            for index, text in enumerate(data.get(key, ()))
        ),
    )


def _origin(document: Document, path: Path) -> Origin:
    """The place of a value."""
    return Origin(document.path, *document.position(path))


def _check_schema(schema: dict[str, Any], document: Document, path: Path) -> Iterator[Fault]:
    """The errors in the JSON Schema of a policy."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    def fault(where: Path, message: str, on_key: bool = False) -> Fault:
        return document.fault((*path, *where), f"this is not a JSON Schema: {message}", on_key)

    problems: list[tuple[Path, str, bool]] = []
    try:
        plain = json.loads(json.dumps(schema, default=str))
        problems += _unknown_keywords(plain, (), frozenset(Draft202012Validator.VALIDATORS))
        problems += _patterns_and_references(plain, plain, ())
        if not problems:
            Draft202012Validator.check_schema(plain)
            # A schema that refers to itself endlessly does so for the empty mapping, too.
            list(validator(plain).iter_errors({}))
    except SchemaError as error:
        yield fault(tuple(error.absolute_path), shortened(error.message))
    except RecursionError:
        yield fault((), "it nests too deeply or refers to itself without end")
    for problem in problems:
        yield fault(*problem)


_ANNOTATIONS = frozenset(
    (
        "$anchor", "$comment", "$defs", "$id", "$schema", "contentEncoding", "contentMediaType",
        "contentSchema", "default", "definitions", "deprecated", "description", "else",
        "examples", "maxContains", "minContains", "readOnly", "then", "title", "writeOnly",
    )
)  # fmt: skip
"""Keywords that assert nothing by themselves."""

_OF_SCHEMAS = frozenset(
    ("$defs", "definitions", "dependentSchemas", "patternProperties", "properties")
)
_LISTS_OF_SCHEMAS = frozenset(("allOf", "anyOf", "oneOf", "prefixItems"))
_SCHEMAS = frozenset(
    (
        "additionalProperties", "contains", "contentSchema", "else", "if", "items", "not",
        "propertyNames", "then", "unevaluatedItems", "unevaluatedProperties",
    )
)  # fmt: skip
"""Keywords whose value is a mapping of schemas, a list of schemas, a schema."""


def _subschemas(schema: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The schemas directly in a schema, each with its path."""
    for key, value in schema.items():
        inner: Iterable[tuple[Path, Any]] = ()
        if key in _OF_SCHEMAS and isinstance(value, dict):
            inner = (((key, name), each) for name, each in value.items())
        elif key in _LISTS_OF_SCHEMAS and isinstance(value, list):
            inner = (((key, index), each) for index, each in enumerate(value))
        elif key in _SCHEMAS:
            inner = [((key,), value)]
        yield from ((path, each) for path, each in inner if isinstance(each, dict))


def _unknown_keywords(
    schema: dict[str, Any], path: Path, known: frozenset[str]
) -> Iterator[tuple[Path, str, bool]]:
    """The unknown keywords: if one is misspelled, everything would be accepted."""
    for key in schema:
        if key not in known and key not in _ANNOTATIONS and not key.startswith("x-"):
            meant = hint(key, sorted(known | _ANNOTATIONS))
            yield (*path, key), f'unknown keyword "{key}"{meant}', True
    for where, each in _subschemas(schema):
        yield from _unknown_keywords(each, (*path, *where), known)


def _patterns_and_references(
    root: dict[str, Any], schema: dict[str, Any], path: Path
) -> Iterator[tuple[Path, str, bool]]:
    """The patterns that do not compile, and the references to no part of the schema."""
    patterns: list[tuple[Path, Any]] = [(("pattern",), schema.get("pattern"))]
    patterns += [
        (("patternProperties", each), each) for each in schema.get("patternProperties", ())
    ]
    for where, pattern in patterns:
        if isinstance(pattern, str):
            on_keys = where[0] == "patternProperties"
            message = _pattern_problem(pattern, on_keys and _has_unevaluated(root))
            if message:
                yield (*path, *where), message, on_keys
    for key in ("$ref", "$dynamicRef"):
        target = schema.get(key)
        if isinstance(target, str) and not _is_resolved(root, target):
            yield (
                (*path, key),
                f'the reference "{shortened(target)}" does not lead to a part of this schema',
                False,
            )
    for where, each in _subschemas(schema):
        yield from _patterns_and_references(root, each, (*path, *where))


def _has_unevaluated(schema: dict[str, Any]) -> bool:
    """Whether a schema, or one in it, has ``unevaluatedProperties``."""
    return "unevaluatedProperties" in schema or any(
        _has_unevaluated(each) for _, each in _subschemas(schema)
    )


def _pattern_problem(pattern: str, must_be_simple: bool) -> str:
    """Why a pattern cannot be used; empty if it can."""
    try:
        if must_be_simple and not compile_pattern(pattern).is_simple:
            return "a pattern with repetitions or choices cannot be used with unevaluatedProperties"
        compile_pattern(pattern)
    except (re.error, OverflowError) as error:
        return f"the pattern does not compile: {error}"
    except (Unsupported, RecursionError) as error:
        return f"the pattern cannot be used: {error}"
    return ""


def _is_resolved(root: dict[str, Any], reference: str) -> bool:
    """Whether a reference leads to a schema inside ``root``."""
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    if not reference.startswith("#"):
        return False
    registry: Registry[Any] = Registry()
    resource: Any = DRAFT202012.create_resource(root)
    try:
        target = registry.resolver_with_root(resource).lookup(reference).contents
    except (Unresolvable, LookupError, ValueError):
        return False
    return isinstance(target, dict | bool)


def validator(schema: Any) -> Any:
    """A validator that reads nothing outside of the schema, and takes linear time for its patterns.

    Raises:
        TooLong: as it validates, for a text that is too long for a pattern.
    """
    from jsonschema import Draft202012Validator
    from jsonschema.validators import extend
    from referencing import Registry

    registry: Registry[Any] = Registry()
    keywords = {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    }
    build: Any = extend
    return build(Draft202012Validator, keywords)(schema, registry=registry)


def matches_a_pattern(key: str, schema: dict[str, Any]) -> bool:
    """Whether a key matches a pattern of ``patternProperties``."""
    return any(
        compile_pattern(pattern).found_in(key) for pattern in schema.get("patternProperties", ())
    )


def _pattern(validator: Any, pattern: str, instance: Any, schema: Any) -> Iterator[Any]:
    from jsonschema import ValidationError

    if validator.is_type(instance, "string") and not compile_pattern(pattern).found_in(instance):
        yield ValidationError(f"{instance!r} does not match {pattern!r}")


def _pattern_properties(
    validator: Any, patterns: dict[str, Any], instance: Any, schema: Any
) -> Iterator[Any]:
    if not validator.is_type(instance, "object"):
        return
    for pattern, inner in patterns.items():
        for key, value in instance.items():
            if compile_pattern(pattern).found_in(key):
                yield from validator.descend(value, inner, path=key, schema_path=pattern)


def _additional_properties(
    validator: Any, inner: Any, instance: Any, schema: dict[str, Any]
) -> Iterator[Any]:
    from jsonschema import ValidationError

    if not validator.is_type(instance, "object"):
        return
    known = schema.get("properties", {})
    others = [key for key in instance if key not in known and not matches_a_pattern(key, schema)]
    if validator.is_type(inner, "object"):
        for key in others:
            yield from validator.descend(instance[key], inner, path=key)
    elif not inner and others:
        listed = ", ".join(repr(key) for key in sorted(others, key=str))
        verb = "was" if len(others) == 1 else "were"
        if schema.get("patternProperties"):
            patterns = ", ".join(repr(each) for each in sorted(schema["patternProperties"]))
            does = "does" if len(others) == 1 else "do"
            yield ValidationError(f"{listed} {does} not match any of the regexes: {patterns}")
        else:
            yield ValidationError(
                f"Additional properties are not allowed ({listed} {verb} unexpected)"
            )


def shortened(text: str) -> str:
    """A text of other people, cut after 200 characters."""
    return text if len(text) <= 200 else f"{text[:197]}..."
