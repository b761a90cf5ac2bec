"""Rules that a configuration brings: declarative policies, and plug-ins.

A policy is data: a JSON Schema that every service, stack or stage has to fit, with the
words to say when one does not. It becomes a ``Rule`` like any other. A plug-in is a Python
module that declares rules with ``@rule``; it is imported because the configuration names
it, never because it is installed.
"""

from __future__ import annotations

import json
import re

from ..base.names import FAMILIES, PRESETS
from ..base.wording import or_list
from ..config.policies import _shortened, _validator
from ..config.schema import CODE_PATTERN, NAME_PATTERN
from ..rule import Diagnostic, Rule
from .registry import all_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from ..config.document import Document, Fault
    from ..config.settings import Config, Policy
    from ..config.toml_places import Path
    from .policy_views import View

MAX_FINDINGS = 20
"""How many findings one policy reports about one service, stack or stage."""

_SUBJECTS = {"service": "Service", "stack": "Stack", "stage": "Stage"}
_TAKEN = frozenset((*FAMILIES, "SC"))


def load_policies(config: Config) -> list[Rule]:
    """The policies of a configuration as rules; their schemas are compiled when first used."""
    return [policy_rule(policy) for policy in config.policies]


# --- reading policies ---


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
    rule.category = policy.category
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
        return _shortened(
            f"{subject} is {_scalar(error.instance)}, not {or_list(map(_scalar, expected), '')}"
        )
    if error.validator == "pattern":
        return _shortened(f"{subject} is {_scalar(error.instance)}, which does not match {value}")
    if error.validator == "not":
        return f"{subject} is what the policy rules out"
    return _shortened(f"{subject}: {error.message}")


def _scalar(value: Any) -> str:
    return value if isinstance(value, str) else json.dumps(value, default=str)


def _joined(prefix: str, path: Path) -> str:
    text = prefix
    for part in path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else str(part)
    return text
