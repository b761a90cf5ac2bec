"""The rules there are, and which of them a run selects.

A topic's modules are imported only when a file of its kind is met: a run over Compose
files never loads the rules for Dockerfiles. Selecting by code or name needs them all.
"""

from __future__ import annotations

import os
from importlib import import_module
from typing import TYPE_CHECKING

from .rule import Rule, Severity, take_declared
from .suggest import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

TOPICS = ("linter", "compose", "dockerfile", "dockerignore", "env", "project")
"""The folders of ``rules/``, in the order in which their rules run."""

PRESETS = (
    "recommended",
    "development",
    "infrastructure",
    "hybrid",
    "production",
    "hardened",
    "style",
    "all",
)

_PACKAGE = __package__.rpartition(".")[0] + ".rules"
_loaded: dict[str, tuple[Rule, ...]] = {}


class UnknownSelector(ValueError):
    """A code, name, prefix or peer's id that no rule answers to."""


def topic_rules(topic: str) -> tuple[Rule, ...]:
    """The rules of one folder of ``rules/``, in the order of their codes."""
    found = _loaded.get(topic)
    if found is None:
        package = import_module(f"{_PACKAGE}.{topic}")
        folder = os.path.dirname(package.__file__ or "")
        take_declared()
        for name in sorted(os.listdir(folder)):
            if name.endswith(".py") and not name.startswith("_"):
                import_module(f"{_PACKAGE}.{topic}.{name[:-3]}")
        found = tuple(sorted(take_declared(), key=lambda rule: rule.code))
        _loaded[topic] = found
    return found


def all_rules() -> list[Rule]:
    """Every built-in rule, in the order of the codes."""
    return sorted(
        (rule for topic in TOPICS for rule in topic_rules(topic)), key=lambda rule: rule.code
    )


def find(selector: str) -> list[Rule]:
    """The rules that a code, a name, a prefix of codes, ``ALL`` or a peer's id stands for.

    Raises:
        UnknownSelector: with the nearest name where one is close.
    """
    rules = all_rules()
    wanted = selector.strip()
    if wanted.upper() == "ALL":
        return rules
    folded = wanted.casefold()
    exact = [rule for rule in rules if folded in (rule.code.casefold(), rule.name)]
    if exact:
        return exact
    peers = [
        rule
        for rule in rules
        if any(
            folded in (peer.casefold(), peer.partition(":")[2].casefold())
            for peer in rule.equivalents
        )
    ]
    if peers:
        return peers
    upper = wanted.upper()
    if (upper[:2].isalpha() and upper[2:].isdigit()) or len(upper) == 2:
        family = [rule for rule in rules if rule.code.startswith(upper)]
        if family:
            return family
    known = [name for rule in rules for name in (rule.code, rule.name)]
    known += [peer.partition(":")[2] for rule in rules for peer in rule.equivalents]
    close = nearest(wanted, known)
    hint = f'; did you mean "{close}"?' if close else ""
    raise UnknownSelector(f'no rule is called "{wanted}"{hint}')


class Selection:
    """Which rules run, and with which severity.

    Rules of the linter itself (LN) always run unless ignored.
    """

    __slots__ = ("_by_code", "preset", "severities")

    def __init__(
        self,
        preset: str = "recommended",
        select: Sequence[str] | None = None,
        extend_select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        severities: dict[str, Severity] | None = None,
    ) -> None:
        self.preset = preset
        self.severities = severities or {}
        self._by_code: dict[str, bool] = {}
        named = list(select or ())
        if select is not None:
            for rule in all_rules():
                self._by_code[rule.code] = (
                    rule.code.startswith("LN") and "recommended" in rule.presets
                )
        for selector in [*named, *extend_select]:
            for rule in find(selector):
                self._by_code[rule.code] = True
        for selector in ignore:
            for rule in find(selector):
                self._by_code[rule.code] = False

    def selects(self, rule: Rule) -> bool:
        decided = self._by_code.get(rule.code)
        if decided is not None:
            return decided
        if self.preset == "all":
            return True
        # Every preset stands on the recommended rules; "style" alone does not.
        if "recommended" in rule.presets and self.preset != "style":
            return True
        return self.preset in rule.presets

    def severity(self, rule: Rule) -> Severity:
        return self.severities.get(rule.code) or rule.severity_in.get(self.preset, rule.severity)

    def of(self, topic: str) -> list[Rule]:
        """The selected rules of one topic that are functions (not the engine's own)."""
        return [rule for rule in topic_rules(topic) if self.selects(rule) and not rule.engine]


def by_code(codes: Iterable[str]) -> dict[str, Rule]:
    """The rules with these codes."""
    wanted = set(codes)
    return {rule.code: rule for rule in all_rules() if rule.code in wanted}
