"""Texts for which rules report what their own examples do not show, by the code of the rule."""

from __future__ import annotations

from collections.abc import Mapping

MORE: dict[str, tuple[str | Mapping[str, str], ...]] = {
    "CF911": ("services:  \n  web: \n    image: nginx:1.30",),
}
"""Each text is the main file of a project of its own; a mapping has all files, the main one first."""

UNREACHED: dict[str, int] = {
    "compose/capacity.py: _exceeding": 1,
    "compose/confinement.py: new_privileges_allowed": 1,
    "compose/engine_values.py: unknown_namespace": 1,
    "compose/health.py: healthcheck_timing": 2,
    "compose/health_tools.py: _missing_in_dockerfile": 1,
    "compose/health_tools.py: _missing_in_test": 1,
    "compose/inner_memory.py: swap_below_memory": 1,
    "compose/limits.py: limit_too_low": 2,
    "compose/networking.py: invalid_address": 1,
    "compose/networking.py: port_published_twice": 1,
    "compose/reliability.py: missing_log_rotation": 1,
    "compose/reliability.py: unknown_restart_policy": 1,
    "compose/security_options.py: malformed_security_option": 2,
    "compose/storage.py: data_not_persistent": 1,
    "compose/unset.py: _hashes": 1,
    "compose/unset.py: unescaped_dollar": 1,
    "compose/unset.py: unset_variable": 1,
    "dockerfile/_written_sources.py: old_sources_written": 1,
    "dockerfile/downloads.py: _additions": 1,
    "dockerfile/exec_form.py: broken_exec_form": 1,
    "dockerfile/gone.py: _archived": 1,
    "dockerfile/gone.py: _hosts": 1,
    "dockerfile/gone.py: _old_node": 1,
    "dockerfile/left_files.py: archive_left": 1,
    "dockerfile/managed_python.py: externally_managed_python": 1,
    "dockerfile/metadata.py: bad_stop_signal": 1,
    "dockerfile/multistage.py: _builds_in_place": 2,
    "dockerfile/old_pip.py: old_pip_takes_newest": 2,
    "dockerfile/package_lists.py: _from_earlier_lists": 1,
    "dockerfile/package_lists.py: _from_other": 1,
    "dockerfile/reading.py: _copy_flags": 3,
    "dockerfile/reading.py: _cut_paths": 1,
    "dockerfile/reading.py: _mount_targets": 1,
    "dockerfile/reading.py: dockerfile_syntax": 1,
    "dockerfile/secrets.py: secret_in_run": 1,
    "dockerfile/security.py: world_writable": 1,
    "dockerfile/stages.py: _bad_number": 1,
    "dockerfile/stages.py: unknown_stage": 1,
    "dockerfile/stages.py: unused_stage": 2,
    "dockerfile/style.py: _blanks_around_equals": 1,
    "dockerfile/users.py: _inherited": 1,
    "dockerignore/patterns.py: _takes_nothing_back": 1,
    "project/builds.py: context_missing": 1,
    "project/copies.py: _copies_without_stack": 1,
    "project/files.py: _missing_project_files": 1,
    "project/files.py: _without_name": 1,
}
"""Functions of rules, each with the number of its findings that no text here reaches: only fewer."""
