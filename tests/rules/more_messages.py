"""Texts for which rules report what their own examples do not show, by the code of the rule."""

from __future__ import annotations

from collections.abc import Mapping

MORE: dict[str, tuple[str | Mapping[str, str], ...]] = {}
"""Each text is the main file of a project of its own; a mapping has all files, the main one first."""

UNREACHED: dict[str, int] = {
    "compose/capacity.py: _exceeding": 1,
    "compose/confinement.py: new_privileges_allowed": 1,
    "compose/engine_values.py: unknown_namespace": 1,
    "compose/health.py: healthcheck_timing": 2,
    "compose/health_tools.py: _missing_in_dockerfile": 1,
}
"""Functions of rules, each with the number of its findings that no text here reaches: only fewer."""
