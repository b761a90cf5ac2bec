"""An image's entry of the data files, narrowed to the facts that hold for one tag."""

from __future__ import annotations

from . import tags

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from .data import Entry

_MAPPINGS = frozenset({"tools", "secrets", "files"})
_CONDITION = frozenset({"legacy", "when"})
_MISSING = object()


def narrow(entry: Entry, tag: tags.Tag) -> dict[str, Any]:
    """The entry with the cases applied, in their order, that hold for a tag.

    A case that may or may not hold makes the facts unknown that it would change; its data
    paths are added to the others. Legacy cases are about releases so old that no tag without
    a version (``latest``, ``alpine``) names them any more.
    """
    facts = {key: value for key, value in entry.items() if key not in ("aliases", "cases")}
    for key in _MAPPINGS:
        facts[key] = dict(facts.get(key, ()))
    facts["data_certain"] = True
    for case in entry.get("cases", ()):
        answer = tags.holds(case["when"], tag)
        if answer is None and not (case.get("legacy") and tag.words is not None):
            _make_unknown(facts, case)
        elif answer:
            for key, value in case.items():
                if key in _MAPPINGS:
                    facts[key].update(value)
                elif key not in _CONDITION:
                    facts[key] = value
    return _for_windows(facts) if tag.windows else facts


def _make_unknown(facts: dict[str, Any], case: dict[str, Any]) -> None:
    """Mark the facts as unknown that a case would change."""
    for key, value in case.items():
        if key in _CONDITION:
            continue
        if key in _MAPPINGS:
            for name, fact in value.items():
                if facts[key].get(name, _MISSING) != fact:
                    facts[key][name] = None
        elif key == "data_paths":
            facts[key] = list(dict.fromkeys((*(facts.get(key) or ()), *value)))
            facts["data_certain"] = False
        elif facts.get(key) != value:
            facts[key] = None


def _for_windows(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts that also hold for the Windows variant of an image."""
    kept = ("deprecated", "language", "lifecycle", "sources", "stateful", "taken")
    return {
        **{key: facts[key] for key in kept if key in facts},
        "os": "windows",
        "tools": {},
        "secrets": {},
        "files": {},
        "data_certain": True,
    }
