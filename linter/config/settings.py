"""The configuration as it holds: its values, and what they decide.

The nearest folder with a configuration wins, and only one file of it is read; ``extend``
names a base (``find``). A mistake is an error with its place, never something that
is passed over (``build``). Every value remembers the file and line it came from.
"""

from __future__ import annotations

import os
from fnmatch import fnmatchcase

from ..base.records import NamedTuple
from ..base.text import SourceFile
from ..model.host import FixValues, Host
from ..registry import Layer, Selection, Selector
from .document import ConfigError, Fault, parse_toml, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from ..files.globs import Glob
    from ..policy import Policy
    from ..rule import Diagnostic, Rule

__all__ = [
    "Config",
    "ConfigError",
    "Fault",
    "FileIgnore",
    "FixValues",
    "Host",
    "Origin",
    "ServiceIgnore",
    "Setting",
    "StackEntry",
    "apply_ignores",
    "extra_rules",
    "find_config",
    "load_config",
    "render_config",
    "selection_of",
]
PRESETS_BY_NAME = (
    ("*.prod.*", "production"),
    ("*.dev.*", "development"),
    ("*.override.*", "development"),
    ("*.test.*", "development"),
)
"""The presets that file names choose where nothing else does."""

DEFAULT_BASELINE = ".composelint-baseline.json"


class Origin(NamedTuple):
    """Where a setting stands; line and column count from 1."""

    path: str
    line: int
    column: int


class Setting(NamedTuple):
    """A setting as it holds: its dotted key, its value as JSON text, where it came from.

    Values that are put together from several files have several origins, defaults none.
    """

    key: str
    text: str
    origins: tuple[Origin, ...] = ()

    @property
    def value(self) -> Any:
        """The value as plain data."""
        import json

        return json.loads(self.text)


class FileIgnore(NamedTuple):
    """Rules that are ignored in the files that a glob matches."""

    glob: Glob
    rules: tuple[Selector, ...]


class ServiceIgnore(NamedTuple):
    """Rules that are ignored for services, and why."""

    services: tuple[str, ...]
    rules: tuple[Selector, ...]
    reason: str


class StackEntry(NamedTuple):
    """An entry of ``stacks``. Paths start from the working folder, as ``SourceFile.path``."""

    files: tuple[str, ...]
    name: str = ""
    profiles: tuple[str, ...] | None = None
    env_files: tuple[str, ...] = ()
    preset: str | None = None

    @property
    def spec(self) -> str:
        """The files as ``--stack`` takes them."""
        return ":".join(self.files)


