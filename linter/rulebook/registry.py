"""The rules there are, and which of them a run selects.

A topic's modules are imported only when a file of its kind is met: a run over Compose
files never loads the rules for Dockerfiles. A code says by its letters which topic it
belongs to, so naming it loads that topic alone; a name is looked for topic by topic.
"""

from __future__ import annotations

import os
from importlib import import_module

from ..base.names import FAMILIES, TOPICS
from ..base.patterns import on_demand
from ..base.suggest import hint
from ..rule import CATEGORIES, Rule, take_declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


_PACKAGE = __package__.removesuffix(".linter.rulebook") + ".rules"
CODE = on_demand(r"([A-Z]+)([0-9]*)\Z")
EXTERNAL = on_demand(r"SC[0-9]{0,4}\Z")
"""ShellCheck's codes, which pass through under their own names and have no ``Rule``."""

_loaded: dict[str, tuple[Rule, ...]] = {}
_by_module: dict[str, list[Rule]] = {}


class UnknownSelector(ValueError):
    """A code, name, prefix or peer's id that no rule answers to."""


def topic_rules(topic: str) -> tuple[Rule, ...]:
    """The rules of one folder of ``rules/``, in the order of their codes."""
    found = _loaded.get(topic)
    if found is None:
        name = f"{_PACKAGE}.{topic}"
        folder = os.path.dirname(import_module(name).__file__ or "")
        for file in sorted(os.listdir(folder)):
            if file.endswith(".py") and not file.startswith("_"):
                import_module(f"{name}.{file[:-3]}")
        found = module_rules(name)
        _loaded[topic] = found
    return found


def module_rules(name: str) -> tuple[Rule, ...]:
    """The rules that a module or package declared when it was imported, by their codes."""
    for rule in take_declared():
        _by_module.setdefault(rule.check.__module__, []).append(rule)
    inside = name + "."
    found = [
        rule
        for module, rules in _by_module.items()
        if module == name or module.startswith(inside)
        for rule in rules
    ]
    return tuple(sorted(found, key=lambda rule: rule.code))


def all_rules() -> list[Rule]:
    """Every built-in rule, in the order of the codes."""
    return sorted(
        (rule for topic in TOPICS for rule in topic_rules(topic)), key=lambda rule: rule.code
    )


def find(selector: str, extra: Sequence[Rule] = ()) -> list[Rule]:
    """The rules that a selector stands for.

    It is a code, a name, a category, a prefix of codes, ``ALL`` or a peer's id. ``extra``
    are rules that are not built in. Codes and names come first, then categories, peers' ids
    and prefixes.

    Raises:
        UnknownSelector: with the nearest name where one is close.
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
        peers = [
            rule
            for rule in (*all_rules(), *extra)
            if any(
                folded in (peer.casefold(), peer.partition(":")[2].casefold())
                for peer in rule.equivalents
            )
        ]
        if peers:
            return peers
    if code:
        letters = code[1]
        family = [
            rule
            for rule in (topic_rules(topic) if topic else extra)
            if rule.code.startswith(upper) and rule.code.rstrip("0123456789") == letters
        ]
        if family:
            return family
    known = [*all_rules(), *extra]
    names = [name for rule in known for name in (rule.code, rule.name)]
    names += CATEGORIES
    names += [peer.partition(":")[2] for rule in known for peer in rule.equivalents]
    # Codes all resemble each other: a near one is no guess at what a wrong one means.
    meant = "" if wanted[-1:].isdigit() and wanted[:2].isalpha() else hint(wanted, names)
    raise UnknownSelector(f'no rule is called "{wanted}"{meant}')
