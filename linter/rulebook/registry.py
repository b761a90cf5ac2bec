"""The registry of rules: the built-in ones by topic, and the search for a rule by a selector.

The modules of a topic are imported when a run needs them: a run over Compose files never
loads the rules for Dockerfiles. The letters of a code name its topic, so that a code loads
only that topic; a name is searched for topic by topic.
"""

from __future__ import annotations

import os
from importlib import import_module

from ..base.names import FAMILIES, TOPICS
from ..base.patterns import on_demand
from ..rule import CATEGORIES, Rule, take_declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_PACKAGE = __package__.removesuffix(".linter.rulebook") + ".rules"
CODE = on_demand(r"([A-Z]+)([0-9]*)\Z")
EXTERNAL = on_demand(r"SC[0-9]{0,4}\Z")
"""Codes of ShellCheck, or prefixes of them: no rule is declared for these."""

_loaded: dict[str, tuple[Rule, ...]] = {}
_by_module: dict[str, list[Rule]] = {}


class UnknownSelector(ValueError):
    """A selector that matches no rule."""


def topic_rules(topic: str) -> tuple[Rule, ...]:
    """The rules of one folder of ``rules/``, sorted by code."""
    rules = _loaded.get(topic)
    if rules is None:
        name = f"{_PACKAGE}.{topic}"
        folder = os.path.dirname(import_module(name).__file__ or "")
        for file in sorted(os.listdir(folder)):
            if file.endswith(".py") and not file.startswith("_"):
                import_module(f"{name}.{file[:-3]}")
        rules = _loaded[topic] = module_rules(name)
    return rules


def module_rules(name: str) -> tuple[Rule, ...]:
    """The rules that an imported module or package has declared, sorted by code."""
    for rule in take_declared():
        _by_module.setdefault(rule.check.__module__, []).append(rule)
    declared = [
        rule
        for module, rules in _by_module.items()
        if module == name or module.startswith(f"{name}.")
        for rule in rules
    ]
    return tuple(sorted(declared, key=lambda rule: rule.code))


def all_rules() -> list[Rule]:
    """All built-in rules, sorted by code."""
    return sorted(
        (rule for topic in TOPICS for rule in topic_rules(topic)), key=lambda rule: rule.code
    )


def rule_of(code: str) -> Rule:
    """The built-in rule with this code."""
    return next(rule for rule in topic_rules(FAMILIES[code[:2]]) if rule.code == code)


def find(selector: str, extra: Sequence[Rule] = ()) -> list[Rule]:
    """The rules that a selector matches.

    A selector is a code, a name, a category, a prefix of codes, ``ALL``, or the id of a rule
    of another linter. Codes and names come first, then categories, ids and prefixes.
    ``extra`` are rules that are not built in.

    Raises:
        UnknownSelector: if there are none; the message names a similar selector.
    """
    wanted = selector.strip()
    upper, folded = wanted.upper(), wanted.casefold()
    if upper == "ALL":
        return [*all_rules(), *extra]
    if EXTERNAL.match(upper):
        from .shellcheck_codes import explained

        external = explained(upper)
        if external is not None:
            return [external]
    code = CODE.match(upper)
    topic = FAMILIES.get(code[1]) if code else None
    searched = [topic] if topic else TOPICS
    for rules in (extra, *map(topic_rules, searched)):
        for rule in rules:
            if folded in (rule.code.casefold(), rule.name):
                return [rule]
    if folded in CATEGORIES:
        return [rule for rule in (*all_rules(), *extra) if rule.category == folded]
    if topic is None:
        equivalent = [
            rule
            for rule in (*all_rules(), *extra)
            if any(
                folded in (peer.casefold(), peer.partition(":")[2].casefold())
                for peer in rule.equivalents
            )
        ]
        if equivalent:
            return equivalent
    if code:
        family = [
            rule
            for rule in (topic_rules(topic) if topic else extra)
            if rule.code.startswith(upper) and rule.code.rstrip("0123456789") == code[1]
        ]
        if family:
            return family
    known = [*all_rules(), *extra]
    names = [name for rule in known for name in (rule.code, rule.name)]
    names += CATEGORIES
    names += [peer.partition(":")[2] for rule in known for peer in rule.equivalents]
    # Codes all resemble each other: a near one is no guess at what a wrong one means.
    from ..base.suggest import hint

    meant = "" if wanted[-1:].isdigit() and wanted[:2].isalpha() else hint(wanted, names)
    raise UnknownSelector(f'no rule is called "{wanted}"{meant}')