class Config(NamedTuple):
    """A configuration as it holds. Immutable, and can be sent to other processes.

    ``path`` is the file that was found (empty without one), ``folder`` the absolute folder
    that it stands in, else the project's root. ``layers`` are what it and its bases say
    about rules. ``notes`` are remarks for people, none of them an error.
    """

    path: str = ""
    folder: str = ""
    layers: tuple[Layer, ...] = ()
    per_file_ignores: tuple[FileIgnore, ...] = ()
    per_service_ignores: tuple[ServiceIgnore, ...] = ()
    rule_options: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    exclude: tuple[Glob, ...] = ()
    force_exclude: bool = False
    respect_gitignore: bool = True
    inline_ignores: bool = True
    require_reason: bool = False
    stacks: tuple[StackEntry, ...] = ()
    presets_by_name: tuple[tuple[Glob, str], ...] = ()
    host: Host | None = None
    fix: FixValues = FixValues()
    fail_on: str = "warning"
    output_format: str = "full"
    registries: tuple[str, ...] | None = None
    max_file_size: int = 4 * 1024 * 1024
    allow_outside: bool = False
    use_environment: bool = False
    shellcheck: bool | str = True
    policies: tuple[Policy, ...] = ()
    plugins: tuple[str, ...] = ()
    baseline: str = ""
    settings: tuple[Setting, ...] = ()
    notes: tuple[str, ...] = ()

    def is_excluded(self, path: str) -> bool:
        """Whether ``exclude`` or ``extend-exclude`` leaves a path out."""
        return any(glob.matches(path) for glob in self.exclude)

    def preset_for(self, files: Sequence[str]) -> str | None:
        """The preset that holds for a stack of these files alone, for ``Selection.under``.

        That of the stack's entry in ``stacks``, else the one that a file name chooses. The
        built-in names count only where no layer has a ``preset`` or ``select``.
        """
        wanted = tuple(files)
        for entry in self.stacks:
            if entry.preset is not None and entry.files == wanted:
                return entry.preset
        free = all(layer.preset is None and layer.select is None for layer in self.layers)
        for file in reversed(wanted):
            name = file.rpartition("/")[2]
            for glob, preset in self.presets_by_name:
                if "/" in glob.pattern:
                    if glob.matches(file):
                        return preset
                elif fnmatchcase(name, glob.pattern):
                    return preset
            if free:
                for pattern, preset in PRESETS_BY_NAME:
                    if fnmatchcase(name, pattern):
                        return preset
        return None

    def options_for(self, rule: Rule) -> Any:
        """The options of a rule as its dataclass; None where it takes none."""
        if rule.option_type is None:
            return None
        from .schema import options_type

        made = options_type(rule)
        if made is None:
            return None
        given = next((pairs for code, pairs in self.rule_options if code == rule.code), ())
        return made(**dict(given))

    def baseline_path(self) -> str | None:
        """The baseline to use: the one that is named, else the usual one where it exists."""
        if self.baseline:
            return self.baseline
        usual = os.path.join(self.folder, DEFAULT_BASELINE)
        return shown(usual) if os.path.isfile(usual) else None

    def origins(self, key: str) -> tuple[Origin, ...]:
        """Where a setting came from, by its dotted key; nothing for a default."""
        return next((item.origins for item in self.settings if item.key == key), ())


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
        ConfigError: with every mistake that was found.
    """
    from ..files.paths import find_root
    from .find import folder_of, open_config, search, with_bases

    folder = folder_of(start)
    notes: list[str] = []
    document = None
    if path is not None:
        document = open_config(path)
        if document is None:
            raise ConfigError([Fault(shown(path), 0, 0, "it has no section [tool.composelint]")])
    elif not isolated:
        document = search(folder, notes)
    documents = with_bases(document) if document is not None else []
    for text in overrides:
        documents.append(parse_toml(SourceFile("--config", text), os.getcwd()))
    if not documents:
        return Config(folder=find_root(folder))
    from .build import Builder

    home = document.folder if document is not None else find_root(folder)
    return Builder(documents, home, notes).build(document.path if document is not None else "")


def find_config(start: str) -> str | None:
    """The configuration that ``load_config`` would take for a file or folder, as a shown path."""
    from .find import folder_of, search

    document = search(folder_of(start), [])
    return document.path if document is not None else None


def selection_of(
    config: Config,
    preset: str | None = None,
    select: Sequence[str] | None = None,
    extend_select: Sequence[str] = (),
    ignore: Sequence[str] = (),
    *,
    fixable: Sequence[str] | None = None,
    unfixable: Sequence[str] = (),
) -> Selection:
    """The rules that a configuration selects under these arguments of the command line.

    Raises:
        UnknownSelector: for an argument that no rule answers to.
    """
    return Selection(
        preset,
        select,
        extend_select,
        ignore,
        fixable=fixable,
        unfixable=unfixable,
        layers=config.layers,
        extra=extra_rules(config),
    )


def extra_rules(config: Config) -> list[Rule]:
    """The rules that the configuration brings: plug-ins and policies, in this order."""
    if not (config.plugins or config.policies):
        return []
    from ..policy import load_plugins, load_policies

    return [*load_plugins(config.plugins), *load_policies(config)]


def apply_ignores(items: Iterable[Diagnostic], config: Config, selection: Selection) -> None:
    """Mark what ``per-file-ignores`` and ``per-service-ignores`` cover as suppressed.

    Findings of locked rules stay.
    """
    if not (config.per_file_ignores or config.per_service_ignores):
        return
    by_path: dict[str, list[FileIgnore]] = {}
    for item in items:
        code = item.code
        if item.suppressed is not None or selection.is_locked(code):
            continue
        path = item.span.origin.file.path
        entries = by_path.get(path)
        if entries is None:
            entries = by_path[path] = [
                entry for entry in config.per_file_ignores if entry.glob.matches(path)
            ]
        for entry in entries:
            if _covers(entry.rules, code):
                item.suppressed = f'per-file-ignores: "{entry.glob.pattern}"'
                break
        else:
            service = _service_of(item)
            for other in config.per_service_ignores if service else ():
                if any(fnmatchcase(service, name) for name in other.services) and _covers(
                    other.rules, code
                ):
                    item.suppressed = other.reason
                    break


def _covers(selectors: tuple[Selector, ...], code: str) -> bool:
    return any(selector.matches(code) for selector in selectors)


def _service_of(item: Diagnostic) -> str:
    if item.owner is not None and item.owner[0] == "service":
        return item.owner[1]
    head, _, rest = item.subject.partition(".")
    return rest.partition(".")[0].partition("[")[0] if head == "services" else ""


def render_config(config: Config, key: str | None = None, format: str = "text") -> str:
    """What holds and where it came from; see ``render``.

    Raises:
        ValueError: for a key that is none.
    """
    from .render import render

    return render(config, key, format)
