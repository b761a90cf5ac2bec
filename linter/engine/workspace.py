"""From paths and options to runs: which files, under which configuration.

Each file is linted under the nearest configuration above it, so one call over a repository
with several of them makes several runs whose findings are put together. The command line
and the library both start here.
"""

from __future__ import annotations

import os

from ..base.names import PRESETS
from ..base.records import NamedTuple
from ..config.settings import Config
from ..files.discovery import Found, discover, in_excluded_folder, usual_baseline
from ..files.disk import DISK, MAX_FILE_BYTES
from ..files.kinds import CONFIG_FILES, kind_of_named
from ..files.paths import find_root, is_root, is_within, nearest_folder, tidy
from ..result import Result, merged
from ..rulebook.registry import UnknownSelector
from ..rulebook.selection import selection_of
from .settings import Settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from ..config.options import Options
    from .cache import Cache


FEW = 10
"""Fewer files than this are linted in one go."""


class Group(NamedTuple):
    """Files that are linted together: they share a configuration and a project's root."""

    settings: Settings
    found: tuple[Found, ...]

    @property
    def config(self) -> Config:
        return self.settings.config

    @property
    def linted(self) -> set[str]:
        return {item.path for item in self.found}


class Workspace:
    """What a caller asks for: groups of files, each with its settings.

    ``config`` is the configuration that answers for the whole call (exit code, format):
    that of all files where they share one, else that of the working folder. ``texts`` stand
    in for files, by path; ``paths`` are those that the caller gave.
    """

    __slots__ = ("config", "groups", "options", "paths", "texts")

    def __init__(self, groups: list[Group], config: Config, options: Options) -> None:
        self.groups = groups
        self.config = config
        self.options = options
        self.paths: tuple[str, ...] = ()
        self.texts: dict[str, bytes] = {}

    @property
    def found(self) -> list[Found]:
        return [item for group in self.groups for item in group.found]

    def check(self, progress: Callable[[], None] | None = None) -> Result:
        """Lint everything; ``progress`` is called after each stack and each Dockerfile."""
        few = sum(len(group.found) for group in self.groups) < FEW and self.options.no_cache
        if few and len(self.groups) == 1:
            # Nothing to spread and nothing to keep: what does that need not load.
            from .run import check_files

            (group,) = self.groups
            return check_files(group.found, group.settings, self.texts, progress)
        from .schedule import check_group

        return merged(
            [
                check_group(
                    group.found,
                    group.settings,
                    self.texts,
                    progress,
                    jobs=self.options.jobs,
                    cache=self.cache_for(group),
                )
                for group in self.groups
            ]
            or [Result()]
        )

    def cache_for(self, group: Group) -> Cache | None:
        """What is kept of earlier calls; None where nothing is to be kept.

        Without a folder of its own the cache lies in the project, so there has to be one.
        What a project brings along must not decide under ``isolated``, and on a CI system
        nothing would be left of it for the next run.
        """
        options = self.options
        if options.no_cache or self.texts:
            return None
        from .cache import CACHE_FOLDER, Cache

        folder = options.cache_dir
        if folder is None:
            if options.isolated or os.environ.get("CI"):
                return None
            home = self.home
            if not self.config.folder and not is_root(home):
                return None
            folder = os.path.join(home, CACHE_FOLDER)
        return Cache(folder, group.settings, self.paths)

    @property
    def home(self) -> str:
        """The absolute folder that the whole call belongs to: its configuration's, else the root."""
        if self.config.folder:
            return self.config.folder
        roots = {group.settings.root for group in self.groups}
        return roots.pop() if len(roots) == 1 else find_root(".")

    def baseline_path(self) -> str | None:
        """The baseline that is named, else the usual one where it exists."""
        if self.config.baseline:
            return self.config.baseline
        return usual_baseline(self.home)

    def is_locked(self, code: str) -> bool:
        """Whether a configuration forbids to hide findings of this code."""
        return any(group.settings.selection.is_locked(code) for group in self.groups)

    def hold_against(self, path: str, result: Result, *, prune: bool = False) -> None:
        """Suppress what a baseline knows.

        What it knows and is gone is reported (LN030), or with ``prune`` struck off.

        Raises:
            ConfigError: where the file is no baseline.
            OSError: where it has to be written and cannot.
        """
        from ..rulebook.registry import topic_rules
        from ..suppression.baseline import (
            apply_baseline,
            load_baseline,
            prune_baseline,
            stale_diagnostics,
        )

        known = load_baseline(path)
        stale = apply_baseline(
            result,
            known,
            linted={item.path for item in self.found},
            ran=lambda code: code in result.ran,
            locked=self.is_locked,
        )
        if stale and prune:
            prune_baseline(known, stale)
            return
        rule = next(rule for rule in topic_rules("linter") if rule.code == "LN030")
        selections = [group.settings.selection for group in self.groups]
        if stale and selections and selections[0].selects(rule):
            for item in stale_diagnostics(known, stale):
                item.declared_by(rule)
                item.severity = selections[0].severity(rule)
                result.diagnostics.append(item)


def open_workspace(paths: Sequence[str], options: Options) -> Workspace:
    """Find the files under ``paths`` (the working folder without any) and their configurations.

    Raises:
        MissingPath: for a path that does not exist.
        ConfigError: for a configuration with mistakes.
        UnknownSelector: for a rule or preset that there is not.
    """
    if not paths and options.stacks:
        paths = tuple(dict.fromkeys(file for stack in options.stacks for file in stack.split(":")))
    configs = Configs(options)
    found: dict[str, tuple[Found, str]] = {}
    for path in paths or (".",):
        root = _root_for(path)
        for item in _files(path, options, configs):
            found.setdefault(item.path, (item, root))
    workspace = _grouped(list(found.values()), options, configs)
    workspace.paths = tuple(paths)
    return workspace


