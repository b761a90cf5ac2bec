"""Binds a configuration to the rules: selectors, options, policies and plug-ins.

``config/`` knows the structure of a configuration and its places; this module knows the rules
that it names. The nearest folder with a configuration is used, and only one file of it;
``extend`` names a base. Every problem is an error with its place.
"""

from __future__ import annotations

from ..base.names import UNREAD_CODES
from ..config.layers import ONE_RULE, Selector
from ..config.load import OVERRIDE
from ..config.settings import Config, FileIgnore, ServiceIgnore
from ..config.trust import User
from ..files.globs import Glob
from .registry import UnknownSelector, find
from .selection import parse_selector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from ..config.build import Builder
    from ..config.document import Document
    from ..config.errors import Fault
    from ..config.layers import Layer
    from ..config.settings import Policy
    from ..config.toml_places import Path
    from ..rule import Rule

NOBODY = User()
"""A user who trusts nothing."""

_ADDING_RULES = ("policies", "plugins")
_SELECTOR_LISTS = ("select", "extend-select", "ignore", "locked", "fixable", "unfixable")


def load_config(
    path: str | None = None,
    *,
    start: str = ".",
    isolated: bool = False,
    overrides: Sequence[str] = (),
    user: User = NOBODY,
) -> Config:
    """The configuration for a file or folder.

    Args:
        path: the file to use instead of searching for one.
        start: the file or folder from which to search upwards, to the repository's root.
        isolated: do not search for a file.
        overrides: single settings as TOML (``fail-on = "error"``), which precede all others.
        user: the user's own configuration, and what the user trusts; nothing by default.

    Raises:
        ConfigError: with all errors of the configuration.
    """
    from ..config.load import open_documents

    opened = open_documents(path, start, isolated, overrides, user)
    if not opened.documents:
        return Config(folder=opened.home)
    from ..config.build import Builder

    return _Binder(Builder(opened.documents, opened.home, opened.notes), opened.ignored).bind(
        opened.path
    )


