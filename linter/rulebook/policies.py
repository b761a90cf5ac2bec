"""Policies of a configuration as rules.

A policy is data: a JSON Schema that every service, stack or stage has to match, and the
message for those that do not. It becomes a ``Rule`` like any other.
"""

from __future__ import annotations

import json
import re
from itertools import zip_longest

from ..base.names import FAMILIES, PRESETS
from ..config.policies import matches_a_pattern, validator
from ..config.policy_patterns import TooLong
from ..config.policy_schema import CODE_PATTERN, NAME_PATTERN
from ..rule import Diagnostic, Example, Rule
from .policy_reasons import joined, reason_of, scalar
from .registry import all_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..config.document import Document
    from ..config.errors import Fault
    from ..config.settings import Config, Policy
    from ..config.toml_places import Path
    from .policy_views import View

MAX_FINDINGS = 20
"""The most findings that a policy reports about one service, stack or stage."""

_SUBJECTS = {"service": "Service", "stack": "Stack", "stage": "Stage"}
_ABOUT_KEYS = frozenset(
    [
        "required",
        "additionalProperties",
        "minProperties",
        "maxProperties",
        "dependentRequired",
        "type",
    ]
)
"""Keywords of JSON Schema whose errors depend on the keys of a mapping, not on its values."""
_NAMED = re.compile(r"(?:\b(?:an?|the) )?\b(service|stack|stage) ([\"'`]?)\{name\}\2")
"""What a message names, with its article and its quotes."""
_VALUE = re.compile(r"(?:\bthe value )?([\"'`]?)\{value\}\1")
_BUILT_IN = frozenset((*FAMILIES, "SC"))


def load_policies(config: Config) -> list[Rule]:
    """The policies of a configuration as rules; a schema is compiled when it is first used."""
    return [policy_rule(policy) for policy in config.policies]


def check_extra(owned: Iterable[tuple[Rule, Document, Path]]) -> list[Fault]:
    """The errors of codes and names of added rules: malformed, or used by another rule.

    Each rule comes with the place in the configuration that adds it.
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
        elif letters in _BUILT_IN:
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
            place = (*path, key) if isinstance(rule.check, PolicyCheck) else path
            faults.append(document.fault(place, problem))
        codes.setdefault(rule.code, rule)
        names.setdefault(rule.name, rule)
    return faults


def policy_rule(policy: Policy) -> Rule:
    """A policy as a rule, which every preset selects."""
    rule = Rule(policy.code, policy.name, policy.severity, PolicyCheck(policy))
    rule.category = policy.category
    rule.presets = PRESETS
    rule.url = policy.url
    good = [example.text for example in policy.examples if example.is_good]
    bad = [example.text for example in policy.examples if not example.is_good]
    path = "Dockerfile" if policy.on == "stage" else ""
    rule.examples = tuple(
        Example(text.strip("\n"), fitting.strip("\n"), path)
        for text, fitting in zip_longest(bad, good[: len(bad)], fillvalue="")
    )
    return rule


def summary_of(policy: Policy) -> str:
    """The message of a policy without a certain service and value, as lists of rules show it."""
    text = _NAMED.sub(r"a \1", policy.message)
    text = re.sub(r"([\"'`]?)\{name\}\1", f"a {policy.on}", text)
    text = _VALUE.sub("the value", text)
    return text if text == policy.message else f"{text[:1].upper()}{text[1:]}"


class PolicyCheck:
    """The function of a policy's rule; its annotations and docstring are what ``Rule`` reads."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.compiled: tuple[Any, Any] | None = None
        self.__annotations__ = {"subject": _SUBJECTS[policy.on]}
        self.__doc__ = summary_of(policy)

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "compiled": None}

    def __call__(self, subject: Any) -> Iterator[Diagnostic]:
        view = self.view(subject)
        try:
            yield from self.findings(view)
        except TooLong:
            yield Diagnostic(
                view.span((), None),
                f'the policy "{self.policy.name}" was not checked: a text here is too long for its '
                "pattern",
                help="write a pattern with fewer repetitions, or limit the length with maxLength",
                subject=f"services.{view.name}" if view.kind == "service" else "",
            )

    def findings(self, view: View) -> Iterator[Diagnostic]:
        """The findings about a service, stack or stage."""
        if self.compiled is None:
            policy = self.policy
            when = validator(json.loads(policy.when)) if policy.when else None
            self.compiled = when, validator(json.loads(policy.match))
        when, match = self.compiled
        if when is not None and not when.is_valid(view.data):
            return
        prefix = f"services.{view.name}" if view.kind == "service" else ""
        reported = set()
        for error in match.iter_errors(view.data):
            if not _is_certain(error, view):
                continue
            path: Path = tuple(error.absolute_path)
            span = view.span(path, _key_of(error, view))
            if span in reported:
                continue
            reported.add(span)
            reason = reason_of(error, path, is_key=_is_key(error, view))
            yield Diagnostic(
                span,
                self.words(self.policy.message, view, error.instance),
                help=self.words(self.policy.help, view, error.instance) or reason,
                subject=joined(prefix, path),
                evidence=reason,
            )
            if len(reported) >= MAX_FINDINGS:
                return

    def view(self, subject: Any) -> View:
        """A service, stack or stage as the policy sees it."""
        from .policy_views import service_view, stack_view, stage_view

        views: dict[str, Any] = {"service": service_view, "stack": stack_view, "stage": stage_view}
        view: View = views[self.policy.on](subject)
        return view

    def words(self, text: str, view: View, value: Any) -> str:
        """A text of the policy with name and value filled in."""
        shown = "" if isinstance(value, dict | list) or value is None else scalar(value)
        return text.replace("{name}", view.name).replace("{value}", shown)


def _is_certain(error: Any, view: View) -> bool:
    """Whether an error does not depend on the values of undefined variables."""
    path: Path = tuple(error.absolute_path)
    if error.context:
        # One of several schemas has to match: all of them must certainly not.
        branches: dict[Any, bool] = {}
        for inner in error.context:
            branch = inner.relative_schema_path[0]
            branches[branch] = branches.get(branch, False) or _is_certain(inner, view)
        return all(branches.values())
    if error.validator in _ABOUT_KEYS and isinstance(error.instance, dict):
        return True
    return _is_key(error, view) or not view.is_unknown(path)


def _is_key(error: Any, view: View) -> bool:
    """Whether an error is about a key of the mapping at its path (``propertyNames``)."""
    return isinstance(error.instance, str) and isinstance(view.value(error.absolute_path), dict)


def _key_of(error: Any, view: View) -> str | None:
    """The key that an error is about, in the mapping at the error's path; None for other errors."""
    schema, instance = error.schema, error.instance
    if error.validator == "additionalProperties" and isinstance(instance, dict):
        for key in instance:
            if key not in schema.get("properties", {}) and not matches_a_pattern(key, schema):
                return str(key)
    return str(instance) if _is_key(error, view) else None
