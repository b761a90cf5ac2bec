"""The shape of a configuration, as JSON Schema.

A configuration is checked against ``CONFIG`` when it is loaded. ``tools/schemas.py`` adds the
names and options of the rules, and publishes it as ``schemas/config.schema.json``.
"""

from __future__ import annotations

from ..base.names import BASELINE_FILE, PRESETS, SEVERITIES
from ..base.units import format_size
from ..model.host import Host
from .options import LIST, OPTIONS
from .policy_schema import POLICY
from .schema_parts import (
    ADDRESS,
    RULE,
    SIZE_PATTERN,
    Schema,
    choice,
    count,
    flag,
    list_of,
    rules,
    size,
    table,
    text,
)
from .settings import Config

_DEFAULTS = Config()


def _globs(description: str) -> Schema:
    return list_of(description, text("A glob, relative to this file."))


def _preset(description: str) -> Schema:
    return choice(description, PRESETS)


def _same(attribute: str) -> Schema:
    """A setting that an option of the command line describes (see ``options``)."""
    option = OPTIONS[attribute]
    if option.kind == LIST:
        return rules(option.help)
    if option.choices:
        return choice(option.help, option.choices, default=option.default)
    return flag(option.help, option.default)


_STACK = table(
    "Files that form one stack.",
    {
        "name": text("What the stack is called in reports. By default its files."),
        "files": list_of(
            "The stack's Compose files, relative to this file, in the order in which Docker "
            "Compose merges them.",
            text("A Compose file, relative to this file."),
            "a list of files",
            minItems=1,
        ),
        "profiles": list_of(
            "The Compose profiles that are switched on. By default every profile is looked at.",
            text("A Compose profile."),
        ),
        "env-files": list_of(
            "Files that variables are read from instead of .env, relative to this file.",
            text("An env file, relative to this file."),
            "a list of files",
        ),
        "preset": _preset("The preset that holds for this stack."),
    },
    "files",
)

_HOST = table(
    "The machine that the stacks run on. With it the limits of all services are added up.",
    {
        "memory": size(
            "The machine's memory. `auto` takes that of the machine that runs the linter, so that "
            "results differ from machine to machine.",
            "auto",
            expected="a size such as 8G, or auto",
        ),
        "cpus": {
            "description": "The machine's CPUs. `auto` takes those of the machine that runs the "
            "linter.",
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0},
                {"type": "string", "enum": ["auto"]},
            ],
            "x-expected": "a number of CPUs, or auto",
        },
        "reserve": size(
            "Memory that is left to the system and not to services: a size, or a part of the "
            "machine's memory such as 10%.",
            "[0-9]{1,2}(\\.[0-9]+)?%",
            expected="a size such as 1G, or a part such as 10%",
            default=Host().reserve,
        ),
    },
)

_DURATION = {"pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"}
_DURATION_WORDS = "a duration such as 30s or 1m30s"

_FIX = table(
    "Values that fixes write where one has to be chosen. By default each rule chooses by the "
    "image.",
    {
        "memory": text(
            "The memory limit of a service.", "a size such as 512M", pattern=SIZE_PATTERN
        ),
        "cpus": {
            "description": "The CPU limit of a service.",
            "type": "number",
            "exclusiveMinimum": 0,
            "x-expected": "a number of CPUs such as 0.5",
        },
        "pids": count("How many processes a service may have."),
        "restart": choice(
            "The restart policy of a service.", ("always", "on-failure", "unless-stopped", "no")
        ),
        "interval": text("How often a healthcheck runs.", _DURATION_WORDS, **_DURATION),
        "timeout": text("How long a healthcheck may take.", _DURATION_WORDS, **_DURATION),
        "retries": count("How often a healthcheck may fail in a row."),
        "start-period": text(
            "How long a container has to start before failed healthchecks count.",
            _DURATION_WORDS,
            **_DURATION,
        ),
        "log-max-size": text(
            "The size at which a log file is rotated.",
            "a size such as 10m",
            pattern="^[0-9]+[kmg]?$",
        ),
        "log-max-file": count("How many rotated log files are kept."),
        "bind-address": text("The address that ports are bound to instead of all addresses."),
    },
)

