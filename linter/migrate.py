"""What a project has told hadolint, dclint or compose-lint, in composelint's words.

Each peer's configuration becomes lines of ours, each of its comments one of ours. What has
no counterpart is said, never dropped in silence.
"""

from __future__ import annotations

import json
import os
import re

from .base.patterns import on_demand
from .base.records import NamedTuple
from .base.text import SourceFile
from .config.document import ConfigError, Fault, parse_document, read_source
from .files.disk import DISK
from .files.kinds import COMPOSE, DOCKERFILE
from .rulebook.registry import UnknownSelector, find
from .suppression.comments import Mark, in_lines, in_yaml

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from .rule import Rule
    from .suppression.comments import Suppression

CONFIGS = {
    "hadolint": (".hadolint.yaml", ".hadolint.yml"),
    "dclint": (
        ".dclintrc",
        ".dclintrc.json",
        ".dclintrc.yaml",
        ".dclintrc.yml",
        ".config/dclintrc",
        ".config/dclintrc.json",
        ".config/dclintrc.yaml",
        ".config/dclintrc.yml",
        "package.json",
    ),
    "compose-lint": (".compose-lint.yml", ".compose-lint.yaml"),
}
"""The names of each peer's configuration, the first that is there is read."""

KINDS = {"hadolint": DOCKERFILE, "dclint": COMPOSE, "compose-lint": COMPOSE}
"""Which files each peer reads."""

_FAMILIES = {DOCKERFILE: ("DF", "DI"), COMPOSE: ("CF", "XF", "EV")}
_SHELLCHECK = on_demand(r"SC[0-9]{4}\Z")


class Ignored(NamedTuple):
    """Rules to ignore, for some services (all if empty), and why."""

    rules: tuple[str, ...]
    reason: str = ""
    services: tuple[str, ...] = ()


class Migration:
    """What became of a peer's configuration.

    ``settings`` are top-level settings of ours as plain data, ``ignored``, ``extend_select``,
    ``severity`` and ``options`` what it said about rules, ``notes`` what could not be carried
    over.
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

    def names(self, code: str) -> tuple[str, ...]:
        """Our names for a peer's rule; none, and a note, where there are none."""
        found = counterparts(self.tool, code)
        if not found:
            self.notes.append(f"{self.tool}'s {code} has no counterpart")
        return found

    def ignore(self, code: str, reason: str = "", services: Iterable[str] = ()) -> None:
        names = self.names(code)
        if names:
            self.ignored.append(Ignored(names, reason, tuple(services)))

    def grade(self, code: str, severity: str) -> None:
        for name in self.names(code):
            self.severity[name] = severity


def counterparts(tool: str, code: str) -> tuple[str, ...]:
    """What a peer's rule is called here: names, or the code itself for ShellCheck's."""
    if _SHELLCHECK.match(code):
        return (code,)
    try:
        found = find(f"{tool}:{code}")
    except UnknownSelector:
        return ()
    return tuple(rule.name for rule in found if _concerns(rule, tool))


def _concerns(rule: Rule, tool: str) -> bool:
    """Whether a rule reads the files that the peer reads.

    Without this, what was accepted in Dockerfiles would be accepted in Compose files, too.
    """
    return rule.code.startswith(_FAMILIES[KINDS[tool]])


