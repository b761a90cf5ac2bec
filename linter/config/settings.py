"""The configuration as it holds: its values, and what they decide.

The nearest folder with a configuration wins, and only one file of it is read; ``extend``
names a base (``find``). A mistake is an error with its place, never something that
is passed over (``build``). Every value remembers the file and line it came from.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..files.discovery import usual_baseline
from ..files.disk import MAX_FILE_BYTES
from ..files.globs import matches
from ..model.host import FixValues, Host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..files.globs import Glob
    from ..rule import Rule
    from ..rulebook.selection import Selector
    from .document import Origin
    from .layers import Layer
    from .policies import Policy


PRESETS_BY_NAME = (
    ("*.prod.*", "production"),
    ("*.dev.*", "development"),
    ("*.override.*", "development"),
    ("*.test.*", "development"),
)
"""The presets that file names choose where nothing else does."""


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
                for pattern, preset in PRESETS_BY_NAME:
                    if matches(name, pattern):
                        return preset
        return None

    def options_for(self, rule: Rule) -> Any:
        """The options of a rule as its dataclass; None where it takes none."""
        if rule.option_type is None:
            return None
        from ..rulebook.options import options_type

        made = options_type(rule)
        if made is None:
            return None
        given = next((pairs for code, pairs in self.rule_options if code == rule.code), ())
        return made(**dict(given))

    def baseline_path(self) -> str | None:
        """The baseline to use: the one that is named, else the usual one where it exists."""
        return self.baseline or usual_baseline(self.folder)

    def origins(self, key: str) -> tuple[Origin, ...]:
        """Where a setting came from, by its dotted key; nothing for a default."""
        return next((item.origins for item in self.settings if item.key == key), ())


def render_config(config: Config, key: str | None = None, format: str = "text") -> str:
    """What holds and where it came from; see ``render``.

    Raises:
        ValueError: for a key that is none.
    """
    from .render import render

    return render(config, key, format)