class _Binder:
    """Checks the documents of a configuration against the rules, and builds the configuration."""

    def __init__(self, builder: Builder, ignored: list[Fault]) -> None:
        self.builder = builder
        self.not_trusted = ignored
        # Selectors may name the rules of plug-ins that are not loaded.
        self.misses_rules = any(
            fault.message.startswith(('"plugins"', '"policies')) for fault in ignored
        )
        self.extra: list[Rule] = []
        self.selectors: dict[str, Selector | str] = {}
        self.ignored: list[tuple[Selector, Document, Path]] = []

    def bind(self, path: str) -> Config:
        """The configuration of the documents; ``path`` is that of the file."""
        from ..config.check import check_document
        from ..config.schema import CONFIG, DEFINITIONS

        builder = self.builder
        for document in builder.documents:
            builder.faults += check_document(document, CONFIG, DEFINITIONS)
        if not builder.faults:
            policies, plugins = self.added_rules()
            builder.check()
            self.check_selectors()
        elif not any(key in each.data for each in builder.documents for key in _ADDING_RULES):
            # Without rules of its own, the well-formed selectors can be checked nevertheless.
            self.check_selectors()
        builder.check()
        layers = builder.layers(tuple(policy.code for policy in policies))
        per_file = self.per_file_ignores()
        per_service = self.per_service_ignores()
        options = self.rule_options()
        config = builder.config(path)
        builder.check()
        self.locked_notes(layers)
        return config._replace(
            layers=layers,
            per_file_ignores=per_file,
            per_service_ignores=per_service,
            rule_options=options,
            policies=policies,
            plugins=plugins,
            settings=tuple(builder.settings),
            ignored=tuple(self.not_trusted),
            notes=tuple(builder.notes),
        )

    def fault(self, document: Document, path: Path, message: str, on_key: bool = True) -> None:
        """Add an error with its place."""
        self.builder.faults.append(document.fault(path, message, on_key))

    def added_rules(self) -> tuple[tuple[Policy, ...], tuple[str, ...]]:
        """The policies and the names of the plug-ins; sets ``extra`` to their rules."""
        plugins = self.builder.added("plugins")
        tables = self.builder.added("policies")
        if not (plugins or tables):
            return (), ()
        from ..config.policies import read_policies
        from .plugins import beside, load_plugin
        from .policies import check_extra, policy_rule

        added: list[tuple[Rule, Document, Path]] = []
        names: list[str] = []
        for name, document, path in plugins:
            # A setting on the command line names an installed module: what lies in the working
            # folder may be anybody's.
            plugin = name if document.path == OVERRIDE else beside(name, document.folder)
            if plugin in names:
                continue
            names.append(plugin)
            try:
                added += [(rule, document, path) for rule in load_plugin(plugin)]
            except ValueError as error:
                self.fault(document, path, str(error), on_key=False)
        policies = read_policies(tables, self.builder.faults)
        self.builder.check()
        added += [(policy_rule(policy), document, path) for policy, document, path in policies]
        self.builder.faults += check_extra(added)
        self.extra = [rule for rule, _, _ in added]
        return tuple(policy for policy, _, _ in policies), tuple(names)

    def check_selectors(self) -> None:
        """Parse all selectors; report those that match no rule, record those that ignore.

        Where plug-ins or policies are ignored, selectors that match no rule may be meant for theirs.
        """
        unknown: set[str] = set()
        for document in self.builder.documents:
            for text, path, ignores in _selectors(document.data):
                selector = self.selectors.get(text)
                if selector is None:
                    try:
                        selector = parse_selector(text, self.extra)
                    except UnknownSelector as error:
                        selector = str(error)
                    self.selectors[text] = selector
                if isinstance(selector, str) and self.misses_rules:
                    unknown.add(text)
                elif isinstance(selector, str):
                    self.fault(document, path, selector, on_key=isinstance(path[-1], str))
                elif ignores:
                    self.ignored.append((selector, document, path))
        if unknown:
            for document in self.builder.documents:
                _leave_out(document.data, unknown)

    def parsed(self, texts: Sequence[str]) -> tuple[Selector, ...]:
        """The selectors for texts, as ``check_selectors`` has parsed them."""
        selectors = (self.selectors[text] for text in texts)
        return tuple(selector for selector in selectors if isinstance(selector, Selector))

    def locked_notes(self, layers: tuple[Layer, ...]) -> None:
        """Add a note for each place that ignores a rule which cannot be ignored."""
        locks = self.parsed([text for layer in layers for text in layer.locked])
        for selector, document, path in self.ignored:
            codes = selector.codes or frozenset()
            if selector.rank != ONE_RULE:
                continue
            if any(lock.matches(code) for lock in locks for code in codes):
                why = f'"{selector.text}" is locked: it is not ignored'
            elif codes and codes <= UNREAD_CODES:
                why = (
                    f'"{selector.text}" is not ignored: what cannot be read is always reported; '
                    "exclude the file instead"
                )
            else:
                continue
            self.builder.notes.append(str(document.fault(path, why)))

    def per_file_ignores(self) -> tuple[FileIgnore, ...]:
        """The entries of ``per-file-ignores``."""
        return tuple(
            FileIgnore(Glob(pattern, document.folder), self.parsed(rules))
            for pattern, (rules, document) in self.builder.table("per-file-ignores").items()
        )

    def per_service_ignores(self) -> tuple[ServiceIgnore, ...]:
        """The entries of ``per-service-ignores``."""
        return tuple(
            ServiceIgnore(tuple(item["services"]), self.parsed(item["rules"]), item["reason"])
            for item, _, _ in self.builder.added("per-service-ignores")
        )

    def rule_options(self) -> tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]:
        """The options of rules by code, merged from all documents; reports wrong ones."""
        from ..config.check import check_document, dotted
        from .options import options_schema, options_type

        builder = self.builder
        merged: dict[str, dict[str, Any]] = {}
        declared: dict[str, tuple[type, Document, Path]] = {}
        for document in self.builder.documents:
            for name, given in document.data.get("rules", {}).items():
                path: Path = ("rules", name)
                rule = self.one_rule(name, document, path)
                if rule is None:
                    continue
                schema, type_ = options_schema(rule), options_type(rule)
                if schema is None or type_ is None:
                    self.fault(document, path, f"{rule.name} has no options")
                    continue
                faults = check_document(document, schema, {}, path, given)
                builder.faults += faults
                if faults:
                    continue
                declared[rule.code] = (type_, document, path)
                options = merged.setdefault(rule.code, {})
                for key, value in given.items():
                    options[key.replace("-", "_")] = (
                        tuple(value) if isinstance(value, list) else value
                    )
                    name_shown = dotted(("rules", rule.name, key))
                    builder.settings = [
                        setting for setting in builder.settings if setting.key != name_shown
                    ]
                    builder.note(name_shown, value, builder.origin(document, (*path, key)))
        for code, (type_, document, path) in declared.items():
            try:
                type_(**merged[code])
            except ValueError as error:
                self.fault(document, path, f'"{dotted(path)}": {error}', on_key=False)
        return tuple((code, tuple(options.items())) for code, options in merged.items())

    def one_rule(self, name: str, document: Document, path: Path) -> Rule | None:
        """The rule whose options a key sets; reports a key that does not name one rule."""
        try:
            rules = find(name, self.extra)
        except UnknownSelector as error:
            if not self.misses_rules:
                self.fault(document, path, str(error))
            return None
        if len(rules) == 1:
            return rules[0]
        message = f'"{name}" stands for {len(rules)} rules; options belong to one'
        self.fault(document, path, message)
        return None


def _leave_out(data: dict[str, Any], selectors: set[str]) -> None:
    """Take selectors out of a document."""

    def rest(texts: list[str]) -> list[str]:
        return [text for text in texts if text not in selectors]

    for key in _SELECTOR_LISTS:
        if key in data:
            data[key] = rest(data[key])
    files = data.get("per-file-ignores", {})
    for glob, texts in files.items():
        files[glob] = rest(texts)
    for item in data.get("per-service-ignores", ()):
        item["rules"] = rest(item["rules"])
    for text in selectors:
        data.get("severity", {}).pop(text, None)


def _selectors(data: dict[str, Any]) -> Iterator[tuple[str, Path, bool]]:
    """The selectors of a document, which may be malformed: text, path, and whether it ignores."""
    lists: list[tuple[Path, Any, bool]] = [
        ((key,), data.get(key), key == "ignore") for key in _SELECTOR_LISTS
    ]
    files = data.get("per-file-ignores")
    if isinstance(files, dict):
        lists += [(("per-file-ignores", glob), rules, True) for glob, rules in files.items()]
    services = data.get("per-service-ignores")
    if isinstance(services, list):
        lists += [
            (("per-service-ignores", index, "rules"), item.get("rules"), True)
            for index, item in enumerate(services)
            if isinstance(item, dict)
        ]
    for path, texts, ignores in lists:
        if isinstance(texts, list):
            for index, text in enumerate(texts):
                if isinstance(text, str) and text:
                    yield text, (*path, index), ignores
    severity = data.get("severity")
    if isinstance(severity, dict):
        yield from ((text, ("severity", text), False) for text in severity)
