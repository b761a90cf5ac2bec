"""Rules that a configuration brings: declarative policies, and plug-ins.

A policy is data: a JSON Schema that every service, stack or stage has to fit, with the
words to say when one does not. It becomes a ``Rule`` like any other. A plug-in is a Python
module that declares rules with ``@rule``; it is imported because the configuration names
it, never because it is installed.
"""

from __future__ import annotations

import json
import os
import re
from importlib import import_module

from .base.names import FAMILIES, PRESETS, SUBJECT_TOPICS
from .base.records import NamedTuple
from .base.suggest import nearest
from .config.check import check_document
from .config.document import ConfigError, Document, Fault, parse_document, read_source
from .config.schema import CODE_PATTERN, DEFINITIONS, NAME_PATTERN, POLICY_FILE
from .registry import all_rules, module_rules
from .rule import Diagnostic, Rule, Severity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from .config.document import Path
    from .config.settings import Config, Origin
    from .policy_views import View

MAX_FINDINGS = 20
"""How many findings one policy reports about one service, stack or stage."""

_SUBJECTS = {"service": "Service", "stack": "Stack", "stage": "Stage"}
_TAKEN = frozenset((*FAMILIES, "SC"))


class Policy(NamedTuple):
    """A declarative rule. ``when`` and ``match`` are JSON texts, ``when`` empty for always."""

    code: str
    name: str
    message: str
    help: str
    severity: Severity
    on: str
    when: str
    match: str
    origin: Origin


def load_policies(config: Config) -> list[Rule]:
    """The policies of a configuration as rules; their schemas are compiled when first used."""
    return [policy_rule(policy) for policy in config.policies]


def load_plugins(names: Iterable[str]) -> list[Rule]:
    """The rules that these modules declare.

    Raises:
        ValueError: for a module that cannot be imported or declares none.
    """
    return [rule for name in names for rule in load_plugin(name)]


def load_plugin(name: str) -> list[Rule]:
    """Import a module and take the rules that it declares.

    Raises:
        ValueError: where it cannot be imported, declares none, or declares one that cannot run.
    """
    try:
        import_module(name)
    except Exception as error:
        raise ValueError(
            f'the plug-in "{name}" cannot be imported: {type(error).__name__}: {error}'
        ) from error
    rules = module_rules(name)
    if not rules:
        raise ValueError(f'the plug-in "{name}" declares no rules')
    for rule in rules:
        if not isinstance(rule.subject, str):
            # The module evaluates its annotations.
            rule.subject = getattr(rule.subject, "__name__", "")
        if rule.subject not in SUBJECT_TOPICS:
            raise ValueError(
                f'the plug-in "{name}": {rule.code} runs on "{rule.subject}", which is none of '
                + ", ".join(SUBJECT_TOPICS)
            )
    return list(rules)


# --- reading policies ---


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
    if not os.path.isfile(file):
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
    from .config.settings import Origin

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


def check_extra(owned: Iterable[tuple[Rule, Document, Path]]) -> list[Fault]:
    """Codes and names of rules from outside that are malformed or taken.

    Each rule comes with the place that brought it.
    """
    faults = []
    built_in = {rule.name: rule for rule in all_rules()}
    codes: dict[str, Rule] = {}
    names: dict[str, Rule] = {}
    for rule, document, path in owned:
        problem, key = "", "code"
        letters = rule.code.rstrip("0123456789")
        if not re.fullmatch(CODE_PATTERN[1:-1], rule.code):
            problem = f'the code "{rule.code}" is not two to eight capitals and a number'
        elif letters in _TAKEN:
            problem = f'the code "{rule.code}" is taken: codes in {letters} are built in'
        elif rule.code in codes:
            problem = f'the code "{rule.code}" is taken by {codes[rule.code].name}'
        else:
            key = "name"
            other = built_in.get(rule.name) or names.get(rule.name)
            if not re.fullmatch(NAME_PATTERN[1:-1], rule.name):
                problem = f'the name "{rule.name}" is not lower-case words joined by hyphens'
            elif other is not None:
                problem = f'the name "{rule.name}" is taken by {other.code}'
        if problem:
            inside = (*path, key) if isinstance(rule.check, PolicyCheck) else path
            faults.append(document.fault(inside, problem))
        codes.setdefault(rule.code, rule)
        names.setdefault(rule.name, rule)
    return faults


# --- running them ---


