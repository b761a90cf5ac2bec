"""The configuration as it holds: its values, and what they decide.

The nearest folder with a configuration wins, and only one file of it is read; ``extend``
names a base (``find``). A mistake is an error with its place, never something that
is passed over (``build``). Every value remembers the file and line it came from.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..files.disk import MAX_FILE_BYTES
from ..files.globs import matches
from ..model.host import FixValues, Host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..files.globs import Glob
    from ..rule import Severity
    from .document import Origin
    from .layers import Layer, Selector


PRESETS_BY_NAME = (
    (".prod.", "production"),
    (".dev.", "development"),
    (".override.", "development"),
    (".test.", "development"),
)
"""The presets that parts of file names choose where nothing else does."""


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


class Policy(NamedTuple):
    """A declarative rule. ``when`` and ``match`` are JSON texts, ``when`` empty for always."""

    code: str
    name: str
    message: str
    help: str
    category: str
    severity: Severity
    on: str
    when: str
    match: str
    origin: Origin


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
    max_file_size: int = MAX_FILE_BYTES
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
                if glob.matches(file) if "/" in glob.pattern else matches(name, glob.pattern):
                    return preset
            if free:
                for part, preset in PRESETS_BY_NAME:
                    if part in name:
                        return preset
        return None

    def origins(self, key: str) -> tuple[Origin, ...]:
        """Where a setting came from, by its dotted key; nothing for a default."""
        return next((item.origins for item in self.settings if item.key == key), ())