CONFIG: Schema = table(
    "How composelint checks a project.",
    {
        "$schema": ADDRESS,
        "extend": text(
            "Another configuration, relative to this file, that this one stands on. Single values "
            "and lists here replace those there; tables are merged; extend-select, ignore, "
            "extend-exclude, unfixable, per-service-ignores, policies, plugins and locked are "
            "added."
        ),
        "preset": choice(
            "The set of rules to start from. Every preset but style stands on recommended. "
            "Without it a stack's file name may choose one: see presets-by-name.",
            PRESETS,
            default=OPTIONS["preset"].default,
        ),
        "select": rules(
            "Only these rules, whatever the preset. Replaces select and ignore of the "
            "configuration that this one extends."
        ),
        "extend-select": _same("extend_select"),
        "ignore": rules(
            "Not these rules. Where a rule is both selected and ignored, the more specific of "
            "both counts; of two alike, the ignore."
        ),
        "locked": rules(
            "Rules that always run: no ignore, comment or baseline hides what they report, and a "
            "configuration that extends this one cannot lower their severity."
        ),
        "severity": {
            "description": "The severity of a rule's findings, by the rule's code, name or a "
            "prefix of codes.",
            "type": "object",
            "propertyNames": {"$ref": "#/definitions/rule"},
            "additionalProperties": choice("The severity of its findings.", SEVERITIES),
        },
        "rules": {
            "description": "Options of single rules, by the rule's code or name.",
            "type": "object",
            "properties": {},
            "additionalProperties": {
                "description": "Options of a rule.",
                "type": "object",
            },
        },
        "per-file-ignores": {
            "description": "Rules to ignore in some files: a glob, relative to this file, and the "
            "rules. A glob without a slash matches any part of a path.",
            "type": "object",
            "additionalProperties": rules("The rules to ignore there."),
        },
        "per-service-ignores": list_of(
            "Rules to ignore for some services, with the reason.",
            table(
                "Rules to ignore for some services.",
                {
                    "services": list_of(
                        "The services, as names or patterns with * and ?.",
                        text("A service's name, or a pattern."),
                        "a list of services",
                        minItems=1,
                    ),
                    "rules": rules("The rules to ignore for them.", minItems=1),
                    "reason": text("Why that is right. Shown with the suppressed findings."),
                },
                "services",
                "rules",
                "reason",
            ),
            "a list of tables",
        ),
        "exclude": _globs("Files and folders to leave out, as globs relative to this file."),
        "extend-exclude": _globs("Files and folders to leave out besides exclude."),
        "vendored": list_of(
            "The names of folders with copies of other projects, or the last parts of their paths. "
            "They are not searched; what is named in them is linted.",
            text("A folder's name, or a pattern."),
            default=_DEFAULTS.vendored,
        ),
        "force-exclude": _same("force_exclude"),
        "respect-gitignore": _same("respect_gitignore"),
        "inline-ignores": _same("inline_ignores"),
        "require-reason": flag(
            "Report suppressing comments without a reason (LN013).", _DEFAULTS.require_reason
        ),
        "stacks": list_of(
            "Which files form which stack, where the file names do not tell.",
            _STACK,
            "a list of tables",
        ),
        "presets-by-name": {
            "description": "Which preset holds for a stack by the names of its files: a glob and "
            "a preset. The last file that fits decides. Built in are *.prod.* (production), "
            "*.dev.*, *.override.* and *.test.* (development), where nothing else chooses.",
            "type": "object",
            "additionalProperties": _preset("The preset for stacks with such a file."),
        },
        "host": _HOST,
        "fix": _FIX,
        "fixable": _same("fixable"),
        "unfixable": _same("unfixable"),
        "fail-on": _same("fail_on"),
        "output-format": _same("output_format"),
        "registries": list_of(
            "The registries, or registries with a path, that images may come from, such as "
            "docker.io/library or ghcr.io/acme (registry-not-allowed). By default any.",
            text("A registry, or a registry with a path."),
        ),
        "max-file-size": size(
            "The largest file that is read.", default=format_size(_DEFAULTS.max_file_size)
        ),
        "allow-outside": flag(
            "Follow include, extends, env_file and symbolic links out of the project.",
            _DEFAULTS.allow_outside,
        ),
        "use-environment": _same("use_environment"),
        "compose-version": _same("compose_version"),
        "shellcheck": {
            "description": "Whether RUN scripts are checked with ShellCheck: the one that is "
            "installed beside composelint, or the program at an absolute path outside the project.",
            "anyOf": [
                {"type": "boolean"},
                {"type": "string", "minLength": 1},
            ],
            "x-expected": "true, false or a path",
            "default": _DEFAULTS.shellcheck,
        },
        "policies": list_of(
            "Rules of your own, as tables or as files that hold them.",
            {
                "description": "A policy, or a file of policies relative to this file.",
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {"$ref": "#/definitions/policy"},
                ],
                "x-expected": "a policy or a file of policies",
            },
            "a list of policies and files",
        ),
        "plugins": list_of(
            "Python modules that declare rules, beside this file or installed. They are imported, so "
            "they run: only in a trusted tree, and never under --isolated.",
            text(
                "The name of a module: a file NAME.py or a folder NAME beside this file, or what is "
                "installed.",
                "a module's name such as acme_rules",
                pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$",
            ),
            "a list of modules",
        ),
        "baseline": text(
            "The file of known findings that are not reported, relative to this file. By default "
            f"{BASELINE_FILE} where there is one.",
            default=BASELINE_FILE,
        ),
    },
)

USER: Schema = {
    **CONFIG,
    "title": "The user's own configuration of composelint",
    "description": "",
    "properties": {
        "trusted": list_of(
            "Folders whose configurations may run plug-ins and programs, read outside of their tree, "
            "and use the environment; and all folders below them.",
            text("An absolute path, or one that begins with ~/."),
        ),
        **{
            key: CONFIG["properties"][key]
            for key in ("plugins", "shellcheck", "allow-outside", "use-environment")
        },
    },
}
"""The user's own configuration: what a tree cannot decide unless it is trusted."""

DEFINITIONS: dict[str, Schema] = {"rule": RULE, "policy": POLICY}
