"""Merges the documents of a configuration into one, and keeps the place of each value."""

from __future__ import annotations

import json
import os

from ..base.units import parse_size
from ..base.wording import and_list
from ..files.globs import Glob
from ..files.paths import find_root, is_within, seen_from
from ..files.tree import current_tree
from ..model.host import FixValues, Host, machine_memory
from ..rule import Severity
from .check import dotted
from .document import Document, Origin
from .errors import ConfigError, Fault
from .layers import Layer
from .settings import Config, MissingFiles, Setting, StackEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from .toml_places import Path


DEFAULTS = Config()
"""The values of settings that no document contains."""

_PLAIN = (
    *("force-exclude", "respect-gitignore", "inline-ignores", "require-reason"),
    *("fail-on", "output-format", "allow-outside", "use-environment"),
    "compose-version",
)
"""The settings whose value is taken as it is."""


class Builder:
    """Makes one configuration of its documents, the farthest base first.

    Everything about rules is added by ``rulebook/binding.py``, which knows them.

    Attributes:
        folder: the folder that the configuration is for.
        notes: messages to the user.
        faults: the errors so far.
        settings: each setting that a document contains, with its places.
        missing: what ``stacks`` names and does not exist.
    """

    def __init__(self, documents: list[Document], folder: str, notes: list[str]) -> None:
        self.documents = documents
        self.folder = folder
        self.notes = notes
        self.faults: list[Fault] = []
        self.settings: list[Setting] = []
        self.missing: list[MissingFiles] = []

    def config(self, path: str) -> Config:
        """The configuration without its rules; ``path`` is that of its file."""
        fix = {key.replace("-", "_"): value for key, (value, _) in self.table("fix").items()}
        stacks = self.stacks()
        return Config(
            path=path,
            folder=self.folder,
            exclude=self.excludes(),
            vendored=tuple(self.single("vendored")),
            stacks=stacks,
            missing=tuple(self.missing),
            presets_by_name=self.names(),
            host=self.host(),
            fix=FixValues(**fix),
            registries=_optional(self.single("registries")),
            max_file_size=_bytes(self.single("max-file-size")),
            shellcheck=self.shellcheck(),
            baseline=self.baseline(),
            **{key.replace("-", "_"): self.single(key) for key in _PLAIN},
        )

    def check(self) -> None:
        """Raise the errors so far, in the order of documents and places.

        Raises:
            ConfigError: if there are any.
        """
        if self.faults:
            order = {document.path: index for index, document in enumerate(self.documents)}
            self.faults.sort(key=lambda fault: (order.get(fault.path, -1), fault[1:3]))
            raise ConfigError(self.faults)

    def origin(self, document: Document, path: Path) -> Origin:
        """The place of a key."""
        return Origin(document.path, *document.position(path, on_key=True))

    def note(self, key: str, value: Any, *origins: Origin) -> None:
        """Record the value and the places of a setting."""
        self.settings.append(Setting(key, json.dumps(value, default=str), origins))

    # --- the three ways in which values of several documents are merged ---

    def last(self, key: str) -> Document | None:
        """The last document that contains a key."""
        return next((each for each in reversed(self.documents) if key in each.data), None)

    def single(self, key: str) -> Any:
        """The last value of a key; its default if no document contains it."""
        document = self.last(key)
        if document is None:
            return getattr(DEFAULTS, key.replace("-", "_"), None)
        value = document.data[key]
        self.note(key, value, self.origin(document, (key,)))
        return value

    def table(self, key: str) -> dict[str, tuple[Any, Document]]:
        """The last value of each key of a table, with its document."""
        merged: dict[str, tuple[Any, Document]] = {
            name: (value, document)
            for document in self.documents
            for name, value in document.data.get(key, {}).items()
        }
        for name, (value, document) in merged.items():
            path: Path = (key, name)
            self.note(dotted(path), value, self.origin(document, path))
        return merged

    def added(
        self, key: str, documents: Sequence[Document] | None = None
    ) -> list[tuple[Any, Document, Path]]:
        """The items of all lists of a key, each with its document and path."""
        items: list[tuple[Any, Document, Path]] = [
            (item, document, (key, index))
            for document in (self.documents if documents is None else documents)
            for index, item in enumerate(document.data.get(key, ()))
        ]
        if items:
            places = dict.fromkeys(self.origin(document, (key,)) for _, document, _ in items)
            self.note(key, [item for item, _, _ in items], *places)
        return items

    def layers(self, keep: tuple[str, ...]) -> tuple[Layer, ...]:
        """The layer of each document; ``keep`` are the codes of the policies."""
        layers = [_layer(document.data, keep) for document in self.documents]
        reason = self.last("require-reason")
        if reason is not None and reason.data["require-reason"]:
            layers[-1] = layers[-1]._replace(extend_select=(*layers[-1].extend_select, "LN013"))
        self.note_layers()
        return tuple(layers)

    def note_layers(self) -> None:
        """Record the settings of the layers: a ``select`` replaces those of the bases."""
        self.single("preset")
        self.single("select")
        documents = self.documents_from("select")
        self.added("extend-select", documents)
        self.added("ignore", documents)
        self.added("locked")
        self.table("severity")
        self.single("fixable")
        self.added("unfixable", self.documents_from("fixable"))

    def documents_from(self, key: str) -> list[Document]:
        """The documents from the last one that contains a key; all if none contains it."""
        document = self.last(key)
        return self.documents[self.documents.index(document) :] if document else self.documents

    # --- files and stacks ---

    def excludes(self) -> tuple[Glob, ...]:
        """The globs of ``exclude`` and ``extend-exclude``."""
        document = self.last("exclude")
        globs = []
        if document is not None:
            globs += [Glob(pattern, document.folder) for pattern in self.single("exclude")]
        globs += [Glob(pattern, owner.folder) for pattern, owner, _ in self.added("extend-exclude")]
        return tuple(globs)

    def stacks(self) -> tuple[StackEntry, ...]:
        """The entries of ``stacks``; reports names that are used twice."""
        document = self.last("stacks")
        if document is None:
            return ()
        entries: list[StackEntry] = []
        names: set[str] = set()
        for index, item in enumerate(document.data["stacks"]):
            path: Path = ("stacks", index)
            name = item.get("name", "")
            if name and name in names:
                self.faults.append(
                    document.fault((*path, "name"), f'another stack is called "{name}", too')
                )
            names.add(name)
            self.note_missing(document, path, item["files"])
            self.note(dotted(path), item, self.origin(document, path))
            entries.append(
                StackEntry(
                    tuple(_resource(document, file) for file in item["files"]),
                    name,
                    _optional(item.get("profiles")),
                    tuple(_resource(document, file) for file in item.get("env-files", ())),
                    item.get("preset"),
                )
            )
        return tuple(entries)

    def note_missing(self, document: Document, path: Path, files: Sequence[str]) -> None:
        """Record the files of an entry of ``stacks`` that do not exist."""
        absent = [
            index
            for index, file in enumerate(files)
            if current_tree().kind(os.path.join(document.folder, file)) == "missing"
        ]
        paths = tuple(_resource(document, file) for file in files)
        if len(absent) == len(files):
            fault = document.fault(
                (*path, "files"), f"no file of this stack exists: {and_list(files, '')}"
            )
            self.missing.append(MissingFiles(paths, fault, True))
            return
        for index in absent:
            fault = document.fault((*path, "files", index), f"{files[index]} does not exist")
            self.missing.append(MissingFiles(paths, fault, False))

    def names(self) -> tuple[tuple[Glob, str], ...]:
        """The globs and presets of ``presets-by-name``, those of the nearest document first."""
        presets = self.table("presets-by-name")
        patterns = dict.fromkeys(
            pattern
            for document in reversed(self.documents)
            for pattern in document.data.get("presets-by-name", ())
        )
        return tuple(
            (Glob(pattern, presets[pattern][1].folder), presets[pattern][0]) for pattern in patterns
        )

    def host(self) -> Host | None:
        """The machine; reports a size that is 0 or cannot be known."""
        table = self.table("host")
        if not table:
            return None
        memory: int | None = None
        cpus: float | None = None
        reserve = Host().reserve
        if "memory" in table:
            value, document = table["memory"]
            memory = machine_memory() if value == "auto" else _bytes(value)
            if not memory:
                problem = (
                    "this system does not tell its memory: give a size"
                    if value == "auto"
                    else '"host.memory" is 0'
                )
                self.faults.append(document.fault(("host", "memory"), problem))
        if "cpus" in table:
            value, _ = table["cpus"]
            cpus = float(os.cpu_count() or 1 if value == "auto" else value)
        if "reserve" in table:
            value, document = table["reserve"]
            if isinstance(value, str) and value.endswith("%"):
                if memory is None:
                    problem = '"host.reserve" is a part of "host.memory": give it'
                    self.faults.append(document.fault(("host", "reserve"), problem))
                reserve = int((memory or 0) * float(value[:-1]) / 100)
            else:
                reserve = _bytes(value)
        return Host(memory, cpus, reserve)

    def shellcheck(self) -> bool | str:
        """Whether ShellCheck runs, or the path of the program; reports a path that is refused."""
        value: bool | str = self.single("shellcheck")
        document = self.last("shellcheck")
        if isinstance(value, bool) or document is None:
            return value
        problem = ""
        if not os.path.isabs(value):
            problem = '"shellcheck" takes an absolute path'
        # A repository must not bring the program that is run on it.
        elif is_within(current_tree().real(find_root(document.folder)), current_tree().real(value)):
            problem = "a program inside the project is not run: move it outside"
        if problem:
            self.faults.append(document.fault(("shellcheck",), problem))
        return value

    def baseline(self) -> str:
        """The path of the baseline from the working folder; empty if none is named."""
        value: str = self.single("baseline")
        document = self.last("baseline")
        return value if document is None else _resource(document, value)


def _layer(data: dict[str, Any], keep: tuple[str, ...]) -> Layer:
    """What a document says about rules."""
    severity = data.get("severity", {})
    return Layer(
        preset=data.get("preset"),
        select=_optional(data.get("select")),
        extend_select=tuple(data.get("extend-select", ())),
        ignore=tuple(data.get("ignore", ())),
        severity=tuple((name, Severity[value.upper()]) for name, value in severity.items()),
        locked=tuple(data.get("locked", ())),
        fixable=_optional(data.get("fixable")),
        unfixable=tuple(data.get("unfixable", ())),
        keep=keep,
    )


def _optional(values: Iterable[str] | None) -> tuple[str, ...] | None:
    return None if values is None else tuple(values)


def _bytes(value: int | str) -> int:
    return value if isinstance(value, int) else parse_size(value) or 0


def _resource(document: Document, path: str) -> str:
    """A path in a document as seen from the working folder."""
    return seen_from(".", os.path.join(document.folder, path))
