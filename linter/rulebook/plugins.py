"""Rules that a configuration adds: those of plug-ins, which are modules that it names."""

from __future__ import annotations

from importlib import import_module

from ..base.names import SUBJECT_TOPICS
from .registry import module_rules

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from ..config.settings import Config
    from ..rule import Rule


def extra_rules(config: Config) -> list[Rule]:
    """The rules that a configuration adds: those of plug-ins, then those of policies."""
    if not (config.plugins or config.policies):
        return []
    from .policies import load_policies

    return [*load_plugins(config.plugins), *load_policies(config)]


def load_plugins(names: Iterable[str]) -> list[Rule]:
    """The rules that these modules declare.

    Raises:
        ValueError: as ``load_plugin`` does.
    """
    return [rule for name in names for rule in load_plugin(name)]


def load_plugin(name: str) -> list[Rule]:
    """The rules that a module declares; imports the module.

    Raises:
        ValueError: if it cannot be imported, declares no rules, or one that cannot run.
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
            # A module without ``from __future__ import annotations``.
            rule.subject = getattr(rule.subject, "__name__", "")
        if rule.subject not in SUBJECT_TOPICS:
            raise ValueError(
                f'the plug-in "{name}": {rule.code} runs on "{rule.subject}", which is none of '
                + ", ".join(SUBJECT_TOPICS)
            )
    return list(rules)
