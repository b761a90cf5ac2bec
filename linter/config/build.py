"""Putting the documents of a configuration together: layering, checks, places."""

from __future__ import annotations

import json
import os

from ..base.units import parse_size
from ..files.disk import DISK, MAX_FILE_BYTES
from ..files.globs import Glob
from ..files.paths import find_root, is_within, seen_from
from ..model.host import FixValues, Host, machine_memory
from ..rule import Severity
from ..rulebook.options import options_schema, options_type
from ..rulebook.registry import UnknownSelector, find
from ..rulebook.selection import ONE_RULE, Selector, parse_selector
from .check import check_document, dotted
from .document import ConfigError, Document, Fault, Origin
from .layers import Layer
from .schema import DEFINITIONS, with_formats
from .settings import Config, FileIgnore, ServiceIgnore, Setting, StackEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from ..rule import Rule
    from .policies import Policy
    from .toml_places import Path

_BRING_RULES = ("policies", "plugins")
_SELECTOR_LISTS = ("select", "extend-select", "ignore", "locked", "fixable", "unfixable")


class Builder:
    """Makes one configuration of the documents, the farthest base first."""

    def __init__(self, documents: list[Document], folder: str, notes: list[str]) -> None:
        self.documents = documents
        self.folder = folder
        self.notes = notes
        self.faults: list[Fault] = []
        self.settings: list[Setting] = []
        self.extra: list[Rule] = []
        self.selectors: dict[str, Selector | str] = {}
        self.ignored: list[tuple[Selector, Document, Path]] = []

    def build(self, path: str) -> Config:
        schema = with_formats()
        for document in self.documents:
            self.faults += check_document(document, schema, DEFINITIONS)
        if not self.faults:
            policies, plugins = self.rules_of_its_own()
            self.check()
            self.check_selectors()
        elif not any(key in each.data for each in self.documents for key in _BRING_RULES):
            # What is well-formed can be judged all the same.
            self.check_selectors()
        self.check()
        layers = self.layers(tuple(policy.code for policy in policies))
        config = Config(
            path,
            self.folder,
            layers,
            self.per_file_ignores(),
            self.per_service_ignores(),
            self.rule_options(),
            self.excludes(),
            self.single("force-exclude", False),
            self.single("respect-gitignore", True),
            self.single("inline-ignores", True),
            self.single("require-reason", False),
            self.stacks(),
            self.names(),
            self.host(),
            FixValues(
                **{name.replace("-", "_"): value for name, (value, _) in self.table("fix").items()}
            ),
            self.single("fail-on", "warning"),
            self.single("output-format", "full"),
            self.registries(),
            _bytes(self.single("max-file-size", MAX_FILE_BYTES)),
            self.single("allow-outside", False),
            self.single("use-environment", False),
            self.shellcheck(),
            policies,
            plugins,
            self.baseline(),
        )
        self.check()
        self.locked_notes(layers)
        return config._replace(settings=tuple(self.settings), notes=tuple(self.notes))

    def check(self) -> None:
        if self.faults:
            order = {document.path: index for index, document in enumerate(self.documents)}
            self.faults.sort(key=lambda fault: (order.get(fault.path, -1), fault[1:3]))
            raise ConfigError(self.faults)

    def origin(self, document: Document, path: Path, on_key: bool = True) -> Origin:
        return Origin(document.path, *document.position(path, on_key))

    def note(self, key: str, value: Any, *origins: Origin) -> None:
        self.settings.append(Setting(key, json.dumps(value, default=str), origins))

    # --- the three ways in which values of several files come together ---

    def last(self, key: str) -> Document | None:
        """The document whose value of a key holds."""
        return next((each for each in reversed(self.documents) if key in each.data), None)

    def single(self, key: str, default: Any) -> Any:
        """A value that replaces the bases'."""
        document = self.last(key)
        if document is None:
            return default
        value = document.data[key]
        self.note(key, value, self.origin(document, (key,)))
        return value

    def table(self, key: str) -> dict[str, tuple[Any, Document]]:
        """The entries of a table that is laid over the bases', with where each came from."""
        merged: dict[str, tuple[Any, Document]] = {}
        for document in self.documents:
            for name, value in document.data.get(key, {}).items():
                merged[name] = (value, document)
        for name, (value, document) in merged.items():
            path: Path = (key, name)
            self.note(dotted(path), value, self.origin(document, path))
        return merged

    def added(
        self, key: str, documents: Sequence[Document] | None = None
    ) -> list[tuple[Any, Document, Path]]:
        """The items of a list that is added to the bases', with where each came from."""
        found: list[tuple[Any, Document, Path]] = [
            (item, document, (key, index))
            for document in (self.documents if documents is None else documents)
            for index, item in enumerate(document.data.get(key, ()))
        ]
        if found:
            places = dict.fromkeys(self.origin(document, (key,)) for _, document, _ in found)
            self.note(key, [item for item, _, _ in found], *places)
        return found

    # --- rules ---

    def rules_of_its_own(self) -> tuple[tuple[Policy, ...], tuple[str, ...]]:
        """Policies and plug-ins; sets ``extra`` to their rules."""
        named = self.added("plugins")
        listed = self.added("policies")
        if not (named or listed):
            return (), ()
        from ..rulebook.plugins import load_plugin
        from ..rulebook.policies import check_extra, policy_rule
        from .policies import read_policies

        owned: list[tuple[Rule, Document, Path]] = []
        names: list[str] = []
        for name, document, path in named:
            if name in names:
                continue
            names.append(name)
            try:
                owned += [(rule, document, path) for rule in load_plugin(name)]
            except ValueError as error:
                self.faults.append(document.fault(path, str(error)))
        policies = read_policies(listed, self.faults)
        self.check()
        owned += [(policy_rule(policy), document, path) for policy, document, path in policies]
        self.faults += check_extra(owned)
        self.extra = [rule for rule, _, _ in owned]
        return tuple(policy for policy, _, _ in policies), tuple(names)

    def check_selectors(self) -> None:
        """Report each selector that no rule answers to, and note those that ignore something."""
        for document in self.documents:
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
                    self.faults.append(document.fault(path, known, on_key))
                elif ignores:
                    self.ignored.append((known, document, path))

    def listed(self, texts: Sequence[str]) -> tuple[Selector, ...]:
        """Selectors that ``check_selectors`` has worked out."""
        return tuple(found for text in texts if isinstance(found := self.selectors[text], Selector))

    def layers(self, keep: tuple[str, ...]) -> tuple[Layer, ...]:
        made = []
        for document in self.documents:
            data = document.data
            made.append(
                Layer(
                    data.get("preset"),
                    _optional(data.get("select")),
                    tuple(data.get("extend-select", ())),
                    tuple(data.get("ignore", ())),
                    tuple(
                        (name, Severity[value.upper()])
                        for name, value in data.get("severity", {}).items()
                    ),
                    tuple(data.get("locked", ())),
                    _optional(data.get("fixable")),
                    tuple(data.get("unfixable", ())),
                    keep,
                )
            )
        reason = self.last("require-reason")
        if reason is not None and reason.data["require-reason"]:
            made[-1] = made[-1]._replace(extend_select=(*made[-1].extend_select, "LN013"))
        self.show_layers()
        return tuple(made)

    def show_layers(self) -> None:
        """Note what holds of the layers: a ``select`` puts an end to what is below it."""
        self.single("preset", None)
        self.single("select", None)
        chosen = self.last("select")
        above = self.documents[self.documents.index(chosen) :] if chosen else self.documents
        self.added("extend-select", above)
        self.added("ignore", above)
        self.added("locked")
        self.table("severity")
        self.single("fixable", None)
        chosen = self.last("fixable")
        above = self.documents[self.documents.index(chosen) :] if chosen else self.documents
        self.added("unfixable", above)

    def locked_notes(self, layers: tuple[Layer, ...]) -> None:
        """Say where a locked rule is to be ignored all the same."""
        locks = self.listed([text for layer in layers for text in layer.locked])
        for selector, document, path in self.ignored if locks else ():
            if selector.rank == ONE_RULE and any(
                lock.matches(code) for lock in locks for code in selector.codes or ()
            ):
                self.notes.append(
                    str(document.fault(path, f'"{selector.text}" is locked: it is not ignored'))
                )

    def per_file_ignores(self) -> tuple[FileIgnore, ...]:
        return tuple(
            FileIgnore(Glob(pattern, document.folder), self.listed(rules))
            for pattern, (rules, document) in self.table("per-file-ignores").items()
        )

    def per_service_ignores(self) -> tuple[ServiceIgnore, ...]:
        return tuple(
            ServiceIgnore(tuple(item["services"]), self.listed(item["rules"]), item["reason"])
            for item, _, _ in self.added("per-service-ignores")
        )

    def rule_options(self) -> tuple[tuple[str, tuple[tuple[str, Any], ...]], ...]:
        merged: dict[str, dict[str, Any]] = {}
        types: dict[str, type] = {}
        places: dict[str, tuple[Document, Path]] = {}
        for document in self.documents:
            for name, given in document.data.get("rules", {}).items():
                path: Path = ("rules", name)
                rule = self.one_rule(name, document, path)
                if rule is None:
                    continue
                schema, made = options_schema(rule), options_type(rule)
                if schema is None or made is None:
                    message = f"{rule.name} has no options"
                    self.faults.append(document.fault(path, message, on_key=True))
                    continue
                faults = check_document(document, schema, {}, path, given)
                self.faults += faults
                if faults:
                    continue
                types[rule.code] = made
                places[rule.code] = (document, path)
                options = merged.setdefault(rule.code, {})
                for key, value in given.items():
                    plain = tuple(value) if isinstance(value, list) else value
                    options[key.replace("-", "_")] = plain
                    shown_key = dotted(("rules", rule.name, key))
                    self.settings = [item for item in self.settings if item.key != shown_key]
                    self.note(shown_key, value, self.origin(document, (*path, key)))
        for code, options in merged.items():
            try:
                types[code](**options)
            except ValueError as error:
                document, path = places[code]
                self.faults.append(document.fault(path, f'"{dotted(path)}": {error}'))
        return tuple((code, tuple(options.items())) for code, options in merged.items())

    def one_rule(self, name: str, document: Document, path: Path) -> Rule | None:
        try:
            rules = find(name, self.extra)
        except UnknownSelector as error:
            self.faults.append(document.fault(path, str(error), on_key=True))
            return None
        if len(rules) == 1:
            return rules[0]
        message = f'"{name}" stands for {len(rules)} rules; options belong to one'
        self.faults.append(document.fault(path, message, on_key=True))
        return None

    # --- files and stacks ---

    def excludes(self) -> tuple[Glob, ...]:
        document = self.last("exclude")
        found = []
        if document is not None:
            found += [Glob(pattern, document.folder) for pattern in self.single("exclude", ())]
        found += [Glob(pattern, owner.folder) for pattern, owner, _ in self.added("extend-exclude")]
        return tuple(found)

    def stacks(self) -> tuple[StackEntry, ...]:
        document = self.last("stacks")
        if document is None:
            return ()
        found: list[StackEntry] = []
        names: set[str] = set()
        for index, item in enumerate(document.data["stacks"]):
            path: Path = ("stacks", index)
            name = item.get("name", "")
            if name and name in names:
                self.faults.append(
                    document.fault((*path, "name"), f'another stack is called "{name}", too')
                )
            names.add(name)
            self.note(dotted(path), item, self.origin(document, path))
            found.append(
                StackEntry(
                    tuple(_resource(document, file) for file in item["files"]),
                    name,
                    _optional(item.get("profiles")),
                    tuple(_resource(document, file) for file in item.get("env-files", ())),
                    item.get("preset"),
                )
            )
        return tuple(found)

    def names(self) -> tuple[tuple[Glob, str], ...]:
        """Patterns and presets, those of the nearest file first."""
        merged = self.table("presets-by-name")
        order = {
            pattern: None
            for document in reversed(self.documents)
            for pattern in document.data.get("presets-by-name", ())
        }
        return tuple(
            (Glob(pattern, merged[pattern][1].folder), merged[pattern][0]) for pattern in order
        )

    def host(self) -> Host | None:
        table = self.table("host")
        if not table:
            return None
        given, memory = table.get("memory"), None
        if given is not None:
            memory = machine_memory() if given[0] == "auto" else _bytes(given[0])
            if not memory:
                reason = (
                    "this system does not tell its memory: give a size"
                    if given[0] == "auto"
                    else '"host.memory" is 0'
                )
                self.faults.append(given[1].fault(("host", "memory"), reason))
        cpus = table["cpus"][0] if "cpus" in table else None
        if cpus == "auto":
            cpus = os.cpu_count() or 1
        reserve = 0
        if "reserve" in table:
            value, document = table["reserve"]
            if isinstance(value, str) and value.endswith("%"):
                if memory is None:
                    self.faults.append(
                        document.fault(
                            ("host", "reserve"),
                            '"host.reserve" is a part of "host.memory": give it',
                        )
                    )
                reserve = int((memory or 0) * float(value[:-1]) / 100)
            else:
                reserve = _bytes(value)
        return Host(memory, None if cpus is None else float(cpus), reserve)

    def registries(self) -> tuple[str, ...] | None:
        return _optional(self.single("registries", None))

    def shellcheck(self) -> bool | str:
        value: bool | str = self.single("shellcheck", True)
        document = self.last("shellcheck")
        if isinstance(value, bool) or document is None:
            return value
        if not os.path.isabs(value):
            self.faults.append(
                document.fault(("shellcheck",), '"shellcheck" takes an absolute path')
            )
        else:
            # A repository must not bring the program that is run on it.
            if is_within(DISK.real(find_root(document.folder)), DISK.real(value)):
                self.faults.append(
                    document.fault(
                        ("shellcheck",), "a program inside the project is not run: move it outside"
                    )
                )
        return value

    def baseline(self) -> str:
        value = self.single("baseline", "")
        document = self.last("baseline")
        return _resource(document, value) if document is not None else ""


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


def _optional(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _bytes(value: int | str) -> int:
    return value if isinstance(value, int) else parse_size(value) or 0


def _resource(document: Document, path: str) -> str:
    """A path of a document as seen from the working folder."""
    return seen_from(".", os.path.join(document.folder, path))