def policy_rule(policy: Policy) -> Rule:
    """A policy as a rule. Every preset selects it."""
    rule = Rule(policy.code, policy.name, policy.severity, PolicyCheck(policy))
    rule.presets = PRESETS
    return rule


class PolicyCheck:
    """The function of a policy's rule."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.compiled: tuple[Any, Any] | None = None
        # What ``Rule`` reads from a function: its subject and its summary.
        self.__annotations__ = {"subject": _SUBJECTS[policy.on]}
        self.__doc__ = policy.message

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "compiled": None}

    def __call__(self, subject: Any) -> Iterator[Diagnostic]:
        if self.compiled is None:
            policy = self.policy
            when = _validator(json.loads(policy.when)) if policy.when else None
            self.compiled = when, _validator(json.loads(policy.match))
        when, match = self.compiled
        view = self.view(subject)
        if when is not None and not when.is_valid(view.data):
            return
        prefix = f"services.{view.name}" if view.kind == "service" else ""
        told = set()
        for error in match.iter_errors(view.data):
            if not _is_certain(error, view):
                continue
            path: Path = tuple(error.absolute_path)
            key = _key_at_fault(error, view)
            span = view.span(path, key)
            if span in told:
                continue
            told.add(span)
            reason = _reason(error, path)
            yield Diagnostic(
                span,
                self.words(self.policy.message, view, error.instance),
                help=self.words(self.policy.help, view, error.instance) or reason,
                subject=_joined(prefix, path),
                evidence=reason,
            )
            if len(told) >= MAX_FINDINGS:
                return

    def view(self, subject: Any) -> View:
        from .policy_views import service_view, stack_view, stage_view

        views: dict[str, Any] = {"service": service_view, "stack": stack_view, "stage": stage_view}
        view: View = views[self.policy.on](subject)
        return view

    def words(self, text: str, view: View, value: Any) -> str:
        shown = "" if isinstance(value, dict | list) or value is None else _scalar(value)
        return text.replace("{name}", view.name).replace("{value}", shown)


def _is_certain(error: Any, view: View) -> bool:
    """Whether an error stays one whatever the variables are that nothing defines."""
    path: Path = tuple(error.absolute_path)
    if error.context:
        # One of several schemas has to fit: none may do so for what is unknown.
        branches: dict[Any, bool] = {}
        for inner in error.context:
            branch = inner.relative_schema_path[0]
            branches[branch] = branches.get(branch, False) or _is_certain(inner, view)
        return all(branches.values())
    if error.validator in _ABOUT_KEYS and isinstance(error.instance, dict):
        return True
    return _is_key(error, view) or not view.is_unknown(path)


_ABOUT_KEYS = frozenset(
    (
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "type",
    )
)


def _is_key(error: Any, view: View) -> bool:
    """Whether an error is about a key of the mapping at its path (``propertyNames``)."""
    return isinstance(error.instance, str) and isinstance(view.value(error.absolute_path), dict)


def _key_at_fault(error: Any, view: View) -> str | None:
    """The key that an error is about, where it stands in the mapping at the error's path."""
    schema, instance = error.schema, error.instance
    if error.validator == "additionalProperties" and isinstance(instance, dict):
        for key in instance:
            if key not in schema.get("properties", {}) and not any(
                re.search(pattern, key) for pattern in schema.get("patternProperties", {})
            ):
                return str(key)
    return str(instance) if _is_key(error, view) else None


def _reason(error: Any, path: Path) -> str:
    """What does not fit, in a few words."""
    subject = _joined("", path) or "it"
    value = error.validator_value
    if error.validator == "required":
        missing = [name for name in value if name not in error.instance]
        inside = f" in {_joined('', path)}" if path else ""
        return f"there is no {', '.join(missing)}{inside}"
    if error.validator in ("enum", "const"):
        expected = value if error.validator == "enum" else [value]
        return _shortened(f"{subject} is {_scalar(error.instance)}, not {_listing(expected)}")
    if error.validator == "pattern":
        return _shortened(f"{subject} is {_scalar(error.instance)}, which does not match {value}")
    if error.validator == "not":
        return f"{subject} is what the policy rules out"
    return _shortened(f"{subject}: {error.message}")


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _listing(values: list[Any]) -> str:
    texts = [_scalar(value) for value in values]
    return texts[0] if len(texts) == 1 else f"{', '.join(texts[:-1])} or {texts[-1]}"


def _joined(prefix: str, path: Path) -> str:
    text = prefix
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