def read_peer(tool: str, folder: str = ".") -> Migration:
    """A peer's configuration in a folder; an empty migration where there is none.

    Raises:
        ConfigError: where it cannot be read.
    """
    for name in CONFIGS[tool]:
        path = os.path.join(folder, name)
        if DISK.kind(path) != "file":
            continue
        source = read_source(path)
        # JSON is YAML, and .dclintrc may be either.
        data = parse_document(SourceFile(f"{source.path}.yaml", source.text), folder).data
        if name == "package.json":
            data = data.get("dclint", {})
            if not data:
                continue
        if not isinstance(data, dict):
            raise ConfigError([Fault(source.path, 1, 1, "this is no mapping")])
        migration = Migration(tool, source.path)
        _READERS[tool](data, migration)
        return migration
    migration = Migration(tool)
    programs = [
        name for name in _PROGRAMS.get(tool, ()) if DISK.kind(os.path.join(folder, name)) == "file"
    ]
    migration.notes += [
        f"{name} is a program; it is not run, so nothing of it is carried over" for name in programs
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
    for code in _texts(data.get("ignored")):
        into.ignore(code)
    overrides = data.get("override")
    for level, codes in overrides.items() if isinstance(overrides, dict) else ():
        grade = {"style": "info"}.get(level, level)
        if grade in ("error", "warning", "info"):
            for code in _texts(codes):
                into.grade(code, grade)
    threshold = str(data.get("failure-threshold", "")).lower()
    threshold = {"style": "info", "ignore": "never", "none": "never"}.get(threshold, threshold)
    if data.get("no-fail") is True:
        threshold = "never"
    if threshold in ("error", "warning", "info", "never"):
        into.settings["fail-on"] = threshold
    registries = _texts(data.get("trustedRegistries"))
    if registries:
        into.settings["registries"] = registries
    if data.get("disable-ignore-pragma") is True:
        into.settings["inline-ignores"] = False
    form = {"codeclimate": "gitlab", "gitlab_codeclimate": "gitlab"}
    wanted = str(data.get("format", "tty")).lower()
    wanted = form.get(wanted, wanted)
    if wanted in ("json", "checkstyle", "sarif", "junit", "gitlab"):
        into.settings["output-format"] = wanted
    elif wanted != "tty":
        into.notes.append(f"hadolint's format {wanted} has no counterpart")
    labels = data.get("label-schema")
    if isinstance(labels, dict) and labels:
        from ..rules.dockerfile._label_options import LABEL_TYPES

        names = [str(name) for name in labels]
        into.options["missing-label"] = {"labels": names}
        into.extend_select.append("missing-label")
        types = [f"{name}={kind}" for name, kind in labels.items() if kind in LABEL_TYPES]
        if types:
            into.options["invalid-label-value"] = {"types": types}
            into.extend_select.append("invalid-label-value")
        if data.get("strict-labels") is True:
            into.options["unexpected-label"] = {"labels": names}
            into.extend_select.append("unexpected-label")


def _dclint(data: dict[str, Any], into: Migration) -> None:
    rules = data.get("rules")
    for code, given in rules.items() if isinstance(rules, dict) else ():
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
    exclude = _texts(data.get("exclude"))
    if exclude:
        into.settings["extend-exclude"] = exclude


def _compose_lint(data: dict[str, Any], into: Migration) -> None:
    grades = {"critical": "error", "high": "error", "medium": "warning", "low": "info"}
    rules = data.get("rules")
    for code, given in rules.items() if isinstance(rules, dict) else ():
        if not isinstance(given, dict):
            continue
        reason = str(given.get("reason") or "")
        if given.get("enabled") is False:
            into.ignore(str(code), reason)
            continue
        grade = grades.get(str(given.get("severity", "")).lower())
        if grade:
            into.grade(str(code), grade)
        excluded = given.get("exclude_services")
        if isinstance(excluded, dict):
            for service, why in excluded.items():
                into.ignore(str(code), str(why or reason), (str(service),))
        elif _texts(excluded):
            into.ignore(str(code), reason, _texts(excluded))


_READERS: dict[str, Callable[[dict[str, Any], Migration], None]] = {
    "hadolint": _hadolint,
    "dclint": _dclint,
    "compose-lint": _compose_lint,
}


def _texts(value: Any) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def as_toml(migrations: Iterable[Migration]) -> str:
    """The settings of some migrations as lines of a ``composelint.toml``."""
    lines: list[str] = []
    tables: list[str] = []
    settings: dict[str, Any] = {}
    ignored: list[Ignored] = []
    selected: list[str] = []
    severity: dict[str, str] = {}
    options: dict[str, dict[str, list[str]]] = {}
    for migration in migrations:
        options.update(migration.options)
        settings.update(migration.settings)
        ignored += migration.ignored
        selected += migration.extend_select
        severity.update(migration.severity)
    lines += [f"{key} = {_toml(value)}" for key, value in settings.items()]
    if selected:
        lines.append(f"extend-select = {_toml(list(dict.fromkeys(selected)))}")
    everywhere = [item for item in ignored if not item.services]
    if everywhere:
        lines.append("ignore = [")
        known: set[str] = set()
        for item in everywhere:
            for name in item.rules:
                if name not in known:
                    known.add(name)
                    why = f"  # {_one_line(item.reason)}" if item.reason else ""
                    lines.append(f"    {_toml(name)},{why}")
        lines.append("]")
    for item in ignored:
        if item.services:
            tables += [
                "",
                "[[per-service-ignores]]",
                f"services = {_toml(list(item.services))}",
                f"rules = {_toml(list(item.rules))}",
                f"reason = {_toml(item.reason or 'accepted before')}",
            ]
    if severity:
        tables += ["", "[severity]"]
        tables += [f"{name} = {_toml(grade)}" for name, grade in severity.items()]
    for name, given in options.items():
        tables += [
            "",
            f"[rules.{name}]",
            *(f"{key} = {_toml(value)}" for key, value in given.items()),
        ]
    text = "\n".join([*lines, *tables]).strip("\n")
    return f"{text}\n" if text else ""


def _toml(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_toml, value))}]"
    return json.dumps(value)


