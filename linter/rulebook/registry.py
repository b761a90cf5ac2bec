"""The registry of rules: the built-in ones by topic, and the search for a rule by a selector.

What a run has to know of a rule before it runs stands in an index of its topic, which
``tools/generate.py`` writes: a module of rules is imported when one of them runs. Selectors and
documentation ask for all that a topic declares. The letters of a code name its topic, so that a
code loads only that topic; a name is searched for topic by topic.
"""

from __future__ import annotations

import os

from ..base.names import FAMILIES, TOPICS
from ..base.package import import_own
from ..base.patterns import on_demand
from ..rule import CATEGORIES, Rule, Severity, take_declared

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    Row = tuple[Any, ...]

_PACKAGE = __package__.removesuffix(".linter.rulebook") + ".rules"
CODE = on_demand(r"([A-Z]+)([0-9]*)\Z")
EXTERNAL = on_demand(r"SC[0-9]{0,4}\Z")
"""Codes of ShellCheck, or prefixes of them: no rule is declared for these."""

INDEX = "_index"
"""The module in the folder of a topic that lists its rules."""

_listed: dict[str, tuple[Rule, ...]] = {}
_loaded: dict[str, tuple[Rule, ...]] = {}
_by_module: dict[str, list[Rule]] = {}


class UnknownSelector(ValueError):
    """A selector that matches no rule."""


def topic_rules(topic: str) -> tuple[Rule, ...]:
    """The rules of one folder of ``rules/``, sorted by code."""
    rules = _loaded.get(topic)
    if rules is None:
        name = f"{_PACKAGE}.{topic}"
        folder = os.path.dirname(import_own(name).__file__ or "")
        for file in sorted(os.listdir(folder)):
            if file.endswith(".py") and not file.startswith("_"):
                import_own(f"{name}.{file[:-3]}")
        rules = _loaded[topic] = module_rules(name)
    return rules


class ListedRule(Rule):
    """A rule as the index of its topic lists it.

    What the index does not say, the function above all, is taken from the declaration when it is
    first asked for, which imports the module.
    """

    __slots__ = ("_module",)

    def __init__(self, topic: str, row: Row) -> None:
        self._module = f"{_PACKAGE}.{topic}.{row[0]}"
        self.code, self.name, self.category, self.subject = row[1:5]
        self.severity = _SEVERITIES[row[5]]
        self.presets, self.strict_in, self.words = row[6:9]
        self.severity_in = {preset: _SEVERITIES[number] for preset, number in row[9]}
        self.option_type, self.engine = row[10:]
        self.url = None

    @staticmethod
    def row(rule: Rule) -> Row:
        """What an index says of a declared rule."""
        return (
            rule.check.__module__.rpartition(".")[2],
            *(rule.code, rule.name, rule.category, rule.subject, int(rule.severity)),
            *(rule.presets, rule.strict_in, rule.words),
            tuple((preset, int(severity)) for preset, severity in rule.severity_in.items()),
            *(rule.option_type, rule.engine),
        )

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            if name not in Rule.__slots__:
                raise AttributeError(name)
            import_own(self._module)
            _collect()
            declared = next(one for one in _by_module[self._module] if one.code == self.code)
            value = getattr(declared, name)
            setattr(self, name, value)
            return value


_SEVERITIES = {int(severity): severity for severity in Severity}


def listed_rules(topic: str) -> tuple[Rule, ...]:
    """The rules of a topic, sorted by code, whose modules are imported when they run."""
    rules = _listed.get(topic)
    if rules is None:
        rows = import_own(f"{_PACKAGE}.{topic}.{INDEX}").RULES
        rules = _listed[topic] = tuple([ListedRule(topic, row) for row in rows])
    return rules


def module_rules(name: str) -> tuple[Rule, ...]:
    """The rules that an imported module or package has declared, sorted by code."""
    _collect()
    declared = [
        rule
        for module, rules in _by_module.items()
        if module == name or module.startswith(f"{name}.")
        for rule in rules
    ]
    return tuple(sorted(declared, key=lambda rule: rule.code))


def forget_module(name: str) -> None:
    """Forget the rules of a module: it could not be imported as a whole, and may be again."""
    _collect()
    _by_module.pop(name, None)


def _collect() -> None:
    """Note the modules of the rules that were declared since the last call."""
    for rule in take_declared():
        _by_module.setdefault(rule.check.__module__, []).append(rule)


def all_rules() -> list[Rule]:
    """All built-in rules, sorted by code."""
    return sorted(
        (rule for topic in TOPICS for rule in topic_rules(topic)), key=lambda rule: rule.code
    )


def rule_of(code: str) -> Rule:
    """The built-in rule with this code."""
    return next(rule for rule in listed_rules(FAMILIES[code[:2]]) if rule.code == code)


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
    raise UnknownSelector(f'no rule is called "{wanted}"{_meant(wanted, [*all_rules(), *extra])}')


_LEAST_BEGINNING = 5
"""The letters from which on the beginning of a name tells which one is meant."""

_LIKE_A_CODE = on_demand(r"[A-Z]{2,8}-?[0-9][0-9OIL]*\Z")


def _meant(selector: str, rules: Sequence[Rule]) -> str:
    """The hint that names what an unknown selector means; empty if nothing is close."""
    peers = [peer.partition(":")[2] for rule in rules for peer in rule.equivalents]
    # A peer's id may have the name of the peer before it.
    return _hint(selector.partition(":")[2] or selector, rules, peers)


def meant_in_comment(name: str) -> str:
    """The question whether another rule is meant; empty if no code or name is close.

    It asks the indexes only, so that no rule is loaded.
    """
    rules = [rule for topic in TOPICS for rule in listed_rules(topic)]
    return _hint(name, rules, ()).removeprefix("; ")


def _hint(text: str, rules: Iterable[Rule], peers: Iterable[str]) -> str:
    from ..base.suggest import code_hint, did_you_mean, hint

    listed = list(rules)
    names = [name for rule in listed for name in (rule.code, rule.name)]
    names += [*CATEGORIES, *peers]
    begun = [rule.name for rule in listed if rule.name.startswith(text.casefold())]
    if len(begun) == 1 and len(text) >= _LEAST_BEGINNING:
        return did_you_mean(begun[0])
    return code_hint(text, names) if _LIKE_A_CODE.match(text.upper()) else hint(text, names)
