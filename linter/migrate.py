"""Converts configurations of hadolint, dclint and compose-lint to ours.

These linters are called peers here. A setting or rule without a counterpart gives a note.
"""

from __future__ import annotations

import json
import os

from .base.records import NamedTuple
from .base.text import SourceFile
from .base.wording import and_list
from .config.document import parse_document, read_source
from .config.errors import ConfigError, Fault
from .files.disk import DISK
from .rulebook.registry import find
from .suppression.peer_comments import SHELLCHECK, counterparts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping
    from typing import Any

CONFIGS = {
    "hadolint": (".hadolint.yaml", ".hadolint.yml"),
    "dclint": (
        ".dclintrc", ".dclintrc.json", ".dclintrc.yaml", ".dclintrc.yml", ".config/dclintrc",
        ".config/dclintrc.json", ".config/dclintrc.yaml", ".config/dclintrc.yml", "package.json",
    ),
    "compose-lint": (".compose-lint.yml", ".compose-lint.yaml"),
}  # fmt: skip
"""The files of each peer's configuration, of which the first that exists is used."""


class Ignored(NamedTuple):
    """Rules to ignore with a reason, for some services or, if there are none, everywhere."""

    rules: tuple[str, ...]
    reason: str = ""
    services: tuple[str, ...] = ()


_IGNORED = "ignored"
_STRICTNESS = (_IGNORED, "info", "warning", "error")
"""What a peer says of a rule of its own, the strictest last."""


class Migration:
    """A peer's configuration converted to ours.

    ``settings`` are our top-level settings as plain data; ``ignored``, ``extend_select``,
    ``severity`` and ``options`` are about rules; ``notes`` say what could not be converted.
    """

    def __init__(self, tool: str, path: str = "") -> None:
        self.tool = tool
        self.path = path
        self.settings: dict[str, Any] = {}
        self.ignored: list[Ignored] = []
        self.extend_select: list[str] = []
        self.severity: dict[str, str] = {}
        self.options: dict[str, dict[str, list[str]]] = {}
        self.notes: list[str] = []
        self._said: dict[str, dict[str, str]] = {}
        """What is said of a rule of ours by the peer's ids for it."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing of the configuration is carried over."""
        return not (
            self.settings or self.ignored or self.extend_select or self.severity or self.options
        )

    def leave(self, key: str, value: object, why: str = "") -> None:
        """Note that a setting is left behind, unless it says what holds anyway."""
        if value not in (None, False):
            self.notes.append(f"{self.tool}'s {key} is not carried over{f': {why}' if why else ''}")

    def texts(self, data: Mapping[str, Any], key: str, shown: str = "") -> list[str]:
        """The items of a list as texts; another value is left behind."""
        value = data.get(key)
        if isinstance(value, list):
            return [str(item) for item in value]
        self.leave(shown or key, value, "it is not a list")
        return []

    def table(self, data: Mapping[str, Any], key: str) -> dict[Any, Any]:
        """A mapping; another value is left behind."""
        value = data.get(key)
        if isinstance(value, dict):
            return value
        self.leave(key, value, "it is not a mapping")
        return {}

    def names(self, code: str) -> tuple[str, ...]:
        """Our names for a peer's rule; adds a note if there are none."""
        names = counterparts(self.tool, code)
        if not names:
            self.notes.append(f"{self.tool}'s {code} has no counterpart")
        return names

    def ignore(self, code: str, reason: str = "", services: Iterable[str] = ()) -> None:
        """Ignore a peer's rule."""
        names = self.names(code)
        if names:
            self.ignored.append(Ignored(names, reason, tuple(services)))
        if not services:
            for name in names:
                # What is ignored is ignored whatever its level.
                self._said.setdefault(name, {})[code] = _IGNORED

    def grade(self, code: str, severity: str) -> None:
        """Set the severity of a peer's rule."""
        for name in self.names(code):
            said = self._said.setdefault(name, {})
            if said.get(code) != _IGNORED:
                said[code] = severity

    def settle(self) -> None:
        """Decide what holds for each rule of ours: the strictest of what is said of its ids."""
        for name, said in self._said.items():
            strictest = max(said.values(), key=_STRICTNESS.index)
            if strictest != _IGNORED:
                self.severity[name] = strictest
                self.ignored = [_without(name, entry) for entry in self.ignored]
            codes = ", ".join(f"{code} ({what})" for code, what in said.items())
            if len(set(said.values())) > 1:
                self.notes.append(
                    f"{codes} are one rule here, {name}: the strictest counts, {strictest}"
                )
            others = [code for code in _ids(self.tool, name) if code not in said]
            if others:
                verb = "is" if len(said) == 1 else "are"
                which = "" if strictest == _IGNORED else f", which are now {strictest}, too"
                covered = and_list(others, "")
                self.notes.append(
                    f"{and_list(list(said), '')} {verb} part of {name}, which also covers "
                    f"{covered}{which}"
                )
        self.ignored = [entry for entry in self.ignored if entry.rules]


