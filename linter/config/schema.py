"""The shape of a configuration and of a policy file, as JSON Schema.

``CONFIG`` and ``POLICY`` are what a configuration is held against when it is loaded;
``config_schema`` and ``policy_schema`` add what the registry knows (the rules' names and
options) and give the published files ``schemas/config.schema.json`` and
``schemas/policy.schema.json``. The dialect is draft 7, the one that editors know best.

Besides the standard keywords a schema here may have ``x-expected``, the words for what
a value has to be (left out of the published form).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ..base.names import FAIL_ON, PRESETS, SEVERITIES
from ..files.kinds import BASELINE_FILE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


Schema = dict[str, Any]

BASE_ADDRESS = "https://raw.githubusercontent.com/composelint/composelint/main/schemas/"

SIZE_PATTERN = r"^[0-9]+(\.[0-9]+)? ?([kKmMgGtTpP][iI]?[bB]?|[bB])?$"
"""A byte size, as ``units.parse_size`` reads it."""

CODE_PATTERN = "^[A-Z]{2,8}[0-9]{1,4}$"
NAME_PATTERN = "^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


def _text(description: str, expected: str = "", **more: Any) -> Schema:
    schema: Schema = {"description": description, "type": "string", "minLength": 1, **more}
    if expected:
        schema["x-expected"] = expected
    return schema


def _flag(description: str, default: bool) -> Schema:
    return {"description": description, "type": "boolean", "default": default}


def _choice(description: str, names: Iterable[str], **more: Any) -> Schema:
    return {"description": description, "type": "string", "enum": list(names), **more}


def _list(description: str, items: Schema, expected: str = "a list of strings") -> Schema:
    return {
        "description": description,
        "type": "array",
        "items": items,
        "x-expected": expected,
    }


def _table(description: str, properties: Mapping[str, Schema], *required: str) -> Schema:
    schema: Schema = {
        "description": description,
        "type": "object",
        "properties": dict(properties),
        "additionalProperties": False,
    }
    if required:
        schema["required"] = list(required)
    return schema


_RULE: Schema = {
    "description": "A rule's code or name, a prefix of codes, a peer's id, or ALL.",
    "type": "string",
    "minLength": 1,
    "x-expected": "a rule's code or name",
}


def _rules(description: str) -> Schema:
    return _list(description, {"$ref": "#/definitions/rule"}, "a list of rules")


def _globs(description: str) -> Schema:
    return _list(description, _text("A glob, relative to this file."))


def _preset(description: str) -> Schema:
    return _choice(description, PRESETS)


_SIZE_WORDS = "a size such as 512M or 4G"


def _size(description: str, *words: str, expected: str = _SIZE_WORDS, **more: Any) -> Schema:
    """A number of bytes, a size with its unit, or one of some words."""
    pattern = SIZE_PATTERN
    if words:
        pattern = f"^({'|'.join(words)})$|{SIZE_PATTERN}"
    return {
        "description": description,
        "anyOf": [
            {"type": "integer", "minimum": 0},
            {"type": "string", "pattern": pattern, "x-expected": expected},
        ],
        "x-expected": expected,
        **more,
    }


_POLICY_PROPERTIES: dict[str, Schema] = {
    "code": _text(
        "The code that findings are reported under: two to eight capitals, then a number. The "
        "letters of composelint's own codes (CF, DF, DI, EV, XF, LN, SC) are taken.",
        "capitals and a number, such as ACME001",
        pattern=CODE_PATTERN,
    ),
    "name": _text(
        "The name that the policy can be selected, ignored and suppressed by. It names the bad "
        "pattern, such as team-label-missing.",
        "a name such as team-label-missing",
        pattern=NAME_PATTERN,
    ),
    "message": _text(
        "What a finding says. {name} stands for the service or stage, {value} for the value at "
        "fault."
    ),
    "help": _text("What to do about it. {name} and {value} stand for the same as in message."),
    "severity": _choice(
        "How much a finding matters. By default a warning.", SEVERITIES, default="warning"
    ),
    "on": _choice(
        "What is held against the policy: each service as `docker compose config` shows it, each "
        "whole stack in that form, or each build stage of a Dockerfile.",
        ("service", "stack", "stage"),
        default="service",
    ),
    "when": {
        "description": "A JSON Schema (draft 2020-12). The policy holds only for what fits it.",
        "type": "object",
        "x-expected": "a JSON Schema",
    },
    "match": {
        "description": "A JSON Schema (draft 2020-12) that everything the policy holds for has "
        "to fit.",
        "type": "object",
        "x-expected": "a JSON Schema",
    },
}

POLICY: Schema = _table(
    "A rule of your own: what a service, a stack or a stage has to look like.",
    _POLICY_PROPERTIES,
    "code",
    "name",
    "message",
    "match",
)

POLICY_FILE: Schema = _table(
    "A file of policies that a configuration names under policies.",
    {
        "$schema": {
            "description": "The address of this schema, for editors.",
            "type": "string",
        },
        "policies": {
            "description": "The policies, in the order in which they are checked.",
            "type": "array",
            "items": {"$ref": "#/definitions/policy"},
            "x-expected": "a list of policies",
        },
    },
    "policies",
)

_STACK = _table(
    "Files that form one stack.",
    {
        "name": _text("What the stack is called in reports. By default its files."),
        "files": {
            **_list(
                "The stack's Compose files, relative to this file, in the order in which Docker "
                "Compose merges them.",
                _text("A Compose file, relative to this file."),
                "a list of files",
            ),
            "minItems": 1,
        },
        "profiles": _list(
            "The Compose profiles that are switched on. By default every profile is looked at.",
            _text("A Compose profile."),
        ),
        "env-files": _list(
            "Files that variables are read from instead of .env, relative to this file.",
            _text("An env file, relative to this file."),
            "a list of files",
        ),
        "preset": _preset("The preset that holds for this stack."),
    },
    "files",
)

_HOST = _table(
    "The machine that the stacks run on. With it the limits of all services are added up.",
    {
        "memory": _size(
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
        "reserve": _size(
            "Memory that is left to the system and not to services: a size, or a part of the "
            "machine's memory such as 10%.",
            "[0-9]{1,2}(\\.[0-9]+)?%",
            expected="a size such as 1G, or a part such as 10%",
            default=0,
        ),
    },
)

_DURATION = {"pattern": r"^([0-9]+(\.[0-9]+)?(ms|s|m|h))+$"}
_DURATION_WORDS = "a duration such as 30s or 1m30s"

_FIX = _table(
    "Values that fixes write where one has to be chosen. By default each rule chooses by the "
    "image.",
    {
        "memory": _text(
            "The memory limit of a service.", "a size such as 512M", pattern=SIZE_PATTERN
        ),
        "cpus": {
            "description": "The CPU limit of a service.",
            "type": "number",
            "exclusiveMinimum": 0,
            "x-expected": "a number of CPUs such as 0.5",
        },
        "pids": {
            "description": "How many processes a service may have.",
            "type": "integer",
            "minimum": 1,
        },
        "restart": _choice(
            "The restart policy of a service.", ("always", "on-failure", "unless-stopped", "no")
        ),
        "interval": _text("How often a healthcheck runs.", _DURATION_WORDS, **_DURATION),
        "timeout": _text("How long a healthcheck may take.", _DURATION_WORDS, **_DURATION),
        "retries": {
            "description": "How often a healthcheck may fail in a row.",
            "type": "integer",
            "minimum": 1,
        },
        "start-period": _text(
            "How long a container has to start before failed healthchecks count.",
            _DURATION_WORDS,
            **_DURATION,
        ),
        "log-max-size": _text(
            "The size at which a log file is rotated.",
            "a size such as 10m",
            pattern="^[0-9]+[kmg]?$",
        ),
        "log-max-file": {
            "description": "How many rotated log files are kept.",
            "type": "integer",
            "minimum": 1,
        },
        "bind-address": _text("The address that ports are bound to instead of all addresses."),
    },
)

CONFIG: Schema = _table(
    "How composelint checks a project.",
    {
        "$schema": {
            "description": "The address of this schema, for editors.",
            "type": "string",
        },
        "extend": _text(
            "Another configuration, relative to this file, that this one stands on. Single values "
            "and lists here replace those there; tables are merged; extend-select, ignore, "
            "extend-exclude, unfixable, per-service-ignores, policies, plugins and locked are "
            "added."
        ),
        "preset": {
            **_preset(
                "The set of rules to start from. Every preset but style stands on recommended. "
                "Without it a stack's file name may choose one: see presets-by-name."
            ),
            "default": "recommended",
        },
        "select": _rules(
            "Only these rules, whatever the preset. Replaces select and ignore of the "
            "configuration that this one extends."
        ),
        "extend-select": _rules("These rules besides those of the preset."),
        "ignore": _rules(
            "Not these rules. Where a rule is both selected and ignored, the more specific of "
            "both counts; of two alike, the ignore."
        ),
        "locked": _rules(
            "Rules that always run: no ignore, comment or baseline hides what they report, and a "
            "configuration that extends this one cannot lower their severity."
        ),
        "severity": {
            "description": "The severity of a rule's findings, by the rule's code, name or a "
            "prefix of codes.",
            "type": "object",
            "propertyNames": {"$ref": "#/definitions/rule"},
            "additionalProperties": _choice("The severity of its findings.", SEVERITIES),
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
            "additionalProperties": _rules("The rules to ignore there."),
        },
        "per-service-ignores": {
            "description": "Rules to ignore for some services, with the reason.",
            "type": "array",
            "items": _table(
                "Rules to ignore for some services.",
                {
                    "services": {
                        **_list(
                            "The services, as names or patterns with * and ?.",
                            _text("A service's name, or a pattern."),
                            "a list of services",
                        ),
                        "minItems": 1,
                    },
                    "rules": {**_rules("The rules to ignore for them."), "minItems": 1},
                    "reason": _text("Why that is right. Shown with the suppressed findings."),
                },
                "services",
                "rules",
                "reason",
            ),
            "x-expected": "a list of tables",
        },
        "exclude": _globs("Files and folders to leave out, as globs relative to this file."),
        "extend-exclude": _globs("Files and folders to leave out besides exclude."),
        "force-exclude": _flag("Leave excluded files out even when they are named.", False),
        "respect-gitignore": _flag("Leave out what git ignores.", True),
        "inline-ignores": _flag("Honour comments that suppress findings.", True),
        "require-reason": _flag("Report suppressing comments without a reason (LN013).", False),
        "stacks": {
            "description": "Which files form which stack, where the file names do not tell.",
            "type": "array",
            "items": _STACK,
            "x-expected": "a list of tables",
        },
        "presets-by-name": {
            "description": "Which preset holds for a stack by the names of its files: a glob and "
            "a preset. The last file that fits decides. Built in are *.prod.* (production), "
            "*.dev.*, *.override.* and *.test.* (development), where nothing else chooses.",
            "type": "object",
            "additionalProperties": _preset("The preset for stacks with such a file."),
        },
        "host": _HOST,
        "fix": _FIX,
        "fixable": _rules("Only fixes of these rules are applied. By default all."),
        "unfixable": _rules("Fixes of these rules are not applied."),
        "fail-on": _choice(
            "The least severity that makes the exit code 1.", FAIL_ON, default="warning"
        ),
        "output-format": _choice("How to report.", (), default="full"),
        "registries": _list(
            "The registries, or registries with a path, that images may come from, such as "
            "docker.io/library or ghcr.io/acme (registry-not-allowed). By default any.",
            _text("A registry, or a registry with a path."),
        ),
        "max-file-size": _size("The largest file that is read.", default="4M"),
        "allow-outside": _flag(
            "Follow include, extends, env_file and symbolic links out of the project.", False
        ),
        "use-environment": _flag(
            "Let the environment of the linter set variables, as Docker Compose does. Results "
            "then differ from machine to machine.",
            False,
        ),
        "shellcheck": {
            "description": "Whether RUN scripts are checked with ShellCheck: the one that is "
            "installed beside composelint, or the program at an absolute path outside the project.",
            "anyOf": [
                {"type": "boolean"},
                {"type": "string", "minLength": 1},
            ],
            "x-expected": "true, false or a path",
            "default": True,
        },
        "policies": {
            "description": "Rules of your own, as tables or as files that hold them.",
            "type": "array",
            "items": {
                "description": "A policy, or a file of policies relative to this file.",
                "anyOf": [
                    {"type": "string", "minLength": 1},
                    {"$ref": "#/definitions/policy"},
                ],
                "x-expected": "a policy or a file of policies",
            },
            "x-expected": "a list of policies and files",
        },
        "plugins": _list(
            "Python modules that declare rules. They are imported, so they run: never under "
            "--isolated.",
            _text(
                "The name of an installed module.",
                "a module's name such as acme_rules",
                pattern=r"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*$",
            ),
            "a list of modules",
        ),
        "baseline": _text(
            "The file of known findings that are not reported, relative to this file. By default "
            f"{BASELINE_FILE} where there is one.",
            default=BASELINE_FILE,
        ),
    },
)

DEFINITIONS: dict[str, Schema] = {"rule": _RULE, "policy": POLICY}


def with_formats() -> Schema:
    """``CONFIG`` with the output formats that there are."""
    from ..base.formats import FORMATS

    schema = dict(CONFIG)
    properties = dict(CONFIG["properties"])
    properties["output-format"] = {**properties["output-format"], "enum": list(FORMATS)}
    schema["properties"] = properties
    return schema


def _plain(schema: Any) -> Any:
    """The schema without the annotations that only the loader reads."""
    if isinstance(schema, dict):
        return {
            key: _plain(value) for key, value in schema.items() if not str(key).startswith("x-")
        }
    if isinstance(schema, list):
        return [_plain(item) for item in schema]
    return schema
