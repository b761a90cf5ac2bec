"""The configuration bound to the rules that exist: selectors, options, policies, plug-ins.

``config/`` knows the shape of a configuration and its places; which rules its names stand
for is known here. The nearest folder with a configuration wins, and only one file of it is
read; ``extend`` names a base. A mistake is an error with its place, never passed over.
"""

from __future__ import annotations

from ..config.layers import ONE_RULE, Selector
from ..config.settings import Config, FileIgnore, ServiceIgnore
from ..files.globs import Glob
from .registry import UnknownSelector, find
from .selection import parse_selector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from ..config.build import Builder
    from ..config.document import Document
    from ..config.layers import Layer
    from ..config.settings import Policy
    from ..config.toml_places import Path
    from ..rule import Rule

_BRING_RULES = ("policies", "plugins")
_SELECTOR_LISTS = ("select", "extend-select", "ignore", "locked", "fixable", "unfixable")


def load_config(
    path: str | None = None,
    *,
    start: str = ".",
    isolated: bool = False,
    overrides: Sequence[str] = (),
) -> Config:
    """The configuration that holds for a file or folder.

    Args:
        path: a file to take instead of the one that would be found.
        start: the file or folder from which to look upwards, to the repository's root.
        isolated: look for none.
        overrides: single settings as TOML (``fail-on = "error"``), on top of everything.

    Raises:
        ConfigError: with every error that was found.
    """
    from ..config.load import open_documents

    opened = open_documents(path, start, isolated, overrides)
    if not opened.documents:
        return Config(folder=opened.home)
    from ..config.build import Builder

    return _Binder(Builder(opened.documents, opened.home, opened.notes)).bind(opened.path)


class _Binder:
    """Checks the documents of a configuration and puts the rules into it."""

    def __init__(self, builder: Builder) -> None:
        self.builder = builder
        self.extra: list[Rule] = []
        self.selectors: dict[str, Selector | str] = {}
        self.ignored: list[tuple[Selector, Document, Path]] = []

    def bind(self, path: str) -> Config:
        from ..config.check import check_document
        from ..config.schema import CONFIG, DEFINITIONS

        builder = self.builder
        for document in builder.documents:
            builder.faults += check_document(document, CONFIG, DEFINITIONS)
        if not builder.faults:
            policies, plugins = self.rules_of_its_own()
            builder.check()
            self.check_selectors()
        elif not any(key in each.data for each in builder.documents for key in _BRING_RULES):
            # What is well-formed can be judged all the same.
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
            notes=tuple(builder.notes),
        )

    def rules_of_its_own(self) -> tuple[tuple[Policy, ...], tuple[str, ...]]:
        """Policies and plug-ins; sets ``extra`` to their rules."""
        named = self.builder.added("plugins")
        listed = self.builder.added("policies")
        if not (named or listed):
            return (), ()
        from ..config.policies import read_policies
        from .plugins import load_plugin
        from .policies import check_extra, policy_rule

        owned: list[tuple[Rule, Document, Path]] = []
        names: list[str] = []
        for name, document, path in named:
            if name in names:
                continue
            names.append(name)
            try:
                owned += [(rule, document, path) for rule in load_plugin(name)]
            except ValueError as error:
                self.builder.faults.append(document.fault(path, str(error)))
        policies = read_policies(listed, self.builder.faults)
        self.builder.check()
        owned += [(policy_rule(policy), document, path) for policy, document, path in policies]
        self.builder.faults += check_extra(owned)
        self.extra = [rule for rule, _, _ in owned]
        return tuple(policy for policy, _, _ in policies), tuple(names)

    def check_selectors(self) -> None:
        """Report each selector that no rule answers to, and note those that ignore something."""
        for document in self.builder.documents:
            for text, path, ignores in _selectors(document.data):
                on_key = isinstance(path[-1], str)
                known = self.selectors.get(text)
                if known is None:
                    try:
                        known = parse_selector(text, self.extra)
                    except UnknownSelector as error:
                        known = str(error)
                    self.selectors[text] = known
                if isinstance(known, str):
                    self.builder.faults.append(document.fault(path, known, on_key))
                elif ignores:
                    self.ignored.append((known, document, path))

    def listed(self, texts: Sequence[str]) -> tuple[Selector, ...]:
        """Selectors that ``check_selectors`` has worked out."""
        return tuple(found for text in texts if isinstance(found := self.selectors[text], Selector))

    def locked_notes(self, layers: tuple[Layer, ...]) -> None:
        """Say where a locked rule is to be ignored all the same."""
        locks = self.listed([text for layer in layers for text in layer.locked])
        for selector, document, path in self.ignored if locks else ():
            if selector.rank == ONE_RULE and any(
                lock.matches(code) for lock in locks for code in selector.codes or ()
            ):
                self.builder.notes.append(
                    str(document.fault(path, f'"{selector.text}" is locked: it is not ignored'))
                )

    def per_file_ignores(self) -> tuple[FileIgnore, ...]:
        return tuple(
            FileIgnore(Glob(pattern, document.folder), self.listed(rules))
            for pattern, (rules, document) in self.builder.table("per-file-ignores").items()
        )

    def per_service_ignores(self) -> tuple[ServiceIgnore, ...]:
        return tuple(
            ServiceIgnore(tuple(item["services"]), self.listed(item["rules"]), item["reason"])
            for item, _, _ in self.builder.added("per-service-ignores")
        )

    def rule_options(self) -> tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]:
        from ..config.check import check_document, dotted
        from .options import options_schema, options_type

        merged: dict[str, dict[str, Any]] = {}
        types: dict[str, type] = {}
        places: dict[str, tuple[Document, Path]] = {}
        for document in self.builder.documents:
            for name, given in document.data.get("rules", {}).items():
                path: Path = ("rules", name)
                rule = self.one_rule(name, document, path)
                if rule is None:
                    continue
                schema, made = options_schema(rule), options_type(rule)
                if schema is None or made is None:
                    message = f"{rule.name} has no options"
                    self.builder.faults.append(document.fault(path, message, on_key=True))
                    continue
                faults = check_document(document, schema, {}, path, given)
                self.builder.faults += faults
                if faults:
                    continue
                types[rule.code] = made
                places[rule.code] = (document, path)
                options = merged.setdefault(rule.code, {})
                for key, value in given.items():
                    plain = tuple(value) if isinstance(value, list) else value
                    options[key.replace("-", "_")] = plain
                    shown_key = dotted(("rules", rule.name, key))
                    self.builder.settings = [
                        item for item in self.builder.settings if item.key != shown_key
                    ]
                    self.builder.note(shown_key, value, self.builder.origin(document, (*path, key)))
        for code, options in merged.items():
            try:
                types[code](**options)
            except ValueError as error:
                document, path = places[code]
                self.builder.faults.append(document.fault(path, f'"{dotted(path)}": {error}'))
        return tuple((code, tuple(options.items())) for code, options in merged.items())

    def one_rule(self, name: str, document: Document, path: Path) -> Rule | None:
        try:
            rules = find(name, self.extra)
        except UnknownSelector as error:
            self.builder.faults.append(document.fault(path, str(error), on_key=True))
            return None
        if len(rules) == 1:
            return rules[0]
        message = f'"{name}" stands for {len(rules)} rules; options belong to one'
        self.builder.faults.append(document.fault(path, message, on_key=True))
        return None


def _selectors(data: dict[str, Any]) -> Iterator[tuple[str, Path, bool]]:
    """Each selector of a document, its path, and whether it ignores; the document may be wrong."""
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