def _without(name: str, entry: Ignored) -> Ignored:
    """An entry without one of its rules, if it is for all services."""
    if entry.services:
        return entry
    return entry._replace(rules=tuple(rule for rule in entry.rules if rule != name))


def _ids(tool: str, name: str) -> list[str]:
    """The ids that a peer has for a rule of ours."""
    if SHELLCHECK.match(name):
        return []
    (rule,) = find(name)
    parts = (peer.partition(":") for peer in rule.equivalents)
    return [code for peer, _, code in parts if peer == tool]


def read_peer(tool: str, folder: str = ".") -> Migration:
    """The converted configuration of a peer in a folder; empty if there is none.

    Raises:
        ConfigError: if it cannot be read.
    """
    for name in CONFIGS[tool]:
        path = os.path.join(folder, name)
        if DISK.kind(path) != "file":
            continue
        source = read_source(path)
        # JSON is YAML, and .dclintrc may be either.
        try:
            data = parse_document(SourceFile(f"{source.path}.yaml", source.text), folder).data
        except ConfigError as error:
            raise ConfigError([each._replace(path=source.path) for each in error.faults]) from None
        if name == "package.json":
            data = data.get("dclint", {})
            if not data:
                continue
        if not isinstance(data, dict):
            raise ConfigError([Fault(source.path, 1, 1, "this is not a mapping")])
        migration = Migration(tool, source.path)
        _READERS[tool](data, migration)
        for key, value in data.items():
            if key not in _SETTINGS[tool] and not str(key).startswith("x-"):
                migration.leave(str(key), value, _INSTEAD.get(str(key), ""))
        migration.settle()
        return migration
    migration = Migration(tool)
    migration.notes += [
        f"{name} is a program; it is not run, so nothing of it is carried over"
        for name in _PROGRAMS.get(tool, ())
        if DISK.kind(os.path.join(folder, name)) == "file"
    ]
    return migration


_PROGRAMS = {
    "dclint": (
        ".dclintrc.js",
        ".dclintrc.cjs",
        "dclint.config.js",
        "dclint.config.cjs",
        "dclint.config.mjs",
    )
}
"""Configurations that are programs."""


def _hadolint(data: dict[str, Any], into: Migration) -> None:
    for code in into.texts(data, "ignored"):
        into.ignore(code)
    for level, codes in into.table(data, "override").items():
        grade = {"style": "info"}.get(level, level)
        if grade in ("error", "warning", "info"):
            for code in into.texts({level: codes}, level, f"override.{level}"):
                into.grade(code, grade)
        else:
            into.leave(f"override.{level}", codes, f'"{level}" is not a level')
    threshold = str(data.get("failure-threshold") or "").lower()
    threshold = {"style": "info", "ignore": "never", "none": "never"}.get(threshold, threshold)
    if threshold not in ("", "error", "warning", "info", "never"):
        into.leave("failure-threshold", threshold, f'"{threshold}" is not a level')
        threshold = ""
    if data.get("no-fail") is True:
        threshold = "never"
    if threshold:
        into.settings["fail-on"] = threshold
    registries = into.texts(data, "trustedRegistries")
    if registries:
        into.settings["registries"] = registries
    if data.get("disable-ignore-pragma") is True:
        into.settings["inline-ignores"] = False
    output = str(data.get("format") or "tty").lower()
    output = {"codeclimate": "gitlab", "gitlab_codeclimate": "gitlab"}.get(output, output)
    if output in ("json", "checkstyle", "sarif", "junit", "gitlab"):
        into.settings["output-format"] = output
    elif output != "tty":
        into.leave("format", output, f"there is no format {output} here")
    labels = into.table(data, "label-schema")
    if labels:
        from ..rules.dockerfile._label_options import LABEL_TYPES

        names = [str(name) for name in labels]
        into.options["missing-label"] = {"labels": names}
        into.extend_select.append("missing-label")
        types = [f"{name}={kind}" for name, kind in labels.items() if kind in LABEL_TYPES]
        if types:
            into.options["invalid-label-value"] = {"types": types}
            into.extend_select.append("invalid-label-value")
        for name, kind in labels.items():
            if kind not in (*LABEL_TYPES, "rawtext"):
                into.leave(f"label-schema.{name}", kind, f'"{kind}" is not a type of labels here')
        if data.get("strict-labels") is True:
            into.options["unexpected-label"] = {"labels": names}
            into.extend_select.append("unexpected-label")
    elif data.get("strict-labels") is True:
        into.leave("strict-labels", True, "there is no label-schema that it is about")


def _dclint(data: dict[str, Any], into: Migration) -> None:
    for code, given in into.table(data, "rules").items():
        level = given[0] if isinstance(given, list) and given else given
        if isinstance(given, list) and len(given) > 1:
            into.notes.append(f"the options of dclint's {code} are not carried over")
        if level == 0:
            into.ignore(str(code))
        elif level in (1, 2):
            into.grade(str(code), "warning" if level == 1 else "error")
            for name in counterparts(into.tool, str(code)):
                if "recommended" not in find(name)[0].presets:
                    into.extend_select.append(name)
        else:
            into.leave(f"rules.{code}", level, "a level is 0, 1 or 2")
    exclude = into.texts(data, "exclude")
    if exclude:
        into.settings["extend-exclude"] = exclude


