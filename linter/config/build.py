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
from .check import dotted
from .document import ConfigError, Document, Fault, Origin
from .layers import Layer
from .settings import Config, Setting, StackEntry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from .toml_places import Path


class Builder:
    """Makes one configuration of the documents, the farthest base first.

    What concerns rules is put in by ``rulebook/binding.py``, which knows them.
    """

    def __init__(self, documents: list[Document], folder: str, notes: list[str]) -> None:
        self.documents = documents
        self.folder = folder
        self.notes = notes
        self.faults: list[Fault] = []
        self.settings: list[Setting] = []

    def config(self, path: str) -> Config:
        """The configuration but for its rules: those are left empty."""
        return Config(
            path=path,
            folder=self.folder,
            exclude=self.excludes(),
            force_exclude=self.single("force-exclude", False),
            respect_gitignore=self.single("respect-gitignore", True),
            inline_ignores=self.single("inline-ignores", True),
            require_reason=self.single("require-reason", False),
            stacks=self.stacks(),
            presets_by_name=self.names(),
            host=self.host(),
            fix=FixValues(
                **{name.replace("-", "_"): value for name, (value, _) in self.table("fix").items()}
            ),
            fail_on=self.single("fail-on", "warning"),
            output_format=self.single("output-format", "full"),
            registries=self.registries(),
            max_file_size=_bytes(self.single("max-file-size", MAX_FILE_BYTES)),
            allow_outside=self.single("allow-outside", False),
            use_environment=self.single("use-environment", False),
            shellcheck=self.shellcheck(),
            baseline=self.baseline(),
        )

    def check(self) -> None:
        """Raise what was found so far, in the order of the documents and places."""
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


def _optional(value: Any) -> tuple[str, ...] | None:
    return None if value is None else tuple(value)


def _bytes(value: int | str) -> int:
    return value if isinstance(value, int) else parse_size(value) or 0


def _resource(document: Document, path: str) -> str:
    """A path of a document as seen from the working folder."""
    return seen_from(".", os.path.join(document.folder, path))