def open_texts(texts: Mapping[str, bytes], options: Options) -> Workspace:
    """Texts that stand in for files at these paths, such as standard input.

    Raises:
        UnknownKind: for a path whose name does not tell what the file is.
        ConfigError: for a configuration with mistakes.
        UnknownSelector: for a rule or preset that there is not.
    """
    found = []
    tidied = {tidy(path): data for path, data in texts.items()}
    for path in tidied:
        kind = kind_of_named(path)
        if kind is None:
            raise UnknownKind(path)
        found.append((Found(path, kind, True), _root_for(path)))
    workspace = _grouped(found, options, Configs(options))
    workspace.texts = tidied
    return workspace


class UnknownKind(ValueError):
    """A path of which nothing tells whether it is a Compose file, a Dockerfile or what else."""


class Configs:
    """The configurations of a call: each is found and loaded once."""

    def __init__(self, options: Options) -> None:
        self._overrides = options.overrides
        self._options = options
        self._default = options.over(Config())
        self._one: Config | None = None
        self._nearest: dict[str, str] = {}
        self._loaded: dict[str, Config] = {}
        self._held: dict[str, Config] = {}
        if options.config is not None or (options.isolated and options.overrides):
            self._one = self._load()
        elif options.isolated:
            self._one = self._default

    def of(self, path: str) -> Config:
        """The configuration that holds for a file or folder."""
        if self._one is not None:
            return self._one
        return self._in(nearest_folder(path))

    def of_file(self, path: str) -> Config:
        """Like ``of`` for what is known to be no folder."""
        if self._one is not None:
            return self._one
        folder = os.path.dirname(path)
        if folder not in self._held:
            self._held[folder] = self._in(os.path.abspath(folder))
        return self._held[folder]

    def _in(self, folder: str) -> Config:
        home = self._home(folder)
        if not home and not self._options.overrides:
            return self._default
        if home not in self._loaded:
            self._loaded[home] = self._load(home or folder)
        return self._loaded[home]

    def _load(self, start: str = ".") -> Config:
        from ..rulebook.binding import load_config

        options = self._options
        config = load_config(
            options.config, start=start, isolated=options.isolated, overrides=options.overrides
        )
        return options.over(config)

    def _home(self, folder: str) -> str:
        """The nearest folder upwards with a configuration; empty where there is none."""
        known = self._nearest.get(folder)
        if known is None:
            parent = os.path.dirname(folder)
            if any(_is_config(os.path.join(folder, name)) for name in CONFIG_FILES):
                known = folder
            elif parent == folder or is_root(folder):
                known = ""
            else:
                known = self._home(parent)
            self._nearest[folder] = known
        return known


def _is_config(path: str) -> bool:
    if DISK.kind(path) != "file":
        return False
    if not path.endswith("pyproject.toml"):
        return True
    try:
        return b"composelint" in DISK.read(path, MAX_FILE_BYTES)
    except OSError:
        return True


def _root_for(path: str) -> str:
    """The folder that nothing is read outside of when this path is linted.

    That is the repository of the working folder where the path lies in it, else the
    repository or folder of the path.
    """
    here = find_root(".")
    absolute = os.path.abspath(path)
    return here if is_within(here, absolute) else find_root(nearest_folder(path))


def _files(path: str, options: Options, configs: Configs) -> Iterator[Found]:
    for item in discover(
        (path,),
        exclude=(*(options.exclude or ()), *options.extend_exclude),
        force_exclude=options.force_exclude,
        respect_gitignore=configs.of(path).respect_gitignore,
    ):
        config = configs.of_file(item.path)
        if not item.named or config.force_exclude:
            if options.exclude is None and config.is_excluded(item.path):
                continue
            if item.named and in_excluded_folder(item.path):
                continue
        yield item


def _grouped(found: Sequence[tuple[Found, str]], options: Options, configs: Configs) -> Workspace:
    files: dict[tuple[int, str], list[Found]] = {}
    held: dict[int, Config] = {}
    first = configs.of(found[0][0].path) if found and options.stacks else None
    for item, root in found:
        # The files of one stack stay together, whatever lies nearest to each.
        config = first or configs.of_file(item.path)
        held[id(config)] = config
        files.setdefault((id(config), root), []).append(item)
    groups = [
        Group(_settings(held[number], root, options), tuple(items))
        for (number, root), items in files.items()
    ]
    whole = groups[0].config if len(held) == 1 else configs.of(".")
    if not groups:
        # A slip in a rule's name is an error with nothing to lint, too.
        _settings(whole, "", options)
    return Workspace(groups, whole, options)


def _settings(config: Config, root: str, options: Options) -> Settings:
    """The settings of a run.

    Raises:
        UnknownSelector: for a rule or preset that there is not.
    """
    if options.preset is not None:
        check_preset(options.preset)
    return Settings(
        selection=selection_of(
            config,
            options.preset,
            options.select,
            options.extend_select,
            options.ignore,
            fixable=options.fixable,
            unfixable=options.unfixable,
        ),
        config=config,
        root=root,
        stacks=options.stacks,
        profiles=options.profiles,
        env_files=options.env_files,
        debug=options.debug,
    )


def check_preset(name: str) -> None:
    """Raise ``UnknownSelector`` for the name of a preset that there is not."""
    if name not in PRESETS:
        from ..base.suggest import nearest

        close = nearest(name, PRESETS)
        hint = f'; did you mean "{close}"?' if close else ""
        raise UnknownSelector(f'no preset is called "{name}"{hint}')