def _one_line(text: str) -> str:
    return " ".join("".join(char if char.isprintable() else " " for char in text).split())


class Rewritten(NamedTuple):
    """A file with its comments rewritten, and what could not be."""

    text: str
    comments: int
    notes: list[str]


def rewrite_comments(source: SourceFile, tool: str) -> Rewritten:
    """A file whose comments for a peer are comments for us."""
    if tool == "compose-lint":
        return Rewritten(source.text, 0, [])
    listed = _suppressions(source, tool)
    text, count, notes = source.text, 0, []
    everywhere = len(source.line_starts) + 1
    for entry in sorted(listed, key=lambda item: item.start, reverse=True):
        shown = source.text[entry.start : entry.end]
        if not entry.foreign or not re.match(rf"#\s*{tool}\b", shown):
            continue
        line = source.position(entry.start).line
        names: list[str] = []
        for selector in entry.codes:
            found = counterparts(tool, selector.text)
            names += found
            if not found:
                notes.append(
                    f"{source.path}:{line}: {selector.text} has no counterpart"
                    if selector.text != "ALL"
                    else f"{source.path}:{line}: name the rules; all of them cannot be suppressed"
                )
        if not names:
            continue
        verb = "file-ignore" if (entry.first, entry.last) == (1, everywhere) else "ignore"
        tail = re.search(r"#\s*(\S.*)", shown[1:])
        reason = f" {tail[1].strip()}" if tail else ""
        comment = f"# composelint: {verb}[{', '.join(dict.fromkeys(names))}]{reason}"
        text = text[: entry.start] + comment + text[entry.end :]
        count += 1
    return Rewritten(text, count, notes[::-1])


def _suppressions(source: SourceFile, tool: str) -> list[Suppression]:
    if KINDS[tool] == COMPOSE:
        from .source.yaml.parser import parse_yaml

        return in_yaml(parse_yaml(source))
    from .source.dockerfile.parser import parse_dockerfile

    syntax = parse_dockerfile(source)
    marks = [Mark(comment.start, comment.end, True) for comment in syntax.all_comments]
    extents = [(item.start_line, item.end_line) for item in syntax.instructions]
    return in_lines(source, sorted(marks), extents)