def _compose_lint(data: dict[str, Any], into: Migration) -> None:
    severities = {"critical": "error", "high": "error", "medium": "warning", "low": "info"}
    for code, given in into.table(data, "rules").items():
        if not isinstance(given, dict):
            into.leave(f"rules.{code}", str(given), "it is not a mapping")
            continue
        for key, value in given.items():
            if key not in ("enabled", "reason", "severity", "exclude_services"):
                into.leave(f"rules.{code}.{key}", value)
        reason = str(given.get("reason") or "")
        if given.get("enabled") is False:
            into.ignore(str(code), reason)
            continue
        level = str(given.get("severity") or "").lower()
        if level in severities:
            into.grade(str(code), severities[level])
        elif level:
            into.leave(f"rules.{code}.severity", level, f'"{level}" is not a severity')
        excluded = given.get("exclude_services")
        if isinstance(excluded, dict):
            for service, its_reason in excluded.items():
                into.ignore(str(code), str(its_reason or reason), (str(service),))
        else:
            services = into.texts(given, "exclude_services", f"rules.{code}.exclude_services")
            if services:
                into.ignore(str(code), reason, services)
            elif reason:
                into.leave(f"rules.{code}.reason", reason, "it accepts nothing: the rule is on")


_SETTINGS = {
    "hadolint": frozenset(
        (
            "ignored", "override", "failure-threshold", "no-fail", "trustedRegistries",
            "disable-ignore-pragma", "format", "label-schema", "strict-labels",
        )
    ),
    "dclint": frozenset(("$schema", "rules", "exclude")),
    "compose-lint": frozenset(("rules",)),
}  # fmt: skip
"""The settings of each peer that its reader carries over."""

_INSTEAD = {
    "no-color": "give --color never, or set NO_COLOR",
    "verbose": "give --verbose",
    "quiet": "reports show warnings, too; --fail-on error makes the exit code depend on errors only",
    "debug": "give --verbose",
    "formatter": "set output-format",
    "format": "set output-format",
    "fail_on": "set fail-on (compose-lint does not read it from this file either)",
    "fail-on": "set fail-on (compose-lint does not read it from this file either)",
}
"""What to do instead of settings that are not carried over."""


_READERS: dict[str, Callable[[dict[str, Any], Migration], None]] = {
    "hadolint": _hadolint,
    "dclint": _dclint,
    "compose-lint": _compose_lint,
}


def contradictions(migrations: Iterable[Migration]) -> list[str]:
    """A message for each rule that two peers grade differently: the later one counts."""
    graded: dict[str, tuple[str, str]] = {}
    messages = []
    for migration in migrations:
        for name, severity in migration.severity.items():
            tool, other = graded.get(name, ("", severity))
            if other != severity:
                messages.append(
                    f"{name} is {other} by {tool} and {severity} by {migration.tool}, which counts"
                )
            graded[name] = migration.tool, severity
    return messages


def as_toml(migrations: Iterable[Migration]) -> str:
    """The settings of some migrations as lines of a ``composelint.toml``."""
    settings: dict[str, Any] = {}
    ignored: list[Ignored] = []
    selected: list[str] = []
    severity: dict[str, str] = {}
    options: dict[str, dict[str, list[str]]] = {}
    for migration in migrations:
        settings.update(migration.settings)
        ignored += migration.ignored
        selected += migration.extend_select
        severity.update(migration.severity)
        options.update(migration.options)
    lines = _pairs(settings)
    if selected:
        lines.append(f"extend-select = {_toml(list(dict.fromkeys(selected)))}")
    reasons: dict[str, str] = {}
    for entry in ignored:
        for name in () if entry.services else entry.rules:
            reasons.setdefault(name, entry.reason)
    if reasons:
        lines.append("ignore = [")
        for name, reason in reasons.items():
            comment = f"  # {_one_line(reason)}" if reason else ""
            lines.append(f"    {_toml(name)},{comment}")
        lines.append("]")
    for entry in ignored:
        if entry.services:
            lines += [
                "",
                "[[per-service-ignores]]",
                f"services = {_toml(list(entry.services))}",
                f"rules = {_toml(list(entry.rules))}",
                f"reason = {_toml(entry.reason or 'accepted before')}",
            ]
    if severity:
        lines += ["", "[severity]", *_pairs(severity)]
    for name, given in options.items():
        lines += ["", f"[rules.{name}]", *_pairs(given)]
    text = "\n".join(lines).strip("\n")
    return f"{text}\n" if text else ""


def _pairs(table: Mapping[str, Any]) -> list[str]:
    return [f"{key} = {_toml(value)}" for key, value in table.items()]


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)


def _one_line(text: str) -> str:
    """A text without line breaks and control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())
