"""Policies as the configuration declares them."""

from __future__ import annotations

import json
import os
import re

from ..base.suggest import nearest
from ..files.disk import DISK
from ..rule import Severity
from .check import check_document
from .document import ConfigError, Document, Fault, parse_document, read_source
from .schema import DEFINITIONS, POLICY_FILE
from .settings import Policy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .toml_places import Path


def read_policies(
    listed: Iterable[tuple[Any, Document, Path]], faults: list[Fault]
) -> list[tuple[Policy, Document, Path]]:
    """The policies of a configuration's ``policies`` lists, those in files included.

    ``listed`` are the items with the document and path of each, already of the right shape.
    Mistakes are added to ``faults``.
    """
    found: list[tuple[Policy, Document, Path]] = []
    for item, document, path in listed:
        if isinstance(item, dict):
            entries = [(item, document, path)]
        else:
            entries = _in_file(item, document, path, faults)
        for data, owner, at in entries:
            policy = _read(data, owner, at, faults)
            if policy is not None:
                found.append((policy, owner, at))
    return found


def _in_file(
    name: str, document: Document, path: Path, faults: list[Fault]
) -> list[tuple[dict[str, Any], Document, Path]]:
    file = os.path.join(document.folder, name)
    if DISK.kind(file) != "file":
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


def _read(
    data: dict[str, Any], document: Document, path: Path, faults: list[Fault]
) -> Policy | None:
    from .document import Origin

    wrong = [
        fault
        for key in ("when", "match")
        if key in data
        for fault in _check_schema(data[key], document, (*path, key))
    ]
    faults += wrong
    if wrong:
        return None
    return Policy(
        data["code"],
        data["name"],
        data["message"],
        data.get("help", ""),
        data.get("category", "maintenance"),
        Severity[data.get("severity", "warning").upper()],
        data.get("on", "service"),
        json.dumps(data["when"], default=str) if "when" in data else "",
        json.dumps(data["match"], default=str),
        Origin(document.path, *document.position((*path, "code"))),
    )


def _check_schema(schema: dict[str, Any], document: Document, path: Path) -> Iterator[Fault]:
    """What is wrong with a policy's JSON Schema."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    def fault(where: Path, message: str, on_key: bool = False) -> Fault:
        return document.fault((*path, *where), f"this is no JSON Schema: {message}", on_key)

    found: list[tuple[Path, str, bool]] = []
    try:
        plain = json.loads(json.dumps(schema, default=str))
        found += _unknown_keywords(plain, (), frozenset(Draft202012Validator.VALIDATORS))
        found += _patterns_and_references(plain, plain, ())
        if not found:
            Draft202012Validator.check_schema(plain)
            # What refers to itself without end does so for the empty mapping, too.
            list(_validator(plain).iter_errors({}))
    except SchemaError as error:
        yield fault(tuple(error.absolute_path), _shortened(error.message))
    except RecursionError:
        yield fault((), "it nests too deeply or refers to itself without end")
    for mistake in found:
        yield fault(*mistake)


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


def _subschemas(schema: dict[str, Any]) -> Iterator[tuple[Path, dict[str, Any]]]:
    for key, value in schema.items():
        if key in _OF_SCHEMAS and isinstance(value, dict):
            yield from (
                ((key, name), each) for name, each in value.items() if isinstance(each, dict)
            )
        elif key in _LISTS_OF_SCHEMAS and isinstance(value, list):
            yield from (
                ((key, index), each) for index, each in enumerate(value) if isinstance(each, dict)
            )
        elif key in _SCHEMAS and isinstance(value, dict):
            yield (key,), value


def _unknown_keywords(
    schema: dict[str, Any], path: Path, known: frozenset[str]
) -> Iterator[tuple[Path, str, bool]]:
    """Keywords that mean nothing: a misspelled one would let everything pass."""
    for key in schema:
        if key not in known and key not in _ANNOTATIONS and not key.startswith("x-"):
            close = nearest(key, sorted(known | _ANNOTATIONS))
            hint = f'; did you mean "{close}"?' if close else ""
            yield (*path, key), f'unknown keyword "{key}"{hint}', True
    for where, each in _subschemas(schema):
        yield from _unknown_keywords(each, (*path, *where), known)


def _patterns_and_references(
    root: dict[str, Any], schema: dict[str, Any], path: Path
) -> Iterator[tuple[Path, str, bool]]:
    """Patterns that do not compile, references that lead nowhere or out of the schema."""
    patterns: list[tuple[Path, Any]] = [(("pattern",), schema.get("pattern"))]
    patterns += [
        (("patternProperties", each), each) for each in schema.get("patternProperties", ())
    ]
    for where, pattern in patterns:
        if isinstance(pattern, str):
            try:
                re.compile(pattern)
            except (re.error, OverflowError) as error:
                message = f"the pattern does not compile: {error}"
                yield (*path, *where), message, where[0] != "pattern"
    for key in ("$ref", "$dynamicRef"):
        target = schema.get(key)
        if isinstance(target, str) and not _leads_somewhere(root, target):
            yield (
                (*path, key),
                f'the reference "{_shortened(target)}" does not lead to a part of this schema',
                False,
            )
    for where, each in _subschemas(schema):
        yield from _patterns_and_references(root, each, (*path, *where))


def _leads_somewhere(root: dict[str, Any], reference: str) -> bool:
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import DRAFT202012

    if not reference.startswith("#"):
        return False
    registry: Registry[Any] = Registry()
    resource: Any = DRAFT202012.create_resource(root)
    try:
        found = registry.resolver_with_root(resource).lookup(reference).contents
    except (Unresolvable, LookupError, ValueError):
        return False
    return isinstance(found, dict | bool)


def _validator(schema: Any) -> Any:
    """A validator that looks nothing up outside the schema."""
    from jsonschema import Draft202012Validator
    from referencing import Registry

    registry: Registry[Any] = Registry()
    return Draft202012Validator(schema, registry=registry)


def _shortened(text: str) -> str:
    return text if len(text) <= 200 else f"{text[:197]}..."
