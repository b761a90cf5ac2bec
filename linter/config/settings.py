"""The configuration of a run: its values with their places, and what they decide.

``find.py`` finds the files, ``build.py`` and ``rulebook/binding.py`` make the configuration.
"""

from __future__ import annotations

from ..base.records import NamedTuple
from ..compose.release import CURRENT
from ..files.disk import MAX_FILE_BYTES
from ..files.globs import in_folder, matches
from ..files.kinds import VENDORED_FOLDERS
from ..model.host import FixValues, Host

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from ..files.globs import Glob
    from ..rule import Severity
    from .document import Origin
    from .errors import Fault
    from .layers import Layer, Selector


PRESETS_BY_NAME = (
    (".prod.", "production"),
    (".dev.", "development"),
    (".override.", "development"),
    (".test.", "development"),
)
"""The presets that parts of file names choose if nothing else does."""


class Setting(NamedTuple):
    """A setting: its dotted key, its value as JSON text, and its places.

    Values that are merged from several files have several places, defaults none.
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
    """Rules that are ignored for services (names, or patterns with ``*`` and ``?``), and why."""

    services: tuple[str, ...]
    rules: tuple[Selector, ...]
    reason: str


class StackEntry(NamedTuple):
    """An entry of ``stacks``; its paths start from the working folder, as ``SourceFile.path``."""

    files: tuple[str, ...]
    name: str = ""
    profiles: tuple[str, ...] | None = None
    env_files: tuple[str, ...] = ()
    preset: str | None = None

    @property
    def spec(self) -> str:
        """The files as ``--stack`` takes them."""
        return ":".join(self.files)


class MissingFiles(NamedTuple):
    """Files of an entry of ``stacks`` that do not exist, with the place that names them.

    ``paths`` are all files of the entry, ``is_whole`` tells that none of them exists.
    """

    paths: tuple[str, ...]
    fault: Fault
    is_whole: bool


class PolicyExample(NamedTuple):
    """A text that a policy is tested by, and whether the policy reports nothing in it."""

    text: str
    is_good: bool
    origin: Origin


class Policy(NamedTuple):
    """A declarative rule.

    ``when`` and ``match`` are JSON Schemas as JSON text; ``when`` is empty if the policy is for
    every subject. ``on`` is ``service``, ``stack`` or ``stage``.
    """

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
    url: str = ""
    examples: tuple[PolicyExample, ...] = ()


class Config(NamedTuple):
    """A configuration, with the values of all settings. It can be sent to other processes.

    Attributes:
        path: its file; empty without one.
        folder: the absolute folder of that file, else the project's root.
        layers: what the file and its bases say about rules, the farthest base first.
        rule_options: the options of rules by code.
        registries: the allowed registries; None for any.
        max_file_size: in bytes.
        shellcheck: whether ShellCheck runs, or the path of the program.
        baseline: the path of the baseline; empty if none is named.
        settings: each setting that is set, with its places.
        missing: what ``stacks`` names and does not exist.
        ignored: messages about settings that the tree, which is not trusted, may not decide.
        notes: messages to the user that are not errors.
    """

    path: str = ""
    folder: str = ""
    layers: tuple[Layer, ...] = ()
    per_file_ignores: tuple[FileIgnore, ...] = ()
    per_service_ignores: tuple[ServiceIgnore, ...] = ()
    rule_options: tuple[tuple[str, tuple[tuple[str, Any], ...]], ...] = ()
    exclude: tuple[Glob, ...] = ()
    vendored: tuple[str, ...] = VENDORED_FOLDERS
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
    compose_version: str = CURRENT
    shellcheck: bool | str = True
    policies: tuple[Policy, ...] = ()
    plugins: tuple[str, ...] = ()
    baseline: str = ""
    settings: tuple[Setting, ...] = ()
    missing: tuple[MissingFiles, ...] = ()
    ignored: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()

    def is_excluded(self, path: str) -> bool:
        """Whether ``exclude`` or ``extend-exclude`` matches a path."""
        return any(glob.matches(path) for glob in self.exclude)

    def is_vendored(self, path: str, start: str = ".") -> bool:
        """Whether a path is, below ``start``, in a folder with copies of other projects."""
        return "/" in path and in_folder(path, self.vendored, start)

    def preset_for(self, files: Sequence[str]) -> str | None:
        """The preset for a stack of these files, for ``Selection.under``; None if none is chosen.

        It is that of the stack's entry in ``stacks``, else the one that a file name chooses. The
        built-in names are used only if no layer has a ``preset`` or ``select``.
        """
        for entry in self.stacks:
            if entry.preset is not None and entry.files == tuple(files):
                return entry.preset
        is_chosen = any(layer.preset or layer.select is not None for layer in self.layers)
        for file in reversed(files):
            name = file.rpartition("/")[2]
            for glob, preset in self.presets_by_name:
                if glob.matches(file) if "/" in glob.pattern else matches(name, glob.pattern):
                    return preset
            if not is_chosen:
                for part, preset in PRESETS_BY_NAME:
                    if part in name:
                        return preset
        return None

    def places_of_preset(self, preset: str) -> tuple[Origin, ...]:
        """The places that choose a preset for some files; none where a file's name does."""
        return tuple(
            origin
            for item in self.settings
            if item.key.startswith(("presets-by-name", "stacks")) and f'"{preset}"' in item.text
            for origin in item.origins
        )

    def origins(self, key: str) -> tuple[Origin, ...]:
        """The places of a setting by its dotted key; none for a default."""
        return next((item.origins for item in self.settings if item.key == key), ())
